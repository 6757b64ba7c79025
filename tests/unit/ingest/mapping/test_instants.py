"""Time stamps: forms, zones, summer and winter, nights with an hour too many, and what is no time at all."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.mapping.instants import EPOCHS, read_moment
from services.clock import epoch_ms, from_epoch_ms, iso_ms
from services.decoding import DecodingSettings

BRUSSELS = DecodingSettings()
NOW_MS = epoch_ms(datetime(2026, 11, 23, 10, 15, 30, tzinfo=UTC))


def read(text: str, form: str = "iso", zone: str = "source", settings_: DecodingSettings = BRUSSELS,
         received: str | None = None) -> tuple[str, str | None] | None:
    received_ms = NOW_MS if received is None else epoch_ms(datetime.fromisoformat(received))
    moment = read_moment(text, form, zone, settings_, received_ms)
    return None if moment is None else (iso_ms(from_epoch_ms(moment.captured_ms)), moment.basis)


@pytest.mark.parametrize(("text", "instant"), [
    ("2026-07-01T12:00:00.250", "2026-07-01T10:00:00.250Z"), ("2026-01-15 12:00:00", "2026-01-15T11:00:00.000Z"),
    (" 20260701T120000 ", "2026-07-01T10:00:00.000Z")])
def test_a_time_without_an_offset_is_local_in_summer_and_in_winter(text: str, instant: str) -> None:
    assert read(text) == (instant, "zone")


def test_an_offset_is_believed_unless_the_clock_is_known_to_ignore_it() -> None:
    july = "2026-07-01T12:00:00+01:00"
    assert read(july) == ("2026-07-01T11:00:00.000Z", None)
    assert read(july, settings_=DecodingSettings(clock="wall-clock")) == ("2026-07-01T10:00:00.000Z", "wall-clock")
    assert read(july, zone="wall-clock") == ("2026-07-01T10:00:00.000Z", "wall-clock")


def test_a_field_that_is_utc_without_saying_so_is_read_as_that() -> None:
    assert read("2026-07-01T12:00:00", zone="utc") == ("2026-07-01T12:00:00.000Z", None)
    assert read("2026-07-01T12:00:00+02:00", zone="utc") == ("2026-07-01T10:00:00.000Z", None)


@pytest.mark.parametrize(("text", "form", "instant"), [
    ("1782900000", "epoch-s", "2026-07-01T10:00:00.000Z"), ("1782900000.123", "epoch-s", "2026-07-01T10:00:00.123Z"),
    ("1782900000.1239", "epoch-s", "2026-07-01T10:00:00.123Z"),
    ("1782900000250", "epoch-ms", "2026-07-01T10:00:00.250Z"),
    ("1782900000250999", "epoch-us", "2026-07-01T10:00:00.250Z"),
    ("1782900000250999999", "epoch-ns", "2026-07-01T10:00:00.250Z"),
    ("1.7829e9", "epoch-s", "2026-07-01T10:00:00.000Z"),
    (" 1782900000 ", "epoch-s", "2026-07-01T10:00:00.000Z")])
def test_epochs_keep_every_millisecond(text: str, form: str, instant: str) -> None:
    assert read(text, form) == (instant, None)


def test_a_local_clock_written_as_an_epoch_is_local() -> None:
    assert read("1782907200", "epoch-s", "wall-clock") == ("2026-07-01T10:00:00.000Z", "wall-clock")


def test_every_millisecond_of_a_second_survives_as_a_fraction() -> None:
    found = [read(f"1782900000.{millisecond:03}", "epoch-s") for millisecond in range(1000)]
    assert found == [(f"2026-07-01T10:00:00.{millisecond:03}Z", None) for millisecond in range(1000)]


@pytest.mark.parametrize(("text", "form", "instant"), [
    ("2026-07-01 12-00-00-250", "%Y-%m-%d %H-%M-%S-%f", "2026-07-01T10:00:00.250Z"),
    ("01.07.26 12:00", "%d.%m.%y %H:%M", "2026-07-01T10:00:00.000Z")])
def test_a_form_of_its_own_is_read(text: str, form: str, instant: str) -> None:
    assert read(text, form) == (instant, "zone")


@pytest.mark.parametrize(("text", "order", "instant"), [
    ("13/07/2026 12:00:00", None, "2026-07-13T10:00:00.000Z"), ("07/13/2026 12:00", None, "2026-07-13T10:00:00.000Z"),
    ("07/07/2026 12:00:00.5", None, "2026-07-07T10:00:00.500Z"),
    ("01/07/2026 12:00", "dmy", "2026-07-01T10:00:00.000Z"), ("07/01/2026 12:00 PM", "mdy", "2026-07-01T10:00:00.000Z"),
    ("7/1/2026 12:30 am", "mdy", "2026-06-30T22:30:00.000Z"),
    ("2026/07/01 12:00", None, "2026-07-01T10:00:00.000Z"), ("01/07/2026 12:00", None, None),
    ("13/13/2026 12:00", None, None), ("13/07/2026 12:00", "mdy", None), ("31/02/2026 12:00", None, None)])
def test_a_date_that_could_be_two_is_none_without_a_setting(text: str, order: str | None, instant: str | None) -> None:
    found = read(text, "date-order", settings_=DecodingSettings(date_order=order))  # type: ignore[arg-type]
    assert found == (None if instant is None else (instant, "zone"))


@pytest.mark.parametrize(("received", "instant"), [
    ("2026-10-25T00:31:00+00:00", "2026-10-25T00:30:00.000Z"),
    ("2026-10-25T01:31:00+00:00", "2026-10-25T01:30:00.000Z"),
    ("2026-11-23T10:00:00+00:00", "2026-10-25T00:30:00.000Z")])
def test_of_an_hour_that_a_night_has_twice_the_nearer_to_its_arrival_counts(received: str, instant: str) -> None:
    assert read("2026-10-25T02:30:00", received=received) == (instant, "ambiguous")


def test_in_an_hour_that_a_night_lacks_the_clock_stood_still() -> None:
    assert read("2026-03-29T02:30:00") == ("2026-03-29T01:30:00.000Z", "zone")


@pytest.mark.parametrize(("text", "form"), [
    ("", "iso"), ("soon", "iso"), ("9999-12-31T23:59:59-05:00", "iso"), ("0001-01-01T00:00:00+14:00", "iso"),
    ("9999-12-31T23:59:59", "iso"), ("0001-01-01T00:00:00", "iso"), ("1989-12-31T00:00:00Z", "iso"),
    ("2100-01-01T01:00:00Z", "iso"), ("2026-07-01T12:00:00+99:00", "iso"), ("0", "epoch-s"), ("-1", "epoch-ms"),
    ("17829000002501234567", "epoch-us"), ("9" * 4000, "epoch-s"), ("1e999", "epoch-s"), ("1e308", "epoch-s"),
    ("nan", "epoch-s"), ("inf", "epoch-ms"), ("²", "epoch-s"), ("--1", "epoch-s"), ("0x10", "epoch-s"),
    ("Decimal('1')", "epoch-s"), ("10:00", "%H:%M"), ("2026-07-01", "date-order"), ("1/1/1 1:00", "date-order"),
    ("٢٠٢٦", "iso")])
@pytest.mark.parametrize("zone", ["source", "utc", "wall-clock"])
def test_what_is_no_time_of_a_camera_is_none(text: str, form: str, zone: str) -> None:
    assert read(text, form, zone) is None


@settings(max_examples=300, derandomize=True, deadline=None)
@given(text=st.text(max_size=30) | st.from_regex(r"-?\d{1,30}(\.\d{1,9})?(e\d{1,4})?", fullmatch=True) | st.datetimes(
    timezones=st.none() | st.timezones()).map(str), form=st.sampled_from(["iso", "date-order", "%Y-%m-%d %H:%M:%S",
                                                                         *EPOCHS]),
       zone=st.sampled_from(["source", "utc", "wall-clock"]), order=st.sampled_from([None, "dmy", "mdy"]),
       name=st.sampled_from(["Europe/Brussels", "UTC", "Pacific/Kiritimati", "America/St_Johns"]))
def test_any_text_is_a_time_between_1990_and_2100_or_none(text: str, form: str, zone: str, order: str | None,
                                                          name: str) -> None:
    chosen = DecodingSettings(date_order=order, time_zone=name)  # type: ignore[arg-type]
    moment = read_moment(text, form, zone, chosen, NOW_MS)
    assert moment is None or 1990 <= from_epoch_ms(moment.captured_ms).year < 2100

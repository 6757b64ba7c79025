"""Axis: the several messages of one car are one passage, and car numbers that begin anew are other cars."""

import json
from datetime import timedelta
from typing import Any

import pytest

from ingest.incoming import Door, Incoming
from ingest.rows import Beat, Passed, Row
from services.clock import epoch_ms
from services.registry import Gateway
from tests.ingest_samples import NOW, decode

SERIAL = "ACCC8EF00D01"
GATEWAYS = {"genk": Gateway(8, "genk", {SERIAL: 21}, "axis-lpv")}
CAPTURED_MS = epoch_ms(NOW)


def event(state: str = "lost", plate: str = "3ABC123", after: timedelta = timedelta(0),
          **members: Any) -> dict[str, Any]:
    captured_ms = CAPTURED_MS + after // timedelta(milliseconds=1)
    return {"capture_timestamp": str(captured_ms), "plateUTF8": plate, "plateConfidence": "0.8", "carState": state,
            "carID": "2203", "camera_info": {"SerialNumber": SERIAL}, **members}


def outcome(message: dict[str, Any]) -> object:
    pushed = Incoming("push/genk", json.dumps(message).encode(), CAPTURED_MS + 500, door=Door.push)
    (found,) = decode(pushed, gateways=GATEWAYS)
    return found


def row(message: dict[str, Any]) -> Row:
    found = outcome(message)
    assert isinstance(found, Row)
    return found


def test_new_update_and_lost_of_one_car_are_one_passage_and_correct_each_other_in_that_order() -> None:
    rows = [row(event("new", "3ABC128")), row(event("update", after=timedelta(milliseconds=350))), row(event("lost"))]
    assert len({each.passage_key for each in rows}) == 1
    assert [each.revision for each in rows] == [0, 1, 2]
    assert [each.plate for each in rows] == ["3ABC128", "3ABC123", "3ABC123"]


@pytest.mark.parametrize("other", [
    event(carID="2204"), event(after=-timedelta(hours=2)), event(after=-timedelta(days=1))])
def test_another_number_or_the_same_number_after_a_reboot_is_another_passage(other: dict[str, Any]) -> None:
    assert row(event()).passage_key != row(other).passage_key


@pytest.mark.parametrize("number", ["", "0", "-1", None])
def test_without_a_car_number_cars_are_not_one_passage(number: str | None) -> None:
    first, second = row(event(carID=number)), row(event(carID=number, after=timedelta(seconds=-30)))
    assert (first.passage_key, second.passage_key) == (None, None)
    assert first.read_id != second.read_id


def test_the_push_and_the_mqtt_bridge_of_one_camera_tell_of_one_passage() -> None:
    bridged = {"serial": SERIAL, "message": {"data": {
        "text": "3ABC123", "carID": "2203", "carState": "new", "capture_timestamp": str(CAPTURED_MS)}}}
    assert row(bridged).passage_key == row(event()).passage_key


@pytest.mark.parametrize(("member", "value"), [
    ("datetime", "20261123 111530123"), ("frame_timestamp", "1039287603"), ("capture_ts", "1")])
def test_the_capture_time_in_milliseconds_goes_before_every_other_time(member: str, value: str) -> None:
    assert row(event(**{member: value})).captured_ms == CAPTURED_MS


@pytest.mark.parametrize("text", [
    "\\u0033ABC123", "3\\u0041BC123", "\\u0033\\u0041\\u0042\\u0043\\u0031\\u0032\\u0033"])
def test_letters_sent_as_escapes_are_letters(text: str) -> None:
    assert row(event(plate=text)).plate == "3ABC123"


def test_half_a_surrogate_among_the_escapes_does_no_harm() -> None:
    assert row(event(plate="3ABC\\ud83d123")).plate == "3ABC123"


def test_a_heartbeat_names_the_camera_by_its_mac_address_where_events_name_its_serial() -> None:
    beat = outcome({"system": {"timestamp": "2026-11-23T10:15:00.000Z"},
                    "identify": {"macAddress": "AC:CC:8E:F0:0D:01"}})
    assert isinstance(beat, Beat)
    assert beat.camera_id == 21


def test_a_list_event_without_a_plate_is_counted_and_nothing_more() -> None:
    assert isinstance(outcome({"serial": SERIAL, "message": {"data": {"active": "1"}}}), Passed)

"""Decoding: what a good message becomes."""

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from ingest.rows import Beat, Rejected, Row
from services import plates
from services.clock import epoch_ms, iso_ms
from services.identity import captured_ms_of
from services.images import Kind
from services.registry import Gateway
from tests.ingest_samples import BEATS, JPEG, NOW, PNG, decode, decode_batch, incoming, picture, read, reading


def row_of(message: object, **how: object) -> Row:
    (outcome,) = decode(incoming(message, **how))
    assert isinstance(outcome, Row)
    return outcome


def test_a_read_becomes_a_row_with_everything_that_was_sent() -> None:
    row = row_of(read(country="be", confidence=0.97, direction="away", facing="rear", lane=2, speed_kmh=71.5,
                      clock_synchronised=True, vehicle={"make": "Volvo", "model": "V60", "colour": "grey",
                                                        "type": "car"}))
    assert (row.captured_ms, row.received_ms) == (epoch_ms(NOW), epoch_ms(NOW) + 1000)
    assert (row.camera_id, row.gateway_id) == (11, 7)
    assert (row.plate, row.country, row.country_raw) == ("3ABC123", "BE", "be")
    assert plates.sent_in_full(row.plate_raw, row.plate) == "3-ABC-123"
    assert (row.confidence, row.speed_kmh, row.lane, row.clock_synchronised) == (0.97, 71.5, 2, True)
    assert (row.direction, row.facing) == ("away", "rear")
    assert (row.make, row.model, row.colour, row.vehicle_type) == ("Volvo", "V60", "grey", "car")
    assert (row.images, row.images_pending, row.late, row.superseded) == (0, False, False, False)
    assert (row.passage_key, row.revision) == (None, 0)


def test_raw_texts_are_absent_when_they_say_nothing_new() -> None:
    row = row_of(read(plate="3ABC123", country="BE"))
    assert (row.plate_raw, row.country_raw) == (None, None)


@pytest.mark.parametrize(("country", "kept", "raw"), [
    ("NL", "NL", None), ("nl", "NL", "nl"), ("BEL", None, "BEL"), ("B", None, "B"), ("", None, ""), ("??", None, "??"),
    ("Belgium", None, "Belgium"), ("ÄÖ", None, "ÄÖ"), (None, None, None),
])
def test_a_country_that_is_not_two_letters_is_kept_raw(country: str | None, kept: str | None, raw: str | None) -> None:
    row = row_of(read(country=country))
    assert (row.country, row.country_raw) == (kept, raw)


@pytest.mark.parametrize("plate", [None, "", "unknown", "-", "3" * 17])
def test_a_passage_without_a_plate_is_kept_under_its_camera(plate: str | None) -> None:
    row = row_of(read(plate=plate))
    assert (row.plate, row.plate_raw) == ("?11", plate)


def test_a_read_without_optional_members_is_enough() -> None:
    row = row_of({"camera": "cam2", "captured_at": iso_ms(NOW)})
    assert (row.camera_id, row.plate, row.confidence, row.lane) == (12, "?12", None, None)


def test_the_capture_is_cut_to_milliseconds_and_its_offset_makes_no_difference() -> None:
    row = row_of(read() | {"captured_at": "2026-11-23T11:15:30.123999+01:00"})
    assert row.captured_ms == epoch_ms(NOW)


@pytest.mark.parametrize(("after", "late"), [(60_000, False), (60_001, True)])
def test_a_read_that_comes_a_minute_after_its_capture_is_marked_late(after: int, late: bool) -> None:
    assert row_of(read(), received_at=NOW + timedelta(milliseconds=after)).late is late


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(minutes=5)])
def test_a_camera_may_be_five_minutes_ahead(ahead: timedelta) -> None:
    assert row_of(read(NOW + ahead)).captured_ms == epoch_ms(NOW + ahead)


def test_a_read_may_be_as_old_as_the_law_allows() -> None:
    assert row_of(read(NOW - timedelta(days=365))).late


def test_a_read_id_begins_with_the_capture_and_a_redelivered_read_has_the_same() -> None:
    first, again = row_of(read()), row_of(read(), received_at=NOW + timedelta(hours=3))
    assert first.read_id == again.read_id
    assert captured_ms_of(UUID(first.read_id)) == first.captured_ms


@pytest.mark.parametrize("other", [read(plate="4-DEF-456"), read(camera="cam2"), read(lane=1),
                                   read(NOW + timedelta(milliseconds=1)), read(passage={"id": "p1"})])
def test_another_read_has_another_id(other: dict[str, object]) -> None:
    assert row_of(read()).read_id != row_of(other).read_id


def test_two_gateways_may_use_the_same_camera_name() -> None:
    here, there = row_of(read()), row_of(read(), topic="anpr/v1/genk/reads")
    assert (here.camera_id, there.camera_id) == (11, 21)
    assert here.read_id != there.read_id


def test_the_messages_of_one_passage_share_key_and_id_whatever_their_plate() -> None:
    first = row_of(reading("3-ABC-123", NOW))
    second = row_of(reading("3-ABG-123", NOW, revision=2))
    assert first.passage_key == second.passage_key is not None
    assert first.read_id == second.read_id
    assert (first.revision, second.revision) == (0, 2)
    assert row_of(reading("3-ABC-123", NOW, "p2")).passage_key != first.passage_key


def test_pictures_are_kept_one_of_a_kind_the_last() -> None:
    row = row_of(read(images=[picture("plate", PNG), picture("overview", JPEG), picture("plate", JPEG)]))
    assert dict(row.pictures) == {Kind.plate: JPEG, Kind.overview: JPEG}
    assert row.images == Kind.plate | Kind.overview


@pytest.mark.parametrize("written", [
    lambda reads: {"reads": reads},
    lambda reads: b' \n{ "reads"\t: ' + json.dumps(reads).encode() + b"}",
    lambda reads: b"{" + b" " * 100 + b'"reads":' + json.dumps(reads).encode() + b"}",
])
def test_a_batch_is_taken_read_by_read_however_it_is_spaced(written: Callable[[list[object]], object]) -> None:
    rows = decode(incoming(written([read(), read(camera="cam2", plate="4-DEF-456")])))
    assert [row.plate for row in rows] == ["3ABC123", "4DEF456"]


def test_a_camera_may_be_called_reads() -> None:
    (row,) = decode(incoming(read(camera="reads")), gateways={"houthalen": Gateway(7, "houthalen", {"reads": 13})})
    assert isinstance(row, Row)
    assert row.camera_id == 13


def test_a_bad_read_of_a_batch_does_not_spoil_the_others() -> None:
    reads = [read(), read(lane="one"), read(camera="cam9"), read(plate="4-DEF-456")]
    batch = decode_batch(incoming({"reads": reads}))
    assert [row.plate for row in batch.rows] == ["3ABC123", "4DEF456"]
    assert [reject.reason for reject in batch.rejects] == ["wrong-shape", "unknown-camera"]
    assert all(b'"reads"' not in reject.body for reject in batch.rejects)  # only the bad read is kept


def test_a_heartbeat_says_until_when_reads_are_complete() -> None:
    (beat,) = decode(incoming({"camera": "cam1", "sent_at": iso_ms(NOW), "complete_until": iso_ms(NOW)}, BEATS))
    assert beat == Beat(7, 11, epoch_ms(NOW) + 1000, epoch_ms(NOW))


def test_a_heartbeat_may_leave_open_until_when() -> None:
    (beat,) = decode(incoming({"camera": "cam1", "sent_at": iso_ms(NOW)}, BEATS))
    assert beat == Beat(7, 11, epoch_ms(NOW) + 1000, None)


def test_nothing_is_complete_in_the_future() -> None:
    (beat,) = decode(incoming({"camera": "cam1", "sent_at": iso_ms(NOW),
                               "complete_until": "9999-12-31T23:59:59-14:00"}, BEATS))
    assert isinstance(beat, Beat)
    assert beat.complete_until_ms == beat.received_ms


def test_a_heartbeat_of_the_year_1_can_be_stored_and_read_again() -> None:
    (beat,) = decode(incoming({"camera": "cam1", "sent_at": iso_ms(NOW),
                               "complete_until": "0001-01-01T00:00:00+14:00"}, BEATS))
    assert isinstance(beat, Beat)
    assert beat.complete_until_ms is None or beat.complete_until_ms >= 0


def test_a_read_on_the_heartbeats_topic_is_refused() -> None:
    (reject,) = decode(incoming(read(), BEATS))
    assert isinstance(reject, Rejected)
    assert (reject.reason, reject.topic) == ("wrong-shape", BEATS)

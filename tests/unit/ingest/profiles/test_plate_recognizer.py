"""Plate Recognizer: the same message again is one read, and degrees are no direction."""

import json
from typing import Any

import pytest

from ingest.incoming import Incoming
from ingest.profiles.table import compiled
from ingest.sightings import Finding, Ignored, Sighting

BOX = {"xmin": 1, "ymin": 2, "xmax": 3, "ymax": 4}


def webhook(*results: dict[str, Any], event: str = "recognition", **members: Any) -> dict[str, Any]:
    data = {"camera_id": "kade", "timestamp": "2026-07-01T10:00:00.250417Z", "results": list(results)}
    return {"hook": {"event": event, "id": "kade"}, "data": data | members}


def result(plate: object = "3abc123", **members: Any) -> dict[str, Any]:
    return {"plate": plate, "score": 0.9, "region": {"code": "be"}, "box": BOX, **members}


def findings(body: object, settings: bytes = b"{}") -> list[Finding]:
    message = Incoming("push/kade", json.dumps(body).encode(), 0)
    return list(compiled("plate-recognizer", settings).read(message, ""))


def sightings(body: object, settings: bytes = b"{}") -> list[Sighting]:
    return [finding for finding in findings(body, settings) if isinstance(finding, Sighting)]


def test_a_message_has_the_same_key_when_it_comes_again_and_each_vehicle_its_own() -> None:
    two = webhook(result(), result(box=BOX | {"xmin": 9}))
    keys = [seen.key for seen in sightings(two)]
    assert keys == [seen.key for seen in sightings(two)]
    assert len(set(keys)) == 2
    assert None not in keys


@pytest.mark.parametrize("other", [webhook(result("4def456")), webhook(result(), camera_id="laan"),
                                   webhook(result(), timestamp="2026-07-01T10:00:00.250418Z")])
def test_another_camera_time_or_plate_is_another_read(other: dict[str, Any]) -> None:
    assert sightings(other)[0].key != sightings(webhook(result()))[0].key


@pytest.mark.parametrize("degrees", [0, 90, 180.0, "270", "", None])
def test_degrees_are_no_direction(degrees: object) -> None:
    assert sightings(webhook(result(direction=degrees)))[0].direction is None


def test_the_register_may_say_what_degrees_mean() -> None:
    assert sightings(webhook(result(direction=90)), b'{"directions": {"90": "away"}}')[0].direction == "away"


@pytest.mark.parametrize(("text", "ms"), [
    ("2026-07-01T10:00:00.250417Z", 250), ("2026-07-01T10:00:00.250417", 250), ("2026-07-01 10:00:00+00:00", 0),
    ("2026-07-01T12:00:00.999999+02:00", 999)])
def test_a_timestamp_is_utc_unless_it_says_otherwise(text: str, ms: int) -> None:
    (seen,) = sightings(webhook(result(), timestamp=text))
    assert (seen.captured_ms, seen.clock_basis) == (1782900000000 + ms, None)


def test_a_vehicle_without_a_plate_is_an_unread_passage() -> None:
    (seen,) = sightings(webhook({"plate": None, "vehicle": {"type": "Van", "box": BOX}}))
    assert (seen.plate, seen.confidence, seen.vehicle_type) == (None, None, "Van")


@pytest.mark.parametrize("event", ["test", "webhook_test", "video", "video_file", "dwell_time"])
def test_other_events_are_no_reads(event: str) -> None:
    members = {"results": None} if event == "dwell_time" else {}
    assert all(isinstance(finding, Ignored) for finding in findings(webhook(result(), event=event, **members)))


def test_the_confidence_of_a_detection_is_not_the_plates() -> None:
    props = {"plate": [{"value": "3abc123", "score": 0.4}], "region": [{"value": "nl"}]}
    (seen,) = sightings(webhook({"plate": {"score": 0.99, "box": BOX, "props": props}, "dscore": 0.98}))
    assert (seen.plate, seen.confidence, seen.country) == ("3abc123", 0.4, "NL")

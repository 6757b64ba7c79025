"""ONVIF: who sent it, which message is a repetition, and frames that tell of one car many times."""

import json
from typing import Any

import pytest

from ingest.incoming import Incoming
from ingest.rows import Row
from services.clock import epoch_ms
from services.registry import Gateway
from tests.ingest_samples import NOW, decode

GATEWAY = {"genk": Gateway(8, "genk", {"mast-07": 21, "dubbel/2": 22, "VideoSource_9": 23}, "onvif-profile-m")}
PLATE_TOPIC = "mast-07/onvif-ej/RuleEngine/Recognition/LicensePlate/&1/LPR"


def event(plate: str = "3-ABC-123", utc_time: str = "2026-11-23T10:15:30.123Z", **data: Any) -> dict[str, Any]:
    return {"UtcTime": utc_time, "Source": {"VideoSource": "1", "Rule": "LPR"},
            "Data": {"Likelihood": "0.9", "LicensePlateInfo": {"PlateNumber": {"#text": plate}}, **data}}


def frame(utc_time: str, plate: str = "3-ABC-123", object_id: int = 5) -> dict[str, Any]:
    return {"Frame": [{"@UtcTime": utc_time, "Object": [
        {"@ObjectId": object_id, "Appearance": {"LicensePlateInfo": {"PlateNumber": {"#text": plate}}}}]}]}


def row(message: dict[str, Any], path: str = PLATE_TOPIC, *, retained: bool = False) -> Row:
    received_ms = epoch_ms(NOW) + 500
    topic = f"anpr/v1/genk/{path}"
    (outcome,) = decode(Incoming(topic, json.dumps(message).encode(), received_ms, retained=retained), gateways=GATEWAY)
    assert isinstance(outcome, Row)
    return outcome


def test_a_retained_copy_is_the_same_read() -> None:
    assert row(event(ObjectId="7")).read_id == row(event(ObjectId="7"), retained=True).read_id


@pytest.mark.parametrize("other", [
    event("3-ABC-124", ObjectId="7"), event(ObjectId="8"), event(utc_time="2026-11-23T10:15:30.124Z", ObjectId="7")])
def test_another_plate_object_or_time_is_another_read(other: dict[str, Any]) -> None:
    assert row(event(ObjectId="7")).read_id != row(other).read_id


def test_another_rule_is_another_read() -> None:
    assert row(event()).read_id != row(event(), PLATE_TOPIC.replace("LPR", "LPR-2")).read_id


@pytest.mark.parametrize(("path", "source", "camera_id"), [
    (PLATE_TOPIC, "1", 21), ("mast-07/onvif-ej/RuleEngine/Recognition/LicensePlate/&2/LPR", "2", 21),
    ("dubbel/onvif-ej/RuleEngine/Recognition/LicensePlate/&2/LPR", "2", 22),
    ("onvif-ej/RuleEngine/Recognition/LicensePlate/&VideoSource_9/LPR", "VideoSource_9", 23)])
def test_the_topic_and_the_source_pick_the_camera(path: str, source: str, camera_id: int) -> None:
    assert row(event() | {"Source": {"VideoSource": source, "Rule": "LPR"}}, path).camera_id == camera_id


def test_the_frames_of_one_object_are_one_passage_within_the_hour() -> None:
    path = "mast-07/onvif-mj/VideoAnalytics/profile_1/Tracker"
    first, next_frame = row(frame("2026-11-23T10:15:29.080"), path), row(frame("2026-11-23T10:15:29.120"), path)
    after_a_restart = row(frame("2026-11-23T09:59:00.000"), path)
    other_car = row(frame("2026-11-23T10:15:29.120", object_id=6), path)
    assert first.passage_key is not None
    assert first.passage_key == next_frame.passage_key
    assert len({first.passage_key, after_a_restart.passage_key, other_car.passage_key}) == 3


@pytest.mark.parametrize(("speed", "kmh"), [("10", 36.0), (0, None), ("-1", None), ("", None), ("200", None)])
def test_speed_is_metres_a_second_and_nothing_when_it_was_not_measured(speed: object, kmh: float | None) -> None:
    assert row(event(Speed=speed)).speed_kmh == kmh


@pytest.mark.parametrize("info", [
    {"LicensePlateInfo": {"PlateNumber": "3ABC123"}}, {"PlateNumber": {"#text": "3ABC123", "@Likelihood": 1}},
    "3ABC123", [{"PlateNumber": ["3ABC123"]}], {"PlateNumber": {"value": "3ABC123", "likelihood": 0.9}},
    {"LicensePlateInfo": [{"PlateNumber": {"PlateNumber": {"#text": "3ABC123"}}}]}])
def test_plate_info_may_be_nested_listed_or_a_text(info: object) -> None:
    assert row(event(LicensePlateInfo=info)).plate == "3ABC123"

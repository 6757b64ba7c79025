"""Dahua: what is dropped, what counts once, and what its devices are answered."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.decode import Decoder, Window, decode_all
from ingest.incoming import Door, Incoming
from ingest.profiles.dahua_itsapi import reply
from ingest.profiles.table import compiled
from ingest.rows import Answer, Rejected, Row
from ingest.sightings import Finding, Sighting
from services.clock import epoch_ms
from services.identity import Identity
from services.registry import Gateway

NOW = datetime(2026, 7, 1, 10, 0, 5, tzinfo=UTC)
FACE = b"\xff\xd8\xff the face of a driver"
SCENE = b"\xff\xd8\xff the whole scene, which is the largest"


def capture(**members: Any) -> dict[str, Any]:
    plate = {"IsExist": True, "PlateNumber": "3-ABC-123", "Confidence": 204} | members.pop("plate", {})
    snap = {"AccurateTime": "2026-07-01 12:00:00.123", "DeviceID": "device", "LanNo": 1, "InCarPeopleNum": 3}
    return {"Picture": {"Plate": plate, "SnapInfo": snap | members, "NormalPic": {"PicName": "a.jpg", "Content": ""},
                        "FacePic": [{"PicType": 1, "Content": base64.b64encode(FACE).decode()}]}}


def junction(seconds: int, **members: Any) -> dict[str, Any]:
    return {"Code": "TrafficJunction", "Action": "Pulse", "Data": {
        "UTC": 1782907200 + seconds, "GroupID": 7, "CountInGroup": 3, "TrafficCar": {"PlateNumber": "3-ABC-123"},
        "Vehicle": {"MainSeat": {"SafeBelt": "WithSafeBelt"}}, **members}}


def push(body: object, path: str = "NotificationInfo/TollgateInfo") -> Incoming:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Incoming(f"push/kade/{path}", payload, epoch_ms(NOW), door=Door.push)


def findings(body: object, settings: bytes = b"{}") -> list[Finding]:
    return list(compiled("dahua-itsapi", settings).read(push(body), ""))


def seen(body: object, settings: bytes = b"{}") -> Sighting:
    (sighting,) = findings(body, settings)
    assert isinstance(sighting, Sighting)
    return sighting


def decode(*messages: Incoming, cameras: dict[str, int]) -> list[Any]:
    gateways = {"kade": Gateway(7, "kade", cameras, "dahua-itsapi")}
    decoder = Decoder(Identity(b"a key for tests, 32 bytes or more"), gateways, Window.at(NOW))
    return [outcome for message in messages for outcome in decoder.decode(message)]


def test_faces_are_no_pictures_of_a_read() -> None:
    assert FACE not in [content for _, content in seen(capture()).images]


def test_a_refused_message_is_kept_without_its_occupants_and_can_still_be_replayed() -> None:
    (refused,) = decode(push(capture()), cameras={})
    assert isinstance(refused, Rejected)
    assert refused.reason == "unknown-camera"
    assert base64.b64encode(FACE) not in refused.body
    assert b"incarpeoplenum" not in refused.body.lower()
    (first,) = decode(push(capture()), cameras={"device": 1})
    (again,) = decode(push(refused.body), cameras={"device": 1})
    assert isinstance(first, Row)
    assert again == first


def test_a_refused_event_is_kept_without_seats_and_with_its_picture() -> None:
    lines = (b"Events[0].Code=TrafficJunction\r\nEvents[0].UTC=1782907200\r\n"
             b"Events[0].MainSeat=WithSafeBelt\r\nEvents[0].TrafficCar.MachineName=itc\r\n")
    body = (b"--edge\r\nContent-Type: text/plain\r\n\r\n" + lines + b"\r\n--edge\r\nContent-Type: image/jpeg\r\n\r\n"
            + SCENE + b"\r\n--edge--\r\n")
    (refused,) = decode(push(body), cameras={})
    assert isinstance(refused, Rejected)
    assert b"seat" not in refused.body.lower()
    assert [content for _, content in seen(refused.body).images] == [SCENE]


def test_of_unlabelled_pictures_only_the_largest_is_taken_as_a_crop_may_show_a_face() -> None:
    picture = b"\r\n--edge\r\nContent-Type: image/jpeg\r\n\r\n"
    body = (b"--edge\r\nContent-Type: text/plain\r\n\r\nEvents[0].Code=TrafficJunction\r\nEvents[0].UTC=1782907200\r\n"
            b"Events[0].TrafficCar.MachineName=itc" + picture + FACE + picture + SCENE + b"\r\n--edge--\r\n")
    assert [(kind.name, content) for kind, content in seen(body).images] == [("overview", SCENE)]


def test_a_capture_sent_again_until_it_is_answered_is_one_read() -> None:
    sent = decode(push(capture()), push(capture(plate={"UploadNum": 2})), cameras={"device": 1})
    assert len({(row.read_id, row.plate) for row in sent}) == 1


def test_the_same_event_through_two_streams_is_one_read() -> None:
    event = junction(0, CountInGroup=1, DeviceID="device")
    lines = (b"Events[0].Code=TrafficJunction\nEvents[0].UTC=1782907200\n"
             b"Events[0].TrafficCar.PlateNumber=3-ABC-123\nEvents[0].DeviceID=device\n")
    first, second = decode(push(event), push(lines), cameras={"device": 1})
    assert first.read_id == second.read_id


def test_the_pictures_of_one_group_are_one_passage_for_ten_minutes() -> None:
    first, second = (seen(junction(seconds, DeviceID="device")) for seconds in (0, 2))
    assert (first.passage, first.passage_span_ms) == (second.passage, second.passage_span_ms) == ("7", 600_000)


def test_a_group_of_one_picture_is_no_passage_of_several_messages() -> None:
    assert seen(junction(0, DeviceID="device", CountInGroup=1)).passage is None


def test_utc_is_the_wall_clock_in_winter_too_and_real_utc_goes_before_it() -> None:
    winter = 1768478400 - 1782907200  # 2026-01-15 12:00 on the wall
    assert seen(junction(winter, DeviceID="d")).captured_ms == epoch_ms(datetime(2026, 1, 15, 11, tzinfo=UTC))
    real = seen(junction(0, DeviceID="d", RealUTC=1782900001, UTCMS=5))
    assert (real.captured_ms, real.clock_basis) == (1782900001005, None)


@pytest.mark.parametrize("real", [0, None, "", "unknown"])
def test_a_real_utc_that_says_nothing_is_passed_over(real: object) -> None:
    assert seen(junction(0, DeviceID="d", RealUTC=real)).captured_ms == 1782900000000


@pytest.mark.parametrize(("scale", "confidence"), [(b"{}", 0.8), (b'{"confidence_scale": 408}', 0.5)])
def test_the_documented_scale_is_a_byte_and_the_gateways_goes_before_it(scale: bytes, confidence: float) -> None:
    assert seen(capture(), scale).confidence == confidence


def test_a_path_for_heartbeats_says_what_an_empty_document_is() -> None:
    (beat,) = decode(push({}, "NotificationInfo/KeepAlive"), cameras={})
    assert beat.camera_id is None


def test_every_push_is_answered_with_result_and_a_heartbeat_with_active_too() -> None:
    bodies = {path: json.loads(reply(path, Answer(1, reads=1)).body) for path in (
        "NotificationInfo/TollgateInfo", "NotificationInfo/KeepAlive", "")}
    assert all(body["Result"] is True for body in bodies.values())
    assert [body.get("Active") for body in bodies.values()] == [None, True, None]
    assert json.loads(reply("", Answer(1, heartbeats=1)).body)["Active"] is True


def test_what_is_refused_is_answered_alike_as_it_is_kept_and_must_not_come_again() -> None:
    gateways = {"kade": Gateway(7, "kade", {}, "dahua-itsapi")}
    decoder = Decoder(Identity(b"a key for tests, 32 bytes or more"), gateways, Window.at(NOW))
    (answer,) = decode_all(decoder, [push(capture())]).answers
    assert answer.rejected
    assert json.loads(reply("NotificationInfo/TollgateInfo", answer).body)["Result"] is True


def test_no_barrier_is_opened_by_an_answer() -> None:
    assert b"OpenStrobe" not in reply("NotificationInfo/TollgateInfo", Answer(1, reads=1)).body

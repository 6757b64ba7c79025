"""A mapping at work: kinds of messages, several reads of one, what settings make of values, and hostile excess."""

import base64
import json
from typing import Any

import pytest

from ingest.incoming import Door, Incoming
from ingest.mapping.reading import MAX_ITEMS, MAX_PICTURE_BYTES, compile_mapping
from ingest.mapping.verbs import Mapping, Message, Picture, Value
from ingest.rows import Reason
from ingest.sightings import Finding, Heartbeat, Ignored, Problem, Sighting
from services.decoding import DecodingSettings
from services.errors import ConfigurationError

JPEG = b"\xff\xd8\xff an invented picture!"
READ: dict[str, Any] = {
    "kind": "read", "camera": ["body.camera", 'header."x-serial"', "topic[0]"], "captured_at": "body.time",
    "plate": "body.plate"}
SENT = {"camera": "kade-1", "time": "2026-07-01T12:00:00", "plate": "3-ABC-123"}


def read(sent: Any, *messages: Message, headers: tuple[tuple[str, str], ...] = (), path: str = "",
         gateway: DecodingSettings | None = None, **habits: Any) -> list[Finding]:
    reader = compile_mapping(Mapping(name="kade", messages=list(messages) or [Message(**READ)], **habits),
                             gateway or DecodingSettings())
    payload = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    message = Incoming(f"push/kade/{path}", payload, 1_782_900_000_000, door=Door.push, headers=headers)
    return list(reader(message, path))


def seen(sent: Any, gateway: DecodingSettings | None = None, **members: Any) -> Sighting:
    habits = {name: members.pop(name) for name in ("confidence_scale", "country_coding", "speed_unit")
              if name in members}
    (found,) = read(sent, Message(**{**READ, **members}), gateway=gateway, **habits)
    assert isinstance(found, Sighting)
    return found


def test_the_first_kind_whose_condition_holds_is_taken() -> None:
    kinds = (Message(kind="heartbeat", when="body.alive", camera="body.camera"),
             Message(kind="ignored", when="body.motion", reason="motion"), Message(**READ, when="body.plate"))
    assert read({"alive": 1, "motion": 1, "camera": "kade-1"}, *kinds) == [Heartbeat(("kade-1",), of_device=True)]
    assert read({"motion": True, **SENT}, *kinds) == [Ignored("motion")]
    assert isinstance(read(SENT, *kinds)[0], Sighting)
    assert read({"other": 1}, *kinds) == [
        Problem(Reason.unknown_format, "this is none of the messages that kade knows")]


def test_every_name_of_the_camera_is_kept_the_most_exact_first() -> None:
    (found,) = read(SENT, headers=(("x-serial", "TAT-1"),), path="gate/north")
    assert isinstance(found, Sighting)
    assert found.cameras == ("kade-1", "TAT-1", "gate")
    assert read({**SENT, "camera": "-"}) == [
        Problem(Reason.no_camera, "the message does not say which camera it is from")]


@pytest.mark.parametrize("time", ["", "soon", None, "9999-12-31T23:59:59-05:00"])
def test_a_read_without_a_time_is_refused(time: str | None) -> None:
    assert read({**SENT, "time": time}) == [
        Problem(Reason.no_time, "the message has no capture time that can be understood")]


def test_a_clock_that_is_not_believed_needs_no_time() -> None:
    found = seen({**SENT, "time": "soon"}, DecodingSettings(clock="received"))
    assert (found.captured_ms, found.clock_basis) == (1_782_900_000_000, "received")


@pytest.mark.parametrize(("raw", "habit", "setting", "share", "kept"), [
    ("0.93", 1, None, 0.93, None), (93, 100, None, 0.93, "93"), ("204", 255, None, 0.8, "204"),
    ("93", 255, "percent", 0.93, "93"), ("-", 1, None, None, None), ("high", 1, None, None, "high"),
    (98, 1, None, None, "98"), ("-1", 100, None, None, "-1"), ("0,5", 1, None, 0.5, None),
    (1e308, 1, None, None, "1e+308")])
def test_confidence_is_a_share_of_the_scale_and_the_raw_value_is_kept(
        raw: object, habit: float, setting: str | None, share: float | None, kept: str | None) -> None:
    found = seen({**SENT, "score": raw}, DecodingSettings(confidence_scale=setting), confidence="body.score",
                 confidence_scale=habit)
    assert (found.confidence, found.confidence_raw) == (pytest.approx(share) if share else share, kept)


@pytest.mark.parametrize(("raw", "habit", "setting", "kmh"), [
    ("50", "km/h", None, 50), (10, "m/s", None, 36), ("31", "km/h", "mph", 49.9), ("10 m/s", "mph", None, 36),
    ("50 KM/H", "mph", "mph", 50), (0, "km/h", None, None), (-1, "km/h", None, None), (500, "km/h", None, None)])
def test_speed_is_in_the_unit_that_is_stated_else_set_else_usual(
        raw: object, habit: str, setting: Any, kmh: float | None) -> None:
    found = seen({**SENT, "speed": raw}, DecodingSettings(speed_unit=setting), speed="body.speed", speed_unit=habit)
    assert found.speed_kmh == (None if kmh is None else pytest.approx(kmh, abs=0.05))


def test_the_gateways_words_for_directions_and_countries_go_first() -> None:
    direction = Value(path="body.way", table={"in": "towards", "out": "away"})
    gateway = DecodingSettings(directions={"IN": "away", "180": "towards"}, countries={"7": "PL"},
                               country_coding="table")
    found = [seen({**SENT, "way": way, "land": land}, gateway, direction=direction, country="body.land")
             for way, land in (("in", "7"), ("180", "BEL"), ("Out", ""), ("across", None))]
    assert [one.direction for one in found] == ["away", "towards", "away", None]
    assert [(one.country, one.country_raw) for one in found] == [("PL", "7"), (None, "BEL"), (None, None), (None, None)]


def test_passage_revision_and_key_are_the_sources_own() -> None:
    found = seen({**SENT, "car": 17, "state": "lost", "id": "x"}, passage="body.car", passage_span_s=600, key="body.id",
                 revision=Value(path="body.state", table={"new": 0, "lost": 2}))
    assert (found.passage, found.passage_span_ms, found.revision, found.key) == ("17", 600_000, 2, "x")
    assert seen({**SENT, "state": "9999999"}, revision="body.state").revision == 0


def test_texts_are_cut_to_what_is_stored_and_zeros_go() -> None:
    found = seen({**SENT, "plate": "3ABC123\0\0", "make": " " + "x" * 500, "colour": "g\0rey"}, make="body.make",
                 colour="body.colour")
    assert (found.plate, found.make, found.colour) == ("3ABC123", "x" * 64, "grey")


EACH = Message(kind="read", for_each="body.cars", camera="body.camera", captured_at="body.time", plate="each.plate",
               images=[Picture(kind="overview", path="body.scene")])


def test_each_item_is_a_read_and_none_is_no_vehicle() -> None:
    found = read({**SENT, "cars": [{"plate": "3ABC123"}, {}]}, EACH)
    assert [one.plate for one in found if isinstance(one, Sighting)] == ["3ABC123", None]
    assert read({**SENT, "cars": []}, EACH) == read(SENT, EACH) == [Ignored("no vehicle")]


def test_more_items_than_a_batch_has_are_refused_together() -> None:
    (problem,) = read({**SENT, "cars": [{}] * (MAX_ITEMS + 1)}, EACH)
    assert isinstance(problem, Problem)
    assert problem.reason is Reason.too_large


def test_a_scene_that_many_reads_show_is_kept_for_as_many_as_is_reasonable() -> None:
    scene = base64.b64encode(JPEG + b"x" * 1_000_000).decode()
    *found, problem = read({**SENT, "scene": scene, "cars": [{}] * 50}, EACH)
    pictured = [one for one in found if isinstance(one, Sighting) and one.images]
    assert (len(found), len(pictured)) == (50, MAX_PICTURE_BYTES // 1_000_025)
    assert isinstance(problem, Problem)
    assert problem.reason is Reason.bad_image


def test_a_broken_document_of_several_is_a_reject_of_its_own() -> None:
    lines = json.dumps(SENT).encode() + b"\n" + b'{"plate": "3ABC12\n'
    several = Message(**{**READ, "for_each": "[body][]", "camera": "each.camera", "captured_at": "each.time"})
    first, problem = read(lines, several)
    assert isinstance(first, Sighting)
    assert problem == Problem(Reason.not_json, "one of the documents in the message is malformed", b'{"plate": "3ABC12')


@pytest.mark.parametrize("payload", [b"", b" \r\n", b"\t" * 100_000])
def test_an_empty_message_is_ignored(payload: bytes) -> None:
    assert read(payload) == [Ignored("empty")]


@pytest.mark.parametrize("members", [{"when": "body.["}, {"for_each": "none such"}, {"plate": "body.plate |"},
                                     {"images": [Picture(kind="plate", part="(")]}])
def test_a_wrong_mapping_is_refused_when_it_is_compiled(members: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        read(SENT, Message(**{**READ, **members}))

"""`plate-recognizer`: Plate Recognizer's engine: Stream's webhook, Snapshot's answer, in both versions of its JSON.

docs/profiles/plate-recognizer.md says what is read from where.
"""

from collections.abc import Iterator
from typing import Any

from ingest.mapping.documents import Document, parse
from ingest.mapping.limits import UnreadableError
from ingest.mapping.trees import Branch, branch, listed
from ingest.mapping.values import as_text
from ingest.mapping.verbs import Mapping, Message, Picture, Value

_UNKNOWN = ["unknown", "generic", "generic unknown"]

# The direction is degrees in the picture, so it tells neither towards nor away; the gateway's directions may.
MAPPING = Mapping(
    name="plate-recognizer", confidence_scale=1, country_coding="alpha-2",
    messages=[
        Message(kind="ignored", when="body.test", reason="a test message"),
        Message(kind="heartbeat", when="body.heartbeat", camera=["body.camera", "body.named"]),
        Message(
            kind="read", when="body.recognition", for_each="body.results",
            camera=["each.camera", "each.named", *(f'header."{name}"' for name in (
                "camera-name", "serial-number", "mac-address"))],
            captured_at=[Value(path="each.sent.timestamp", zone="utc"), "each.sent.timestamp_local",
                         "each.sent.timestamp_camera"],
            plate=["each.plate.props.plate[0].value", "each.plate.value", "each.plate.plate", "each.plate"],
            confidence=["each.plate.props.plate[0].score", "each.score"],
            country=["each.plate.props.region[0].value", "each.region.code", "each.region"],
            direction="each.direction", speed="each.speed",
            facing=Value(path=["each.orientation[0].orientation", "each.vehicle.props.orientation[0].value",
                               "each.orientation"], table={"front": "front", "rear": "rear"}),
            make=Value(path=["each.model_make[0].make", "each.vehicle.props.make_model[0].make"], missing=_UNKNOWN),
            model=Value(path=["each.model_make[0].model", "each.vehicle.props.make_model[0].model"], missing=_UNKNOWN),
            colour=Value(path=["each.color[0].color", "each.vehicle.props.color[0].value"], missing=_UNKNOWN),
            vehicle_type=Value(path="each.vehicle.type", missing=_UNKNOWN),
            # There is no id: this is what the same message has again when it is sent again.
            key="join('|', [to_string(each.camera), to_string(each.sent.timestamp), to_string(each.plate), "
                "to_string(each.box || each.plate.box || each.vehicle.box)])",
            images=[Picture(kind="overview", part="^upload$"), Picture(kind="plate", part="^plate")]),
        Message(kind="ignored", when="body.other", reason="an event without a recognition"),
    ])


def reshape(document: Document) -> Document:
    """Return a document that lists the vehicles, each with the camera and the times that its message names."""
    answers = list(_answers(document.body))
    events = [str(branch(answer.get("hook")).get("event", "")).lower() for answer in answers]
    seen = [(answer, branch(answer.get("data")) or answer) for answer in answers]
    found = next((data for _, data in seen), {})
    document.body = {
        "camera": found.get("camera_id"), "named": _named(answers[0], found) if answers else None,
        "test": any("test" in event for event in events),
        "heartbeat": any("heartbeat" in event for event in events),
        "recognition": any("results" in data for _, data in seen) and not any("video" in event for event in events),
        "other": any("hook" in answer or "camera_id" in data for answer, data in seen),
        "results": [result for answer, data in seen for result in _results(answer, data)]}
    return document


def _answers(tree: Any) -> Iterator[Branch]:
    """Yield the documents in a message: of a list each, of a form what stands in its field `json`."""
    for one in map(branch, listed(tree)):
        inner = one.get("json")
        if isinstance(inner, str):
            inner = _parsed(inner)
        yield branch(inner) if isinstance(inner, dict) else one


def _parsed(text: str) -> Any:
    try:
        return parse(text.encode())[1]
    except UnreadableError:
        return None


def _named(answer: Branch, data: Branch) -> Any:
    return data.get("camera_name") or branch(answer.get("hook")).get("id")


def _results(answer: Branch, data: Branch) -> Iterator[Branch]:
    sent = {name: as_text(data.get(name)) for name in ("timestamp", "timestamp_local", "timestamp_camera")}
    for result in listed(data.get("results")):
        if isinstance(result, dict):
            yield result | {"sent": sent, "camera": as_text(data.get("camera_id")), "named": _named(answer, data)}

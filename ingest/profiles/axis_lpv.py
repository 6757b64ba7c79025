"""`axis-lpv`: AXIS License Plate Verifier, and the FF Group engine inside it (CAMMRA AI and others).

Pushed as JSON, alone or in multipart; over MQTT by the camera's event bridge; in the form that Genetec takes.
VAPIX "License plate verifier API"; docs/profiles/axis-lpv.md says what is read from where.
"""

import re
from collections.abc import Iterator
from typing import Any

from ingest.mapping.documents import Document
from ingest.mapping.notifications import events
from ingest.mapping.trees import Branch, branch, branches, listed, text_in, under
from ingest.mapping.verbs import Mapping, Message, Picture, Value
from services.images import content_type

_UNKNOWN = ["unknown", "undefined", "n/a"]

MAPPING = Mapping(
    name="axis-lpv", confidence_scale=1, country_coding="alpha-3",
    messages=[
        Message(
            kind="read", when="body.event",
            camera=["body.serial", "body.mac", "body.sent_mac", "body.event.referencecameraid",
                    Value(path="body.event.sensorproviderid", missing=["defaultid"]), "body.event.cameraname",
                    "body.pushed_to"],
            # frame_timestamp is seconds, micro- or nanoseconds, uptime or 0; datetime is local though called UTC.
            captured_at=[Value(path="body.event.capture_timestamp", format="epoch-ms"),
                         Value(path="body.event.capture_ts", format="epoch-ns"),
                         Value(path="body.event.readtimeutc", zone="utc"),
                         Value(path="body.event.datetime", format="%Y%m%d %H%M%S%f%z"),
                         Value(path="body.event.datetime", format="%Y%m%d %H%M%S%f"), "body.event.datetime",
                         Value(path="body.utc_time", zone="utc"), Value(path="body.sent", format="epoch-ms")],
            plate="body.plate",
            confidence=["body.event.plateconfidence", "body.event.confidence"],
            country=["body.event.platecountry", "body.event.country", "body.event.platestateprovince"],
            direction=Value(path=["body.event.carmovedirection", "body.event.vehicledirection"],
                            table={"in": "towards", "out": "away"}),
            facing=Value(path=["body.event.vehicle_info.view", "body.event.view"],
                         match="(?i)^(front|rear)$", table={"front": "front", "rear": "rear"}),
            lane="body.event.roiid",
            make=Value(path=["body.event.vehicle_info.brand", "body.event.vehicle_info.make", "body.event.vehiclemake"],
                       missing=_UNKNOWN),
            model=Value(path=["body.event.vehicle_info.model", "body.event.vehiclemodel"], missing=_UNKNOWN),
            colour=Value(path=["body.event.vehicle_info.color", "body.event.vehiclecolor"], missing=_UNKNOWN),
            vehicle_type=Value(path=["body.event.vehicle_info.type", "body.event.vehicletype"], missing=_UNKNOWN),
            passage="body.passage", passage_span_s=600,
            revision=Value(path="body.event.carstate", table={"new": 0, "update": 1, "updated": 1, "lost": 2}),
            key="body.event.referencereadid",
            images=[Picture(kind="plate", path="body.pictures.plate"),
                    Picture(kind="overview", path="body.pictures.overview"),
                    Picture(kind="plate", part="^plate$"), Picture(kind="overview", part="^overview$")]),
        Message(kind="heartbeat", when="body.heartbeat",
                camera=["body.mac", "body.sent_mac", Value(path="body.device", missing=["defaultid"]),
                        "body.pushed_to"]),
        Message(kind="ignored", when="body.other", reason="an event without a plate"),
    ])

_PLATES = ("plateutf8", "platetext", "plateunicode", "plateascii", "text", "plate")
_MARKS = frozenset({"plateutf8", "platetext", "plateunicode", "plateascii", "referencereadid"})
_OTHER = frozenset({"active", "isdetected", "message", "topic"})
_MOST_PICTURES = 16
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_SEPARATORS = re.compile(r"[:.-]")
_PICTURE = re.compile(r"image|picture|\.(?:jpe?g|png|bmp)$")
# The camera's own files are called …lp_<plate>_… and …roi_<plate>_….
_KINDS = (("plate", re.compile(r"(?i)plate|(?<![a-z])lp(?:_|$)")),
          ("overview", re.compile(r"(?i)vehicle|frame|mmr|context|(?<![a-z])roi(?:_|$)")))


def reshape(document: Document) -> Document:
    """Return a document with the event's branch, and beside it what lies deeper, outside it or in another form."""
    tree, topic = document.body, document.topic
    heard = events(document.root, tree) if document.root else []
    event = _event([tree, *(notification.data for notification in heard)])
    found: Branch = {"event": event, "pushed_to": "/".join(topic), "heartbeat": _is_heartbeat(tree),
                     "other": bool(heard) or _is_other(tree), "utc_time": next((n.utc_time for n in heard), None),
                     "sent": next(under(tree, "timestamp"), None), "device": next(under(tree, "device_id"), None)}
    found |= _identity([event, tree], topic)
    if event:
        found["event"] = event = event | {"vehicle_info": branch(event.get("vehicle_info"))}
        found |= {"plate": _plate(event), "passage": _passage(event, found["serial"] or found["mac"])}
        found["pictures"] = dict(_pictures(event))
        document.part = dict(_picture_parts(document.part, event))
    document.body = found
    return document


def _event(trees: list[Any]) -> Branch:
    return next((here for here in branches(trees) if _is_event(here)), {})


def _is_event(here: Branch) -> bool:
    return bool(_MARKS & here.keys()) or ("text" in here and bool({"carid", "carstate", "capture_timestamp"}
                                                                   & here.keys()))


def _is_heartbeat(tree: Any) -> bool:
    body = branch(tree)
    return isinstance(body.get("identify"), dict) or "timestamp" in branch(body.get("system"))


def _is_other(tree: Any) -> bool:
    """Tell whether a body is one of the camera's other events (lists, motion, a last will), which come the same way."""
    return isinstance(tree, str) or any(_OTHER & here.keys() for here in branches(tree))


def _identity(trees: list[Any], topic: list[str]) -> Branch:
    """Return the serial and the MAC address, which is the serial with colons; MQTT has the serial in its topic."""
    def first(name: str) -> str | None:
        return next((text for tree in trees for value in under(tree, name) if (text := text_in(value))), None)

    place = topic.index("event") if "event" in topic else 0
    mac = first("macaddress")
    return {"serial": first("serialnumber") or first("serial") or (topic[place - 1] if place else None),
            "sent_mac": mac, "mac": _SEPARATORS.sub("", mac).upper() if mac else None}


def _plate(event: Branch) -> str | None:
    r"""Return the plate's text; one channel sends it as the six characters `\u0041` for each letter."""
    text = next((text for name in _PLATES if (text := text_in(event.get(name)))), None)
    if text is None or "\\u" not in text:
        return text
    letters = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    return letters.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _passage(event: Branch, serial: str | None) -> str | None:
    """Return what new, update and lost of one car share: the camera counts cars, and anew after every reboot."""
    car = text_in(event.get("carid"))
    return None if car is None or car in ("0", "-1") else f"{serial or ''}/{car}"


def _pictures(event: Branch) -> Iterator[tuple[str, Any]]:
    """Yield the kind and the base64 of each picture in the event itself."""
    for name, kind in (("contextimage", "overview"), ("plateimage", "plate"), ("lpimage", "plate")):
        if text_in(event.get(name)):
            yield kind, event[name]
    pictures = [branch(picture) for picture in listed(event.get("imagearray"))[:_MOST_PICTURES]]
    kinds = _kinds([text_in(picture.get("imagetype")) or "" for picture in pictures], event)
    for kind, picture in zip(kinds, pictures, strict=True):
        yield kind, picture.get("binaryimage")


def _picture_parts(parts: dict[str, bytes], event: Branch) -> Iterator[tuple[str, bytes]]:
    """Yield the kind and the bytes of each picture that came as a part of its own; a part has a name or two."""
    names: dict[int, str] = {}
    pictures: dict[int, bytes] = {}
    for name, content in sorted(parts.items()):
        if content and (content_type(content) is not None or _PICTURE.search(name)):
            names[id(content)] = f"{names.get(id(content), '')} {name}"
            pictures[id(content)] = content
    yield from zip(_kinds(list(names.values()), event), pictures.values(), strict=True)


def _kinds(names: list[str], event: Branch) -> list[str]:
    """Return what each picture shows: by its own name, else the first is what the event says, a second the other."""
    stated = _named(text_in(event.get("imagetype")) or "") or "overview"
    kinds = [_named(name) for name in names]
    for place, kind in enumerate(kinds):
        if kind is None:
            taken = {known for known in kinds if known}
            other = "overview" if stated == "plate" else "plate"
            kinds[place] = other if stated in taken and other not in taken else stated
    return [kind or stated for kind in kinds]


def _named(name: str) -> str | None:
    return next((kind for kind, words in _KINDS if words.search(name)), None)

"""`onvif-profile-m`: ONVIF's plate events and metadata frames, over MQTT (JSON) or pushed as XML notifications.

ONVIF Core specification ("JSON Event Payload", "Topic Structure") and Analytics specification (annex "License Plate
Recognition", "JSON over MQTT"). docs/profiles/onvif-profile-m.md says what is read from where.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from ingest.mapping.documents import Document
from ingest.mapping.notifications import Event, events
from ingest.mapping.reading import MAX_ITEMS
from ingest.mapping.trees import Branch, branch, listed, text_in, under
from ingest.mapping.verbs import Mapping, Message, Picture, Value

_UNKNOWN = ["unknown", "unknow", "undefined", "n/a"]

# The body never says which device sent it: the topic prefix does, and behind it the video source and the rule.
MAPPING = Mapping(
    name="onvif-profile-m", confidence_scale=1, country_coding="alpha-2", speed_unit="m/s",
    messages=[
        Message(
            kind="read", when="body.reads", for_each="body.reads",
            camera=["each.prefix", Value(concat=["each.prefix", "'/'", "each.source"]),
                    Value(concat=["each.prefix", "'/'", "each.source", "'/'", "each.rule"]), "each.source",
                    Value(concat=["each.source", "'/'", "each.rule"]), "each.rule",
                    Value(path="each.producer", match=r"^\w+://([^/]+)")],
            captured_at=Value(path="each.utctime", zone="utc"),
            plate="each.plate", confidence="each.likelihood", country="each.country",
            direction=Value(path="each.direction", table={
                "approaching": "towards", "departing": "away", "towards": "towards", "away": "away"}),
            lane="each.lane", speed="each.speed",
            make=Value(path="each.make", missing=_UNKNOWN), model=Value(path="each.model", missing=_UNKNOWN),
            colour=Value(path="each.colour", missing=_UNKNOWN),
            vehicle_type=Value(path="each.type", missing=_UNKNOWN),
            key="each.key", passage="each.passage", passage_span_s=600,
            images=[Picture(kind="plate", path="each.image"), Picture(kind="overview", path="each.vehicleimage")]),
        Message(kind="ignored", when="body.other", reason="an event without a plate"),
    ])

_PREFIXES = ("onvif-ej", "onvif-mj")
_SOURCES = ("videosource", "videosourcetoken", "videosourceconfigurationtoken", "videosourceconfiguration", "source",
            "channel")
_RULES = ("rule", "rulename", "analyticsmodule")
# The standard's item is LicensePlateInfo; these are plain items of vendors' own topics.
_PLATE_ITEMS = ("platenumber", "licenseplate", "licenseplatenumber", "plate", "plateno", "platetext")
_STATES = ("state", "isrecognized", "islicenseplate")


@dataclass(frozen=True, slots=True)
class _Topic:
    """What an MQTT topic or a push's path tells: the producer's prefix, the ONVIF topic and the source's values."""

    prefix: str
    local: str
    values: tuple[str, ...]


def reshape(document: Document) -> Document:
    """Return a document whose body holds one branch for each plate, whatever form the message had."""
    topic = _split_topic(document.topic)
    heard = events(document.root, document.body)
    frames = [frame for frame in _frames(document) if "@utctime" in frame]
    found = chain((read for event in heard for read in _of_event(event, topic)),
                  (read for frame in frames for read in _of_frame(frame, topic)))
    reads = list(islice(found, MAX_ITEMS + 1))  # one more than the engine takes, so that it refuses the message
    told = heard or frames or topic.local or document.root or isinstance(document.body, str)
    document.body = {"reads": reads, "other": bool(told)}
    return document


def _split_topic(path: list[str]) -> _Topic:
    place = next((place for place, part in enumerate(path) if part.lower() in _PREFIXES), None)
    if place is None:
        return _Topic("/".join(path), "", ())
    rest = path[place + 1:]
    source = next((place for place, part in enumerate(rest) if part.startswith("&")), len(rest))
    values = tuple(part.removeprefix("&") for part in rest[source:])
    if path[place].lower() == "onvif-mj":  # MetadataType / profile / module
        values = tuple(rest[1:])
    return _Topic("/".join(path[:place]), "/".join(path[place:]), values)


def _of_event(event: Event, topic: _Topic) -> Iterator[Branch]:
    if event.operation.lower() == "deleted" or _is_over(event.data):
        return
    name = event.topic or topic.local
    plates = _plates(event.data)
    if not plates and event.data and "recognition/licenseplate" in name.lower():
        plates = [{}]  # a vehicle passed and its plate was not read
    common = _source(event, topic) | _vehicle(event.data) | {
        "utctime": event.utc_time, "likelihood": text_in(event.data.get("likelihood")),
        "speed": text_in(event.data.get("speed")), "direction": text_in(event.data.get("direction")),
        "lane": next((text for item in ("lane", "laneid") if (text := text_in(event.data.get(item)))), None),
        "image": text_in(event.data.get("image")), "vehicleimage": text_in(event.data.get("vehicleimage"))}
    object_id, address = _object_id(event.data), "/".join((topic.prefix, name, *topic.values))
    for plate in plates:
        read = _with_plate(common, plate)
        yield read | {"key": "|".join(part or "" for part in (address, event.utc_time, read["plate"], object_id))}


def _is_over(data: Branch) -> bool:
    """Tell whether an event says that nothing is recognised any more."""
    return any((text_in(data.get(state)) or str(data.get(state))).lower() in ("false", "0") for state in _STATES)


def _plates(data: Branch) -> list[Branch]:
    """Return the plates in an event's items: LicensePlateInfo one or two levels deep or a text, or a vendor's item."""
    infos = [inner for info in listed(data.get("licenseplateinfo"))
             for inner in listed(info.get("licenseplateinfo", info) if isinstance(info, dict) else info)]
    if infos:
        return [info if isinstance(info, dict) else {"platenumber": info} for info in infos]
    named = next((data[item] for item in _PLATE_ITEMS if item in data), None)
    if named is None and {"carid", "capture_timestamp"} & data.keys():
        named = data.get("text")  # Axis License Plate Verifier under ONVIF's envelope
    country = data.get("countrycode", data.get("country"))
    return [] if named is None else [{"platenumber": named, "countrycode": country}]


def _with_plate(common: Branch, plate: Branch) -> Branch:
    number = plate.get("platenumber")
    return common | {
        "plate": text_in(number), "country": text_in(plate.get("countrycode")),
        "likelihood": common.get("likelihood") or _first(branch(number), ("@likelihood", "likelihood"))}


def _source(event: Event, topic: _Topic) -> Branch:
    values = dict(zip(("source", "rule"), (*topic.values[:1], *topic.values[1:][-1:]), strict=False))
    named = {"source": _first(event.source, _SOURCES), "rule": _first(event.source, _RULES)}
    return {"prefix": topic.prefix or None, "producer": event.producer} | values | {
        name: text for name, text in named.items() if text}


def _first(items: Branch, names: tuple[str, ...]) -> str | None:
    return next((text for name in names if (text := text_in(items.get(name)))), None)


def _vehicle(holder: Branch) -> Branch:
    outer = branch(holder.get("vehicleinfo"))
    info = branch(outer.get("vehicleinfo")) or outer
    colour = info.get("color", holder.get("vehiclecolor"))
    cluster = branch(branch(colour).get("colorcluster"))
    named = next((text_in(value) for name, value in cluster.items() if name.endswith("colorname")), None)
    return {"type": text_in(info.get("type", holder.get("vehicletype"))),
            "make": text_in(info.get("brand", holder.get("vehiclebrand"))), "model": text_in(info.get("model")),
            "colour": named or text_in(colour)}


def _object_id(data: Branch) -> str | None:
    value = data.get("objectid")
    return text_in(value) or text_in(next(under(value, "@objectid"), None))


def _frames(document: Document) -> list[Branch]:
    found = [document.body] if document.root == "frame" else list(under(document.body, "frame"))
    return [branch(frame) for frame in found]


def _of_frame(frame: Branch, topic: _Topic) -> Iterator[Branch]:
    """Yield the plates in a metadata frame; a device sends many frames of one object, which share its passage."""
    objects = [branch(item) for item in listed(frame.get("object"))]
    by_id = {text_in(item.get("@objectid")): item for item in objects}
    source = _source(Event(), topic)
    if (module := text_in(frame.get("@source"))) is not None:
        source["rule"] = module
    utc_time = text_in(frame.get("@utctime")) or ""
    for item in objects:
        parent = by_id.get(text_in(item.get("@parent")), {}) if "@parent" in item else {}
        for plate in _plates(branch(item.get("appearance"))):
            read = _with_plate(source | _seen(item, parent, frame), plate) | {"utctime": utc_time}
            if read["plate"]:
                yield read | _identity(topic, utc_time, text_in(item.get("@objectid")), read["plate"])


def _seen(item: Branch, parent: Branch, frame: Branch) -> Branch:
    """Return what a frame tells of a plate's object and of the vehicle that the plate belongs to."""
    appearance, outer = branch(item.get("appearance")), branch(parent.get("appearance"))
    moving = branch(item.get("behaviour")) or branch(parent.get("behaviour"))
    is_plate = (text_in(next(under(appearance.get("class"), "type"), None)) or "").lower() == "licenseplate"
    own = text_in(appearance.get("image"))
    scene = text_in(outer.get("image")) or text_in(frame.get("sceneimage"))
    return _vehicle(appearance if "vehicleinfo" in appearance else outer) | {
        "speed": text_in(moving.get("speed")), "direction": _from_yaw(branch(moving.get("direction")).get("@yaw")),
        "image": own if is_plate else None, "vehicleimage": scene if is_plate else own or scene}


def _from_yaw(yaw: Any) -> str | None:
    """Return the direction of a yaw in degrees: 90 is away from the device, -90 towards it, 0 and 180 across."""
    try:
        depth = math.sin(math.radians(float(yaw)))
    except (TypeError, ValueError):
        return None
    return "away" if depth > 0.5 else "towards" if depth < -0.5 else None


def _identity(topic: _Topic, utc_time: str, object_id: str | None, plate: str) -> Branch:
    of_object = f"{topic.prefix}/{topic.local}|{object_id}" if object_id else None
    return {"passage": of_object, "key": f"{topic.prefix}/{topic.local}|{utc_time}|{plate}|{object_id or ''}"}

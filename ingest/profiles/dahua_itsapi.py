"""`dahua-itsapi`: Dahua and its OEMs (Intelbras and others): ITSAPI pushes, and events that a gateway passes on.

Pushed: TollgateInfo, ParkingInfo, AlarmInfo, KeepAlive and DeviceInfo of ITSAPI. Passed on: eventManager's lines,
snapManager's parts, JSON-RPC's notifications. docs/profiles/dahua-itsapi.md says what is read from where.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from ingest.mapping.documents import Document, parse
from ingest.mapping.parts import Part
from ingest.mapping.trees import Branch, branch, branches, listed, text_in, under
from ingest.mapping.verbs import Mapping, Message, Picture, Value
from ingest.profiles.replies import Reply
from ingest.rows import Answer
from services.images import content_type

_UNKNOWN = ["unknown", "unknow", "other", "0"]
_PICTURES = [Picture(kind="overview", path="each.pictures.overview"), Picture(kind="plate", path="each.pictures.plate")]
_DIRECTIONS: dict[str, str | int | None] = {
    "obverse": "towards", "approach": "towards", "reverse": "away", "leave": "away"}

_CAPTURE = Message(
    kind="read", when="body.kind == 'capture'", for_each="body.items",
    camera=["each.snap.deviceid", "each.deviceid", Value(concat=["each.snap.deviceid", "'/'", "each.channel"]),
            "each.snap.snapaddress"],
    # Local time without a zone; TimeZone beside it is an index into a list of the maker's.
    captured_at=[Value(path=["each.snap.accuratetime", "each.snap.snaptime"]),
                 Value(path=["each.snap.accuratetime", "each.snap.snaptime"], format="%Y-%m-%d %H:%M:%S:%f"),
                 Value(path=["each.snap.accuratetime", "each.snap.snaptime"], format="%Y/%m/%d %H:%M:%S"),
                 Value(path="each.snap.snaptime")],
    plate="each.text", confidence="each.plate.confidence", country="each.plate.region",
    direction=Value(path="each.snap.direction", table=_DIRECTIONS),
    lane=["each.snap.lanno", "each.snap.lane"], speed=["each.vehicle.speed", "each.snap.speed"],
    make=Value(path="each.vehicle.vehiclesign", missing=_UNKNOWN),
    model=Value(path="each.vehicle.vehicleseries", missing=_UNKNOWN),
    colour=Value(path="each.vehicle.vehiclecolor", missing=_UNKNOWN),
    vehicle_type=Value(path="each.vehicle.vehicletype", missing=_UNKNOWN),
    key=Value(concat=["each.name", "'@'", "each.snap.accuratetime || each.snap.snaptime"]),
    images=_PICTURES)

_EVENT = Message(
    kind="read", when="body.kind == 'event'", for_each="body.items",
    camera=["each.deviceid", "each.trafficcar.machinename", "each.machinename", "each.trafficcar.deviceaddress",
            Value(concat=["each.trafficcar.machinename", "'/'", "each.index"]), "each.trafficcar.machineaddress"],
    # UTC is the local wall clock written as an epoch; RealUTC, where it is sent, is UTC.
    captured_at=[Value(path="each.real_ms", format="epoch-ms"),
                 Value(path="each.local_ms", format="epoch-ms", zone="wall-clock"),
                 Value(path=["each.localetime", "each.utc"], zone="wall-clock")],
    plate=["each.trafficcar.platenumber", "each.plated.text", "each.platenumber"],
    confidence=Value(path="each.plated.confidence", missing=["0"]),
    country=[Value(path=f"each.{place}.country", missing=_UNKNOWN) for place in ("comminfo", "trafficcar", "plated")],
    direction=[Value(path="each.trafficcar.drivingdirection[0] || each.trafficcar.drivingdirection",
                     table=_DIRECTIONS),
               Value(path=["each.junctiondirection", "each.direction"], table=_DIRECTIONS)],
    facing=Value(path=["each.vehicledirection", "each.vehicle.vehicledirection"],
                 table={"head": "front", "tail": "rear"}),
    lane=["each.lane", "each.trafficcar.lane"],
    speed=[Value(path="each.speed", missing=["0", "0.0"]), "each.trafficcar.speed"],
    make=[Value(path=f"each.{place}", missing=_UNKNOWN) for place in ("trafficcar.vehiclesign", "vehicle.text")],
    model=Value(path="each.vehicle.subtext", missing=_UNKNOWN),
    colour=Value(path="each.trafficcar.vehiclecolor", missing=_UNKNOWN),
    vehicle_type=[Value(path=f"each.{place}", missing=_UNKNOWN) for place in (
        "vehicle.category", "trafficcar.vehicletype", "trafficcar.category", "trafficcar.vehiclesize")],
    passage="each.passage", passage_span_s=600,  # groups are counted anew after a restart
    images=_PICTURES)

# Confidence is documented from 0 to 255 for passages, from 0 to 100 for parking places.
MAPPING = Mapping(
    name="dahua-itsapi", confidence_scale=255, country_coding="iso",
    messages=[
        _CAPTURE,
        replace(_CAPTURE, when="body.kind == 'parking'", confidence_scale=100),
        _EVENT,
        Message(kind="read", when="body.kind == 'alarm'", for_each="body.items", camera="each.deviceid",
                captured_at="each.time", plate="each.platenumber"),
        Message(
            kind="read", when="body.kind == 'alert'", for_each="body.items", confidence_scale=100,
            camera=["each.deviceid", "each.macaddress", Value(concat=["each.macaddress", "'/'", "each.channelid"]),
                    "each.channelname", "each.ipaddress"],
            captured_at="each.datetime", plate="each.licenseplate", confidence="each.confidence",
            direction=Value(path="each.direction", table=_DIRECTIONS)),
        Message(kind="heartbeat", when="body.kind == 'alive'", camera="body.device.deviceid"),
        Message(kind="ignored", when="body.kind == 'other'", reason="an event without a vehicle"),
    ])

_OCCUPANTS = frozenset({"facepic", "incarpeoplenum", "mainseat", "slaveseat", "subseat", "seat", "driverface", "face",
                        "faces", "whitelist", "blacklist"})
_HEARTBEAT_PATHS = frozenset({"keepalive", "deviceinfo"})
_KNOWN = frozenset({"picture", "parkinginfo", "alarminfo", "method", "params", "result", "eventtype"})
_CODE = re.compile(r"[\w-]{1,64}\Z")


def reply(path: str, answer: Answer) -> Reply:
    """Answer as the device demands: it sends again until it reads Result, and wants Active of its KeepAlive."""
    alive = path.rpartition("/")[2].lower() == "keepalive" or (answer.heartbeats > 0 and answer.reads == 0)
    return Reply("application/json", b'{"Active":true,"Result":true,"Message":"OK"}' if alive
                 else b'{"Result":true,"Message":"OK"}')


def reshape(document: Document) -> Document:
    """Return a document that says of what kind it is, and lists its items in one form whatever wraps them.

    What is kept of a refused message is without occupants: faces, seats, and the owners in the device's own lists.
    """
    tree = document.body
    events = list(_of_parts(document.parts) if document.parts else _events(tree))
    kind, items = _sorted_out(tree, events, document.topic)
    whole = {"events": events} if document.parts and events else tree
    if any(_OCCUPANTS & here.keys() for here in branches(whole)):
        document.kept = msgspec.json.encode(_without_occupants(whole))
    document.body = {"kind": kind, "items": items, "device": branch(tree)}
    return document


def _sorted_out(tree: Any, events: list[Branch], topic: list[str]) -> tuple[str | None, list[Branch]]:
    """Return of what kind a message is, and its items; None for one that no Dahua device sends."""
    captures = [capture for push in listed(tree) for capture in _captures(branch(push))] if not events else []
    parking = bool(captures) and all(capture["parking"] for capture in captures)
    lists = {"event": [event for event in events if _is_passing(event)], "parking" if parking else "capture": captures,
             "alert": [push for push in map(branch, listed(tree)) if "licenseplate" in push],
             "alarm": list(_alarms(branch(tree)))}
    if found := next((kind for kind, items in lists.items() if items), None):
        return found, lists[found]
    if not events and _is_alive(tree, topic):
        return "alive", []
    return "other" if events or not _KNOWN.isdisjoint(branch(tree)) else None, []


def _is_alive(tree: Any, topic: list[str]) -> bool:
    named = (topic[-1:] or [""])[0].lower() in _HEARTBEAT_PATHS
    return named or tree == "Heartbeat" or not {"active", "devicename", "devicemodel"}.isdisjoint(branch(tree))


def _captures(push: Branch) -> Iterator[Branch]:
    """Yield the passages of a push; a parking place without a plate is none."""
    picture = next((here for here in branches(push) if isinstance(here.get("plate"), dict | list)), None)
    if picture is None:
        return
    plate, parking = branch(picture["plate"]), branch(next(under(push, "parkinginfo"), None))
    snap = branch(next(under(push, "snapinfo"), None))
    text = None if str(plate.get("isexist")).lower() in ("false", "0") else text_in(plate.get("platenumber"))
    if text or not parking:
        yield {"text": text, "plate": plate, "snap": snap or parking, "parking": not snap and bool(parking),
               "vehicle": branch(picture.get("vehicle")), "channel": plate.get("channel", parking.get("channel")),
               "deviceid": push.get("deviceid"), "name": _name(picture), "pictures": _pictures(picture)}


def _pictures(picture: Branch) -> Branch:
    contents = {name: branch(picture.get(name)).get("content") for name in (
        "normalpic", "combinpic", "vehiclepic", "cutoutpic", "cutoupic")}
    return {"overview": contents["normalpic"] or contents["combinpic"] or contents["vehiclepic"],
            "plate": contents["cutoutpic"] or contents["cutoupic"]}


def _name(picture: Branch) -> str | None:
    names = (text_in(branch(picture.get(name)).get("picname")) for name in ("normalpic", "cutoutpic", "vehiclepic"))
    return next((name for name in names if name), None)


def _alarms(push: Branch) -> Iterator[Branch]:
    alarm = branch(push.get("alarminfo"))
    for listing in map(branch, listed(alarm.get("plateinfolist"))):
        for place in map(branch, listed(listing.get("plateinfo")) or [listing]):
            if text_in(place.get("platenumber")):
                yield {"platenumber": place["platenumber"], "time": alarm.get("time"),
                       "deviceid": push.get("deviceid", alarm.get("deviceid"))}


def _of_parts(parts: list[Part]) -> Iterator[Branch]:
    """Yield the events of a stream's parts, each with the pictures that follow it."""
    latest: list[Branch] = []
    for part in parts:
        if content_type(part.content) is not None:
            _add_picture(latest, part.content)
        elif part.content.strip():
            yield from latest
            latest = list(_events(parse(part.content)[1]))
    yield from latest


def _add_picture(events: list[Branch], content: bytes) -> None:
    # The pictures are not labelled, and a crop may show a face: of several only the largest, the whole scene, is taken.
    for event in events:
        known = event["pictures"].get("overview")
        if not isinstance(known, bytes) or len(content) > len(known):
            event["pictures"] = {"overview": content}


def _events(tree: Any) -> Iterator[Branch]:
    """Yield the events of event lines, of lines, of a JSON-RPC notification or of a gateway's own wrapping."""
    for wrapped in map(branch, listed(tree)):
        around = wrapped | branch(wrapped.get("params"))
        inner = [item for name in ("events", "returnevents", "eventlist") for item in listed(around.get(name))
                 if isinstance(item, dict)]
        for found in map(_event, inner or [wrapped]):
            if _CODE.match(text_in(found.get("code")) or "") or "trafficcar" in found:
                yield {"deviceid": wrapped.get("deviceid")} | found


def _event(sent: Branch) -> Branch:
    """Return an event with its members on one level, what its plate was read from, and its times in milliseconds."""
    event = {name: value for name, value in sent.items() if name not in ("data", "eventbaseinfo")}
    event = branch(sent.get("eventbaseinfo")) | event | branch(sent.get("data"))
    car = branch(event.get("trafficcar"))
    utc, real, ms = (_number(value) for value in (event.get("utc") or car.get("utc"), event.get("realutc"),
                                                  event.get("utcms")))
    ms = ms if ms is not None and 0 <= ms < 1000 else 0
    return event | {"plated": _plated(event), "pictures": branch(event.get("pictures")),
                    "passage": _passage(event, car), "local_ms": utc * 1000 + ms if utc else None,
                    "real_ms": real * 1000 + ms if real else None}


def _plated(event: Branch) -> Branch:
    found = branch(event.get("object"))
    if str(found.get("objecttype", "plate")).lower() == "plate" and found:
        return found
    plate = branch(event.get("plate"))
    return {"text": plate.get("text") or plate.get("platenumber"), "confidence": plate.get("confidence")}


def _passage(event: Branch, car: Branch) -> str | None:
    """Return the number that the pictures of one group share, None when the group has one picture."""
    group = text_in(event.get("groupid", car.get("groupid")))
    count = _number(event.get("countingroup", car.get("countingroup")))
    return group if (count or 0) > 1 else None


def _is_passing(event: Branch) -> bool:
    """Tell whether an event is a vehicle passing: a junction's, or another one of traffic with a plate."""
    if str(event.get("action", "")).lower() == "stop":
        return False
    read = text_in(branch(event.get("trafficcar")).get("platenumber")) or text_in(event["plated"].get("text"))
    return str(event.get("code", "trafficjunction")).lower() == "trafficjunction" or (
        "trafficcar" in event and read is not None)


def _number(value: Any) -> int | None:
    try:
        return int(float(text_in(value) or ""))
    except (ValueError, OverflowError):
        return None


def _without_occupants(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {name: _without_occupants(value) for name, value in tree.items() if name not in _OCCUPANTS}
    return [_without_occupants(item) for item in tree] if isinstance(tree, list) else tree

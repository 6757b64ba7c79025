"""`hikvision-isapi`: Hikvision's ISAPI EventNotificationAlert, as cameras and recorders push it over HTTP.

ISAPI "Receive alarm in listening mode"; XML in three namespaces or JSON, alone or in multipart with pictures.
docs/profiles/hikvision-isapi.md says what is read from where.
"""

import re
from typing import Any

from ingest.mapping.documents import Document
from ingest.mapping.trees import Branch, branch, branches, listed, text_in
from ingest.mapping.verbs import Mapping, Message, Picture, Value

_UNKNOWN = ["unknown", "unknow", "other"]

# The offset in dateTime may ignore summer time (setting clock: wall-clock). Behind a recorder mac and ip are the
# recorder's and the channel picks the camera: its cameras are registered as mac/channel.
MAPPING = Mapping(
    name="hikvision-isapi", confidence_scale=100, country_coding="alpha-3",
    messages=[
        Message(
            kind="read", when="body.alert.anpr",
            camera=["body.alert.macaddress", "body.mac",
                    Value(concat=["body.alert.macaddress", "'/'", "body.alert.channelid"]),
                    Value(concat=["body.alert.macaddress", "'/'", "body.alert.dynchannelid"]),
                    "body.alert.deviceuuid", "body.alert.deviceid", "body.alert.monitoringsiteid",
                    Value(concat=["body.alert.ipaddress", "'/'", "body.alert.channelid"]), "body.alert.ipaddress",
                    "body.alert.channelname", "body.pushed_to"],
            captured_at=["body.moment",
                         # Some firmware garbles the offset (11:47:0500:00); the digits before it are local time.
                         Value(path="body.moment", match=r"^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?)"),
                         Value(path="body.taken", format="%Y%m%d%H%M%S%f", zone="wall-clock")],
            plate=Value(path=["body.alert.anpr.licenseplate", "body.alert.anpr.originallicenseplate"]),
            confidence="body.alert.anpr.confidencelevel",
            # The index table is not public: an index means a country only where the gateway's settings say so.
            country=[Value(path=["body.alert.countryabbreviation", "body.alert.anpr.countryabbreviation"],
                           missing=["non", "unknown", "0"]),
                     Value(path="body.alert.anpr.crindex", missing=["0", "253", "254", "255"]),
                     Value(path="body.alert.anpr.country", missing=["0", "253", "254", "255"])],
            direction=Value(path="body.alert.anpr.direction", table={"forward": "towards", "reverse": "away"}),
            lane="body.alert.anpr.line",
            speed=["body.alert.anpr.vehicleinfo.speed", "body.alert.anpr.speed"],
            make=Value(path="body.alert.anpr.vehicleinfo.vehiclelogorecog", missing=_UNKNOWN,
                       match="^([A-Za-z].*)$"),  # else a number, of a table that is not public
            colour=Value(path="body.alert.anpr.vehicleinfo.color", missing=_UNKNOWN),
            vehicle_type=Value(path="body.alert.anpr.vehicletype", missing=_UNKNOWN),
            key=["body.alert.uuid", "body.picture_id"],
            images=[Picture(kind="plate", part="^plate$"), Picture(kind="overview", part="^overview$")]),
        Message(kind="heartbeat", when="body.heartbeat",
                camera=["body.alert.macaddress", "body.mac",
                        Value(concat=["body.alert.macaddress", "'/'", "body.alert.channelid"]),
                        "body.alert.deviceuuid", "body.alert.deviceid", "body.alert.ipaddress", "body.pushed_to"]),
        Message(kind="ignored", when="body.alert", reason="another event"),
    ])

_FRACTION_GOES = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?!\.)(?=\D|$)")
_TAKEN = re.compile(r"\d{17}\Z")  # with fewer digits seconds and milliseconds cannot be told apart
_NOT_DIGITS = re.compile(r"\D")
_NOT_HEX = re.compile(r"[^0-9a-f]")
# What a part or a picture's description calls itself; the scene goes before the vehicle alone. Pictures of the
# occupants (pilot, face, window) are in no row, so they are dropped.
_PICTURES = (("plate", re.compile("licenseplate|platepicture")),
             ("overview", re.compile("^(?:detectionpicture|detectedimage|background)")),
             ("overview", re.compile("^(?:vehiclepicture|pedestriandetectionpicture)")))


def reshape(document: Document) -> Document:
    """Return a document with the alert's branch, and beside it what has to be worked out from several values."""
    alert = _alert(document)
    anpr = branch(alert.get("anpr"))
    pictures = _descriptions(anpr)
    if anpr:
        alert = alert | {"anpr": anpr | {"vehicleinfo": branch(anpr.get("vehicleinfo"))}}
    taken = next((text for picture in pictures
                  if (text := text_in(picture.get("abstime"))) and _TAKEN.match(text)), None)
    document.body = {
        "alert": alert, "mac": _plain_mac(text_in(alert.get("macaddress"))), "pushed_to": "/".join(document.topic),
        "heartbeat": _is_heartbeat(alert), "moment": _moment(text_in(alert.get("datetime")), taken), "taken": taken,
        "picture_id": next((text for picture in pictures if (text := text_in(picture.get("pid")))), None)}
    document.part = _chosen(document.part, pictures)
    return document


def _alert(document: Document) -> Branch:
    """Return the alert, which recorders and gateways may wrap; of several the first with a plate's result."""
    found = [here for here in branches(document.body) if "eventtype" in here or branch(here.get("anpr"))]
    return next((here for here in found if branch(here.get("anpr"))), found[0] if found else {})


def _descriptions(anpr: Branch) -> list[Branch]:
    inner = branch(anpr.get("pictureinfolist")).get("pictureinfo", anpr.get("pictureinfolist"))
    return [branch(picture) for picture in listed(inner)]


def _is_heartbeat(alert: Branch) -> bool:
    kind, state = (str(text_in(alert.get(name)) or "").lower() for name in ("eventtype", "eventstate"))
    return (kind, state) == ("videoloss", "inactive") or kind == "heartbeat"


def _plain_mac(mac: str | None) -> str | None:
    """Return a MAC address as this maker writes it, in small letters with colons; None when it is none."""
    digits = _NOT_HEX.sub("", (mac or "").lower())
    return ":".join(digits[place:place + 2] for place in range(0, 12, 2)) if len(digits) == 12 else None


def _moment(date_time: str | None, taken: str | None) -> str | None:
    """Return dateTime, with the picture's milliseconds when it has none itself and both agree to the second."""
    if date_time is None or taken is None:
        return date_time
    match = _FRACTION_GOES.match(date_time)
    if match is None or _NOT_DIGITS.sub("", match[1]) != taken[:14]:
        return date_time
    return f"{match[1]}.{taken[14:]}{date_time[match.end():]}"


def _chosen(parts: dict[str, bytes], descriptions: list[Branch]) -> dict[str, bytes]:
    """Return one picture of the plate and one of the scene, by the parts' names or by the ids in the descriptions."""
    named: list[tuple[str, bytes]] = list(parts.items())
    for description in descriptions:
        called = text_in(description.get("type")) or text_in(description.get("filename")) or ""
        named += [(called.lower(), content) for name, content in parts.items() if name in _ids(description)]
    chosen: dict[str, bytes] = {}
    for kind, pattern in _PICTURES:
        for name, content in named:
            if content and kind not in chosen and pattern.search(name):
                chosen[kind] = content
    return chosen


def _ids(description: Branch) -> set[str]:
    texts: list[Any] = [text_in(description.get(name)) for name in ("pid", "filename")]
    return {text.lower() + ending for text in texts if text for ending in ("", ".jpg")}

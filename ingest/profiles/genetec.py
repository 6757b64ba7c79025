"""`genetec`: AutoVu SharpV (HTTP and FTP), Security Center's third-party exporter, and the form of its ingestion.

docs/profiles/genetec.md says what is read from where.
"""

import re
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from ingest.mapping.documents import Document
from ingest.mapping.trees import Branch, branches, text_in
from ingest.mapping.verbs import Mapping, Message, Picture, Value

_NO_ID = ["00000000-0000-0000-0000-000000000000"]
_UNKNOWN = ["unknown", "n/a"]

_READ = Message(
    kind="read", when="body.reads", for_each="body.reads",
    camera=["each.sourceurl", "each.sharpname", "each.sourcename", "each.referencecameraid",
            Value(concat=["each.sourceurl || each.sharpname || each.sourcename", "'/'",
                          "each.lprcameraname || each.cameraname"]), "each.cameraname", "each.lprcameraname"],
    captured_at=[
        "each.timestamp", Value(path="each.readtimeutc", zone="utc"),
        # The date's order is the exporting server's locale's; one that could be two dates is refused.
        Value(path="each.utc_moment", format="date-order", zone="utc"),
        Value(path="each.local_moment", format="date-order")],
    plate=["each.plateread", "each.plate"], confidence=["each.confidencescore", "each.analytics.confidence_score"],
    # A state is a province where the engine's context is a country, and a country where it is a continent.
    country=["each.analytics.state_name", "each.state", "each.platestateprovince"],
    direction=Value(path=["each.analytics.relative_motion", "each.relativemotion", "each.vehicledirection"],
                    table={"approaching": "towards", "towards": "towards", "moving towards": "towards",
                           "getting closer": "towards", "closer": "towards", "in": "towards", "moving away": "away",
                           "away": "away", "out": "away"}),
    lane=Value(path=["each.analytics.lane", "each.lane"], match=r"(?i)\A(?:lane|rijstrook|voie)?[ _-]*(\d{1,2})\Z"),
    speed=["each.analytics.speed", "each.speed"],
    make=Value(path=["each.analytics.vehicle_make", "each.vehiclemake"], missing=_UNKNOWN),
    model=Value(path=["each.analytics.vehicle_model", "each.vehiclemodel"], missing=_UNKNOWN),
    colour=Value(path=["each.analytics.vehicle_color", "each.vehiclecolor"], missing=_UNKNOWN),
    vehicle_type=Value(path=["each.analytics.vehicle_type", "each.vehicletype"], missing=_UNKNOWN),
    key=Value(path=["each.id", "each.vehicleid", "each.guid", "each.referencereadid"], missing=_NO_ID),
    images=[Picture(kind="overview", path="each.contextimage || each.overviewimage"),
            Picture(kind="plate", path="each.plateimage")])

# Confidence is a percentage, save in the form of the ingestion, where it is a fraction.
MAPPING = Mapping(
    name="genetec", confidence_scale=100, country_coding="table",
    messages=[
        replace(_READ, when="body.ingestion", confidence_scale=1,
                confidence=["each.confidence", "each.confidencescore"]),
        _READ,
        Message(kind="ignored", when="body.other", reason="an event without a read"),
    ])

_MARKS = frozenset({"plateread", "plate", "referencereadid"})
_AROUND_READS = frozenset({"plateanalytics", "sourceurl", "sharpname", "sourcename", "cameraname", "lprcameraname",
                           "referencereadid", "timestamp", "dateutc", "utcdate"})
_OTHER = frozenset({"hitid", "ruleid", "userid", "patrollerid"})
_DAY_END = re.compile(r"[T ]")
_SEPARATOR = re.compile(r"[^a-z0-9]+")


def reshape(document: Document) -> Document:
    """Return a document that lists the reads, each with its analytics by name and its moments as date and time."""
    reads = [_read(here) for here in branches(document.body) if _is_read(here)]
    document.body = {"reads": reads, "ingestion": any("referencereadid" in read for read in reads),
                     "other": any(not _OTHER.isdisjoint(here) for here in branches(document.body))}
    return document


def _is_read(here: Branch) -> bool:
    """Tell whether a branch is a read: it holds a plate's text, not a read under the name of plate, and its camera."""
    held = [here[name] for name in _MARKS & here.keys()]
    return any(not isinstance(value, dict) or not _AROUND_READS & value.keys() for value in held) and (
        not _AROUND_READS.isdisjoint(here))


def _read(here: Branch) -> Branch:
    return here | {"analytics": dict(_analytics(here)),
                   "utc_moment": _moment(here, "utcdate", "utctime") or _moment(here, "dateutc", "timeutc"),
                   "local_moment": _moment(here, "localdate", "localtime") or _moment(here, "datelocal", "timelocal")
                   or _moment(here, "date", "time")}


def _moment(here: Branch, date: str, time: str) -> str | None:
    """Return date and time as one text; the FTP template writes the date with colons."""
    day, clock = text_in(here.get(date)), text_in(here.get(time))
    return f"{_DAY_END.split(day)[0].replace(':', '-')} {clock}" if day and clock else None


def _analytics(here: Branch) -> Iterator[tuple[str, Any]]:
    """Yield what the engine found beside the plate: "-" where it found nothing; some values have no score (-1)."""
    for found in branches([here.get("plateanalytics"), here.get("attributes")]):
        key = text_in(found.get("key"))
        if key is not None and "value" in found:
            yield _name(key), found["value"]
        elif "@name" in found:
            yield _name(str(found["@name"])), found.get("#text")
        else:
            yield from ((_name(name), value) for name, value in found.items() if isinstance(value, str | int | float))


def _name(key: str) -> str:
    return _SEPARATOR.sub("_", key.lower()).strip("_")

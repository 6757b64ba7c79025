"""The register of camera uses as files: CSV and GeoJSON, for the COC, the DPO and the national geolocation register."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any

import msgspec

from search.cameras.register import Register, Use
from search.sheets import MEDIA_TYPE, write_sheet
from services.clock import iso_ms
from services.papers_rule import COLUMNS

INTELLIGENT_USE = "ANPR"
"""What every camera here is used for; there is no other intelligent use."""


@dataclass(frozen=True, slots=True)
class Line:
    """One use as the files tell it; instants are UTC, days those of Brussels."""

    code: str
    name: str
    municipality: str | None
    road: str | None
    lat: float | None
    lon: float | None
    heading_deg: int | None
    direction: str | None
    kind: str | None
    intelligent_use: str
    council_decision: str | None
    council_decided_on: str | None
    dpia_reference: str | None
    dpia_made_on: str | None
    register_entry: str | None
    pictogram_since: str | None
    live: bool
    live_since: str | None
    off_since: str | None
    invented: bool


HEADER = tuple(field.name for field in fields(Line))
_CHANGES_HEADER = ("at", "action", "cameras", "by", "what", "reason")


def line_of(use: Use) -> Line:
    """Return a use as one line of a file."""
    standing = use.standing
    papers: dict[str, Any] = asdict(standing.papers) if standing.papers else {}
    put = {name: str(papers[name]) if papers else None for name in COLUMNS}
    return Line(
        code=standing.code, name=use.name, municipality=use.municipality, road=use.road, lat=use.lat, lon=use.lon,
        heading_deg=use.heading_deg, direction=use.direction, kind=use.kind, intelligent_use=INTELLIGENT_USE, **put,
        live=standing.live_since is not None, live_since=iso_ms(standing.live_since) if standing.live_since else None,
        off_since=iso_ms(standing.off_since) if standing.off_since else None, invented=use.synthetic)


def write_csv(register: Register) -> bytes:
    """Write a line for each camera."""
    return write_sheet(HEADER, (asdict(line_of(use)).values() for use in register.uses))


def write_geojson(register: Register) -> bytes:
    """Write a FeatureCollection (RFC 7946): a point for each camera, without geometry where its place is not known."""
    return msgspec.json.encode({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": asdict(line_of(use)),
         "geometry": None if use.lat is None or use.lon is None else
         {"type": "Point", "coordinates": [use.lon, use.lat]}} for use in register.uses]})


def write_changes(register: Register) -> bytes:
    """Write a line for each change, the last first."""
    return write_sheet(_CHANGES_HEADER, (
        (iso_ms(change.at), change.action, " ".join(change.codes), change.username, change.question, change.reason)
        for change in register.changes))


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: its media type, its name, and how it is written."""

    media_type: str
    file_name: str
    write: Callable[[Register], bytes]


FORMATS = {
    "csv": Format(MEDIA_TYPE, "cameraregister.csv", write_csv),
    "geojson": Format("application/geo+json", "cameraregister.geojson", write_geojson),
    "changes": Format(MEDIA_TYPE, "cameraregister-wijzigingen.csv", write_changes),
}

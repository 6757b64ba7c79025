"""Journeys as files for other programs: GeoJSON, GPX and CSV; each says that it proves nothing, none tells a speed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import msgspec

from search.journeys.drawing import line_of
from search.journeys.finding import JourneysFound, ToldJourney, ToldLeg
from search.journeys.seen import Seen
from search.sheets import MEDIA_TYPE, write_sheet
from services.clock import ZONE, iso_ms

NO_PROOF = "geen bewijswaarde / sans valeur probante / no value as evidence"
_GPX = "http://www.topografix.com/GPX/1/1"


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: its media type and how it is written; `write` takes the answer and the question in words."""

    media_type: str
    write: Callable[[JourneysFound, str], bytes]


def write_geojson(found: JourneysFound, question: str) -> bytes:
    """Write a FeatureCollection (RFC 7946): a line for each leg, a point for each read."""
    features = [feature for number, told in enumerate(found.journeys, 1)
                for feature in (*_lines(number, told, found), *_points(number, told))]
    return msgspec.json.encode({"type": "FeatureCollection", "question": question, "note": NO_PROOF,
                                "features": features})


def _lines(number: int, told: ToldJourney, found: JourneysFound) -> Iterator[dict[str, Any]]:
    for leg in told.legs:
        line = line_of(leg.judged, found.roads.network)
        if len(line) > 1:
            yield _feature("LineString", line, {
                "journey": number, "from": leg.judged.before.place.code, "to": leg.judged.after.place.code,
                "departed_at": iso_ms(leg.judged.before.captured_at),
                "arrived_at": iso_ms(leg.judged.after.captured_at),
                "verdict": leg.judged.verdict, "along_the_road": leg.judged.route is not None,
                "not_read_by": _unread(leg, found), "note": NO_PROOF})


def _points(number: int, told: ToldJourney) -> Iterator[dict[str, Any]]:
    for seen in told.reads:
        properties = {"journey": number, "read_id": str(seen.read_id), "captured_at": iso_ms(seen.captured_at),
                      "plate": seen.plate, "probability": seen.probability, "camera": seen.place.code,
                      "name": seen.place.name, "note": NO_PROOF}
        yield _feature("Point", seen.place.point, properties)


def _feature(kind: str, coordinates: object, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates} if coordinates is not None else None
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _unread(leg: ToldLeg, found: JourneysFound) -> list[dict[str, object]]:
    return [{"camera": found.places[unread.camera_id].code, "why": "silent" if unread.silence else "missed",
             "silent_since": iso_ms(unread.silence.since) if unread.silence else None,
             "silent_until": iso_ms(unread.silence.until) if unread.silence and unread.silence.until else None}
            for unread in leg.unread]


def write_gpx(found: JourneysFound, question: str) -> bytes:
    """Write GPX 1.1: a way point for each read, a track for each journey; only the reads' points bear a time."""
    root = ElementTree.Element("gpx", {"version": "1.1", "creator": "Zoneschild", "xmlns": _GPX})
    _add(_child(root, "metadata"), desc=f"{question}. {NO_PROOF}")
    for told in found.journeys:
        for seen in told.reads:
            _add_point(root, "wpt", seen, name=seen.place.code, desc=_description(seen))
    for number, told in enumerate(found.journeys, 1):
        track = _child(root, "trk")
        _add(track, name=str(number), desc=NO_PROOF)
        segment = _child(track, "trkseg")
        for seen, legs in zip(told.reads, (*told.legs, None), strict=True):
            _add_point(segment, "trkpt", seen)
            for lon, lat in line_of(legs.judged, found.roads.network)[1:-1] if legs else ():
                _child(segment, "trkpt", lat=f"{lat:.6f}", lon=f"{lon:.6f}")
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _add_point(parent: ElementTree.Element, kind: str, seen: Seen, **texts: str) -> None:
    if seen.place.point:
        lon, lat = seen.place.point
        _add(_child(parent, kind, lat=f"{lat:.6f}", lon=f"{lon:.6f}"), time=iso_ms(seen.captured_at), **texts)


def _child(parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, attributes)


def _add(element: ElementTree.Element, **texts: str) -> None:
    for tag, text in texts.items():
        _child(element, tag).text = "".join(character for character in text if character.isprintable())


def _description(seen: Seen) -> str:
    sure = "" if seen.probability is None else f" ({seen.probability:.0%})"
    return f"{seen.plate}{sure}, {seen.place.name}; {NO_PROOF}"


_HEADER = ("journey", "read_id", "captured_at", "captured_at_brussels", "plate", "probability", "camera", "name",
           "municipality", "road", "direction", "lat", "lon", "verdict", "km", "minutes", "not_read_by", "note")


def write_csv(found: JourneysFound, question: str) -> bytes:  # noqa: ARG001  # the file's header is its only head
    """Write CSV (RFC 4180, UTF-8) with a header: a line for each read, with the leg that leads to it."""
    return write_sheet(_HEADER, (
        _row(number, seen, leg, found) for number, told in enumerate(found.journeys, 1)
        for seen, leg in zip(told.reads, (None, *told.legs), strict=True)))


def _row(number: int, seen: Seen, leg: ToldLeg | None, found: JourneysFound) -> Iterable[object]:
    place, judged = seen.place, leg.judged if leg else None
    yield from (number, seen.read_id, iso_ms(seen.captured_at), seen.captured_at.astimezone(ZONE).isoformat(),
                seen.plate, None if seen.probability is None else round(seen.probability, 3), place.code, place.name,
                place.municipality, place.road, place.direction, place.lat, place.lon)
    yield from (judged.verdict if judged else None, round(judged.route.km, 2) if judged and judged.route else None,
                round(judged.took_s / 60, 1) if judged else None,
                " ".join(str(unread["camera"]) for unread in _unread(leg, found)) if leg else None, NO_PROOF)


FORMATS = {
    "geojson": Format("application/geo+json", write_geojson),
    "gpx": Format("application/gpx+xml", write_gpx),
    "csv": Format(MEDIA_TYPE, write_csv),
}

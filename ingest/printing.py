"""A finding as one JSON object: what `python -m ingest decode` prints and what a gateway in state proef is shown."""

from collections.abc import Mapping
from typing import Any

import msgspec

from ingest.sightings import Finding, Heartbeat, Ignored, Sighting
from services import plates
from services.clock import from_epoch_ms, iso_ms


def as_json(finding: Finding, cameras: Mapping[str, str] | None = None) -> bytes:
    """Write a finding as one JSON object; `cameras` are our names for the source's, where they are known."""
    return msgspec.json.encode(as_object(finding, cameras or {}))


def as_object(finding: Finding, cameras: Mapping[str, str]) -> dict[str, Any]:
    """Return the members that are printed; a plate that stands for "nothing read" is null."""
    if isinstance(finding, Sighting):
        return _read(finding, cameras)
    if isinstance(finding, Heartbeat):
        return {"kind": "heartbeat", "reason": None, "camera": _name(finding.cameras, cameras)}
    if isinstance(finding, Ignored):
        return {"kind": "ignored", "reason": finding.reason}
    return {"kind": "rejected", "reason": str(finding.reason), "detail": finding.detail}


def _read(seen: Sighting, cameras: Mapping[str, str]) -> dict[str, Any]:
    return {
        "kind": "read", "plate": plates.normalise(seen.plate), "plate_raw": seen.plate,
        "captured_at": iso_ms(from_epoch_ms(seen.captured_ms)), "camera": _name(seen.cameras, cameras),
        "confidence": None if seen.confidence is None else round(seen.confidence, 4),
        "country": seen.country, "direction": seen.direction, "lane": seen.lane,
        "speed_kmh": None if seen.speed_kmh is None else round(seen.speed_kmh, 1),
        "images": sorted({kind.name for kind, _ in seen.images}), "passage": seen.passage, "revision": seen.revision,
        "facing": seen.facing, "make": seen.make, "model": seen.model, "colour": seen.colour,
        "vehicle_type": seen.vehicle_type, "country_raw": seen.country_raw, "confidence_raw": seen.confidence_raw,
        "clock_synchronised": seen.clock_synchronised, "clock_basis": seen.clock_basis,
    }


def _name(names: tuple[str, ...], cameras: Mapping[str, str]) -> str | None:
    known = next((cameras[name] for name in names if name in cameras), None)
    return known or (names[0] if names else None)

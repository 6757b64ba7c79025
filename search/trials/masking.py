"""A trial read as whoever may not open it sees it: no text that came from the source, but its shape (pure)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from search.pages.vocabulary import COLOURS, DIRECTIONS, FACINGS, VEHICLE_TYPES
from services import plates

_AHEAD, _BEHIND = timedelta(seconds=-1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class MaskedTrial:
    """One trial read; a mapping that is being tried may put a plate into any text, so only known words stay."""

    digest: bytes
    received_at: datetime
    captured_at: datetime
    camera: str | None
    plate: str | None
    country: str | None
    confidence: float | None
    confidence_raw: str | None
    direction: str | None
    facing: str | None
    lane: int | None
    speed_kmh: float | None
    make: str | None
    model: str | None
    colour: str | None
    vehicle_type: str | None
    passage: str | None
    images: tuple[str, ...]
    clock_basis: str | None

    @property
    def name(self) -> str:
        """Its name in addresses."""
        return self.digest.hex()

    @property
    def looks_wrong(self) -> bool:
        """Whether its capture lies so far from its arrival that a clock or a zone is to be looked at."""
        return not _AHEAD <= self.received_at - self.captured_at <= _BEHIND


_KNOWN: dict[str, Collection[str]] = {
    "direction": DIRECTIONS, "facing": FACINGS, "colour": COLOURS, "vehicle_type": VEHICLE_TYPES,
    "clock_basis": ("zone", "wall-clock", "received", "ambiguous"),
}
_MASKED = ("plate", "confidence_raw", "make", "model", "passage")
_NUMBERS = ("confidence", "lane", "speed_kmh")
_IMAGES = frozenset({"overview", "plate"})


def mask_trial(digest: bytes, received_at: datetime, found: Mapping[str, Any],
               cameras: Collection[str]) -> MaskedTrial:
    """Return what a trial read (ingest/printing.py) shows in a list; `cameras` are the names that are registered."""
    country = found.get("country")
    shown: dict[str, Any] = {name: _unless_known(found.get(name), known) for name, known in _KNOWN.items()}
    shown |= {name: _unless_known(found.get(name), ()) for name in _MASKED}
    shown |= {name: _number(found.get(name)) for name in _NUMBERS}
    return MaskedTrial(
        digest=digest, received_at=received_at, captured_at=datetime.fromisoformat(found["captured_at"]),
        camera=_unless_known(found.get("camera"), cameras), country=country if _is_alpha2(country) else None,
        images=tuple(kind for kind in found.get("images") or () if kind in _IMAGES), **shown)


def _unless_known(text: Any, known: Collection[str]) -> str | None:
    if text is None:
        return None
    return str(text) if text in known else plates.mask(str(text))


def _is_alpha2(text: Any) -> bool:
    return isinstance(text, str) and len(text) == 2 and text.isascii() and text.isalpha()


def _number(value: Any) -> Any:
    return value if isinstance(value, int | float) else None

"""What the law leaves to be confirmed by the zone's DPO (law.md §1.9), with the cautious default (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Rules:
    """The gate's settings; each default is the cautious one."""

    window_hours: int = 6
    """Longest period of a targeted search without a plate, hours (R19)."""
    window_cameras: int = 10
    """Most cameras of a targeted search without a plate (R19)."""
    known_characters: int = 3
    """Fewest characters that a pattern must name to be about a vehicle rather than about everybody (R19)."""
    offence_threshold: bool = True
    """Whether passages older than a month need an offence punishable by a year or more (§1.9, 2)."""
    other_authorities: bool = False
    """Whether questions for other authorities may be asked at all (§1.9, 4)."""
    audit_years: int = 10
    """How long the audit is kept, years (§1.9, 5)."""
    sample_size: int = 20
    """How many consultations are drawn for review each month, if there are so many."""


CAUTIOUS = Rules()

LIMITS: Mapping[str, tuple[int, int]] = MappingProxyType({
    "window_hours": (1, 8784), "window_cameras": (1, 10_000), "known_characters": (1, 7), "audit_years": (10, 30),
    "sample_size": (5, 1000)})
"""The least and the most that the DPO may set."""

NAMES = tuple(field.name for field in fields(Rules))


def with_confirmed(confirmed: Mapping[str, object]) -> Rules:
    """Return the rules with what has been confirmed; anything out of bounds or unknown keeps its cautious default."""
    possible: dict[str, Any] = {name: value for name, value in confirmed.items() if is_possible(name, value)}
    return replace(CAUTIOUS, **possible)


def is_possible(name: str, value: object) -> bool:
    """Tell whether a rule may have this value."""
    if name not in NAMES:
        return False
    if name not in LIMITS:
        return isinstance(value, bool)
    least, most = LIMITS[name]
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most

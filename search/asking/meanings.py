"""What words can mean in the box, each kind with what it carries (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from search.asking.moments import Part
from search.asking.plates import Remembered
from search.asking.zone import Zone
from services.patterns import Pattern


@dataclass(frozen=True, slots=True)
class Nothing:
    """Words that ask for nothing by themselves, such as "the"."""


@dataclass(frozen=True, slots=True)
class Sets:
    """Filters, by attribute, with their values."""

    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Goal:
    """The cameras whose traffic drives towards a place, by code."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """Look-alikes: of this plate, or of those that are named elsewhere."""

    plate: Pattern | None = None


Meaning = Nothing | Sets | Goal | Alike | Pattern | Remembered | Part


@dataclass(frozen=True, slots=True)
class Known:
    """What words are understood with."""

    zone: Zone
    now: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What the words from `start` up to `end` mean; None: nobody knows."""

    start: int
    end: int
    meaning: Meaning | None

"""Reads now and usual: counts of the last hour, five minutes at a time, beside what the hour of the week usually brings
(pure).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from markupsafe import Markup

from search.pages.language import Words, words
from services.camera_counts import SHOWN, SLOT, slot_of
from services.clock import ZONE

SLOTS = SHOWN // SLOT
SLOTS_AN_HOUR = 12
_SURE = 4.0
"""Standard deviations of chance (Poisson: the root of what is usual) beyond which it is no chance."""
_MUCH = 0.25
"""Days differ by more than chance: so much of the usual is never remarked on."""

Counts = Mapping[tuple[int, datetime], int]
"""Reads by camera and beginning of five minutes."""
Rates = Mapping[tuple[int, int], float]
"""Usual reads an hour by camera and hour of the week; a camera without a rhythm is absent."""


class Judged(StrEnum):
    """How the last hour was, beside what is usual."""

    fewer = "fewer"
    usual = "usual"
    more = "more"
    unknown = "unknown"  # nothing is usual yet: a rhythm takes weeks


JUDGED: dict[Judged, Words] = {
    Judged.fewer: words("fewer than usual"),
    Judged.usual: words("as usual"),
    Judged.more: words("more than usual"),
    Judged.unknown: words("what is usual is not known yet"),
}


class Slot(NamedTuple):
    """Five minutes: what was read, and what is usual (None: not known)."""

    since: datetime
    reads: int
    usual: float | None


@dataclass(frozen=True)
class Pace:
    """The last hour of one camera or of several together; what it comes to is asked again and again, and added once."""

    slots: tuple[Slot, ...]
    """The twelve that are over, the oldest first."""
    running: int
    """Reads of the five minutes that have begun."""

    @cached_property
    def reads(self) -> int:
        """Reads of the hour."""
        return sum(slot.reads for slot in self.slots)

    @cached_property
    def usual(self) -> float | None:
        """What is usual for that hour; None where it is not known."""
        known = [slot.usual for slot in self.slots if slot.usual is not None]
        return sum(known) if known else None

    @property
    def share(self) -> float | None:
        """Reads as a share of what is usual; None where nothing is."""
        return self.reads / self.usual if self.usual else None

    @property
    def judged(self) -> Judged:
        """Whether it was an hour like others, or more differs than chance and days explain."""
        if self.usual is None:
            return Judged.unknown
        apart = self.reads - self.usual
        if abs(apart) <= max(_SURE * self.usual ** 0.5, _MUCH * self.usual):
            return Judged.usual
        return Judged.more if apart > 0 else Judged.fewer


def slots_before(now: datetime) -> list[datetime]:
    """Return where the twelve times five minutes begin that were over at `now`, the oldest first."""
    running = slot_of(now)
    return [running - age * SLOT for age in range(SLOTS, 0, -1)]


def hour_of_week(instant: datetime) -> int:
    """Return the hour of the week in Brussels, 0 on Monday at midnight."""
    local = instant.astimezone(ZONE)
    return local.weekday() * 24 + local.hour


def hours_shown(now: datetime) -> list[int]:
    """Return the hours of the week that the last hour touches."""
    return sorted({hour_of_week(slot) for slot in slots_before(now)})


def paces_of(camera_ids: Iterable[int], counts: Counts, rates: Rates, now: datetime) -> dict[int, Pace]:
    """Return the pace of each of these cameras."""
    slots = [(since, hour_of_week(since)) for since in slots_before(now)]
    running = slot_of(now)
    return {camera_id: Pace(tuple(Slot(since, counts.get((camera_id, since), 0), _usual(rates.get((camera_id, hour))))
                                  for since, hour in slots), counts.get((camera_id, running), 0))
            for camera_id in camera_ids}


def _usual(reads_per_hour: float | None) -> float | None:
    return None if reads_per_hour is None else reads_per_hour / SLOTS_AN_HOUR


def together(paces: Collection[Pace], now: datetime) -> Pace:
    """Return several paces of one hour as one; what is usual is that of those whose rhythm is known."""
    added = []
    for at, since in enumerate(slots_before(now)):
        known = [usual for pace in paces if (usual := pace.slots[at].usual) is not None]
        added.append(Slot(since, sum(pace.slots[at].reads for pace in paces), sum(known) if known else None))
    return Pace(tuple(added), sum(pace.running for pace in paces))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A pace as paths of an SVG drawing."""

    wide: int
    high: int
    bars: str
    usual: str
    """Empty where nothing is usual."""
    top: int
    """How many reads the upper edge stands for."""

    @property
    def spark(self) -> Markup:
        """A drawing as small as a word; the numbers stand beside it."""
        return Markup(f'<svg class="spark" viewBox="0 0 {self.wide} {self.high}" aria-hidden="true">'  # noqa: S704
                      f'<path class="bars" d="{self.bars}"/><path class="usual" d="{self.usual}"/></svg>')


def draw(pace: Pace, *, step: int, high: int) -> Drawn:
    """Draw a pace: a bar for each five minutes, `step` wide with its gap, and what is usual as a line of steps."""
    top = max([1, *(slot.reads for slot in pace.slots), *(round(slot.usual or 0) for slot in pace.slots)])
    gap = max(1, step // 5)
    bars = "".join(f"M{at * step} {high}V{_height(slot.reads, top, high)}h{step - gap}V{high}z"
                   for at, slot in enumerate(pace.slots) if slot.reads)
    return Drawn(step * len(pace.slots), high, bars, _steps(pace.slots, step, high, top), top)


def _steps(slots: Sequence[Slot], step: int, high: int, top: int) -> str:
    known = [(at, slot.usual) for at, slot in enumerate(slots) if slot.usual is not None]
    drawn, last = "", None
    for at, usual in known:
        level = _height(usual, top, high)
        if level != last:
            drawn += f"M{at * step} {level}" if last is None else f"V{level}"
        drawn, last = f"{drawn}H{(at + 1) * step}", level
    return drawn


def _height(reads: float, top: int, high: int) -> float:
    return round(high - reads / top * high, 1)

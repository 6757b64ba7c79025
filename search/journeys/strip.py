"""The whole period as a strip: a row for each day, on it the journeys as bars, passages as ticks, gaps hatched (pure).

Places along a row are percents of that day, which has 23 or 25 hours when the clocks change.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from search.journeys.finding import JourneysFound, ToldJourney, ToldLeg
from search.journeys.legs import Verdict
from services.clock import ZONE, local_day

QUIET_DAYS = 3
"""So many days without a passage, in a row, become one thin row."""


class Gap(StrEnum):
    """Why a stretch of a bar is hatched."""

    stop = "stop"          # it stood still somewhere on this stretch
    silent = "silent"      # a camera on the way told nothing in that time
    doubtful = "doubtful"  # no way onward is known


@dataclass(frozen=True, slots=True)
class Bar:
    """A journey's part of a day; `journey` counts from 0, the oldest."""

    journey: int
    start: float
    end: float
    conflicts: bool


@dataclass(frozen=True, slots=True)
class Hatch:
    """A stretch of a bar about which less is known."""

    gap: Gap
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A passage."""

    at: float
    probable: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One day, or several without any passage (`last` is then later than `day`)."""

    day: date
    last: date
    since: datetime
    until: datetime
    bars: tuple[Bar, ...] = ()
    hatches: tuple[Hatch, ...] = ()
    ticks: tuple[Tick, ...] = ()

    @property
    def quiet(self) -> int:
        """How many days without any passage it stands for; 0 when it is one day."""
        return (self.last - self.day).days + 1 if self.last > self.day else 0


def strip_of(found: JourneysFound, since: datetime, until: datetime) -> tuple[Row, ...]:
    """Return the days of a period in order; what passed after its end, by a clock ahead, has its day too."""
    first, last = local_day(since), local_day(until - timedelta(milliseconds=1))
    busy = {day for told in found.journeys for day in _days_of(told)} or {last}
    rows: list[Row] = []
    for day, end in _runs(first, last, busy):
        rows.append(_row(day, found) if day == end else Row(day, end, _midnight(day), _midnight(end, 1)))
    return tuple(rows)


def _runs(first: date, last: date, busy: set[date]) -> Iterator[tuple[date, date]]:
    """Yield each day by itself, and long runs of days without a passage as one."""
    quiet: list[date] = []
    for number in range((max(last, *busy) - first).days + 1):
        day = first + timedelta(days=number)
        if day not in busy:
            quiet.append(day)
            continue
        yield from _folded(quiet)
        quiet = []
        yield day, day
    yield from _folded(quiet)


def _folded(quiet: Sequence[date]) -> Iterable[tuple[date, date]]:
    return [(quiet[0], quiet[-1])] if len(quiet) >= QUIET_DAYS else [(day, day) for day in quiet]


def _days_of(told: ToldJourney) -> Iterator[date]:
    day, last = local_day(told.reads[0].at), local_day(told.reads[-1].at)
    while day <= last:
        yield day
        day += timedelta(days=1)


def _midnight(day: date, further: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=further), time(), ZONE)


def _row(day: date, found: JourneysFound) -> Row:
    here = _Day(_midnight(day), _midnight(day, 1))
    numbered = [(number, told) for number, told in enumerate(found.journeys) if day in set(_days_of(told))]
    return Row(day, day, here.since, here.until,
               tuple(Bar(number, here.place(told.reads[0].at), here.place(told.reads[-1].at),
                         told.conflicts) for number, told in numbered),
               tuple(hatch for _, told in numbered for leg in told.legs for hatch in _hatches(leg, here)),
               tuple(Tick(here.place(seen.at), seen.probability is not None)
                     for _, told in numbered for seen in told.reads if here.since <= seen.at < here.until))


@dataclass(frozen=True, slots=True)
class _Day:
    since: datetime
    until: datetime

    def place(self, instant: datetime) -> float:
        """Return where an instant lies on this day, 0 to 100; what lies outside is put at the edge."""
        # Of two instants in one zone only the hands are compared: when clocks change, that is an hour wrong.
        since, until = self.since.timestamp(), self.until.timestamp()
        share = (instant.timestamp() - since) / (until - since)
        return round(min(max(share, 0.0), 1.0) * 100, 3)


_DOUBTFUL = (Verdict.turned, Verdict.unknown)


def _hatches(leg: ToldLeg, here: _Day) -> Iterator[Hatch]:
    judged = leg.judged
    if judged.stop is not None and judged.usual_s is not None:
        half = timedelta(seconds=judged.usual_s / 2)
        yield from _hatch(Gap.stop, judged.before.at + half, judged.after.at - half, here)
    if judged.verdict in _DOUBTFUL:
        yield from _hatch(Gap.doubtful, judged.before.at, judged.after.at, here)
    for unread in leg.unread:
        if unread.silence is not None:
            yield from _hatch(Gap.silent, judged.before.at, judged.after.at, here)
            return


def _hatch(gap: Gap, start: datetime, end: datetime, here: _Day) -> Iterator[Hatch]:
    if start < here.until and end > here.since:
        yield Hatch(gap, here.place(start), here.place(end))

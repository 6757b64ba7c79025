"""How an answer lies over time and over cameras: bars of a fitting width in Brussels' days, and sums (pure)."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise

from search.pages.language import Words, words
from services.clock import ZONE, epoch_ms, from_epoch_ms, local_day

MOST_READS = 10_000
"""So many reads of an answer are counted, the newest ones."""
MOST_BARS = 124
"""More bars than this are not told apart on a small screen; a month in quarters of days has as many."""
MINUTE_MS = 60_000
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Width:
    """How long one bar is; those of six hours and more keep to the clocks of Brussels, also when these are moved."""

    length: timedelta
    label: Words

    @property
    def by_days(self) -> bool:
        """Whether its bars begin at hours of Brussels' days rather than every so many minutes."""
        return self.length > timedelta(hours=1)


WIDTHS = (
    Width(_MINUTE, words("by minute")),
    Width(5 * _MINUTE, words("by 5 minutes")),
    Width(15 * _MINUTE, words("by quarter of an hour")),
    Width(timedelta(hours=1), words("by hour")),
    Width(timedelta(hours=6), words("by 6 hours")),
    Width(_DAY, words("by day")),
    Width(7 * _DAY, words("by week")),
)


@dataclass(frozen=True, slots=True)
class Bar:
    """The reads captured in [since, until)."""

    since: datetime
    until: datetime
    by_camera: Mapping[int, int]
    """How many each camera took, by its number."""

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(self.by_camera.values())


@dataclass(frozen=True, slots=True)
class Spread:
    """How the newest reads of an answer lie: bars in the order of time, and how many there are of each camera."""

    width: Width
    bars: tuple[Bar, ...]
    by_camera: Mapping[int, int]
    """By the camera's number, most first."""
    total: int
    more: bool
    """Whether the answer has more reads than were counted; the bars then begin with the oldest that was."""

    @property
    def peak(self) -> int:
        """The height of the highest bar."""
        return max((bar.count for bar in self.bars), default=0)


@dataclass(frozen=True, slots=True)
class Counted:
    """The reads that were counted, newest first: the minute since 1970 in which each was captured, and its camera."""

    minutes: Sequence[int]
    cameras: Sequence[int]
    more: bool


def spread_over(counted: Counted, since: datetime, until: datetime) -> Spread:
    """Return how reads lie over the time from `since` up to `until`, widened where reads lie outside it."""
    begin, end = _limits(counted, since, until)
    width = choose_width(begin, end)
    minutes, cameras, limits = counted.minutes[::-1], counted.cameras[::-1], edges(width, begin, end)
    found = [bisect_left(minutes, epoch_ms(edge) // MINUTE_MS) for edge in limits]
    bars = tuple(Bar(first, last, Counter(cameras[below:above])) for (first, last), (below, above)
                 in zip(pairwise(limits), pairwise(found), strict=True))
    by_camera = dict(Counter(counted.cameras).most_common())
    return Spread(width, bars, by_camera, len(counted.minutes), counted.more)


def _limits(counted: Counted, since: datetime, until: datetime) -> tuple[datetime, datetime]:
    """Return from when to when bars are drawn: where not all reads were counted, from the oldest of those."""
    if not counted.minutes:
        return since, max(until, since + _MINUTE)
    newest, oldest = (from_epoch_ms(counted.minutes[place] * MINUTE_MS) for place in (0, -1))
    return (oldest if counted.more else min(since, oldest)), max(until, newest + _MINUTE)


def choose_width(since: datetime, until: datetime) -> Width:
    """Return the smallest width with which a time has MOST_BARS bars at most; the widest where none is wide enough."""
    fitting = (width for width in WIDTHS if (until - since) <= MOST_BARS * width.length
               and len(edges(width, since, until)) <= MOST_BARS + 1)
    return next(fitting, WIDTHS[-1])


def edges(width: Width, since: datetime, until: datetime) -> list[datetime]:
    """Return where bars begin and end, in UTC, from the one that holds `since` to the one that holds what ends then."""
    found = []
    for edge in _edges(width, since):
        found.append(edge)
        if edge >= until and len(found) > 1:
            return found
        if edge <= since:
            found = [edge]
    return found


def _edges(width: Width, since: datetime) -> Iterator[datetime]:
    """Yield edges without end, the first not after `since`."""
    if not width.by_days:
        length_ms = width.length // timedelta(milliseconds=1)
        place = epoch_ms(since) // length_ms
        while True:
            yield from_epoch_ms(place * length_ms)
            place += 1
    day = local_day(since)
    day -= timedelta(days=day.weekday() if width.length > _DAY else 0)
    step = max(width.length, _DAY)
    hours = range(0, 24, width.length // timedelta(hours=1)) if width.length < _DAY else (0,)
    while True:
        for hour in hours:
            yield datetime.combine(day, time(hour), ZONE).astimezone(from_epoch_ms(0).tzinfo)
        day += step

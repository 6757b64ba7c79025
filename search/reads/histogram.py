"""The histogram of an answer as it is drawn: places in percent and pixels, ticks at round times, links (pure)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from search.reads.addresses import Links
from search.reads.filters import Asked
from search.reads.spread import Bar, Spread
from services.clock import ZONE, iso_ms, local_day, midnight

HEIGHT = 72
"""Of the highest bar, px."""
LEAST_HEIGHT = 2.0
"""Of a bar with a single read, px, so that it is seen."""
MOST_TICKS = 9
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_STEPS = (*(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30)),
          *(hours * _HOUR for hours in (1, 2, 3, 6, 12)), *(days * _DAY for days in (1, 2, 7, 14, 28, 56)))
_A_MONDAY = datetime(2001, 1, 1, tzinfo=ZONE).date()


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """One bar: where it stands (percent of the width), how high it is (px), and where it leads."""

    since: datetime
    until: datetime
    limits: tuple[str, str]
    """The same as an address has them."""
    count: int
    left: float
    width: float
    height: float
    address: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark under the bars, percent of the width; it names the day where one begins, the time of day elsewhere."""

    at: datetime
    left: float
    is_day: bool
    is_minor: bool
    """Whether it is left out where there is little room."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """An answer's bars, drawn."""

    spread: Spread
    bars: tuple[DrawnBar, ...]
    ticks: tuple[Tick, ...]
    wider: str | None
    """The same question for three times the time around it; None where it names no time."""

    @property
    def since(self) -> datetime:
        """Where the first bar begins."""
        return self.bars[0].since

    @property
    def until(self) -> datetime:
        """Where the last bar ends."""
        return self.bars[-1].until


def draw_histogram(spread: Spread, links: Links, now: datetime) -> Histogram:
    """Draw an answer's spread; each bar leads to the same question for its own time."""
    begin, end = spread.bars[0].since, spread.bars[-1].until
    left, narrow, peak = _scale(begin, end), links.narrowing("from", "until"), spread.peak

    def drawn(bar: Bar) -> DrawnBar:
        limits = iso_ms(bar.since), iso_ms(bar.until)
        return DrawnBar(bar.since, bar.until, limits, bar.count, left(bar.since),
                        round(left(bar.until) - left(bar.since), 3), _height(bar.count, peak), narrow(*limits))

    return Histogram(spread, tuple(map(drawn, spread.bars)), tuple(_ticks(begin, end, left)), _wider(links, now))


def _scale(begin: datetime, end: datetime) -> Callable[[datetime], float]:
    return lambda instant: round((instant - begin) / (end - begin) * 100, 3)


def _height(count: int, peak: int) -> float:
    return max(LEAST_HEIGHT, round(count / peak * HEIGHT, 1)) if count else 0.0


def _ticks(begin: datetime, end: datetime, left: Callable[[datetime], float]) -> Iterator[Tick]:
    """Yield marks at round times in Brussels; every other one is minor, but a day that begins among hours."""
    step = next((step for step in _STEPS if (end - begin) / step <= MOST_TICKS), _STEPS[-1])
    for number, at in enumerate(_round_times(step, begin, end)):
        is_day = step >= _DAY or at == midnight(local_day(at))
        yield Tick(at, left(at), is_day, bool(number % 2) and (step >= _DAY or not is_day))


def _round_times(step: timedelta, begin: datetime, end: datetime) -> Iterator[datetime]:
    day = local_day(begin)
    if step >= _DAY:
        day -= timedelta(days=(day - _A_MONDAY).days % step.days)
    while (start := midnight(day)) < end:
        yield from (at for at in _times_of_day(step, start, day) if begin <= at < end)
        day += max(step, _DAY)


def _times_of_day(step: timedelta, start: datetime, day: object) -> Iterator[datetime]:
    """Yield the round times of one day by the clocks of Brussels; an hour that is shown twice is marked once."""
    if step >= _DAY:
        yield start
        return
    for number in range(_DAY // step):
        local = datetime.combine(local_day(start), time(), ZONE) + number * step
        if local.date() == day:
            yield local.astimezone(start.tzinfo)


def _wider(links: Links, now: datetime) -> str | None:
    asked: Asked = links.asked
    if asked.from_ is None:
        return None
    until = asked.until or now
    length = until - asked.from_
    later = until + length
    return links.narrowed(from_=asked.from_ - length, until=later if later < now and asked.until else None)

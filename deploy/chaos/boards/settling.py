"""What boards heard and show against what is stored: lost, doubled, of others, out of order (pure)."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self


@dataclass(frozen=True, slots=True)
class Event:
    """One numbered event as the database has it; `at_ms` since 1970."""

    number: int
    hit_id: int
    kind: str
    at_ms: int
    audience_id: int


@dataclass(frozen=True, slots=True)
class Account:
    """What became of what somebody was to hear; everything but `wanted` should be 0."""

    wanted: int = 0
    lost: int = 0
    doubled: int = 0
    strange: int = 0
    """Heard, and not for them."""
    disordered: int = 0
    """Heard after one that comes later."""

    def __add__(self, other: Self) -> "Account":
        return Account(self.wanted + other.wanted, self.lost + other.lost, self.doubled + other.doubled,
                       self.strange + other.strange, self.disordered + other.disordered)


def settle(wanted: Sequence[Hashable], heard: Sequence[Hashable], may_hear: Collection[Hashable] = ()) -> Account:
    """Compare what had to be heard, in its order, with what was heard: nothing is taken out of `heard` beforehand.

    What is in `may_hear` alone may be missing: it came about while somebody was being asked what they had heard.
    """
    times, places = Counter(heard), {one: place for place, one in enumerate([*wanted, *may_hear])}
    known = [places[one] for one in times if one in places]  # a Counter keeps the order in which things came first
    return Account(
        wanted=len(wanted), lost=len(set(wanted) - times.keys()), doubled=times.total() - len(times),
        strange=len(times.keys() - places.keys()),
        disordered=sum(later < earlier for earlier, later in pairwise(known)))


def settle_cards(open_hits: Collection[int], cards: Sequence[int]) -> Account:
    """Compare the hits that are open with the cards on a board."""
    times = Counter(cards)
    return Account(wanted=len(open_hits), lost=len(set(open_hits) - times.keys()),
                   doubled=times.total() - len(times), strange=len(times.keys() - set(open_hits)))


def settle_alerts(published: Collection[str], alerts: Iterable[str]) -> Account:
    """Compare the plates of reads that were published, each once, with the plates of alerts."""
    times = Counter(alerts)
    return Account(wanted=len(published), lost=len(set(published) - times.keys()),
                   doubled=times.total() - len(times), strange=len(times.keys() - set(published)))


def mine(events: Iterable[Event], groups: Collection[int]) -> list[Event]:
    """Return the events that members of these groups hear of."""
    return [event for event in events if event.audience_id in groups]


def first_after(moments: Iterable[tuple[float, bool]], start: float) -> float | None:
    """Return how long after `start` (s since 1970) it was first well again, None when it never was."""
    return next((at - start for at, is_well in moments if is_well and at > start), None)


def alarm_after(banners: Iterable[tuple[float, str]], start: float, until: float) -> float | None:
    """Return how long after `start` a banner stood there, None when none did before `until` (s since 1970)."""
    return next((at - start for at, line in banners if line and start < at <= until), None)

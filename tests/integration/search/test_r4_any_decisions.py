"""R4 over any reads and any decisions: the API returns exactly the reads that a rule written out by hand returns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.clock import to_milliseconds, utc_now
from services.gate import month_before
from tests.integration.search.decisions_world import DAY, add_decision
from tests.integration.search.world import World

PLATES = ("3ABC123", "3ABC124", "4XYZ789")
HOUR = timedelta(hours=1)
# In hours before or after the beginning of the month that may be seen: on both sides, and never on it.
_WHEN = st.integers(-30 * 24, 200).filter(bool)


@dataclass(frozen=True, slots=True)
class Seen:
    """A read of the test."""

    plate: str
    hours: int
    camera: int
    read_id: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision of the test; half hours, so that no read lies on its edge."""

    since: int
    length: int
    plates: tuple[str, ...] | None
    cameras: tuple[int, ...] | None
    holds: bool

    def opens(self, seen: Seen) -> bool:
        """Tell whether a read lies within it."""
        return (self.holds and self.since + .5 <= seen.hours < self.since + .5 + self.length
                and (self.plates is None or seen.plate in self.plates)
                and (self.cameras is None or seen.camera in self.cameras))


@dataclass(frozen=True, slots=True)
class Way:
    """A way to ask, and what it finds among the reads that may be seen, oldest first."""

    params: dict[str, str]
    finds: Callable[[Sequence[Seen]], Sequence[Seen]]


def _of(*plates: str) -> Callable[[Sequence[Seen]], Sequence[Seen]]:
    return lambda found: [seen for seen in found if seen.plate in plates]


def _end_of_each(position: int) -> Callable[[Sequence[Seen]], Sequence[Seen]]:
    def find(found: Sequence[Seen]) -> Sequence[Seen]:
        by_plate = groupby(sorted(found, key=lambda seen: seen.plate), key=lambda seen: seen.plate)
        return [list(reads)[position] for _, reads in by_plate]
    return find


def _not_first(found: Sequence[Seen]) -> Sequence[Seen]:
    first = _end_of_each(0)(found)
    return [seen for seen in found if seen not in first]


WAYS = (
    Way({}, lambda found: found),
    Way({"plate": "3ABC123"}, _of("3ABC123")),
    Way({"plate": "3ABC123,4XYZ789"}, _of("3ABC123", "4XYZ789")),
    Way({"plate": "3*"}, _of("3ABC123", "3ABC124")),
    Way({"camera": "BRE02A"}, lambda found: [seen for seen in found if seen.camera == 2]),
    Way({"by": "vehicle"}, _end_of_each(-1)),
    Way({"by": "vehicle", "camera": "BRE01A"},
        lambda found: _end_of_each(-1)([seen for seen in found if seen.camera == 1])),
    Way({"first": "yes"}, _end_of_each(0)),
    Way({"first": "no"}, _not_first),
)

_READS = st.lists(st.builds(Seen, st.sampled_from(PLATES), _WHEN, st.sampled_from([1, 2])), max_size=14,
                  unique_by=lambda seen: seen.hours)
_SOME_PLATES = st.none() | st.lists(st.sampled_from(PLATES), min_size=1, max_size=2, unique=True).map(tuple)
_SOME_CAMERAS = st.none() | st.sampled_from([(1,), (2,), (1, 2)])
_DECISIONS = st.lists(st.builds(Decided, st.integers(-31 * 24, 100), st.integers(1, 600), _SOME_PLATES, _SOME_CAMERAS,
                                st.booleans() | st.just(True)), max_size=3)


async def _ask(asker: httpx.AsyncClient, way: Way, limit: int) -> list[str]:
    """Return the ids on all pages of an answer."""
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        answer = await asker.get("/reads", params={**way.params, **after, "limit": str(limit)})
        assert answer.status_code == 200, answer.text
        found += [item["read_id"] for item in answer.json()["items"]]
        if answer.json()["next"] is None:
            return found
        after = {"after": answer.json()["next"]}


def _lay(world: World, month: datetime, reads: Sequence[Seen], decisions: Sequence[Decided]) -> list[Seen]:
    """Lay reads and decisions into the database in place of those before; return the reads with their ids."""
    world.run("TRUNCATE reads, plates, prosecutor_decisions")
    for decided in decisions:
        since = month + (decided.since + .5) * HOUR
        add_decision(world, since, since + decided.length * HOUR, decided.plates, decided.cameras,
                     expires_at=utc_now() + (DAY if decided.holds else -DAY))
    return [Seen(seen.plate, seen.hours, seen.camera, str(world.add_read(
        seen.plate, month + seen.hours * HOUR, seen.camera))) for seen in reads]


@settings(max_examples=40, deadline=None, suppress_health_check=[
    HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(reads=_READS, decisions=_DECISIONS, way=st.sampled_from(WAYS), limit=st.integers(1, 6))
async def test_the_answer_holds_exactly_what_the_rule_permits(
        world: World, asker: httpx.AsyncClient, reads: list[Seen], decisions: list[Decided], way: Way,
        limit: int) -> None:
    month = to_milliseconds(month_before(utc_now()))
    laid = _lay(world, month, reads, decisions)
    permitted = sorted((seen for seen in laid if seen.hours > 0 or any(one.opens(seen) for one in decisions)),
                       key=lambda seen: seen.hours)
    expected = sorted(way.finds(permitted), key=lambda seen: seen.hours, reverse=True)
    assert await _ask(asker, way, limit) == [seen.read_id for seen in expected]
    by_id = [(await asker.get(f"/reads/{seen.read_id}")).status_code == 200 for seen in laid]
    assert by_id == [seen in permitted for seen in laid]

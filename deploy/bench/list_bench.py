"""A whole list of a million lines, errors among them: looked at, taken, delivered again the next night.

`python -m deploy.bench.list_bench --lines N`. Each delivery is held against what it must do: to the entry and the line.
"""

import argparse
import asyncio
import io
import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from time import perf_counter
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

import psycopg
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.bench.figures import Figure, report
from deploy.bench.stand import SEARCH, Stand, open_stand
from services.clock import local_day, utc_now
from services.database import open_engine, transaction
from services.errors import ZoneschildError
from services.settings import StoreSettings
from services.watchlists import deliveries, delivering
from services.watchlists.deliveries import Rest
from services.watchlists.delivering import Given, Person
from services.watchlists.delivery_files import BrokenDeliveryError, DeliveryKind
from services.watchlists.delivery_rule import Outcome

GOAL_S = 60.0
CODE = "bench"
ERROR_EVERY = 100
"""One line in so many is wrong, in one of the ways of _WRONG by turns."""
SHARE = 0.01
"""Of a list that changes, comes and goes from one night to the next."""
_HEADER = "source_key;plate;country;reason;file_number;until"
_LETTERS = "ABCDEFGHJKLMNPQRSTVWXYZ"
_PLACES = ("Bree", "Peer", "Bocholt", "Hamont", "Pelt", "Lommel", "Hechtel", "Kinrooi", "Oudsbergen", "Houthalen")

# A line made wrong, and what must be said of it.
_WRONG: tuple[tuple[Callable[[list[str]], list[str]], str], ...] = (
    (lambda cells: [cells[0], "??-!!", *cells[2:]], "plate"),
    (lambda cells: ["", *cells[1:]], "line.key"),
    (lambda cells: cells[:4], "line.cells"),
    (lambda cells: [*cells[:2], "Belgie", *cells[3:]], "country"),
    (lambda cells: [*cells[:5], "2019-01-01"], "until.past"),
    (lambda cells: [*cells[:5], "morgen"], "until"),
    (lambda cells: [*cells[:3], "x", *cells[4:]], "reason"),
    (lambda cells: [*cells[:4], "geen", cells[5]], "file_number"),
    (lambda cells: [cells[0], f'"{cells[1]}', *cells[2:]], "line.unreadable"),
)


@dataclass(frozen=True, slots=True)
class Sent:
    """One night's list as a ZIP, and what must come of it."""

    content: bytes
    counts: dict[str, int]
    refused: list[tuple[int, str]]


@dataclass(slots=True)
class Party:
    """Who delivers: a list that goes on from night to night."""

    lines: int
    rng: random.Random = field(default_factory=lambda: random.Random(7))
    revision: int = 0
    _taken: dict[int, int] = field(default_factory=dict)
    """The version of each entry that the list holds, by its number."""

    def next_night(self) -> Sent:
        """Return the next revision."""
        first = not self._taken
        self.revision += 1
        moved = int(self.lines * SHARE) if not first else 0
        numbers = range((self.revision - 1) * moved, (self.revision - 1) * moved + self.lines)
        changed = set(self.rng.sample(numbers, moved))
        rows, refused, taken = self._rows(numbers, changed)
        before, kept = self._taken, set(numbers)
        self._taken = taken
        counts = {
            "lines": self.lines, "refused": len(refused), "added": len(taken.keys() - before.keys()),
            "changed": sum(before.get(number, version) != version for number, version in taken.items()),
            "ended": len(before.keys() - kept), "before": len(before), "held": 0}
        counts["same"] = self.lines - counts["refused"] - counts["added"] - counts["changed"]
        return Sent(_zip(rows, self.revision), counts, refused)

    def _rows(self, numbers: Sequence[int],
              changed: set[int]) -> tuple[list[str], list[tuple[int, str]], dict[int, int]]:
        rows, refused, taken, today = [_HEADER], list[tuple[int, str]](), dict[int, int](), local_day(utc_now())
        for line, number in enumerate(numbers, 2):
            version = self.revision if number in changed else self._taken.get(number, 0)
            cells = _cells(number, version, today)
            if number % ERROR_EVERY == ERROR_EVERY - 1:
                spoil, why = _WRONG[number // ERROR_EVERY % len(_WRONG)]
                cells = spoil(cells)
                refused.append((line, why))
            else:
                taken[number] = version
            rows.append(";".join(cells))
        return rows, refused, taken


def _cells(number: int, version: int, today: date) -> list[str]:
    letters = "".join(_LETTERS[number // 23**place % 23] for place in range(3))
    until = today + timedelta(days=100 + (number + version) % 200)
    return [f"NL-{number:08}", f"{1 + number % 7}-{letters}-{number // 7 % 1000:03}", "BE",
            f"Gestolen te {_PLACES[number % 10]}, aangifte bij de zone", f"GE.11.L1.{number:06}/{2020 + version}",
            until.isoformat()]


def _zip(rows: Sequence[str], revision: int) -> bytes:
    content, made = ("\n".join(rows) + "\n").encode(), io.BytesIO()
    manifest = {"list": CODE, "files": [{"name": "list.csv", "revision": revision, "rows": len(rows) - 1,
                                         "whole": True, "sha256": sha256(content).hexdigest()}]}
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        archive.writestr("list.csv", content)
        archive.writestr("manifest.json", json.dumps(manifest))
    return made.getvalue()


_REST = Rest(measure="stop het voertuig", requester="Dienst gestolen voertuigen", legal_basis="WPA art. 44/11/3bis",
             authority="Federale politie")


@dataclass(slots=True)
class Bench:
    """The store as search reaches it, two people, and the figures so far."""

    engine: AsyncEngine
    stand: Stand
    people: tuple[Person, Person]
    figures: list[Figure] = field(default_factory=list)

    @contextmanager
    def timing(self, name: str, goal: float | None = None) -> Iterator[None]:
        """Measure how long something takes."""
        began = perf_counter()
        yield
        self.figures.append(Figure(name, perf_counter() - began, "s", "lower", goal))
        print(f"{name}: {self.figures[-1].value:.1f} s", flush=True)

    async def hand_in(self, sent: Sent) -> UUID:
        """Have a delivery looked at."""
        async with transaction(self.engine) as connection:
            return (await delivering.hand_in(
                connection, CODE, _given(sent), self.people[0], utc_now())).delivery_id

    async def deliver(self, sent: Sent) -> UUID:
        """Have it looked at and taken at once, as the console does."""
        async with transaction(self.engine) as connection:
            delivered = await delivering.deliver(connection, CODE, _given(sent), utc_now())
        if delivered.delivery is None or delivered.outcome is not Outcome.done:
            raise ZoneschildError(f"the delivery was not taken: {delivered.outcome}")
        return delivered.delivery.delivery_id

    async def take(self, delivery_id: UUID) -> None:
        """Have it taken by the other person."""
        async with transaction(self.engine) as connection:
            taken = await delivering.take(connection, CODE, delivery_id, self.people[1], utc_now())
        if taken.outcome is not Outcome.done:
            raise ZoneschildError(f"the delivery was not taken: {taken.outcome}")

    async def differences(self, delivery_id: UUID, sent: Sent) -> int:
        """Return how many figures and lines of a delivery's report are not what they must be."""
        async with transaction(self.engine) as connection:
            found = await deliveries.find(connection, delivery_id)
            refused = {(one.line, one.why) for one in await deliveries.refusals_of(connection, delivery_id)}
        counts = {} if found is None else found.counts
        wrong = [what for what, number in sent.counts.items() if counts.get(what) != number]
        if wrong:
            print(f"expected {sent.counts}\nfound {counts}")
        return len(wrong) + len(refused ^ set(sent.refused))

    def fingerprint(self) -> object:
        """Return what differs as soon as anything of the list changes."""
        with self.stand.connect() as connection:
            return connection.execute(
                "SELECT count(*), sum(hashtextextended(entry::text, 0)), (SELECT max(revision) FROM watchlists) "
                "FROM watch_entries AS entry").fetchone()


def _given(sent: Sent) -> Given:
    return Given(DeliveryKind.package, sent.content, rest=_REST)


async def _measure(stand: Stand, lines: int) -> list[Figure]:
    engine = open_engine(StoreSettings(database_url=stand.urls[SEARCH]), connections=2, statement_timeout_ms=10_000,
                         joins_by_index=True, reads_by_index=True)
    party, bench = Party(lines), Bench(engine, stand, _prepare(stand))
    try:
        await _first_night(bench, party.next_night())
        await _next_night(bench, party.next_night())
        await _nothing_changes(bench, party)
    finally:
        await engine.dispose()
    return bench.figures


async def _first_night(bench: Bench, sent: Sent) -> None:
    """Deliver to an empty list, which a second person has to take."""
    with bench.timing("an empty list: looked at, with its report"):
        delivery_id = await bench.hand_in(sent)
    with bench.timing("an empty list: taken, all guards asked again", GOAL_S):
        await bench.take(delivery_id)
    bench.figures.append(Figure(
        "an empty list: both", bench.figures[-2].value + bench.figures[-1].value, "s", "lower"))
    await _hold_report(bench, delivery_id, sent)


async def _next_night(bench: Bench, sent: Sent) -> None:
    """Deliver a list of which one in a hundred changed, came and went, by the command of every night."""
    with bench.timing("the next night: looked at and taken", GOAL_S):
        delivery_id = await bench.deliver(sent)
    await _hold_report(bench, delivery_id, sent)


async def _hold_report(bench: Bench, delivery_id: UUID, sent: Sent) -> None:
    bench.figures.append(Figure("   of its report, counts and lines that are not what was sent",
                                await bench.differences(delivery_id, sent), "", "lower", 0))


async def _nothing_changes(bench: Bench, party: Party) -> None:
    """Deliver what must change nothing: a list cut off in the middle, and one with a wrong count."""
    before, broken = bench.fingerprint(), 0
    sent = party.next_night()
    for content in (sent.content[:len(sent.content) // 2], sent.content[:-1]):
        try:
            await bench.hand_in(Sent(content, {}, []))
        except BrokenDeliveryError:
            broken += 1
    delivery_id = await bench.deliver(sent)
    taken = bench.fingerprint()
    with bench.timing("the same delivery again: known and not looked at"):
        again = await bench.hand_in(sent)
    unchanged = broken == 2 and before != taken and again == delivery_id and bench.fingerprint() == taken
    bench.figures.append(Figure("cut off or doubled: changed something", float(not unchanged), "", "lower", 0))


def _prepare(stand: Stand) -> tuple[Person, Person]:
    with stand.connect() as connection:
        people = [connection.execute("INSERT INTO users (username, display_name, role) VALUES (%s, %s, 'tecint') "
                                     "RETURNING user_id", [name, name]).fetchone() for name in ("an", "els")]
        connection.execute("INSERT INTO watchlists (code, name, category, state, priority, audience_id) "
                           "VALUES (%s, 'Bench', 'stolen-vehicle', 'live', 1, 1)", [CODE])
    one, other = (Person(row[0]) for row in people if row)
    return one, other


def main() -> int:
    """Run the bench, print the figures and write var/bench/lists.json."""
    parser = argparse.ArgumentParser(prog="python -m deploy.bench.list_bench", description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    lines: int = parser.parse_args().lines
    try:
        with open_stand("bench_lists") as stand:
            figures = asyncio.run(_measure(stand, lines))
    except (ZoneschildError, OSError, psycopg.Error) as error:
        print(f"zoneschild: {error}", file=sys.stderr)
        return 1
    report("lists", f"A whole list of {lines:,} lines, one in {ERROR_EVERY} of them wrong", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What holding every read against a million entries costs ingest: the same rows with and without, turn about."""

import random
import statistics
import time
from collections.abc import Callable, Iterator

from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.bench import traffic
from deploy.bench.figures import Figure
from deploy.bench.stand import INGEST, KEY, Stand
from ingest import writer
from ingest.rows import Batch, Raising
from services.clock import utc_now
from services.database import open_engine, transaction
from services.identity import Identity
from services.partitions import Weeks
from services.plates import normalise
from services.registry import Gateway
from services.settings import StoreSettings

ENTRIES = 1_000_000
GOAL = 0.15
"""Of the throughput, exact matching may cost so much."""

ROUNDS = 5
_READS = 30_000
_ROWS = 1_000
_EVERY = 100
"""Of the zone's vehicles every so manieth is on a list: as many reads match as the national figures say."""

_LIST = """
INSERT INTO watchlists (code, name, category, state, priority, audience_id)
VALUES ('bench', 'bench', 'stolen-vehicle', 'live', 1, 1) RETURNING list_id
"""
_ENTRIES = """
INSERT INTO watch_entries (entry_id, list_id, plate, country, measure, reason, legal_basis, authority, file_number,
    requester, since, until, audience_id, priority, made_at, first_made_at, validated_at)
SELECT nextval('watch_entry_ids'), %s, plate, 'BE', 'stop', 'stolen', 'law', 'zone', 'file', 'zone', now() - interval
    '1 day', now() + interval '1 year', 1, 1, now(), now(), now() FROM bench_plates
"""
_FOLLOWED = """
INSERT INTO watch_entries (entry_id, list_id, plate, least_probability, measure, reason, legal_basis, authority,
    file_number, requester, since, until, audience_id, priority, made_at, first_made_at, validated_at)
SELECT nextval('watch_entry_ids'), list_id, plate, 0.5, measure, reason, legal_basis, authority, file_number, requester,
    since, until, audience_id, priority, made_at, first_made_at, validated_at FROM watch_entries LIMIT 1000
"""


def put_entries(stand: Stand) -> None:
    """Put a list of a million entries, among them a hundredth of the zone's vehicles."""
    with stand.connect() as connection:
        connection.execute("CREATE TABLE bench_plates (plate text)")
        with connection.cursor().copy("COPY bench_plates FROM STDIN") as copy:
            for plate in _plates():
                copy.write_row([plate])
        row = connection.execute(_LIST).fetchone()
        connection.execute(_ENTRIES, [row[0] if row else None])
        connection.execute("DROP TABLE bench_plates")
        connection.execute("ANALYZE watch_entries")


def _plates() -> Iterator[str]:
    fleet = [normalise(plate) or "" for plate in traffic.vehicles()[::_EVERY]]
    yield from fleet
    rng = random.Random(1)
    for _ in range(ENTRIES - len(fleet)):
        yield f"{rng.choice('1289')}{(normalise(traffic.make_plate(rng)) or '')[1:]}"  # no vehicle of the zone


def put_followed(stand: Stand) -> None:
    """Let a thousand of the entries ask for look-alikes, so that every batch is left to the follower."""
    with stand.connect() as connection:
        connection.execute(_FOLLOWED)
        connection.execute("ANALYZE watch_entries")


async def compare(stand: Stand, gateway: Gateway) -> list[Figure]:
    """Write rows over one connection with and without matching; return what each way takes, and what it costs."""
    engine = open_engine(StoreSettings(database_url=stand.urls[INGEST]), connections=1, joins_by_index=True,
                         reads_by_index=True)
    try:
        figures = await _compare(engine, gateway, "exact matching")
        put_followed(stand)
        return figures + await _compare(engine, gateway, "the same, and batches left to the follower", None)
    finally:
        await engine.dispose()


async def _compare(engine: AsyncEngine, gateway: Gateway, name: str, goal: float | None = GOAL) -> list[Figure]:
    ways = {Raising.nothing: list[float](), Raising.as_read: list[float]()}
    for number in range(2 * ROUNDS):
        # The first way of a round changes: what a round before left in memory and in the log helps both.
        for raising in sorted(ways, reverse=number % 2 == 1):
            seconds, matched = await _write(engine, _batches(gateway), raising)
            ways[raising].append(_READS / seconds)
    without, with_ = (statistics.median(rates) for rates in ways.values())
    return [Figure(f"ceiling without {name}", without, "reads/s", "higher"),
            Figure(f"ceiling with {name}, {ENTRIES:,} entries, {100 * matched / _READS:.1f} % of reads match", with_,
                   "reads/s", "higher"),
            cost(f"ceiling, {name}", without, with_, goal)]


def cost(name: str, without: float, with_: float, goal: float | None = GOAL) -> Figure:
    """Return the share of the throughput that matching costs."""
    return Figure(f"{name}: share of the throughput that it costs", 1 - with_ / without, "", "lower", goal)


def turn_about(measure: Callable[[bool], float], rounds: int = 2) -> tuple[float, float]:
    """Measure without and with, turn about; return the medians."""
    rates: dict[bool, list[float]] = {False: [], True: []}
    for number in range(rounds):
        for matching in (False, True) if number % 2 == 0 else (True, False):
            rates[matching].append(measure(matching))
    return statistics.median(rates[False]), statistics.median(rates[True])


def _batches(gateway: Gateway) -> list[Batch]:
    now = utc_now()
    return traffic.decoded(traffic.make_reads(random.Random(), _READS, now), gateway, now, _ROWS)


async def _write(engine: AsyncEngine, batches: list[Batch], raising: Raising) -> tuple[float, int]:
    await Weeks(engine).ensure({monday for batch in batches for monday in batch.mondays()})
    identity, began = Identity(KEY.encode()), time.perf_counter()
    for batch in batches:
        batch.raising = raising
        async with transaction(engine) as connection:
            await writer.store(connection, identity, batch)
    return time.perf_counter() - began, sum(len(batch.raised) for batch in batches)

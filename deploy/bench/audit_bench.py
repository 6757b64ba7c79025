"""What the sealed audit costs a question: the same questions, sealed and plainly inserted by turns, in one process.

`python -m deploy.bench.audit_bench`. The ways change every few questions, so that the machine's moods meet both alike;
several askers at once show what the chain's lock costs.
"""

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import timedelta
from time import perf_counter

import httpx
import psycopg
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from deploy.bench.audit_chain_bench import verify_figures
from deploy.bench.figures import Figure, percentile, report
from deploy.bench.serving import open_year
from deploy.bench.stand import KEY, SEARCH, Stand, open_stand
from search.app import create_app
from search.program import Program
from services.audit import Actor, Entry, Trail
from services.clock import monday_of, utc_now
from services.errors import ZoneschildError
from services.logs import configure_logging
from services.schema_people import audit
from services.settings import SearchSettings

READS = 200_000
ASKED = 1_000
"""Questions of each way, for each number of askers."""
FEW = 5
"""How many of them an asker asks before the way changes."""
ASKERS = (1, 4, 8)
GOAL_MS = 3.0
_REASON = {"purpose": "judicial-crime", "file_number": "BENCH/2026", "reason": "Meting van de kost van de audit"}
_PLAIN: ContextVar[bool] = ContextVar("plain", default=False)

_FILL = """
INSERT INTO reads (read_id, plate, captured_at, received_at, camera_id, gateway_id, country)
SELECT gen_random_uuid(), plate, captured_at, captured_at, 11, 7, 'BE'
FROM (SELECT (1 + number %% 7) || 'XKV' || lpad((number %% 1000)::text, 3, '0') AS plate,
             now() - interval '20 days' * (number::float8 / %(reads)s) - interval '1 minute' AS captured_at
      FROM generate_series(1, %(reads)s) AS number) AS made
"""
_DICTIONARY = "INSERT INTO plates SELECT plate, max(captured_at)::date, plate FROM reads GROUP BY plate"


class PlainTrail(Trail):
    """The product's trail; where `_PLAIN` says so, the same row by a plain insert: no lock, no head, no seals."""

    def __init__(self, key: bytes) -> None:
        super().__init__(key)
        self._numbers = iter(range(-1, -10**9, -1))

    async def record(self, connection: AsyncConnection, actor: Actor, entry: Entry) -> None:
        """Append one row."""
        if not _PLAIN.get():
            await super().record(connection, actor, entry)
            return
        await connection.execute(insert(audit).values(
            audit_id=next(self._numbers), at=utc_now(), action=str(entry.action), user_id=actor.user_id,
            username=actor.username, role=actor.role, client_address=actor.client_address,
            consultation_id=entry.consultation_id, question=entry.question, filters=dict(entry.filters),
            decision=dict(entry.decision), result_count=entry.result_count, read_ids=list(entry.read_ids),
            content_seal=b"", link_seal=b""))


def fill(stand: Stand) -> None:
    """Put reads of the last weeks into the store."""
    with stand.connect() as connection:
        connection.execute("INSERT INTO gateways (gateway_id, name) VALUES (7, 'bench')")
        connection.execute("INSERT INTO cameras (camera_id, code, name) VALUES (11, 'BEN01A', 'Bench')")
        connection.execute("INSERT INTO gateway_cameras VALUES (7, 'BEN01A', 11)")
        for week in range(5):
            connection.execute("SELECT ensure_reads_week(%s)", [monday_of(utc_now() - timedelta(weeks=week))])
        connection.execute(_FILL, {"reads": READS})
        connection.execute(_DICTIONARY)
        connection.execute("VACUUM ANALYZE")


@asynccontextmanager
async def asking(stand: Stand) -> AsyncIterator[httpx.AsyncClient]:
    """Open the product's application in this process with the bench's trail, and a client with a consultation."""
    settings = SearchSettings(database_url=stand.urls[SEARCH], identity_key=KEY.encode(), audit_key=KEY.encode())
    stand.run("services", "users", "add", "bench", "--role", "investigator", "--name", "Bench", "--password-stdin",
              standard_input="bench-password-of-the-stand\n")
    token = stand.run("services", "tokens", "add", "bench")
    app = create_app(settings, open_year)
    program: Program = app.state.program
    object.__setattr__(program, "trail", PlainTrail(KEY.encode()))
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bench", timeout=60,
                                     headers={"Authorization": f"Bearer {token}"}) as client:
            opened = await client.post("/api/v1/consultations", json=_REASON)
            client.headers["Consultation"] = opened.raise_for_status().json()["consultation_id"]
            yield client
    finally:
        await program.engine.dispose()


Times = dict[bool, list[float]]
"""How long questions took, ms, by whether they were plain."""


async def measure(client: httpx.AsyncClient, askers: int) -> Times:
    """Ask ASKED questions each way by so many askers at once, a few at a time."""
    times: Times = {False: [], True: []}
    for number in range(ASKED // (askers * FEW)):
        for plain in (True, False) if number % 2 else (False, True):
            seeds = [f"{askers} {number} {asker}" for asker in range(askers)]
            some = await asyncio.gather(*(_ask_a_few(client, seed, plain=plain) for seed in seeds))
            times[plain] += [time for few in some for time in few]
    return times


async def _ask_a_few(client: httpx.AsyncClient, seed: str, *, plain: bool) -> list[float]:
    """Ask FEW questions one after another, the same ones for the same seed; return what each took, ms."""
    rng, times = random.Random(seed), []
    _PLAIN.set(plain)
    for _ in range(FEW):
        address = f"/api/v1/reads?plate={rng.randint(1, 7)}XKV{rng.randrange(1000):03}"
        began = perf_counter()
        answer = await client.get(address)
        times.append((perf_counter() - began) * 1000)
        answer.raise_for_status()
    return times


def figures_of(askers: int, times: Times) -> Iterator[Figure]:
    """Tell what the two ways took, and what the seal costs."""
    name = f"{askers} asker{'s' if askers > 1 else ''} at once"
    for share in (0.50, 0.95):
        plain, sealed = percentile(times[True], share), percentile(times[False], share)
        label = f"p{share * 100:.0f}"
        yield Figure(f"{name}: plain insert, {label}", plain, "ms", "lower")
        yield Figure(f"{name}: sealed chain, {label}", sealed, "ms", "lower")
        yield Figure(f"{name}: cost of the sealed audit, {label}", sealed - plain, "ms", "lower",
                     GOAL_MS if share == 0.95 and askers == 1 else None)


async def _measure_all(stand: Stand) -> list[Figure]:
    async with asking(stand) as client:
        await measure(client, 1)  # warm
        return [figure for askers in ASKERS for figure in figures_of(askers, await measure(client, askers))]


def main() -> int:
    """Run the bench, print the figures and write var/bench/audit.json."""
    configure_logging("search")
    try:
        with open_stand("bench_audit") as stand:
            fill(stand)
            figures = asyncio.run(_measure_all(stand))
        with open_stand("bench_audit_chain") as stand:
            figures += verify_figures(stand)
    except (ZoneschildError, OSError, psycopg.Error, httpx.HTTPError) as error:
        print(f"zoneschild: {error}", file=sys.stderr)
        return 1
    report("audit", f"What the sealed audit costs a question; {READS:,} reads, {ASKED:,} questions each way", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m ingest replay`: asks that a gateway's rejects are decoded again, waits, and tells what came of them."""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services import audit
from services.broker_commands import console_actor
from services.clock import ZONE, iso_ms, utc_now
from services.database import open_engine, transaction
from services.errors import ConfigurationError
from services.registry import UNKNOWN_GATEWAY_ID
from services.replaying import ReplayOutcome, Wanted, ask_replay
from services.schema import gateways, rejects
from services.settings import IngestSettings

_LOOK_EVERY_S = 0.5
STANDSTILL_S = 30.0
"""How long nothing may happen before ingest is taken for stopped."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, and when: by that instant it is known again."""

    gateway_id: int
    at: datetime
    rejects: int


async def run(settings: IngestSettings, gateway: str, reason: str | None, since: datetime | None) -> int:
    """Ask, wait and print; return 1 when ingest does not do it, whatever the replays themselves come to.

    Raises ConfigurationError when there is no such gateway.
    """
    engine = open_engine(settings, connections=1)
    try:
        asked = await ask(engine, gateway, reason, since)
        print(f"{asked.rejects} rejects of gateway {gateway} are asked for")
        waiting = await wait_until_done(engine, asked) if asked.rejects else 0
        async with transaction(engine) as connection:
            for line in await _outcomes(connection, asked):
                print(line)
    finally:
        await engine.dispose()
    if waiting:
        print(f"{waiting} still wait: is ingest running? They stay asked for, and are done when it runs.")
    return 1 if waiting else 0


async def ask(engine: AsyncEngine, gateway: str, reason: str | None, since: datetime | None) -> Asked:
    """Ask for every reject that is wanted, and leave a row in the audit."""
    now = utc_now()
    async with transaction(engine) as connection:
        gateway_id = await find_gateway(connection, gateway)
        total = 0
        while number := await ask_replay(connection, Wanted(gateway_id, reason, since=since), now):
            total += number
        if total:
            await audit.console_trail().record(connection, console_actor(), audit.Entry(
                audit.Action.replay_asked, f"gateway {gateway}: {total} afgekeurde berichten opnieuw verwerken",
                {"gateway": gateway, "reason": reason, "since": iso_ms(since) if since else None}, result_count=total))
    return Asked(gateway_id, now, total)


async def find_gateway(connection: AsyncConnection, name: str) -> int:
    """Return a gateway's number; raises ConfigurationError when there is none of that name."""
    number = (await connection.execute(
        select(gateways.c.gateway_id).where(gateways.c.name == name))).scalar_one_or_none()
    if number is None:
        raise ConfigurationError(f"there is no gateway {name}: `python -m services gateway list` shows those there are")
    return int(number)


async def wait_until_done(engine: AsyncEngine, asked: Asked) -> int:
    """Wait until ingest has done what was asked; return how many it has not, when nothing happens for too long."""
    waiting, moved_at = asked.rejects, time.monotonic()
    while waiting and time.monotonic() - moved_at < STANDSTILL_S:
        await asyncio.sleep(_LOOK_EVERY_S)
        async with transaction(engine) as connection:
            left = (await connection.execute(select(func.count()).where(
                rejects.c.gateway_id == asked.gateway_id, rejects.c.replay_asked_at == asked.at))).scalar_one()
        if left < waiting:
            waiting, moved_at = left, time.monotonic()
    return waiting


async def _outcomes(connection: AsyncConnection, asked: Asked) -> list[str]:
    """Tell what came of the gateway's replays since they were asked for; of what was refused, the reason it has now."""
    outcome, reason = rejects.c.replay_outcome, rejects.c.reason
    rows = await connection.execute(
        select(outcome, reason, func.count()).group_by(outcome, reason).order_by(outcome, reason)
        .where(rejects.c.gateway_id == asked.gateway_id, rejects.c.replayed_at >= asked.at))
    tally: dict[str, int] = {}
    for came_of_it, why, number in rows:
        words = f"refused again: {why}" if came_of_it == ReplayOutcome.refused else _IN_WORDS[came_of_it]
        tally[words] = tally.get(words, 0) + number
    if asked.gateway_id == UNKNOWN_GATEWAY_ID and (elsewhere := asked.rejects - sum(tally.values())) > 0:
        tally["refused again, now under the gateway that is registered meanwhile, or waiting"] = elsewhere
    return [f"{number:>8} {words}" for words, number in tally.items()]


_IN_WORDS = {ReplayOutcome.taken: "taken", ReplayOutcome.trial: "shown as trial reads: the gateway is in state proef"}


def instant(text: str) -> datetime:
    """Read a day or an instant in ISO 8601; without an offset it is Brussels' time. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)

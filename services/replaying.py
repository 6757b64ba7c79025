"""Asking that rejects are decoded again: which can be, and the one statement that asks. Ingest then does it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.schema import rejects

ASKED_AT_ONCE = 20_000
"""Most rejects that one asking takes in: the statement must end within the time that a page may take."""

NEVER_REPLAYED = frozenset({"too-old", "bad-image", "too-large", "camera-not-live"})
"""Reasons that no settings mend, and whose messages are not kept, or not whole (ingest/rejects.py)."""


class ReplayOutcome(StrEnum):
    """What came of a reject that was decoded again."""

    taken = "taken"      # stored, or what held no read after all
    trial = "trial"      # its gateway is in state proef: shown, not stored, so it can be asked for again
    refused = "refused"  # with the reason that the reject has now


@dataclass(frozen=True, slots=True)
class Wanted:
    """The rejects of a gateway that are to be decoded again: all, or those that are named."""

    gateway_id: int
    reason: str | None = None
    digest: bytes | None = None
    since: datetime | None = None


async def ask_replay(connection: AsyncConnection, wanted: Wanted, now: datetime) -> int:
    """Ask for the rejects that are wanted and not asked for yet, at most ASKED_AT_ONCE; return how many those are.

    Those that were never replayed come first, then the oldest.
    """
    columns = rejects.c
    query = (select(columns.digest)
             .where(columns.gateway_id == wanted.gateway_id, columns.expires_at > now,
                    columns.reason.not_in(NEVER_REPLAYED), columns.replay_asked_at.is_(None),
                    columns.replay_outcome.is_distinct_from(ReplayOutcome.taken))
             .order_by(columns.replayed_at.nulls_first(), columns.received_at).limit(ASKED_AT_ONCE))
    for column, value in ((columns.reason, wanted.reason), (columns.digest, wanted.digest)):
        if value is not None:
            query = query.where(column == value)
    if wanted.since is not None:
        query = query.where(columns.received_at >= wanted.since)
    result = await connection.execute(
        update(rejects).where(columns.digest.in_(query)).values(replay_asked_at=now))
    return result.rowcount


async def count_waiting(connection: AsyncConnection, gateway_id: int) -> int:
    """Return how many rejects of a gateway wait for their replay."""
    result = await connection.execute(select(func.count()).where(
        rejects.c.gateway_id == gateway_id, rejects.c.replay_asked_at.is_not(None)))
    return int(result.scalar_one())

"""The outbox as those see it who empty it: which channels have work, claiming it, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.hits.channels import Channel

CLAIM_LASTS = timedelta(seconds=60)
"""After so long what a process claimed is anybody's again: it was killed."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is ours to send."""

    delivery_id: int
    message_id: UUID
    event_id: int | None
    made_at: datetime
    attempts: int
    """This one included."""


# Tests are sent to a channel to which nobody has agreed yet, too.
_DUE = text("""
SELECT * FROM channels WHERE enabled AND EXISTS (
    SELECT FROM hit_deliveries AS due WHERE due.channel_id = channels.channel_id AND sent_at IS NULL AND dead_at IS NULL
        AND next_at <= :now AND (claimed_until IS NULL OR claimed_until <= :now)
        AND (agreed_at IS NOT NULL OR event_id IS NULL))
ORDER BY channel_id
""")

# Of each hit only the oldest that is not done: what came first is sent first. Whoever looks at an older state of the
# table than there is sees more undone, and waits.
_CLAIM = text("""
UPDATE hit_deliveries SET claimed_until = :until, attempts = attempts + 1
WHERE delivery_id IN (
    SELECT delivery_id FROM hit_deliveries AS due
    WHERE channel_id = :channel_id AND sent_at IS NULL AND dead_at IS NULL AND next_at <= :now
        AND (claimed_until IS NULL OR claimed_until <= :now) AND (:agreed OR event_id IS NULL)
        AND NOT EXISTS (SELECT FROM hit_deliveries AS older WHERE older.hit_id = due.hit_id
                        AND older.channel_id = due.channel_id AND older.delivery_id < due.delivery_id
                        AND older.sent_at IS NULL AND older.dead_at IS NULL)
    ORDER BY delivery_id LIMIT :most FOR UPDATE SKIP LOCKED)
RETURNING delivery_id, message_id, event_id, made_at, attempts
""")

_SENT = text("UPDATE hit_deliveries SET sent_at = :now, claimed_until = NULL, last_error = NULL "
             "WHERE delivery_id = :delivery_id AND sent_at IS NULL")
_FAILED = text("UPDATE hit_deliveries SET next_at = :next_at, dead_at = :dead_at, claimed_until = NULL, "
               "last_error = :error WHERE delivery_id = :delivery_id AND sent_at IS NULL")
# What waits for a channel that was switched off, or to which its group does not agree any more.
_FORSAKEN = text("""
UPDATE hit_deliveries SET dead_at = :now, last_error = 'channel off' FROM channels
WHERE channels.channel_id = hit_deliveries.channel_id AND sent_at IS NULL AND dead_at IS NULL
    AND hit_deliveries.made_at < :before AND NOT (enabled AND (agreed_at IS NOT NULL OR event_id IS NULL))
""")
# What is discreet is not counted: a figure that moves would tell of it (R11).
_WAITING = text("""
SELECT channels.kind, count(*) FROM hit_deliveries JOIN channels USING (channel_id) LEFT JOIN hits USING (hit_id)
WHERE sent_at IS NULL AND dead_at IS NULL AND hits.discreet IS NOT TRUE GROUP BY 1
""")


async def channels_with_work(connection: AsyncConnection, now: datetime) -> list[tuple[Channel, bytes | None]]:
    """Return the channels to which something is due, each with its sealed secret."""
    rows = await connection.execute(_DUE, {"now": now})
    return [(Channel.of(row), None if row.secret is None else bytes(row.secret)) for row in rows]


async def claim(connection: AsyncConnection, channel: Channel, most: int, now: datetime) -> list[Claimed]:
    """Claim what is due to a channel, `most` messages of as many hits at most; nobody else sends it for a minute."""
    rows = await connection.execute(_CLAIM, {"channel_id": channel.channel_id, "agreed": channel.agreed, "now": now,
                                             "until": now + CLAIM_LASTS, "most": most})
    return sorted((Claimed(*row) for row in rows), key=lambda one: one.delivery_id)


async def mark_sent(connection: AsyncConnection, delivery_id: int, now: datetime) -> None:
    """Note that a message was taken."""
    await connection.execute(_SENT, {"delivery_id": delivery_id, "now": now})


async def mark_failed(connection: AsyncConnection, delivery_id: int, error: str, *, next_at: datetime,
                      dead_at: datetime | None) -> None:
    """Note that a message was not taken and when it is tried again, or that it is given up."""
    await connection.execute(_FAILED, {"delivery_id": delivery_id, "error": error, "next_at": next_at,
                                       "dead_at": dead_at})


async def give_up_forsaken(connection: AsyncConnection, before: datetime, now: datetime) -> int:
    """Give up what was made before `before` for channels that are off; return how much."""
    return (await connection.execute(_FORSAKEN, {"before": before, "now": now})).rowcount


async def count_waiting(connection: AsyncConnection) -> Sequence[Any]:
    """Return how many messages wait, by kind of channel; without what is discreet."""
    return (await connection.execute(_WAITING)).all()

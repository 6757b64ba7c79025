"""The outbox: which event of a hit is still to be sent to which channel, written with the event's number."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.hits.channels import Channel, Facts, wants
from services.hits.events import EventKind
from services.hits.matching import MatchedAs
from services.schema_hits import channels, hit_deliveries

_FACTS = text("""
SELECT event.event_id, event.hit_id, event.kind, hit.audience_id, hit.discreet, hit.priority, hit.matched_as,
       hit.confirmed_at IS NOT NULL AS confirmed, audience.roles = '{}' AND audience.user_ids <> '{}' AS named,
       ARRAY(SELECT DISTINCT list_id FROM alerts
             WHERE alerts.hit_id = hit.hit_id AND withdrawn_at IS NULL) AS list_ids,
       ARRAY(SELECT DISTINCT channel_id FROM hit_deliveries WHERE hit_deliveries.hit_id = hit.hit_id) AS told
FROM hit_events AS event JOIN hits AS hit USING (hit_id) JOIN audiences AS audience USING (audience_id)
WHERE event.event_id = ANY(:event_ids) ORDER BY event.number
""")


async def queue(connection: AsyncConnection, event_ids: Sequence[int], now: datetime) -> int:
    """Queue the events that channels want, inside the mover's transaction; return how many deliveries that makes.

    Queueing an event again changes nothing. Where nobody is to be told, it costs one look at a small table.
    """
    if not event_ids:
        return 0
    listening = await _listening(connection)
    if not listening:
        return 0
    rows = (await connection.execute(_FACTS, {"event_ids": list(event_ids)})).all()
    wanted = _wanted(rows, listening, now)
    if wanted:
        await connection.execute(_INSERT, wanted)
    return len(wanted)


_INSERT = text("INSERT INTO hit_deliveries (channel_id, event_id, hit_id, made_at, next_at) "
               "VALUES (:channel_id, :event_id, :hit_id, :now, :now) ON CONFLICT (channel_id, event_id) DO NOTHING")


async def queue_test(connection: AsyncConnection, channel_id: int, now: datetime) -> int:
    """Queue a message of invented content, to see whether a channel works; return its number."""
    made: int = (await connection.execute(insert(hit_deliveries).values(
        channel_id=channel_id, made_at=now, next_at=now).returning(hit_deliveries.c.delivery_id))).scalar_one()
    return made


async def _listening(connection: AsyncConnection) -> list[Channel]:
    rows = await connection.execute(
        select(channels).where(channels.c.enabled, channels.c.agreed_at.is_not(None)).order_by(channels.c.channel_id))
    return [Channel.of(row) for row in rows]


def _wanted(rows: Iterable[Any], listening: Sequence[Channel], now: datetime) -> list[dict[str, object]]:
    """Return a row for each event and channel, in the events' order; what was just queued counts as told."""
    told: dict[int, set[int]] = {}
    wanted: list[dict[str, object]] = []
    for row in rows:
        known = told.setdefault(row.hit_id, set(row.told))
        for channel in listening:
            if wants(channel, _facts(row, known), now):
                known.add(channel.channel_id)
                wanted.append({"channel_id": channel.channel_id, "event_id": row.event_id, "hit_id": row.hit_id,
                               "now": now})
    return wanted


def _facts(row: Any, told: set[int]) -> Facts:
    return Facts(EventKind(row.kind), row.audience_id, row.named, row.discreet, row.priority,
                 MatchedAs(row.matched_as), row.confirmed, frozenset(row.list_ids), frozenset(told))

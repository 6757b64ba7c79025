"""Channels, their figures and what was given up: never a plate; what is discreet is counted for its own group alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search.channels.stating import Place, Wish
from services.hits.channels import Channel
from services.schema_hits import channels
from services.schema_watchlists import audiences, watchlists

SHOWN_FOR = timedelta(days=7)
MOST_LETTERS = 50

_SELECT = """
SELECT channels.*, audience.code AS audience, audience.name AS audience_name,
       audience.roles = '{}' AND audience.user_ids <> '{}' AS named, agreer.display_name AS agreed_name, counted.*,
       channels.secret IS NOT NULL AS has_secret
FROM channels JOIN audiences AS audience USING (audience_id)
LEFT JOIN users AS agreer ON agreer.user_id = channels.agreed_by
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE sent_at IS NULL AND dead_at IS NULL) AS waiting,
           count(*) FILTER (WHERE dead_at IS NOT NULL) AS given_up,
           count(*) FILTER (WHERE sent_at > :day) AS sent_today, max(sent_at) AS last_sent_at,
           (array_agg(last_error ORDER BY delivery_id) FILTER (
               WHERE sent_at IS NULL AND dead_at IS NULL AND last_error IS NOT NULL))[1] AS error
    FROM hit_deliveries AS sent LEFT JOIN hits USING (hit_id)
    WHERE sent.channel_id = channels.channel_id AND sent.made_at > :since
        AND (CAST(:discreet AS boolean) OR hits.discreet IS NOT TRUE)) AS counted
"""
_ALL = text(_SELECT + "ORDER BY channels.name")
_ONE = text(_SELECT + "WHERE channels.channel_id = :channel_id")
_OF_GROUPS = text(_SELECT + "WHERE channels.audience_id = ANY(:groups) ORDER BY channels.name")

_LETTERS = text("""
SELECT message_id, letter.made_at, dead_at, attempts, last_error FROM hit_deliveries AS letter
LEFT JOIN hits USING (hit_id)
WHERE channel_id = :channel_id AND dead_at IS NOT NULL AND letter.made_at > :since
    AND (CAST(:discreet AS boolean) OR hits.discreet IS NOT TRUE)
ORDER BY dead_at DESC LIMIT :most
""")
# From now on they have a day again.
_AGAIN = text("""
UPDATE hit_deliveries AS letter SET dead_at = NULL, attempts = 0, made_at = :now, next_at = :now
WHERE channel_id = :channel_id AND dead_at IS NOT NULL AND made_at > :since
    AND (CAST(:discreet AS boolean) OR NOT EXISTS (
        SELECT FROM hits WHERE hits.hit_id = letter.hit_id AND hits.discreet))
""")


@dataclass(frozen=True, slots=True)
class Shown:
    """A channel as pages show it, with its group and its last days."""

    channel: Channel
    audience: str
    audience_name: str
    named: bool
    has_secret: bool
    made_by: int | None
    agreed_at: datetime | None
    agreed_name: str | None
    waiting: int
    given_up: int
    sent_today: int
    last_sent_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up, without what it said."""

    message_id: UUID
    made_at: datetime
    dead_at: datetime
    attempts: int
    error: str | None


def _shown(row: Any) -> Shown:
    return Shown(Channel.of(row), row.audience, row.audience_name, row.named, row.has_secret, row.made_by,
                 row.agreed_at, row.agreed_name, row.waiting, row.given_up, row.sent_today, row.last_sent_at, row.error)


def _times(now: datetime) -> dict[str, Any]:
    return {"day": now - timedelta(days=1), "since": now - SHOWN_FOR}


async def list_channels(connection: AsyncConnection, now: datetime) -> list[Shown]:
    """Return every channel, without what is discreet in its figures."""
    return [_shown(row) for row in await connection.execute(_ALL, {**_times(now), "discreet": False})]


async def list_of_groups(connection: AsyncConnection, groups: Collection[int], now: datetime) -> list[Shown]:
    """Return the channels of these groups, for whoever belongs to them: with what is discreet."""
    return [_shown(row) for row in await connection.execute(
        _OF_GROUPS, {**_times(now), "discreet": True, "groups": sorted(groups)})]


async def find_channel(connection: AsyncConnection, channel_id: int, now: datetime) -> Shown | None:
    """Return one channel, without what is discreet in its figures."""
    row = (await connection.execute(
        _ONE, {**_times(now), "discreet": False, "channel_id": channel_id})).one_or_none()
    return None if row is None else _shown(row)


async def list_letters(connection: AsyncConnection, channel_id: int, now: datetime, *,
                       discreet: bool = False) -> list[DeadLetter]:
    """Return what was given up in the last days, the newest first."""
    rows = await connection.execute(_LETTERS, {"channel_id": channel_id, "since": now - SHOWN_FOR,
                                               "discreet": discreet, "most": MOST_LETTERS})
    return [DeadLetter(*row) for row in rows]


async def send_again(connection: AsyncConnection, channel_id: int, now: datetime, *, discreet: bool) -> int:
    """Have what was given up sent again, under the same ids; return how much."""
    return (await connection.execute(_AGAIN, {"channel_id": channel_id, "now": now, "since": now - SHOWN_FOR,
                                              "discreet": discreet})).rowcount


async def audience_id(connection: AsyncConnection, code: str) -> int | None:
    """Return a group's number; None when there is none of that code."""
    found: int | None = await connection.scalar(select(audiences.c.audience_id).where(audiences.c.code == code))
    return found


async def list_lists(connection: AsyncConnection) -> Sequence[tuple[int, str, str]]:
    """Return number, code and name of every list, by name."""
    columns = watchlists.c
    rows = await connection.execute(select(columns.list_id, columns.code, columns.name).order_by(columns.name))
    return [(row.list_id, row.code, row.name) for row in rows]


async def is_taken(connection: AsyncConnection, name: str, but: int | None = None) -> bool:
    """Tell whether another channel has this name."""
    found = await connection.scalar(select(channels.c.channel_id).where(channels.c.name == name))
    return found is not None and found != but


async def add(connection: AsyncConnection, place: Place, group: int, user_id: int) -> int:
    """Add a channel and return its number; nobody agreed to it yet."""
    made: int = (await connection.execute(insert(channels).values(
        name=place.name, kind=place.kind, address=place.address, audience_id=group, made_by=user_id,
    ).returning(channels.c.channel_id))).scalar_one()
    return made


async def change(connection: AsyncConnection, channel_id: int, **columns: object) -> None:
    """Change columns of a channel."""
    await connection.execute(update(channels).where(channels.c.channel_id == channel_id).values(**columns))


async def set_wish(connection: AsyncConnection, channel_id: int, wish: Wish, list_ids: list[int] | None) -> None:
    """Note which hits a channel is sent."""
    await change(connection, channel_id, list_ids=list_ids, least_priority=wish.least_priority, possible=wish.possible,
                 events=list(map(str, wish.events)), hours=wish.hours)

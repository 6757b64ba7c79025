"""Where a camera stood and when: an old read keeps the place at which its camera stood then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.clock import ZONE
from services.errors import ConfigurationError
from services.schema import camera_places, cameras

FIRST_PLACE = datetime(2000, 1, 1, tzinfo=UTC)
"""Where a camera is first known to stand, there it has stood since then: long before any read that may be kept."""
PLACE_COLUMNS = ("name", "municipality", "road", "site", "direction", "lat", "lon", "heading_deg")


@dataclass(frozen=True, slots=True)
class Place:
    """The place at which a camera stands now, and since when."""

    camera_id: int
    since: datetime


def stood_there(camera_id: ColumnElement[Any], captured_at: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that joins `camera_places` to a read: the place at which its camera stood then.

    Every camera has exactly one place at every instant since FIRST_PLACE, so a join by this loses and doubles nothing.
    """
    place = camera_places.c
    return and_(place.camera_id == camera_id, place.since <= captured_at,
                or_(place.until.is_(None), captured_at < place.until))


async def move(connection: AsyncConnection, code: str, since: datetime, values: Mapping[str, Any],
               now: datetime) -> None:
    """Let camera `code` stand at the place that `values` (columns of PLACE_COLUMNS) describe since `since`.

    At the instant at which its present place began, that place is corrected instead. Raises ConfigurationError for an
    unknown camera, an instant to come or before its last move, and a move that changes nothing.
    """
    place = await _present_place(connection, code)
    if since > now:
        raise ConfigurationError(f"--since lies ahead: it is {_local(now)} now")
    if since < place.since:
        raise ConfigurationError(f"{code} stands where it stands since {_local(place.since)}; a move before that would "
                                 "change where it stood earlier")
    changed = await connection.execute(update(cameras).values(**values).where(
        cameras.c.camera_id == place.camera_id,
        or_(*(cameras.c[name].is_distinct_from(value) for name, value in values.items()))))
    if not changed.rowcount:
        raise ConfigurationError(f"{code} stands there already: nothing would change")
    await _date_back(connection, place, since)


async def _present_place(connection: AsyncConnection, code: str) -> Place:
    """Find where a camera stands, and keep others from moving it meanwhile."""
    row = (await connection.execute(text(
        "SELECT camera_id, since FROM cameras JOIN camera_places USING (camera_id) "
        "WHERE code = :code AND until IS NULL FOR UPDATE OF cameras"), {"code": code})).one_or_none()
    if row is None:
        raise ConfigurationError(f"there is no camera {code}")
    return Place(row.camera_id, row.since)


async def _date_back(connection: AsyncConnection, before: Place, since: datetime) -> None:
    """Give the move that the trigger has just dated now() its own instant."""
    values = {"camera_id": before.camera_id, "since": since}
    if since == before.since:
        await connection.execute(text("DELETE FROM camera_places WHERE camera_id = :camera_id AND since = :since "
                                      "AND until IS NOT NULL"), values)
    else:
        await connection.execute(text("UPDATE camera_places SET until = :since WHERE camera_id = :camera_id "
                                      "AND until = now()"), values)
    await connection.execute(text("UPDATE camera_places SET since = :since WHERE camera_id = :camera_id "
                                  "AND until IS NULL"), values)


def _local(instant: datetime) -> str:
    return f"{instant.astimezone(ZONE):%Y-%m-%d %H:%M}"

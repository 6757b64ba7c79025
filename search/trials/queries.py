"""Trial reads: masked for the list, and one in full for whoever the audited path permits it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, cast, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search.answers import Found, Permitted
from search.rejects.filters import Cursor
from search.trials.masking import MaskedTrial, mask_trial
from services.schema import gateway_cameras, trial_reads

_PRINTED = ("kind", "plate", "plate_raw", "captured_at", "clock_basis", "clock_synchronised", "camera", "confidence",
            "confidence_raw", "country", "country_raw", "direction", "facing", "lane", "speed_kmh", "images", "passage",
            "revision", "make", "model", "colour", "vehicle_type")
_TAKEN_AT = cast(trial_reads.c.found["captured_at"].astext, DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class TrialsPage:
    """Some trial reads, the last received first, and where the next ones begin."""

    items: Sequence[MaskedTrial]
    following: Cursor | None


async def list_trials(connection: AsyncConnection, gateway_id: int, after: Cursor | None, limit: int,
                      now: datetime) -> TrialsPage:
    """Return a gateway's trial reads, masked."""
    columns = trial_reads.c
    query = (select(columns.digest, columns.received_at, columns.found)
             .where(columns.gateway_id == gateway_id, columns.expires_at > now)
             .order_by(columns.received_at.desc(), columns.digest.desc()).limit(limit + 1))
    if after is not None:
        query = query.where(after.following(columns.received_at, columns.digest))
    known = await _camera_names(connection, gateway_id)
    found = [mask_trial(digest, received_at, found, known)
             for digest, received_at, found in await connection.execute(query)]
    last = found[limit - 1] if len(found) > limit else None
    return TrialsPage(found[:limit], Cursor(last.received_at, last.digest) if last else None)


async def find_moment(connection: AsyncConnection, gateway_id: int, digest: bytes, now: datetime) -> datetime | None:
    """Return when a trial read was captured, None when there is no such trial read."""
    moment: datetime | None = (await connection.execute(select(_TAKEN_AT).where(
        trial_reads.c.gateway_id == gateway_id, trial_reads.c.digest == digest,
        trial_reads.c.expires_at > now))).scalar_one_or_none()
    return moment


async def open_trial(permitted: Permitted, digest: bytes) -> Found[dict[str, Any] | None]:
    """Return one trial read in full, None when it may not be seen."""
    row = (await permitted.connection.execute(
        select(trial_reads.c.found, _TAKEN_AT.label("taken_at")).where(trial_reads.c.digest == digest))).one_or_none()
    if row is None or not permitted.permission.opens_all_at(row.taken_at):
        return Found(None, shown=0)
    found: dict[str, Any] = row.found
    return Found({name: found[name] for name in sorted(found, key=_place)}, shown=1)


def _place(name: str) -> int:
    """Return where a member stands; the database keeps them in an order of its own."""
    return _PRINTED.index(name) if name in _PRINTED else len(_PRINTED)


async def _camera_names(connection: AsyncConnection, gateway_id: int) -> set[str]:
    rows = await connection.execute(
        select(gateway_cameras.c.source_id).where(gateway_cameras.c.gateway_id == gateway_id))
    return set(rows.scalars())

"""Until when the reads of each camera are complete, and which are silent: what every answer says beside itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search.pages.language import Words, words
from services.clock import ZONE
from services.schema import camera_off_times, camera_silences, camera_states, cameras

IN_STEP = timedelta(minutes=10)
"""A camera whose reads are complete until so shortly before now is up to date."""
_NAMED = 5
"""How many cameras a sentence names before it counts the others."""


class CompletenessBasis(StrEnum):
    """How it is known until when a camera's reads are complete."""

    declared = "declared"    # its gateway says that everything before has been sent
    estimated = "estimated"  # its last read: nothing says that none before it is still to come
    unknown = "unknown"


@dataclass(frozen=True, slots=True)
class Completeness:
    """Until when one camera's reads are complete, and since when it is silent, if it is now."""

    camera_id: int
    code: str
    complete_until: datetime | None
    basis: CompletenessBasis
    silent_since: datetime | None = None
    silent_by: str | None = None
    """services.silence_rule.Basis."""
    off_since: datetime | None = None

    def holds_until(self, moment: datetime) -> bool:
        """Tell whether everything before `moment` is known to be here, or thought to be."""
        return self.complete_until is not None and self.complete_until >= moment


@dataclass(frozen=True, slots=True)
class PastSilence:
    """A camera was silent from `since` to `until` (None: still)."""

    camera_id: int
    code: str
    since: datetime
    until: datetime | None
    basis: str


def _feeds() -> Select[Any]:
    """Make, once for all answers, the statement that finds how far the feeds of cameras are."""
    states, silent, off = camera_states.c, camera_silences.c, camera_off_times.c
    return (
        select(cameras.c.camera_id, cameras.c.code, states.complete_until, states.last_captured_at, silent.since,
               silent.basis, off.since)
        .outerjoin(camera_states, states.camera_id == cameras.c.camera_id)
        .outerjoin(camera_silences, and_(silent.camera_id == cameras.c.camera_id, silent.until.is_(None),
                                         cameras.c.live_since.is_not(None)))
        .outerjoin(camera_off_times, and_(off.camera_id == cameras.c.camera_id, off.until.is_(None)))
        # What never was live has no reads that might be missing.
        .where(or_(cameras.c.live_since.is_not(None), off.since.is_not(None)))
        .order_by(cameras.c.code))


_FEEDS = _feeds()


async def complete_until(connection: AsyncConnection, camera_ids: Sequence[int] | None = None, *,
                         earliest: datetime | None = None) -> list[Completeness]:
    """Return until when the reads of these cameras (None: of all) are complete, by code; one statement.

    An estimate that would rest on a read before `earliest`, which the asker may not see, is not made.
    """
    found = await connection.execute(_FEEDS.where(_one_of(camera_ids)))
    return [_completeness(camera_id, code, declared, captured_at if _may_tell(captured_at, earliest) else None,
                          (since, basis, off_since))
            for camera_id, code, declared, captured_at, since, basis, off_since in found]


def _one_of(camera_ids: Sequence[int] | None) -> ColumnElement[bool]:
    return cameras.c.camera_id == func.any(list(camera_ids)) if camera_ids is not None else cameras.c.camera_id > 0


def _may_tell(captured_at: datetime | None, earliest: datetime | None) -> bool:
    return captured_at is not None and (earliest is None or captured_at >= earliest)


def _completeness(camera_id: int, code: str, declared: datetime | None, captured_at: datetime | None,
                  beside: tuple[datetime | None, str | None, datetime | None]) -> Completeness:
    if declared is not None:
        return Completeness(camera_id, code, declared, CompletenessBasis.declared, *beside)
    basis = CompletenessBasis.unknown if captured_at is None else CompletenessBasis.estimated
    return Completeness(camera_id, code, captured_at, basis, *beside)


async def silent_between(connection: AsyncConnection, camera_ids: Sequence[int] | None, since: datetime,
                         until: datetime) -> list[PastSilence]:
    """Return the silences of these cameras (None: of all) that overlap a period, by camera and time; one statement."""
    silent = camera_silences.c
    found = await connection.execute(
        select(silent.camera_id, cameras.c.code, silent.since, silent.until, silent.basis)
        .join(cameras, cameras.c.camera_id == silent.camera_id)
        .where(_one_of(camera_ids), silent.since < until, or_(silent.until.is_(None), silent.until > since))
        .order_by(cameras.c.code, silent.since))
    return [PastSilence(*row) for row in found]


def in_words(found: Sequence[Completeness], now: datetime, asked_until: datetime | None = None) -> Words:
    """Say in one sentence until when an answer is complete, naming the cameras for which that does not hold.

    `asked_until` is the end of the period that was asked for: what a camera does now says nothing of an older one.
    """
    if asked_until is not None and asked_until < now:
        whole = [camera for camera in found if camera.holds_until(asked_until)]
        until = asked_until
    else:
        whole = [camera for camera in found if camera.silent_since is None and camera.off_since is None
                 and camera.holds_until(now - IN_STEP)]
        until = min((camera.complete_until for camera in whole if camera.complete_until), default=now)
    others = [camera for camera in found if camera not in whole]
    said = _until(whole, until, now)
    if not others:
        return said
    if not whole:
        return words("Not known to be complete: {cameras}", cameras=_name(others, now))
    return words("{complete}, except {cameras}", complete=said, cameras=_name(others, now))


def _until(whole: Sequence[Completeness], until: datetime, now: datetime) -> Words:
    if any(camera.basis is CompletenessBasis.estimated for camera in whole):
        return words("Probably complete until {moment}", moment=_short(until, now))
    return words("Complete until {moment}", moment=_short(until, now))


def _name(others: Sequence[Completeness], now: datetime) -> tuple[Words, ...]:
    """Name the first few, those that are silent before the others, and count the rest."""
    ordered = sorted(others, key=lambda camera: (camera.silent_since is None, camera.code))
    named = tuple(_exception(camera, now) for camera in ordered[:_NAMED])
    left = len(ordered) - len(named)
    return (*named, words("{number} others", number=left)) if left else named


def _exception(camera: Completeness, now: datetime) -> Words:
    if camera.off_since is not None:
        return words("{camera} (off since {moment})", camera=camera.code, moment=_short(camera.off_since, now))
    if camera.silent_since is not None:
        return words("{camera} (silent since {moment})", camera=camera.code, moment=_short(camera.silent_since, now))
    if camera.complete_until is None:
        return words("{camera} (not known)", camera=camera.code)
    moment = _short(camera.complete_until, now)
    if camera.basis is CompletenessBasis.estimated:
        return words("{camera} (last read {moment})", camera=camera.code, moment=moment)
    return words("{camera} (until {moment})", camera=camera.code, moment=moment)


def _short(moment: datetime, now: datetime) -> str | datetime:
    """Return the time alone when it is today's; to the minute, so that nothing is promised that is not so."""
    local = moment.astimezone(ZONE)
    if local.date() == now.astimezone(ZONE).date():
        return f"{local:%H:%M}"
    return moment.replace(second=0, microsecond=0)

"""Following a hit up: who has it, on what it was confirmed, who was sent, what came of it. Each step is an event.

The hit's row is locked first, so that of two who take the same step at once the second sees what the first did.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from services.clock import ZONE
from services.errors import ConflictError
from services.hits.events import EventKind
from services.hits.following import (
    NEEDS_REASON,
    SPEAKS_OF_READING,
    STEPS,
    ConfirmedOn,
    Disposition,
    HitState,
    Step,
    dispositions,
    may_step,
)
from services.hits.outcome_telling import tell_outcome
from services.hits.teaching import teach
from services.schema_hits import alerts, hit_events, hits
from services.schema_people import users

LONGEST_REMARK = 1000
FEWEST_LETTERS = 3
"""Of a reason."""


class Refusal(StrEnum):
    """Why a step is not taken."""

    unknown = "unknown"            # there is no such hit, or not for them (R11)
    taken = "taken"                # a colleague has it
    not_yours = "not-yours"        # nobody has it, or a colleague has
    not_now = "not-now"            # it does not follow on how the hit stands
    discreet = "discreet"          # R11: nobody is sent to what is only observed
    image_first = "image-first"    # R10: there is an image to look at
    no_image = "no-image"
    reason_first = "reason-first"


class StepRefusedError(ConflictError):
    """A step was not taken."""

    code = "hit-step-refused"

    def __init__(self, why: Refusal, holder: str = "") -> None:
        super().__init__(f"this step is refused: {why}")
        self.why, self.holder = why, holder


@dataclass(frozen=True, slots=True)
class Doer:
    """Who takes a step, and of which groups they are."""

    user_id: int
    name: str
    audiences: frozenset[int]


@dataclass(frozen=True, slots=True)
class Taken:
    """What goes with a step: on what it was confirmed, what came of it, words."""

    on: ConfirmedOn | None = None
    disposition: Disposition | None = None
    words: str = ""
    shown: str = ""
    """The plate that the image shows, where it was misread and somebody typed it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a hit stands while it is locked."""

    hit_id: int
    state: HitState
    discreet: bool
    claimed_by: int | None
    holder: str
    """Who has it, by name; empty: nobody."""
    has_image: bool
    confirmed_on: str | None
    last_read: UUID | None


@dataclass(frozen=True, slots=True)
class Handled:
    """A step that was taken, for the audit: how the hit stood before, and what changed."""

    before: Standing
    kind: EventKind
    detail: Mapping[str, Any] = field(default_factory=dict)


async def take_step(connection: AsyncConnection, hit_id: int, step: Step, doer: Doer, now: datetime,
                    taken: Taken | None = None) -> Handled:
    """Take a step; raises StepRefusedError when it may not be taken now, or not by them."""
    taken = taken or Taken()
    before = await _lock(connection, hit_id, doer)
    _check(step, before, doer, taken)
    await connection.execute(update(hits).where(hits.c.hit_id == hit_id).values(_changes(step, doer, now, taken)))
    if taken.words:
        await _append(connection, hit_id, doer, taken.words, now)
    handled = Handled(before, _KINDS[step], _detail(step, before, taken))
    await _tell(connection, handled, doer)
    await _pass_on(connection, hit_id, doer, taken, now)
    return handled


async def _pass_on(connection: AsyncConnection, hit_id: int, doer: Doer, taken: Taken, now: datetime) -> None:
    """Let the look-alike model learn what the image showed, and the requesters hear what came of it."""
    right = True if taken.on is ConfirmedOn.image else SPEAKS_OF_READING.get(taken.disposition or Disposition.late)
    if right is not None:
        await teach(connection, hit_id, doer.user_id, right=right, shown=taken.shown or None, now=now)
    if taken.disposition:
        await tell_outcome(connection, hit_id, taken.disposition, now)


async def remark(connection: AsyncConnection, hit_id: int, doer: Doer, words: str, now: datetime) -> Handled:
    """Add a remark, whoever has the hit and however it stands; raises StepRefusedError when it says nothing."""
    before = await _lock(connection, hit_id, doer)
    if len(words) < FEWEST_LETTERS:
        raise StepRefusedError(Refusal.reason_first)
    await _append(connection, hit_id, doer, words, now)
    handled = Handled(before, EventKind.remarked)
    await _tell(connection, handled, doer)
    return handled


async def _lock(connection: AsyncConnection, hit_id: int, doer: Doer) -> Standing:
    table = hits.c
    row = (await connection.execute(
        select(hits).where(table.hit_id == hit_id, table.audience_id.in_(sorted(doer.audiences)))
        .with_for_update(of=hits))).one_or_none()
    if row is None:
        raise StepRefusedError(Refusal.unknown)
    seen = (await connection.execute(
        select(func.bool_or(alerts.c.images > 0).label("has_image"),
               func.array_agg(aggregate_order_by(alerts.c.read_id, alerts.c.captured_at.desc())).label("reads"))
        .where(alerts.c.hit_id == hit_id, alerts.c.withdrawn_at.is_(None)))).one()
    holder = await connection.scalar(select(users.c.display_name).where(users.c.user_id == row.claimed_by))
    return Standing(hit_id, HitState(row.state), row.discreet, row.claimed_by, holder or "", bool(seen.has_image),
                    row.confirmed_on, seen.reads[0] if seen.reads else None)


def _check(step: Step, before: Standing, doer: Doer, taken: Taken) -> None:
    """Raise StepRefusedError when a step may not be taken (pure)."""
    is_claimer = before.claimed_by == doer.user_id
    if not may_step(step, before.state, is_claimer=is_claimer, discreet=before.discreet):
        raise StepRefusedError(_why(step, before, is_claimer=is_claimer), before.holder)
    if step is Step.confirm and (taken.on is ConfirmedOn.image) is not before.has_image:
        raise StepRefusedError(Refusal.image_first if before.has_image else Refusal.no_image)
    if step is not Step.end:
        return
    if taken.disposition not in dispositions(before.state, discreet=before.discreet):
        raise StepRefusedError(Refusal.not_now, before.holder)
    if taken.disposition in NEEDS_REASON and len(taken.words) < FEWEST_LETTERS:
        raise StepRefusedError(Refusal.reason_first)


def _why(step: Step, before: Standing, *, is_claimer: bool) -> Refusal:
    if before.state is HitState.ended or (is_claimer and step in (Step.claim, Step.take_over)):
        return Refusal.not_now
    if before.discreet and step is Step.dispatch:
        return Refusal.discreet
    if before.claimed_by is not None and not is_claimer:
        return Refusal.taken
    return Refusal.not_yours if before.claimed_by is None else Refusal.not_now


_KINDS = {
    Step.claim: EventKind.claimed,
    Step.take_over: EventKind.claimed,
    Step.release: EventKind.released,
    Step.confirm: EventKind.confirmed,
    Step.dispatch: EventKind.dispatched,
    Step.end: EventKind.ended,
}

_NOBODY = {"claimed_by": None, "claimed_at": None, "confirmed_by": None, "confirmed_at": None, "confirmed_on": None}
"""What whoever lets a hit go takes back: the next one looks at the image with their own eyes."""


def _changes(step: Step, doer: Doer, now: datetime, taken: Taken) -> dict[str, Any]:
    who_and_when: dict[Step, dict[str, Any]] = {
        Step.claim: {"claimed_by": doer.user_id, "claimed_at": now},
        Step.take_over: {"claimed_by": doer.user_id, "claimed_at": now},
        Step.release: _NOBODY,
        Step.confirm: {"confirmed_by": doer.user_id, "confirmed_at": now, "confirmed_on": taken.on},
        Step.dispatch: {"dispatched_by": doer.user_id, "dispatched_at": now},
        Step.end: {"ended_by": doer.user_id, "ended_at": now, "disposition": taken.disposition},
    }
    to = STEPS[step].to
    return {**who_and_when[step], **({"state": to} if to else {})}


def _detail(step: Step, before: Standing, taken: Taken) -> dict[str, Any]:
    """Return what an event says beside its kind: codes and numbers, never words, which may name a plate."""
    return {name: value for name, value in (
        ("on", taken.on), ("disposition", taken.disposition),
        ("from", before.claimed_by if step is Step.take_over else None)) if value is not None}


async def _append(connection: AsyncConnection, hit_id: int, doer: Doer, words: str, now: datetime) -> None:
    line = f"{now.astimezone(ZONE):%d/%m %H:%M} {doer.name}: {' '.join(words.split())[:LONGEST_REMARK]}"
    table = hits.c
    await connection.execute(update(hits).where(table.hit_id == hit_id).values(
        remark=func.concat_ws("\n", func.nullif(table.remark, ""), line)))


async def _tell(connection: AsyncConnection, handled: Handled, doer: Doer) -> None:
    await connection.execute(insert(hit_events).values(
        hit_id=handled.before.hit_id, kind=handled.kind, user_id=doer.user_id, detail=dict(handled.detail)))

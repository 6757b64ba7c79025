"""Replays: rejects that somebody asked for are decoded again under their gateway's present profile and settings.

What comes of them goes through the same decoder and writer as any message, under the instant at which it first came.
A reject keeps its row: with what came of it, or with the reason for which it fails now.
"""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ingest import envelopes, metrics, pictures, writer
from ingest.aftermath import count_alerts, count_outcomes, gateway_names
from ingest.batcher import is_passing, refusal
from ingest.decode import Decoder, Window
from ingest.incoming import Incoming
from ingest.rejects import reject_values
from ingest.revisions import foresee_read_ids
from ingest.rows import Batch, Outcome, Raising, Reason, Rejected, Row, Trial
from services.clock import epoch_ms, local_day, utc_now
from services.database import transaction
from services.identity import Identity
from services.images import ImageStore
from services.partitions import Weeks
from services.registry import Gateway, load_gateways
from services.replaying import NEVER_REPLAYED, ReplayOutcome
from services.retention_rule import FUTURE, cut_off
from services.settings import IngestSettings

log = logging.getLogger(__name__)

_EVERY_S = 2.0
_ROUND_REJECTS = 500
_ROUND_BYTES = 32 * 1024 * 1024
_FUTURE_MS = FUTURE // timedelta(milliseconds=1)

_ASKED = """
SELECT digest, received_at, gateway_id, reason, body FROM rejects JOIN (
    SELECT digest, replay_asked_at AS asked_at, received_at AS came_at,
           sum(size) OVER (ORDER BY replay_asked_at, received_at, digest) - size AS before
    FROM (SELECT digest, replay_asked_at, received_at, coalesce(octet_length(body), 0) AS size FROM rejects
          WHERE replay_asked_at IS NOT NULL ORDER BY replay_asked_at, received_at, digest LIMIT :most) AS asked
) AS first USING (digest)
WHERE before < :bytes ORDER BY asked_at, came_at, digest
"""

# Another ingest process may have taken some of them meanwhile; what it holds is left to it.
_CLAIM = """
SELECT digest FROM rejects WHERE digest = ANY(:digests) AND replay_asked_at IS NOT NULL
ORDER BY digest FOR UPDATE SKIP LOCKED
"""

_SETTLE = """
UPDATE rejects SET replay_asked_at = NULL, replayed_at = :now, replay_outcome = :outcome WHERE digest = ANY(:digests)
"""

# It may turn out older than was known, and must then go sooner, at once if it is too old to be kept at all.
_REFUSE_AGAIN = """
UPDATE rejects SET replay_asked_at = NULL, replayed_at = :now, replay_outcome = :outcome, gateway_id = :gateway_id,
    reason = :reason, detail = :detail, captured_at = coalesce(:captured_at, captured_at),
    expires_at = least(expires_at, :expires_at)
WHERE digest = :digest
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A reject that is to be decoded again; `message` is None where what was sent is not kept, or not whole."""

    digest: bytes
    gateway_id: int
    received_at: datetime
    message: Incoming | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a reject becomes now: what it holds that is new, and why it fails again if it does."""

    kept: Kept
    fresh: tuple[Outcome, ...] = ()
    again: Rejected | None = None

    @property
    def outcome(self) -> ReplayOutcome:
        """What came of it, in a word."""
        if self.again or self.kept.message is None:
            return ReplayOutcome.refused
        return ReplayOutcome.trial if any(isinstance(one, Trial) for one in self.fresh) else ReplayOutcome.taken

    @property
    def rows(self) -> list[Row]:
        """Its reads."""
        return [one for one in self.fresh if isinstance(one, Row)]


def attempt(identity: Identity, gateways: Mapping[str, Gateway], kept: Kept, now: datetime) -> Attempt:
    """Decode a reject again, as if its message came now, except that it came when it came.

    So what was captured in the future then is so still: only a changed setting mends it, not the time that has passed.
    """
    if kept.message is None:
        return Attempt(kept)
    window = Window(epoch_ms(cut_off(now)), kept.message.received_ms + _FUTURE_MS)
    outcomes = list(Decoder(identity, gateways, window).decode(kept.message))
    again = [one for one in outcomes if _is_itself(one, kept.message, alone=len(outcomes) == 1)]
    fresh = tuple(one for one in outcomes if all(one is not itself for itself in again))
    return Attempt(kept, fresh, again[0] if again else None)  # type: ignore[arg-type]  # _is_itself has seen to it


def _is_itself(outcome: Outcome, message: Incoming, *, alone: bool) -> bool:
    """Tell whether an outcome is the reject itself, refused again, rather than a part of it or one of its pictures."""
    return (isinstance(outcome, Rejected) and outcome.reason is not Reason.bad_image
            and (alone or outcome.body == message.payload))


class Replayer:
    """Decodes and stores the rejects that were asked for, a bounded number at a time."""

    def __init__(self, settings: IngestSettings, engine: AsyncEngine, images: ImageStore) -> None:
        self._engine, self._images, self._weeks = engine, images, Weeks(engine)
        self._identity = Identity(settings.identity_key.get_secret_value())
        self._gateways: dict[str, Gateway] = {}

    async def run(self, every_s: float = _EVERY_S) -> None:
        """Look every few seconds whether a replay was asked for, for ever; what cannot be done now is done later."""
        failed = False
        while True:
            try:
                while await self.replay_some():
                    pass
                failed = False
            except Exception as error:  # whatever ails the database or the images, what was asked for stays asked for
                log.log(logging.DEBUG if failed else logging.WARNING, "replays wait (%s)", type(error).__name__)
                failed = True
            await asyncio.sleep(every_s)

    async def replay_some(self) -> Counter[ReplayOutcome]:
        """Replay the rejects that were asked for first; return what came of them, nothing when there are none."""
        async with transaction(self._engine) as connection:
            asked = await _asked(connection)
            if asked:  # looked up here and now: what was mended a moment ago must hold
                self._gateways = await load_gateways(connection)
        done: Counter[ReplayOutcome] = Counter()
        for _, of_one_day in groupby(asked, lambda kept: local_day(kept.received_at)):  # a batch is counted on one day
            done += await self._replay(list(of_one_day))
        if done:
            log.info("rejects decoded again: %s", ", ".join(f"{number} {what}" for what, number in done.items()))
        return done

    async def _replay(self, asked: Sequence[Kept]) -> Counter[ReplayOutcome]:
        try:
            return await self._settle(await self._attempt_all(asked))
        except DBAPIError as error:
            if is_passing(error):
                raise
            self._weeks.forget()
            if len(asked) == 1:
                return await self._settle([_refused_by_store(asked[0], error)])
        middle = len(asked) // 2
        return await self._replay(asked[:middle]) + await self._replay(asked[middle:])

    async def _attempt_all(self, asked: Sequence[Kept]) -> list[Attempt]:
        attempts = []
        for kept in asked:
            attempts.append(attempt(self._identity, self._gateways, kept, utc_now()))
            await asyncio.sleep(0)  # live reads go first
        return attempts

    async def _settle(self, attempts: Iterable[Attempt]) -> Counter[ReplayOutcome]:
        ready = await self._prepare(list(attempts))
        now = utc_now()
        async with transaction(self._engine) as connection:
            claimed = await _claim(connection, ready)
            batch = Batch.of(one for attempt in claimed for one in attempt.fresh)
            batch.raising = Raising.late
            counts = await writer.store(connection, self._identity, batch, replay=True)
            await _note(connection, self._identity, claimed, now)
        done = Counter(attempt.outcome for attempt in claimed)
        for tally in counts.values():
            tally.doubled = 0
        count_outcomes(counts, gateway_names(self._gateways))
        count_alerts(batch.raised)
        for outcome, number in done.items():
            metrics.REPLAYS.labels(outcome).inc(number)
        return done

    async def _prepare(self, attempts: list[Attempt]) -> list[Attempt]:
        """Make the weeks and put the pictures; return the attempts that may be stored: without its pictures none is."""
        rows = [row for attempt in attempts for row in attempt.rows]
        await self._weeks.ensure(Batch(rows=rows).mondays())
        pictured = [row for row in rows if row.pictures]
        if passing := [row for row in pictured if row.passage_key is not None]:
            async with transaction(self._engine) as connection:
                await foresee_read_ids(connection, passing)
        if failed := await pictures.put_pictures(self._images, pictured):
            log.warning("the image store fails: %d reads with pictures wait for their replay", len(failed))
        return [attempt for attempt in attempts if not any(row.images_pending for row in attempt.rows)]


async def _asked(connection: AsyncConnection) -> list[Kept]:
    rows = await connection.execute(text(_ASKED), {"most": _ROUND_REJECTS, "bytes": _ROUND_BYTES})
    return [_kept(row) for row in rows]


def _kept(row: Any) -> Kept:
    whole = row.body is not None and row.reason not in NEVER_REPLAYED
    return Kept(bytes(row.digest), row.gateway_id, row.received_at,
                envelopes.read(bytes(row.body), epoch_ms(row.received_at)) if whole else None)


def _refused_by_store(kept: Kept, error: DBAPIError) -> Attempt:
    assert kept.message is not None  # noqa: S101  # what holds no message stores nothing that could be refused
    log.error("the database refuses a replayed message (%s); it stays a reject", type(error.orig).__name__)
    return Attempt(kept, again=msgspec.structs.replace(refusal(kept.message, error), gateway_id=kept.gateway_id))


async def _claim(connection: AsyncConnection, attempts: Iterable[Attempt]) -> list[Attempt]:
    by_digest = {attempt.kept.digest: attempt for attempt in attempts}
    rows = await connection.execute(text(_CLAIM), {"digests": list(by_digest)})
    return [by_digest[bytes(digest)] for digest, in rows]


async def _note(connection: AsyncConnection, identity: Identity, attempts: Iterable[Attempt], now: datetime) -> None:
    settled: dict[ReplayOutcome, list[bytes]] = defaultdict(list)
    refused = []
    for attempt in attempts:
        if attempt.again is None:
            settled[attempt.outcome].append(attempt.kept.digest)
        else:
            refused.append({"now": now, "outcome": attempt.outcome,
                            **_values_again(identity, attempt, attempt.again, now)})
    for outcome, digests in settled.items():
        await connection.execute(text(_SETTLE), {"now": now, "outcome": outcome, "digests": digests})
    if refused:
        await connection.execute(text(_REFUSE_AGAIN), refused)


def _values_again(identity: Identity, attempt: Attempt, again: Rejected, now: datetime) -> dict[str, Any]:
    values = reject_values(identity, again) | {"digest": attempt.kept.digest}
    if not again.keep_body:  # it was kept whole while nobody knew why it must not be
        values["expires_at"] = min(values["expires_at"], now)
    return {name: values[name] for name in ("digest", "gateway_id", "reason", "detail", "captured_at", "expires_at")}

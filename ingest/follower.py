"""The follower: what was stored is held against patterns and look-alikes, which are always "possible" (R10).

It shares the processor with the doors: after every few milliseconds it lets them on, and for as long as it worked on a
backlog it rests.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ingest import follow_rows, metrics
from ingest.aftermath import count_alerts
from ingest.alert_rows import Match, ReadKey, insert_alerts
from ingest.follow_rows import FollowBatch, SeenRead
from ingest.rows import Raised
from services.clock import from_epoch_ms, utc_now
from services.database import transaction
from services.hits.matching import MatchedAs, of_country
from services.hits.resembling import Counts, Suspect, weigh
from services.lookalikes.evidence import Evidence
from services.lookalikes.fitting import fit
from services.lookalikes.model import SHIPPED, Model
from services.lookalikes.rows import load_evidence
from services.lookalikes.variants import RAREST, Variant, plates_behind, variant_between
from services.lookalikes.weighing import Alike
from services.watchlists.followed import Followed
from services.watchlists.watched import Watched

log = logging.getLogger(__name__)

_EVERY_S = 0.1
_STAMPED_EVERY_S = 1.0
_MODEL_GOOD_FOR_S = 600.0
_AT_A_STRETCH_S = 0.002
_LONGEST_S = 30.0
_LOADED_AT_ONCE = 200
_LANES = {True: "fresh", False: "backlog"}


class Found(NamedTuple):
    """A read and an entry that it may mean; of a look-alike, how the plate would have been misread."""

    read: ReadKey
    entry: Watched
    variant: Variant | None = None


@dataclass(slots=True)
class _Breath:
    """Lets others on after two milliseconds of work."""

    since: float = 0.0

    async def __call__(self) -> None:
        if time.perf_counter() - self.since > _AT_A_STRETCH_S:
            await asyncio.sleep(0)
            self.since = time.perf_counter()


class Follower:
    """Follows for as long as it runs; a batch is deleted with the transaction that inserts its alerts."""

    def __init__(self, engine: AsyncEngine, wake_mover: Callable[[], None]) -> None:
        self._engine, self._wake_mover = engine, wake_mover
        self._followed, self._token = Followed(), tuple[Any, ...]()
        self._model, self._model_at_s = SHIPPED, float("-inf")
        self._counts = Counts()
        self._stamped_s = float("-inf")

    async def run(self, every_s: float = _EVERY_S) -> None:
        """Follow for ever; what a lost database leaves undone is done when it is back."""
        failed = False
        while True:
            try:
                async with asyncio.timeout(_LONGEST_S):
                    rest_s = await self._work()
                failed = False
            except Exception as error:  # whatever ails the database, the batches stay and wait
                log.log(logging.DEBUG if failed else logging.WARNING, "look-alikes wait (%s)", type(error).__name__)
                failed, rest_s = True, 1.0
            await asyncio.sleep(every_s if rest_s is None else rest_s)

    async def _work(self) -> float | None:
        """Follow once; return how long to rest, None where nothing waited."""
        await self._keep_model()
        began = time.monotonic()
        batches = await self.follow_some()
        if time.monotonic() - self._stamped_s >= _STAMPED_EVERY_S:
            async with transaction(self._engine) as connection:
                await follow_rows.stamp(connection)
            self._stamped_s = time.monotonic()
        if not batches:
            return None
        return 0.0 if batches[0].fresh else time.monotonic() - began

    async def _keep_model(self) -> None:
        if time.monotonic() - self._model_at_s < _MODEL_GOOD_FOR_S:
            return
        async with transaction(self._engine) as connection:
            evidence = await load_evidence(connection)
        self._model = await asyncio.to_thread(_make_model, evidence)
        self._model_at_s = time.monotonic()

    async def follow_some(self) -> Sequence[FollowBatch]:
        """Follow some batches, fresh ones first, in one transaction; return them."""
        async with transaction(self._engine) as connection:
            batches = await follow_rows.take(connection)
            if not batches:
                return batches
            # Looked at after the batches: an entry that was live before they were stored is among the followed.
            await self._keep_current(connection)
            raised = await self._follow(connection, batches, utc_now())
            await follow_rows.drop(connection, batches)
        if not all(alert.late for alert in raised):
            self._wake_mover()
        count_alerts(raised)
        for batch in batches:
            seconds = (utc_now() - batch.made_at).total_seconds()
            metrics.FOLLOW_SECONDS.labels(_LANES[batch.fresh]).observe(max(0.0, seconds))
        return batches

    async def _keep_current(self, connection: AsyncConnection) -> None:
        """Take up what has changed among the entries that are followed."""
        token = await follow_rows.token(connection)
        if token == self._token:
            return
        missing, gone = self._followed.differences(await follow_rows.followed_keys(connection))
        breathe = _Breath()
        for key in gone:
            self._followed.remove(key)
            await breathe()
        for place in range(0, len(ids := sorted({key[0] for key in missing})), _LOADED_AT_ONCE):
            for entry in await follow_rows.load_followed(connection, ids[place:place + _LOADED_AT_ONCE]):
                self._followed.add(entry)
                await breathe()
        self._token = token

    async def _follow(self, connection: AsyncConnection, batches: Sequence[FollowBatch],
                      now: datetime) -> list[Raised]:
        breathe = _Breath(time.perf_counter())
        found = await self._find(batches, now, breathe)
        if not found:
            return []
        reads = await follow_rows.look_up(connection, list({one.read: None for one in found}))
        found = [one for one in found if one.read in reads]
        suspects = list(_suspects(found, reads))
        weighed = await weigh(connection, self._model, suspects, self._counts, now, breathe) if suspects else {}
        matches = list(_matches(found, reads, weighed, self._model))
        return await insert_alerts(connection, matches, late=not batches[0].fresh)

    async def _find(self, batches: Iterable[FollowBatch], now: datetime, breathe: _Breath) -> list[Found]:
        """Return what may be meant, by the texts alone, where and when it counts."""
        found, model = [], self._model
        for batch in batches:
            for read, camera_id in batch.reads():
                found += [one for one in _may_mean(self._followed, model, read)
                          if one.entry.counts_for(from_epoch_ms(read.captured_ms), camera_id, now)]
                await breathe()
        return found


def _make_model(evidence: Evidence) -> Model:
    """Return the model, with the tables that it makes when it is first asked: they take a tenth of a second."""
    model = fit(evidence) if evidence else SHIPPED
    plates_behind(model.confusions, "1ABC123", RAREST)
    return model


def _may_mean(followed: Followed, model: Model, read: ReadKey) -> Iterator[Found]:
    for entry in followed.fitting(read.plate):
        yield Found(read, entry)
    for plate, entries in followed.near(read.plate):
        variant = variant_between(model.confusions, plate, read.plate)
        if variant is not None and variant.rate >= RAREST:
            for entry in entries:
                yield Found(read, entry, variant)


def _suspects(found: Iterable[Found], reads: Mapping[ReadKey, SeenRead]) -> Iterator[Suspect]:
    """Yield each plate and text once: with the lowest level that asks for it, and the least certain of its reads."""
    by_pair: dict[tuple[str, str], tuple[Variant, list[Found]]] = {}
    for one in found:
        if one.variant is not None:
            by_pair.setdefault((one.entry.plate, one.read.plate), (one.variant, []))[1].append(one)
    for (plate, text), (variant, some) in by_pair.items():
        confidences = [confidence for one in some if (confidence := reads[one.read].confidence) is not None]
        yield Suspect(plate, text, variant, min(one.entry.least_probability or 1.0 for one in some),
                      min(confidences, default=None))


def _matches(found: Iterable[Found], reads: Mapping[ReadKey, SeenRead],
             weighed: Mapping[tuple[str, str], Alike], model: Model) -> Iterator[Match]:
    for one in found:
        seen, entry = reads[one.read], one.entry
        if one.variant is None:
            # A camera that reads what fits, on a plate of another country, has seen another plate.
            if of_country(entry.country, seen.country) is MatchedAs.exact:
                yield Match(one.read, entry, MatchedAs.pattern)
        elif alike := weighed.get((entry.plate, one.read.plate)):
            probability = alike.probability_of(model, seen.confidence, seen.camera_id)
            if probability >= (entry.least_probability or 1.0):
                yield Match(one.read, entry, MatchedAs.alike, probability)

"""Every statement on the reads of journeys, and on what explains them: places, clocks, silences."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, null, or_, select

from search.answers import Permitted
from search.journeys.absence import Silence
from search.journeys.asked import AskedJourneys
from search.journeys.seen import Place, Seen
from search.lookalikes.queries import Alikes, find_alikes
from services.lookalikes.explaining import Reason
from services.lookalikes.model import Model
from services.schema import camera_clocks, camera_places, camera_silences, camera_states, cameras, reads

MOST_READS = 2000
"""Of one question; beyond them the answer says that it was cut, and the newest are there."""

INNER_LEVEL = 0.01
"""Look-alike reads from this probability on the plate alone are weighed: time and place make much of little."""


class _Row(NamedTuple):
    """One read as it stands in the table; its order is that of `_COLUMNS`."""

    read_id: UUID
    captured_at: datetime
    camera_id: int
    plate: str
    country: str | None
    clock_synchronised: bool | None
    probability: float | None


_COLUMNS = (reads.c.read_id, reads.c.captured_at, reads.c.camera_id, reads.c.plate, reads.c.country,
            reads.c.clock_synchronised)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The reads of one question, oldest first, and whether there were more than MOST_READS."""

    reads: tuple[Seen, ...]
    cut: bool
    places: "Places"


async def gather_reads(permitted: Permitted, asked: AskedJourneys, model: Model) -> Gathered:
    """Return the newest reads of the plate in the period and, where asked for, those that may be it."""
    alikes = await find_alikes(permitted, model, asked.plate, INNER_LEVEL) if asked.alike else None
    rows = await _find_rows(permitted, asked, alikes)
    kept = rows[:MOST_READS][::-1]
    places = await find_places(permitted, kept[0].captured_at if kept else asked.until)
    offsets = await _find_offsets(permitted, kept)
    why = alikes.why if alikes else {}
    seen = tuple(_seen(row, places, offsets, why.get(row.plate, ())) for row in kept)
    return Gathered(seen, len(rows) > MOST_READS, places)


async def _find_rows(permitted: Permitted, asked: AskedJourneys, alikes: Alikes | None) -> list[_Row]:
    condition = alikes.condition() if alikes else reads.c.plate == asked.plate
    probability: ColumnElement[Any] = alikes.probability() if alikes else null()
    found = await permitted.connection.execute(
        permitted.select_reads(*_COLUMNS, probability.label("probability"))
        .where(condition, ~reads.c.superseded, reads.c.captured_at >= asked.from_, reads.c.captured_at < asked.until)
        .order_by(reads.c.captured_at.desc()).limit(MOST_READS + 1))
    return [_Row(*row) for row in found]


@dataclass(frozen=True, slots=True)
class Places:
    """Where each camera stands and stood, and up to when each has told everything."""

    current: Mapping[int, Place]
    earlier: Mapping[int, Sequence[tuple[datetime, datetime, Place]]]
    """Places that a camera has left, with their bounds."""
    complete_until: Mapping[int, datetime]

    def at(self, camera_id: int, instant: datetime) -> Place:
        """Return where a camera stood at an instant."""
        for since, until, place in self.earlier.get(camera_id, ()):
            if since <= instant < until:
                return place
        return self.current[camera_id]


async def find_places(permitted: Permitted, since: datetime) -> Places:
    """Return where all cameras stand, and where they stood since an instant: a few more rows than there are cameras."""
    own = (cameras.c.name, cameras.c.municipality, cameras.c.road, cameras.c.direction, cameras.c.lat, cameras.c.lon)
    found = await permitted.connection.execute(
        select(cameras.c.camera_id, cameras.c.code, *own, camera_states.c.complete_until)
        .outerjoin(camera_states, camera_states.c.camera_id == cameras.c.camera_id))
    current, complete = {}, {}
    for camera_id, code, *where, complete_until in found:
        current[camera_id] = Place(camera_id, code, *where)
        if complete_until is not None:
            complete[camera_id] = complete_until
    return Places(current, await _find_earlier(permitted, since, current), complete)


async def _find_earlier(permitted: Permitted, since: datetime, current: Mapping[int, Place],
                        ) -> Mapping[int, Sequence[tuple[datetime, datetime, Place]]]:
    was = camera_places.c
    found = await permitted.connection.execute(
        select(was.camera_id, was.since, was.until, was.name, was.municipality, was.road, was.direction, was.lat,
               was.lon).where(was.until > since))
    earlier: dict[int, list[tuple[datetime, datetime, Place]]] = defaultdict(list)
    for camera_id, begins, ends, *where in found:
        place, now = Place(camera_id, current[camera_id].code, *where), current[camera_id]
        # A camera that was only given another name still stands at the same roads.
        earlier[camera_id].append((begins, ends, replace(place, current=place.point == now.point)))
    return earlier


_Offsets = Mapping[int, Sequence[tuple[datetime, int]]]


async def _find_offsets(permitted: Permitted, rows: Sequence[_Row]) -> _Offsets:
    """Return what was measured of the clocks of the cameras that read: since when, and how far ahead each was."""
    if not rows:
        return {}
    clocks = camera_clocks.c
    found = await permitted.connection.execute(
        select(clocks.camera_id, clocks.since, clocks.offset_ms)
        .where(clocks.camera_id.in_({row.camera_id for row in rows}), clocks.since <= rows[-1].captured_at,
               clocks.until >= rows[0].captured_at).order_by(clocks.camera_id, clocks.since))
    offsets: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for camera_id, since, offset_ms in found:
        offsets[camera_id].append((since, offset_ms))
    return offsets


def _seen(row: _Row, places: Places, offsets: _Offsets, reasons: tuple[Reason, ...]) -> Seen:
    measured = offsets.get(row.camera_id, ())
    place = bisect_right(measured, row.captured_at, key=lambda pair: pair[0])
    return Seen(row.read_id, row.captured_at, row.plate, row.country, places.at(row.camera_id, row.captured_at),
                row.probability, measured[max(place - 1, 0)][1] if measured else None, row.clock_synchronised,
                reasons=reasons)


async def find_silences(permitted: Permitted, camera_ids: Iterable[int], since: datetime, until: datetime,
                        ) -> list[Silence]:
    """Return when these cameras were silent between two instants, none of them seen before the gate's earliest."""
    wanted = set(camera_ids)
    if not wanted:
        return []
    silent = camera_silences.c
    found = await permitted.connection.execute(
        select(silent.camera_id, silent.since, silent.until, silent.basis)
        .where(silent.camera_id.in_(wanted), silent.since <= until, or_(silent.until.is_(None), silent.until > since))
        .order_by(silent.camera_id, silent.since))
    return [Silence(*row) for row in found]

"""The statements on the reads of journeys, and on the places and clocks of the cameras that made them."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, null, select

from search.answers import Permitted
from search.cameras.places import Place as Stay
from search.cameras.places import list_places
from search.journeys.asked import AskedJourneys
from search.journeys.seen import Look, Place, Seen
from search.lookalikes.queries import Alikes, find_alikes
from search.reads.looking_up import look_up_each
from services.lookalikes.explaining import Reason
from services.lookalikes.model import Model
from services.schema import camera_clocks, reads

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
    make: str | None
    model: str | None
    colour: str | None
    vehicle_type: str | None
    images: int
    probability: float | None


_COLUMNS = (reads.c.read_id, reads.c.captured_at, reads.c.camera_id, reads.c.plate, reads.c.country,
            reads.c.clock_synchronised, reads.c.make, reads.c.model, reads.c.colour, reads.c.vehicle_type,
            reads.c.images)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The reads of one question, oldest first, and whether there were more than MOST_READS."""

    reads: tuple[Seen, ...]
    cut: bool
    places: "Places"
    earlier: bool
    """Whether the plate itself was read before the period, in the time that may be seen."""


async def gather_reads(permitted: Permitted, asked: AskedJourneys, model: Model) -> Gathered:
    """Return the newest reads of the plate in the period and, where asked for, those that may be it."""
    await permitted.plan_once()
    alikes = await find_alikes(permitted, model, asked.plate, INNER_LEVEL) if asked.alike is not None else None
    rows = await _find_rows(permitted, asked, alikes)
    kept = rows[:MOST_READS][::-1]
    places = await find_places(permitted)
    offsets = await _find_offsets(permitted, kept)
    why = alikes.why if alikes else {}
    seen = tuple(_seen(row, places, offsets, why.get(row.plate, ())) for row in kept)
    return Gathered(seen, len(rows) > MOST_READS, places, await _has_earlier(permitted, asked))


async def _has_earlier(permitted: Permitted, asked: AskedJourneys) -> bool:
    """Tell whether this vehicle is known from before; only as far back as may be seen (decision 0077)."""
    earlier = (permitted.select_reads(reads.c.read_id)
               .where(~reads.c.superseded, reads.c.plate == asked.plate, reads.c.captured_at < asked.from_)
               .order_by(reads.c.captured_at.desc()).limit(1))
    return (await permitted.execute(earlier)).first() is not None


async def _find_rows(permitted: Permitted, asked: AskedJourneys, alikes: Alikes | None) -> list[_Row]:
    probability: ColumnElement[Any] = alikes.probability() if alikes else null()
    query = (permitted.select_reads(*_COLUMNS, probability.label("probability"))
             .where(~reads.c.superseded, reads.c.captured_at >= asked.from_, reads.c.captured_at < asked.until))
    if alikes:
        newest = look_up_each(query.where(alikes.condition()), alikes.texts, MOST_READS + 1)
    else:
        newest = (query.where(reads.c.plate == asked.plate)
                  .order_by(reads.c.captured_at.desc(), reads.c.read_id.desc()).limit(MOST_READS + 1))
    return [_Row(**row) for row in (await permitted.execute(newest)).mappings()]


@dataclass(frozen=True, slots=True)
class Places:
    """Where each camera stands and stood."""

    current: Mapping[int, Place]
    earlier: Mapping[int, Sequence[Stay]]
    """Places that a camera has left."""

    def at(self, camera_id: int, instant: datetime) -> Place:
        """Return where a camera stood at an instant."""
        current = self.current[camera_id]
        stay = next((stay for stay in self.earlier.get(camera_id, ())
                     if stay.since <= instant and stay.until is not None and instant < stay.until), None)
        if stay is None:
            return current
        place = _place(stay)
        # A camera that was only given another name still stands at the same roads.
        return replace(place, current=place.point == current.point)


async def find_places(permitted: Permitted) -> Places:
    """Return where all cameras stand and stood: a few more rows than there are cameras."""
    current: dict[int, Place] = {}
    earlier: dict[int, list[Stay]] = defaultdict(list)
    for stay in await list_places(permitted.connection):
        if stay.until is None:
            current[stay.camera_id] = _place(stay)
        else:
            earlier[stay.camera_id].append(stay)
    return Places(current, earlier)


def _place(stay: Stay) -> Place:
    return Place(stay.camera_id, stay.code, stay.name, stay.municipality, stay.road, stay.direction, stay.lat, stay.lon)


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
                reasons=reasons, look=Look(row.make, row.model, row.colour, row.vehicle_type), images=row.images)

"""The passages just before and just after one: of the same vehicle, and at the same camera."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, tuple_

from search.answers import Found, Permitted
from search.reads.queries import Passage, Read, find_passage
from services.camera_places import stood_there
from services.schema import camera_places, cameras, reads


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A passage that may be opened next: when and where, and not whose."""

    read_id: UUID
    captured_at: datetime
    camera_name: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What passed before and after; None where nothing did that may be seen."""

    vehicle_before: Neighbour | None
    vehicle_after: Neighbour | None
    camera_before: Neighbour | None
    camera_after: Neighbour | None


@dataclass(frozen=True, slots=True)
class PassageAmong:
    """One passage in full, and what passed before and after."""

    passage: Passage
    neighbours: Neighbours


async def find_passage_among(permitted: Permitted, read_id: UUID) -> Found[PassageAmong | None]:
    """Return one passage in full with its neighbours, None when there is none that may be seen."""
    found = await find_passage(permitted, read_id)
    if found.value is None:
        return Found(None, ())
    return Found(PassageAmong(found.value, await find_neighbours(permitted, found.value.current)), found.read_ids)


async def find_neighbours(permitted: Permitted, read: Read) -> Neighbours:
    """Return what passed just before and just after a read, of what may be seen."""
    await permitted.plan_once()  # one plate, one camera: the look-up is the same in every week
    camera = select(cameras.c.camera_id).where(cameras.c.code == read.camera_code).scalar_subquery()
    of_vehicle, at_camera = reads.c.plate == read.plate, reads.c.camera_id == camera
    vehicle = (None, None) if read.unread else (await _nearest(permitted, of_vehicle, read, later=False),
                                                await _nearest(permitted, of_vehicle, read, later=True))
    return Neighbours(*vehicle, await _nearest(permitted, at_camera, read, later=False),
                      await _nearest(permitted, at_camera, read, later=True))


async def _nearest(permitted: Permitted, among: ColumnElement[bool], read: Read, *, later: bool) -> Neighbour | None:
    place, own = tuple_(reads.c.captured_at, reads.c.read_id), tuple_(read.captured_at, read.read_id)
    beyond = place > own if later else place < own
    order = (reads.c.captured_at, reads.c.read_id) if later else (reads.c.captured_at.desc(), reads.c.read_id.desc())
    nearest = (permitted.select_reads(reads.c.read_id, reads.c.captured_at, reads.c.camera_id)
               .where(among, beyond, ~reads.c.superseded).order_by(*order).limit(1).cte("nearest"))
    found = await permitted.execute(
        select(nearest.c.read_id, nearest.c.captured_at, camera_places.c.name)
        .join(camera_places, stood_there(nearest.c.camera_id, nearest.c.captured_at)))
    row = found.one_or_none()
    return None if row is None else Neighbour(row.read_id, row.captured_at, row.name)

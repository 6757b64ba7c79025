"""Cameras with the state of their feeds; no reads and no plates."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from services.clock import local_day
from services.clock_rule import ClockClass, clock_class
from services.papers_rule import Lack, lacks_at
from services.schema import camera_clocks, camera_off_times, camera_papers, camera_silences, camera_states, cameras


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera, how fresh its reads are, how far its clock was ahead (positive) when last measured, and its silence."""

    camera_id: int
    code: str
    name: str
    municipality: str | None
    road: str | None
    direction: str | None
    kind: str | None
    lat: float | None
    lon: float | None
    heading_deg: int | None
    speed_limit_kmh: int | None
    lanes: int | None
    synthetic: bool
    last_captured_at: datetime | None
    heartbeat_at: datetime | None
    complete_until: datetime | None
    clock_offset_ms: int | None
    clock_measured_at: datetime | None
    silent_since: datetime | None
    silent_by: str | None
    """services.silence_rule.Basis."""
    live_since: datetime | None
    off_since: datetime | None
    pictogram_since: date | None
    """Of its papers (R12); None where none have been put."""

    def lacks(self, now: datetime) -> tuple[Lack, ...]:
        """Return what keeps it from going live; of a camera that is live, what it should have."""
        return lacks_at(self.pictogram_since, local_day(now))

    @property
    def clock_class(self) -> ClockClass | None:
        """What may be done with its times; None for a clock that was never measured."""
        return None if self.clock_offset_ms is None else clock_class(self.clock_offset_ms)

    @property
    def clock_error(self) -> timedelta:
        """How wrong its clock is, ahead or behind."""
        return timedelta(milliseconds=abs(self.clock_offset_ms or 0))


def _all_cameras() -> Select[Any]:
    """Make, once for all pages, the statement that finds every camera with its feed."""
    states, silent = camera_states.c, camera_silences.c
    clocks = (select(camera_clocks).ext(distinct_on(camera_clocks.c.camera_id))
              .order_by(camera_clocks.c.camera_id, camera_clocks.c.since.desc()).subquery())
    found = {**states, **cameras.c, "clock_offset_ms": clocks.c.offset_ms, "clock_measured_at": clocks.c.until,
             "silent_since": silent.since, "silent_by": silent.basis, "off_since": camera_off_times.c.since,
             "pictogram_since": camera_papers.c.pictogram_since}
    return (
        select(*(found[name].label(name) for name in Camera.__slots__))
        .outerjoin(camera_states, states.camera_id == cameras.c.camera_id)
        .outerjoin(clocks, clocks.c.camera_id == cameras.c.camera_id)
        .outerjoin(camera_silences, and_(silent.camera_id == cameras.c.camera_id, silent.until.is_(None),
                                         cameras.c.live_since.is_not(None)))
        .outerjoin(camera_papers, camera_papers.c.camera_id == cameras.c.camera_id)
        .outerjoin(camera_off_times, and_(camera_off_times.c.camera_id == cameras.c.camera_id,
                                          camera_off_times.c.until.is_(None)))
        .order_by(cameras.c.municipality.nulls_last(), cameras.c.code))


_ALL_CAMERAS = _all_cameras()


async def list_cameras(connection: AsyncConnection) -> list[Camera]:
    """Return every camera, by municipality (those without one last) and code."""
    return [Camera(*row) for row in await connection.execute(_ALL_CAMERAS)]


async def find_numbers(connection: AsyncConnection, codes: Collection[str]) -> dict[str, int]:
    """Return the numbers of these cameras by code; those that there are not are absent."""
    rows = await connection.execute(
        select(cameras.c.code, cameras.c.camera_id).where(cameras.c.code.in_(codes)))
    return {row.code: row.camera_id for row in rows}


def by_municipality(found: list[Camera]) -> dict[str, list[Camera]]:
    """Return cameras grouped by municipality, those without one under an empty name."""
    groups: dict[str, list[Camera]] = {}
    for camera in found:
        groups.setdefault(camera.municipality or "", []).append(camera)
    return groups

"""The zone's cameras: where they stand and how fresh their reads are."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from search.cameras.health import WORST_FIRST, Health, count_healths, health_of
from search.cameras.marks import camera_marks
from search.cameras.queries import Camera, by_municipality, list_cameras
from search.cameras.schemas import CameraAnswer, CamerasAnswer
from search.doors import may
from search.pages.language import words
from search.pages.rendering import language_of, show_page
from search.program import RunningProgram
from search.refusals import REFUSALS
from services.clock import utc_now
from services.database import transaction
from services.errors import BadQuestionError
from services.papers_rule import Lack
from services.roles import Act

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["cameras"], responses=REFUSALS)


@api.get("/cameras", summary="All cameras", dependencies=[may(Act.see_cameras)])
async def get_cameras(program: RunningProgram) -> CamerasAnswer:
    """Return every camera with the state of its feed."""
    now = utc_now()
    async with transaction(program.engine) as connection:
        found = await list_cameras(connection)
    return CamerasAnswer(items=[
        CameraAnswer(**{k: v for k, v in asdict(camera).items() if k not in ("camera_id", "pictogram_since")},
                     clock_class=camera.clock_class, lacks=list(camera.lacks(now))) for camera in found])


@pages.get("/cameras", dependencies=[may(Act.see_cameras)])
async def show_cameras(request: Request, program: RunningProgram, state: str = "", municipality: str = "") -> Response:
    """Show the cameras on the map and in a table, the worst first: all, those of one state, or of one municipality."""
    now, wanted = utc_now(), _read_state(state)
    async with transaction(program.engine) as connection:
        found, zone = await list_cameras(connection), await program.zone.get(connection)
    shown = [camera for camera in worst_first(found, now)
             if wanted in (None, health_of(camera, now)) and municipality in ("", camera.municipality)]
    return show_page(
        request, "cameras.html", zone=zone, marks=[*camera_marks(shown, now, language_of(request).say)], cameras=shown,
        total=len(found), state=wanted, municipality=municipality, lack=Lack,
        counted=count_healths(health_of(camera, now) for camera in found),
        municipalities=[name for name in by_municipality(found) if name],
        all_invented=bool(found) and all(camera.synthetic for camera in found))


def _read_state(state: str) -> Health | None:
    if state and state not in set(Health):
        raise BadQuestionError(words("state: one of {states}", states=list(Health)))
    return Health(state) if state else None


def worst_first(found: Iterable[Camera], now: datetime) -> list[Camera]:
    """Return cameras by how they fare, the worst first; among equals by municipality and code (pure)."""
    return sorted(found, key=lambda camera: (WORST_FIRST.index(health_of(camera, now)), camera.municipality or "~",
                                             camera.code))

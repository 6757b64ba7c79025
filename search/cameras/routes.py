"""The zone's cameras: where they stand and how fresh their reads are."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from search.cameras.queries import Camera, by_municipality, list_cameras
from search.cameras.schemas import CameraAnswer, CamerasAnswer
from search.doors import may
from search.map.marks import Mark
from search.pages.rendering import show_page
from search.program import RunningProgram
from search.refusals import REFUSALS
from services.clock import utc_now
from services.database import transaction
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
async def show_cameras(request: Request, program: RunningProgram) -> Response:
    """Show every camera, by municipality."""
    async with transaction(program.engine) as connection:
        found, zone = await list_cameras(connection), await program.zone.get(connection)
    return show_page(request, "cameras.html", zone=zone, marks=[*_marks(found)], groups=by_municipality(found),
                     total=len(found),
                     silent=sum(camera.silent_since is not None for camera in found),
                     not_live=sum(camera.live_since is None for camera in found), lack=Lack,
                     all_invented=bool(found) and all(camera.synthetic for camera in found))


def _marks(found: Iterable[Camera]) -> Iterator[Mark]:
    for camera in found:
        if camera.lon is not None and camera.lat is not None:
            state = "off" if camera.live_since is None else "silent" if camera.silent_since else ""
            yield Mark(camera.code, camera.name, camera.lon, camera.lat, camera.heading_deg,
                       f"/cameras/{quote(camera.code, safe='')}", state)

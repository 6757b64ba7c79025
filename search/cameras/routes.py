"""The zone's cameras: where they stand and how fresh their reads are."""

from dataclasses import asdict

from fastapi import APIRouter, Request
from fastapi.responses import Response

from search.access import CurrentVisitor
from search.cameras.queries import by_municipality, list_cameras
from search.cameras.schemas import CameraAnswer, CamerasAnswer
from search.pages.rendering import show_page
from search.program import RunningProgram
from search.refusals import REFUSALS
from services.database import transaction

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["cameras"], responses=REFUSALS)


@api.get("/cameras", summary="All cameras")
async def get_cameras(program: RunningProgram, _: CurrentVisitor) -> CamerasAnswer:
    """Return every camera with the state of its feed."""
    async with transaction(program.engine) as connection:
        found = await list_cameras(connection)
    return CamerasAnswer(items=[
        CameraAnswer(**{k: v for k, v in asdict(camera).items() if k != "camera_id"}, clock_class=camera.clock_class)
        for camera in found])


@pages.get("/cameras")
async def show_cameras(request: Request, program: RunningProgram, _: CurrentVisitor) -> Response:
    """Show every camera, by municipality."""
    async with transaction(program.engine) as connection:
        found = await list_cameras(connection)
    return show_page(request, "cameras.html", groups=by_municipality(found), total=len(found),
                     silent=sum(camera.silent_since is not None for camera in found),
                     all_invented=bool(found) and all(camera.synthetic for camera in found))

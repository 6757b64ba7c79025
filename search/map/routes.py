"""What maps are drawn on: the zone's roads and names, and the operator's base map where there is one."""

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from search.doors import may
from search.map.zone import Zone
from search.pages.language import words
from search.program import Program, RunningProgram
from services.database import reading
from services.errors import NotFoundError
from services.roles import Act

router = APIRouter(include_in_schema=False)
KEPT = "private, max-age=604800, immutable"
"""Neither roads nor tiles tell anything of anybody; their address changes with them."""


@router.get("/map/roads.json", dependencies=[may(Act.see_cameras)])
async def get_roads(request: Request, program: RunningProgram) -> Response:
    """Return the zone's roads and names as GeoJSON."""
    zone = await find_zone(program)
    kept = {"Cache-Control": KEPT} if request.query_params.get("v") == zone.version else {}
    return Response(zone.geojson, media_type="application/geo+json", headers=kept)


@router.get("/map/tiles.pmtiles", dependencies=[may(Act.see_cameras)])
async def get_tiles(program: RunningProgram) -> Response:
    """Return the operator's base map, a part of it where the browser asks for one (`Range`)."""
    file = program.settings.map_file
    if file is None or not file.is_file():
        raise NotFoundError(words("There is no base map: maps show the roads between the cameras."))
    return FileResponse(file, media_type="application/octet-stream", headers={"Cache-Control": "private, no-cache"})


async def find_zone(program: Program) -> Zone:
    """Return the zone for a page's map."""
    async with reading(program.engine) as connection:
        return await program.zone.get(connection)

"""The register of camera uses, on screen and as files; who consults it is in the audit."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from search.access import CurrentVisitor, Visitor
from search.cameras.register import CHANGES_SHOWN, Register, read_register
from search.cameras.register_exports import FORMATS, INTELLIGENT_USE
from search.doors import may
from search.pages.language import AUDIT_LANGUAGE, words
from search.pages.rendering import show_page
from search.program import Program, RunningProgram
from search.refusals import REFUSALS
from services import audit
from services.clock import utc_now
from services.database import transaction
from services.papers_rule import Lack
from services.roles import Act

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["cameras"], responses=REFUSALS)
Kind = Literal["csv", "geojson", "changes"]


async def _consult(program: Program, visitor: Visitor, kind: str, code: str | None, *, limit: int | None) -> Register:
    """Read the register and note in the audit who did, and of which camera if not of all."""
    question = words("register of camera uses: camera {camera}; {kind}", camera=code, kind=kind) if code else \
        words("register of camera uses; {kind}", kind=kind)
    async with transaction(program.engine) as connection:
        register = await read_register(connection, code, limit=limit)
        await program.trail.record(connection, visitor.actor, audit.Entry(
            audit.Action.register_consulted, program.pages.languages[AUDIT_LANGUAGE].say(question),
            {"kind": kind, **({"camera": code} if code else {})}, result_count=len(register.uses)))
    return register


@api.get("/cameras/register.{kind}", summary="The register of camera uses as a file",
         dependencies=[may(Act.see_register)], response_class=Response,
         responses={200: {"description": "CSV (RFC 4180, UTF-8) or GeoJSON (RFC 7946); `changes`: CSV of what was "
                                         "changed, the last first.",
                          "content": {kind.media_type: {} for kind in FORMATS.values()}}})
async def get_file(kind: Kind, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Return every camera with its place, its papers and since when it is live; or what was changed of them."""
    return await _export(kind, program, visitor)


@pages.get("/cameras/register.{kind}", dependencies=[may(Act.see_register)])
async def download_file(kind: Kind, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Let a browser keep the register as a file."""
    return await _export(kind, program, visitor)


async def _export(kind: Kind, program: Program, visitor: Visitor) -> Response:
    register = await _consult(program, visitor, kind, None, limit=None)
    form = FORMATS[kind]
    return Response(form.write(register), media_type=form.media_type,
                    headers={"Content-Disposition": f'attachment; filename="{form.file_name}"'})


@pages.get("/cameras/register", dependencies=[may(Act.see_register)])
async def show_register(request: Request, program: RunningProgram, visitor: CurrentVisitor,
                        camera: Annotated[str | None, Query(max_length=200)] = None) -> Response:
    """Show the register, of all cameras or of one, and what was last changed of it."""
    register = await _consult(program, visitor, "page", camera or None, limit=CHANGES_SHOWN)
    now = utc_now()
    return show_page(request, "camera_register.html", register=register, camera=camera or None, lack=Lack,
                     lacks={use.standing.code: use.standing.lacks(now) for use in register.uses},
                     intelligent_use=INTELLIGENT_USE, files=FORMATS)

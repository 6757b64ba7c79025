"""Registering gateways, and seeing what came of their messages."""

from dataclasses import asdict

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import CurrentVisitor
from search.gateways import queries
from search.gateways.schemas import GatewayAnswer, GatewayChange, KnownCamera
from search.pages.language import AUDIT_LANGUAGE, words
from search.pages.rendering import show_page
from search.program import RunningProgram
from search.refusals import REFUSALS
from services import audit, registry
from services.clock import utc_now
from services.database import transaction
from services.errors import NotFoundError

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["gateways"], responses=REFUSALS)


@api.put("/gateways/{name}", summary="Register a gateway, or add to it")
async def put_gateway(name: str, change: GatewayChange, program: RunningProgram,
                      visitor: CurrentVisitor) -> GatewayAnswer:
    """Repeatable: settings are merged by key, cameras that are missing are added, nothing is taken away."""
    in_words = words("gateway {name}: {cameras} cameras stated", name=name, cameras=len(change.cameras))
    sources = [registry.SourceCamera(**camera.model_dump()) for camera in change.cameras]
    async with transaction(program.engine) as connection:
        gateway_id = await registry.put_gateway(connection, name, synthetic=change.synthetic, settings=change.settings)
        await registry.put_source_cameras(connection, gateway_id, name, sources)
        await audit.record(connection, visitor.actor, audit.Entry(
            audit.Action.gateway_changed, program.pages.languages[AUDIT_LANGUAGE].say(in_words),
            {"name": name, **change.model_dump()}))
        return await _answer(connection, name)


@api.get("/gateways/{name}", summary="A gateway and what came of its messages")
async def get_gateway(name: str, program: RunningProgram, _: CurrentVisitor) -> GatewayAnswer:
    """Return sums over all days, and the kept rejects by reason."""
    async with transaction(program.engine) as connection:
        return await _answer(connection, name)


async def _answer(connection: AsyncConnection, name: str) -> GatewayAnswer:
    gateway = await _find(connection, name)
    known = await queries.list_cameras(connection, gateway.gateway_id)
    reasons = await queries.count_rejects(connection, gateway.gateway_id, utc_now())
    return GatewayAnswer(
        name=gateway.name, synthetic=gateway.synthetic, settings=gateway.settings,
        cameras=[KnownCamera(**asdict(camera)) for camera in known],
        stored=gateway.stored, doubled=gateway.doubled, superseded=gateway.superseded, rejected=gateway.rejected,
        rejected_by_reason=reasons, heartbeats=gateway.heartbeats)


async def _find(connection: AsyncConnection, name: str) -> queries.GatewayFigures:
    found = await queries.list_gateways(connection, name)
    if not found:
        raise NotFoundError(words("There is no gateway with this name."))
    return found[0]


@pages.get("/gateways")
async def show_gateways(request: Request, program: RunningProgram, _: CurrentVisitor) -> Response:
    """Show every gateway with its figures."""
    async with transaction(program.engine) as connection:
        gateways = await queries.list_gateways(connection)
    return show_page(request, "gateways.html", gateways=gateways)


@pages.get("/gateways/{name}")
async def show_gateway(request: Request, name: str, program: RunningProgram, _: CurrentVisitor) -> Response:
    """Show one gateway: figures, cameras, settings and its latest rejects."""
    now = utc_now()
    async with transaction(program.engine) as connection:
        gateway = await _find(connection, name)
        cameras = await queries.list_cameras(connection, gateway.gateway_id)
        reasons = await queries.count_rejects(connection, gateway.gateway_id, now)
        rejects = await queries.latest_rejects(connection, gateway.gateway_id, now)
    return show_page(request, "gateway.html", gateway=gateway, cameras=cameras, reasons=reasons, rejects=rejects)

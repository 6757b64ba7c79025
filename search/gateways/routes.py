"""Registering gateways, and seeing what came of their messages."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import CurrentVisitor
from search.gateways import queries, wording
from search.gateways.schemas import Counts, GatewayAnswer, GatewayChange, KnownCamera
from search.pages.language import AUDIT_LANGUAGE, words
from search.pages.rendering import show_page
from search.program import RunningProgram
from search.refusals import REFUSALS
from search.rejects import advice
from search.rejects.queries import count_open
from search.trials.queries import list_trials
from services import audit, registry
from services.clock import local_day, utc_now
from services.database import transaction
from services.replaying import count_waiting

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["gateways"], responses=REFUSALS)
_TRIALS_SHOWN = 5


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
    return GatewayAnswer(
        name=gateway.name, synthetic=gateway.synthetic, state=gateway.state, profile=gateway.profile,
        decoding=gateway.decoding, settings=gateway.settings, last_message_at=gateway.last_message_at,
        cameras=[_known(camera) for camera in known], today=Counts(**asdict(gateway.today)), **asdict(gateway.total),
        rejected_by_reason=await count_open(connection, gateway.gateway_id, utc_now()))


def _known(camera: queries.GatewayCamera) -> KnownCamera:
    return KnownCamera(source_id=camera.source_id, code=camera.code, name=camera.name, lat=camera.lat, lon=camera.lon)


async def _find(connection: AsyncConnection, name: str) -> queries.GatewayFigures:
    await queries.find_gateway(connection, name)
    (found,) = await queries.list_gateways(connection, local_day(utc_now()), name)
    return found


@pages.get("/gateways")
async def show_gateways(request: Request, program: RunningProgram, _: CurrentVisitor) -> Response:
    """Show every gateway with its figures."""
    async with transaction(program.engine) as connection:
        gateways = await queries.list_gateways(connection, local_day(utc_now()))
    return show_page(request, "gateways.html", gateways=gateways, wording=wording)


@pages.get("/gateways/{name}")
async def show_gateway(request: Request, name: str, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Show one gateway: what came of its messages, what is refused and why, its settings and its cameras."""
    now = utc_now()
    today = local_day(now)
    async with transaction(program.engine) as connection:
        gateway = await _find(connection, name)
        of_it = connection, gateway.gateway_id
        shown: dict[str, Any] = {
            "complaints": await queries.list_complaints(*of_it, now), "days": await queries.list_days(*of_it, today),
            "reject_days": await queries.list_reject_days(*of_it, today), "waiting": await count_waiting(*of_it),
            "cameras": await queries.list_cameras(*of_it),
            "trials": await list_trials(*of_it, None, _TRIALS_SHOWN, now) if visitor.sees_trials else None}
    return show_page(request, "gateway.html", gateway=gateway, wording=wording, advice=advice, **shown)

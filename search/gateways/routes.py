"""Registering gateways, and seeing what came of their messages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import CurrentVisitor, Visitor
from search.cameras.changing import introduce
from search.doors import may
from search.gateways import queries, wording
from search.gateways.schemas import CameraOfGateway, Counts, GatewayAnswer, GatewayChange, KnownCamera
from search.gateways.standing import NAMES, SIGNS, Standing, standing_of, worst_first
from search.pages.language import AUDIT_LANGUAGE, words
from search.pages.rendering import show_page
from search.program import Program, RunningProgram
from search.refusals import REFUSALS
from search.rejects import advice
from search.rejects.queries import count_open
from search.trials.queries import list_trials
from services import audit, camera_papers, registry
from services.clock import local_day, utc_now
from services.database import transaction
from services.errors import BadQuestionError, ForbiddenError
from services.replaying import count_waiting
from services.roles import Act

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["gateways"], responses=REFUSALS)
_TRIALS_SHOWN = 5
NOT_INVENTED = words("Papers of cameras that are not invented are put by the camera manager.")


@api.put("/gateways/{name}", summary="Register a gateway, or add to it", dependencies=[may(Act.change_gateways)])
async def put_gateway(name: str, change: GatewayChange, program: RunningProgram,
                      visitor: CurrentVisitor) -> GatewayAnswer:
    """Repeatable: settings are merged by key, cameras that are missing are added, nothing is taken away."""
    in_words = words("gateway {name}: {cameras} cameras stated", name=name, cameras=len(change.cameras))
    async with _leaving_a_trace(program, visitor), transaction(program.engine) as connection:
        gateway_id = await registry.put_gateway(connection, name, synthetic=change.synthetic, settings=change.settings)
        papers = await registry.put_source_cameras(connection, gateway_id, name, map(_source, change.cameras))
        if not visitor.may(Act.change_cameras):
            await camera_papers.refuse_unless_invented(connection, gateway_id, papers)
        await introduce(connection, program, visitor, papers)
        await program.trail.record(connection, visitor.actor, audit.Entry(
            audit.Action.gateway_changed, program.pages.languages[AUDIT_LANGUAGE].say(in_words),
            {"name": name, **change.model_dump(mode="json")}))
        return await _answer(connection, name)


@asynccontextmanager
async def _leaving_a_trace(program: Program, visitor: Visitor) -> AsyncIterator[None]:
    """Note in the audit who tries to give papers to cameras that are not invented, and may not."""
    try:
        yield
    except ForbiddenError:
        async with transaction(program.engine) as connection:
            await program.trail.record(connection, visitor.actor, audit.Entry(
                audit.Action.denied, "PUT /api/v1/gateways/{name}",
                decision={"refused": ForbiddenError.code, "act": Act.change_cameras}))
        raise ForbiddenError(NOT_INVENTED) from None


def _source(camera: CameraOfGateway) -> registry.SourceCamera:
    return registry.SourceCamera(camera.source_id, camera.name, camera.lat, camera.lon,
                                 camera.papers.as_papers() if camera.papers else None)


@api.get("/gateways/{name}", summary="A gateway and what came of its messages",
         dependencies=[may(Act.see_gateways)])
async def get_gateway(name: str, program: RunningProgram) -> GatewayAnswer:
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


@pages.get("/gateways", dependencies=[may(Act.see_gateways)])
async def show_gateways(request: Request, program: RunningProgram, state: str = "") -> Response:
    """Show every gateway with its figures, or those of one state; the worst first."""
    if state and state not in set(Standing):
        raise BadQuestionError(words("state: one of {states}", states=list(Standing)))
    now = utc_now()
    async with transaction(program.engine) as connection:
        found = worst_first(await queries.list_gateways(connection, local_day(now)), now)
    gateways = [(one, standing_of(one, now)) for one in found]
    counted = {standing: number for standing in Standing
               if (number := sum(mine is standing and one.gateway_id > 0 for one, mine in gateways))}
    return show_page(request, "gateways.html", counted=counted, state=state, wording=wording, signs=SIGNS, names=NAMES,
                     gateways=[(one, standing) for one, standing in gateways
                               if not state or (one.gateway_id and state == standing)])


@pages.get("/gateways/{name}", dependencies=[may(Act.see_gateways)])
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
            "trials": await list_trials(*of_it, None, _TRIALS_SHOWN, now) if visitor.may(Act.see_trials) else None}
    return show_page(request, "gateway.html", gateway=gateway, standing=standing_of(gateway, now), signs=SIGNS,
                     names=NAMES, wording=wording, advice=advice, **shown)

"""What a gateway in state proef sends: masked in the list, one in full on the audited path; pages and API."""

from dataclasses import asdict
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from search.answers import Answers, Asking, Question
from search.doors import may
from search.gateways import wording
from search.gateways.queries import GatewayName, find_gateway
from search.pages.language import words
from search.pages.rendering import show_page
from search.pages.vocabulary import withheld
from search.program import Program, RunningProgram
from search.refusals import REFUSALS
from search.rejects.filters import read_cursor
from search.rejects.routes import Digest
from search.trials import queries
from search.trials.queries import TrialsPage
from search.trials.schemas import TrialInFull, TrialItem, TrialsAnswer
from services.audit import Action
from services.clock import utc_now
from services.database import transaction
from services.errors import NotFoundError
from services.gate import Aim
from services.roles import Act

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["trial reads"], responses=REFUSALS)
PAGE_LENGTH = 50


async def _list(program: Program, name: str, after: str | None, limit: int) -> tuple[GatewayName, TrialsPage]:
    cursor = read_cursor(after) if after else None
    async with transaction(program.engine) as connection:
        gateway = await find_gateway(connection, name)
        return gateway, await queries.list_trials(connection, gateway.gateway_id, cursor, limit, utc_now())


async def _open(answers: Answers, name: str, digest: bytes) -> dict[str, Any]:
    """Open a trial read on the audited path; raises NotFoundError when there is none or it is withheld."""
    async with transaction(answers.program.engine) as connection:
        gateway = await find_gateway(connection, name)
        moment = await queries.find_moment(connection, gateway.gateway_id, digest, utc_now())
    if moment is None:
        raise NotFoundError(words("There is no such trial passage. They are kept for seven days."))
    answer = await answers.ask(Question(
        Action.trial_opened, words("Trial passage {digest} of gateway {gateway} in full", digest=digest.hex(),
                                   gateway=gateway.name),
        {"gateway": gateway.name, "digest": digest.hex()}, partial(queries.open_trial, digest=digest),
        Aim.at_one(moment), Act.open_rejects))
    if answer.value is None:
        raise NotFoundError(words("This passage may not be shown. {why}", why=withheld(answer.permission)))
    return answer.value


@api.get("/gateways/{name}/trial", summary="What a gateway in state proef sends", dependencies=[may(Act.see_trials)])
async def get_trials(name: str, program: RunningProgram, after: str | None = None,
                     limit: Annotated[int, Query(ge=1, le=500)] = 50) -> TrialsAnswer:
    """Return trial reads, the last received first, masked; for integrators, TECINT and camera managers."""
    _, page = await _list(program, name, after, limit)
    items = [TrialItem(**{**asdict(trial), "digest": trial.name, "images": list(trial.images)})
             for trial in page.items]
    return TrialsAnswer(items=items, next=page.following.write() if page.following else None)


@api.get("/gateways/{name}/trial/{digest}", summary="One trial read in full", dependencies=[may(Act.open_rejects)])
async def get_trial(name: str, digest: Digest, answers: Asking) -> TrialInFull:
    """Return one trial read with its plate: for TECINT, under a consultation."""
    return TrialInFull(digest=digest.hex(), found=await _open(answers, name, digest))


@pages.get("/gateways/{name}/trial", dependencies=[may(Act.see_trials)])
async def show_trials(request: Request, name: str, program: RunningProgram) -> Response:
    """Show what a gateway in state proef sends, masked."""
    gateway, page = await _list(program, name, request.query_params.get("after"), PAGE_LENGTH)
    address = f"/gateways/{quote(gateway.name)}/trial"
    return show_page(request, "trials.html", gateway=gateway, page=page, wording=wording,
                     more=f"{address}?after={page.following.write()}" if page.following else None)


@pages.get("/gateways/{name}/trial/{digest}", dependencies=[may(Act.open_rejects)])
async def show_trial(request: Request, name: str, digest: Digest, answers: Asking) -> Response:
    """Show one trial read in full, as `python -m ingest decode` prints it."""
    found = await _open(answers, name, digest)
    return show_page(request, "trial.html", gateway_name=name, found=found)

"""The list of a gateway's rejects, one of them in full, and having them decoded again: pages and API."""

from base64 import b64encode
from functools import partial
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import CurrentVisitor, Visitor
from search.answers import Answers, Asking, Question
from search.doors import may
from search.gateways import wording
from search.gateways.queries import GatewayName, find_gateway
from search.pages.language import AUDIT_LANGUAGE, Language, words
from search.pages.links import local_path
from search.pages.rendering import language_of, show_page
from search.pages.vocabulary import withheld
from search.program import Program, RunningProgram
from search.refusals import REFUSALS
from search.rejects import advice, queries
from search.rejects.envelope import file_name, show_envelope
from search.rejects.filters import STATES, Asked, parse_asked, read_cursor
from search.rejects.queries import Reject, RejectsPage
from search.rejects.schemas import (
    RejectInFull,
    RejectItem,
    RejectsAnswer,
    RejectsParameters,
    ReplayAnswer,
    ReplayRequest,
)
from services import audit
from services.clock import iso_ms, utc_now
from services.database import transaction
from services.errors import BadQuestionError, NotFoundError
from services.gate import Aim
from services.replaying import Wanted, ask_replay, count_waiting
from services.roles import Act

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["rejects"], responses=REFUSALS)
PAGE_LENGTH = 50
_BESIDE_ON_PAGE, _BESIDE_IN_API = frozenset({"after"}), frozenset({"after", "limit"})


async def read_digest(digest: str) -> bytes:
    """Return the digest that an address names; raises NotFoundError when it names none."""
    try:
        return bytes.fromhex(digest) if len(digest) == 32 else b""
    except ValueError:
        return b""


Digest = Annotated[bytes, Depends(read_digest)]


async def _find(connection: AsyncConnection, name: str, digest: bytes) -> tuple[GatewayName, Reject]:
    gateway = await find_gateway(connection, name)
    reject = await queries.find_reject(connection, gateway.gateway_id, digest, utc_now())
    if reject is None:
        raise NotFoundError(words("There is no such refused message. They are kept for thirty days."))
    return gateway, reject


async def _list(program: Program, name: str, asked: Asked, after: str | None,
                limit: int) -> tuple[GatewayName, RejectsPage]:
    cursor = read_cursor(after) if after else None
    async with transaction(program.engine) as connection:
        gateway = await find_gateway(connection, name)
        return gateway, await queries.list_rejects(connection, gateway.gateway_id, asked, cursor, limit, utc_now())


async def _open(answers: Answers, name: str, digest: bytes, *, as_file: bool = False) -> tuple[Reject, bytes | None]:
    """Open a message on the audited path; None for one that is not kept. Raises NotFoundError when it is withheld."""
    async with transaction(answers.program.engine) as connection:
        gateway, reject = await _find(connection, name, digest)
    answer = await answers.ask(Question(
        audit.Action.reject_opened, words("Refused message {digest} of gateway {gateway} in full", digest=reject.name,
                                          gateway=gateway.name),
        {"gateway": gateway.name, "digest": reject.name, "reason": reject.reason, "as_file": as_file},
        partial(queries.open_message, reject=reject), Aim.at_one(reject.moment), Act.open_rejects))
    if answer.value is None and not answer.permission.opens_all_at(reject.moment):
        raise NotFoundError(words("This message may not be shown. {why}", why=withheld(answer.permission)))
    return reject, answer.value


async def _ask_replay(program: Program, visitor: Visitor, name: str, wanted: ReplayRequest) -> ReplayAnswer:
    """Ask and leave a trace, whether there was anything to ask for or not."""
    if (wanted.reason is None) == (wanted.digest is None):
        raise BadQuestionError(words("name a reason, or the digest of one message"))
    now, digest = utc_now(), await read_digest(wanted.digest) if wanted.digest else None
    async with transaction(program.engine) as connection:
        gateway = await find_gateway(connection, name)
        number = await ask_replay(connection, Wanted(gateway.gateway_id, wanted.reason, digest, wanted.since), now)
        in_words = words("gateway {gateway}: {number} refused messages to be processed again ({which})",
                         gateway=gateway.name, number=number, which=wanted.reason or wanted.digest)
        await program.trail.record(connection, visitor.actor, audit.Entry(
            audit.Action.replay_asked, program.pages.languages[AUDIT_LANGUAGE].say(in_words),
            {"gateway": gateway.name, "reason": wanted.reason, "digest": wanted.digest,
             "since": iso_ms(wanted.since) if wanted.since else None}, result_count=number))
        return ReplayAnswer(asked=number, waiting=await count_waiting(connection, gateway.gateway_id))


@api.get("/gateways/{name}/rejects", summary="What a gateway sent and could not be stored",
         dependencies=[may(Act.see_rejects)])
async def get_rejects(request: Request, name: str, parameters: Annotated[RejectsParameters, Query()],
                      program: RunningProgram) -> RejectsAnswer:
    """Return kept rejects, newest first, masked."""
    asked = parse_asked(request.query_params.multi_items(), beside=_BESIDE_IN_API)
    _, page = await _list(program, name, asked, parameters.after, parameters.limit)
    language = language_of(request)
    return RejectsAnswer(items=[RejectItem(**_item(reject, language)) for reject in page.items],
                         next=page.following.write() if page.following else None)


@api.get("/gateways/{name}/rejects/{digest}", summary="One refused message in full",
         dependencies=[may(Act.open_rejects)])
async def get_reject(request: Request, name: str, digest: Digest, answers: Asking) -> RejectInFull:
    """Return what was sent: for TECINT, under a consultation."""
    reject, envelope = await _open(answers, name, digest)
    content = envelope or b""
    return RejectInFull(**_item(reject, language_of(request)), file=file_name(name, reject.digest, content),
                        text=show_envelope(content).text, content=b64encode(content).decode())


@api.post("/gateways/{name}/rejects/replay", summary="Have rejects decoded again",
          dependencies=[may(Act.replay_rejects)])
async def post_replay(name: str, wanted: ReplayRequest, program: RunningProgram,
                      visitor: CurrentVisitor) -> ReplayAnswer:
    """Ask for one reject, or all of a reason; ingest does it within seconds, under the gateway's present settings."""
    return await _ask_replay(program, visitor, name, wanted)


def _item(reject: Reject, language: Language) -> dict[str, object]:
    return {"digest": reject.name, "received_at": reject.received_at, "captured_at": reject.captured_at,
            "expires_at": reject.expires_at, "reason": reject.reason,
            "advice": language.say(advice.sentence_on(reject.reason)), "detail": reject.detail, "topic": reject.topic,
            "excerpt": reject.excerpt, "state": reject.state, "replay_asked_at": reject.replay_asked_at,
            "replayed_at": reject.replayed_at}


@pages.get("/gateways/{name}/rejects", dependencies=[may(Act.see_rejects)])
async def show_rejects(request: Request, name: str, program: RunningProgram) -> Response:
    """Show a gateway's kept rejects, newest first, masked."""
    asked = parse_asked(request.query_params.multi_items(), beside=_BESIDE_ON_PAGE)
    gateway, page = await _list(program, name, asked, request.query_params.get("after"), PAGE_LENGTH)
    async with transaction(program.engine) as connection:
        waiting = await count_waiting(connection, gateway.gateway_id)
        choices = await queries.list_choices(connection, gateway.gateway_id, utc_now())
    following = [("after", page.following.write())] if page.following else None
    return show_page(request, "rejects.html", gateway=gateway, asked=asked, page=page, states=STATES, waiting=waiting,
                     choices=choices, more=_link(gateway, asked, following) if following else None, advice=advice,
                     wording=wording)


def _link(gateway: GatewayName, asked: Asked, more: list[tuple[str, str]]) -> str:
    return f"/gateways/{quote(gateway.name)}/rejects?{urlencode([*asked.pairs(), *more])}"


@pages.post("/gateways/{name}/rejects/replay", dependencies=[may(Act.replay_rejects)])
async def replay_from_form(name: str, program: RunningProgram, visitor: CurrentVisitor,
                           reason: Annotated[str, Form()] = "", digest: Annotated[str, Form()] = "",
                           following: Annotated[str, Form(alias="next")] = "") -> Response:
    """Ask for one reject, or all of a reason, and return to the page that asked."""
    wanted = ReplayRequest.model_construct(reason=reason or None, digest=digest or None, since=None)
    await _ask_replay(program, visitor, name, wanted)
    return RedirectResponse(local_path(following, f"/gateways/{quote(name)}/rejects"), 303)


@pages.get("/gateways/{name}/rejects/{digest}", dependencies=[may(Act.see_rejects)])
async def show_reject(request: Request, name: str, digest: Digest, program: RunningProgram) -> Response:
    """Show one reject, masked: why it was refused, what to do, and what came of its replays."""
    async with transaction(program.engine) as connection:
        gateway, reject = await _find(connection, name, digest)
    return show_page(request, "reject.html", gateway=gateway, reject=reject, advice=advice, wording=wording)


@pages.get("/gateways/{name}/rejects/{digest}/message", dependencies=[may(Act.open_rejects)])
async def show_message(request: Request, name: str, digest: Digest, answers: Asking) -> Response:
    """Show what was sent, as text."""
    reject, envelope = await _open(answers, name, digest)
    return show_page(request, "reject_message.html", gateway_name=name, reject=reject, advice=advice, wording=wording,
                     shown=None if envelope is None else show_envelope(envelope))


@pages.get("/gateways/{name}/rejects/{digest}/file", dependencies=[may(Act.open_rejects)])
async def download_message(name: str, digest: Digest, answers: Asking) -> Response:
    """Hand out what was sent as a file that `python -m ingest decode` understands."""
    reject, envelope = await _open(answers, name, digest, as_file=True)
    if envelope is None:
        raise NotFoundError(words("What was sent is not kept."))
    disposition = f'attachment; filename="{file_name(name, reject.digest, envelope)}"'
    return Response(envelope, media_type="application/octet-stream", headers={"Content-Disposition": disposition})

"""The search for passages, one passage in full, and its pictures: pages and API."""

from functools import partial
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from search.access import NOT_YOUR_ROLE, CurrentVisitor
from search.answers import NO_CONSULTATION, Answer, Answers, Asking, Question
from search.cameras.queries import by_municipality, list_cameras
from search.pages.language import words
from search.pages.rendering import language_of, show_page
from search.pages.vocabulary import withheld
from search.program import RunningProgram
from search.reads import answering
from search.reads.cursor import read_cursor
from search.reads.filters import Asked, parse_asked
from search.reads.periods import PERIODS
from search.reads.pictures import NO_PICTURE, address_pictures, fetch_picture, wants_picture
from search.reads.queries import Passage, ReadsPage, find_passage, find_reads
from search.reads.schemas import ReadInFull, ReadsAnswer, ReadsParameters
from search.refusals import REFUSALS
from services.audit import Action
from services.clock import from_epoch_ms, utc_now
from services.database import transaction
from services.errors import (
    BadQuestionError,
    ForbiddenError,
    NoConsultationError,
    NotFoundError,
    TooBroadError,
    ZoneschildError,
)
from services.identity import captured_ms_of, is_read_id
from services.images import Kind

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["reads"], responses=REFUSALS)
PAGE_LENGTH = 50
_BESIDE_ON_PAGE = frozenset({"after", "period"})
_BESIDE_IN_API = frozenset({"after", "limit"})


async def _search(answers: Answers, asked: Asked, after: str | None, limit: int) -> Answer[ReadsPage]:
    cursor = read_cursor(after) if after else None
    in_words = words("{question}; continued", question=asked.sentence()) if cursor else asked.sentence()
    return await answers.ask(Question(
        Action.reads_searched, in_words, {**asked.in_full(), "limit": limit, **({"after": after} if after else {})},
        partial(find_reads, asked=asked, after=cursor, limit=limit), asked.from_))


async def _open(answers: Answers, read_id: UUID) -> Answer[Passage]:
    """Ask for one passage; raises NotFoundError that says whether it is withheld."""
    if not is_read_id(read_id):
        raise _not_found()
    captured_at = from_epoch_ms(captured_ms_of(read_id))
    answer = await answers.ask(Question(
        Action.read_opened, words("Passage {read_id} in full", read_id=str(read_id)), {"read_id": str(read_id)},
        partial(find_passage, read_id=read_id), captured_at))
    if answer.value is None:
        permission = answer.permission
        if permission.retention_from <= captured_at < permission.earliest:
            raise NotFoundError(words("This passage may not be shown. {why}", why=withheld(permission)))
        raise _not_found()
    return Answer(answer.value, answer.consultation, permission=answer.permission, withheld=answer.withheld)


def _not_found() -> NotFoundError:
    return NotFoundError(words("There is no passage with this number. Passages disappear after twelve months, and "
                               "nobody can bring them back."))


@api.get("/reads", summary="Search reads")
async def get_reads(request: Request, parameters: Annotated[ReadsParameters, Query()], program: RunningProgram,
                    answers: Asking) -> ReadsAnswer:
    """Return reads, newest first; without any filter, the newest of all."""
    asked = parse_asked(request.query_params.multi_items(), beside=_BESIDE_IN_API)
    answer = await _search(answers, asked, parameters.after, parameters.limit)
    return answering.answer_search(program, language_of(request), answer, asked)


@api.get("/reads/{read_id}", summary="One read in full")
async def get_read(read_id: UUID, program: RunningProgram, answers: Asking) -> ReadInFull:
    """Return one read with raw values, delay and earlier readings of the same passage."""
    answer = await _open(answers, read_id)
    return answering.answer_in_full(answer.value, address_pictures(program, answer.value.current, answer.consultation))


@pages.get("/reads")
async def show_search(request: Request, program: RunningProgram, visitor: CurrentVisitor, answers: Asking) -> Response:
    """Show the search; the question is asked as soon as the address holds one."""
    after, period = request.query_params.get("after"), request.query_params.get("period")
    asked, answer, problem = Asked(), None, None
    try:
        asked = parse_asked(request.query_params.multi_items(), beside=_BESIDE_ON_PAGE)
        if period in PERIODS:
            return _fix_period(asked, period)
        if asked.pairs() or after:
            answer = await _search(answers, asked, after, PAGE_LENGTH)
        elif not visitor.sees_reads:
            raise ForbiddenError(NOT_YOUR_ROLE)
        elif visitor.consultation is None:
            raise NoConsultationError(NO_CONSULTATION)
    except (BadQuestionError, TooBroadError) as error:
        problem = error
    async with transaction(program.engine) as connection:
        cameras = await list_cameras(connection)
    return show_page(request, "reads.html", problem.status if problem else 200, asked=asked, answer=answer,
                     problem=problem.args[0] if problem else None, filled=_filled(request, asked, problem),
                     groups=by_municipality(cameras), periods=PERIODS, after=after, more=_more_link(asked, answer),
                     without_after=_link(asked), pictures=_pictures(program, answer) if answer else {})


def _filled(request: Request, asked: Asked, problem: ZoneschildError | None) -> dict[str, str]:
    """Return what stands in the form's fields: the question as understood, or as it was typed when it was not."""
    if problem:
        return {key: ", ".join(request.query_params.getlist(key)) for key in ("plate", "from", "until")}
    language = language_of(request)
    return {"plate": ", ".join(asked.plate), "from": language.moment(asked.from_) if asked.from_ else "",
            "until": language.moment(asked.until) if asked.until else ""}


def _fix_period(asked: Asked, code: str) -> Response:
    from_, until = PERIODS[code].limits(utc_now())
    return RedirectResponse(_link(Asked(asked.plate, from_, until, asked.camera)), 303)


def _link(asked: Asked, *more: tuple[str, str]) -> str:
    pairs = [*asked.pairs(), *more]
    return f"/reads?{urlencode(pairs)}" if pairs else "/reads"


def _more_link(asked: Asked, answer: Answer[ReadsPage] | None) -> str | None:
    following = answer.value.following if answer else None
    return _link(asked, ("after", following.write())) if following else None


def _pictures(program: RunningProgram, answer: Answer[ReadsPage]) -> dict[UUID, dict[str, str]]:
    return {read.read_id: address_pictures(program, read, answer.consultation) for read in answer.value.items}


@pages.get("/reads/{read_id}")
async def show_read(request: Request, read_id: UUID, program: RunningProgram, answers: Asking) -> Response:
    """Show one passage in full."""
    answer = await _open(answers, read_id)
    read = answer.value.current
    return show_page(request, "read.html", read=read, earlier=answer.value.earlier,
                     pictures=address_pictures(program, read, answer.consultation),
                     same_plate=None if read.unread else _link(Asked(plate=(read.plate,))),
                     same_camera=_link(Asked(camera=(read.camera_code,)),
                                       *answering.minutes_around(read.captured_at)))


@pages.get("/reads/{read_id}/images/{kind}")
async def show_picture(request: Request, read_id: UUID, kind: str, program: RunningProgram, visitor: CurrentVisitor,
                       grant: str = "") -> Response:
    """Show a picture to whoever was granted it by an answer."""
    try:
        if kind not in Kind.__members__:
            raise NotFoundError(words("There is nothing at this address."))
        return await fetch_picture(program, visitor, read_id, Kind[kind], grant)
    except (NotFoundError, ForbiddenError) as error:
        if wants_picture(request):
            return Response(NO_PICTURE, error.status, media_type="image/svg+xml")
        raise

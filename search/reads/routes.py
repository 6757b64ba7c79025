"""The search for passages, one passage in full, and its pictures: pages and API."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import QueryParams

from search.access import CurrentVisitor
from search.answers import NO_CONSULTATION, Answer, Answers, Asking, Found, Question
from search.asking.chips import chips_of
from search.asking.knowing import current_zone
from search.asking.merging import add_to
from search.asking.understanding import understand
from search.cameras.completeness import in_words as say_completeness
from search.cameras.queries import Camera, by_municipality, list_cameras
from search.doors import may
from search.journeys.asked import address_around
from search.pages.language import Words, words
from search.pages.rendering import language_of, show_page
from search.pages.vocabulary import withheld
from search.program import Program, RunningProgram
from search.reads import answering
from search.reads.addresses import Links, Paging, View, in_words, read_paging
from search.reads.aims import find_aim
from search.reads.cursor import read_cursor
from search.reads.filters import Asked, parse_asked
from search.reads.form import fill_form
from search.reads.neighbours import find_passage_among
from search.reads.periods import PERIODS
from search.reads.pictures import NO_PICTURE, address_pictures, fetch_picture, wants_picture
from search.reads.queries import Counting, PageAsked, ReadsPage, find_passage, find_reads
from search.reads.schemas import FilterParameters, PageParameters, ReadInFull, ReadsAnswer
from search.reads.showing import ShownSpread, apart, show_spread
from search.refusals import REFUSALS
from search.saved.queries import list_saved
from services.audit import Action
from services.clock import from_epoch_ms, utc_now
from services.database import reading, transaction
from services.errors import (
    BadQuestionError,
    ForbiddenError,
    NoConsultationError,
    NotFoundError,
    TooBroadError,
)
from services.gate import Aim
from services.identity import captured_ms_of, is_read_id
from services.images import Kind
from services.patterns import parse_pattern
from services.roles import Act

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["reads"], responses=REFUSALS)
PAGE_LENGTH = 50
T = TypeVar("T")
_MOST_UNREAD, _LONGEST_UNREAD = 20, 80
_BESIDE_ON_PAGE = frozenset({"after", "period", "by", "view", "spread", "q", "unread"})
_BESIDE_IN_API = frozenset({"after", "limit", "by", "spread"})


async def _search(program: Program, answers: Answers, asked: Asked, how: Paging, limit: int,
                  spread: Counting) -> Answer[ReadsPage]:
    cursor = read_cursor(how.after) if how.after else None
    page = PageAsked(asked, limit, utc_now(), cursor, by_vehicle=how.by_vehicle, spread=spread)
    told = {"limit": limit, **({} if spread is Counting.no else {"spread": "yes"})}
    return await answers.ask(Question(
        Action.reads_searched, in_words(asked, how), {**asked.in_full(), **how.in_full(), **told},
        partial(find_reads, model=await program.model(), page=page),
        await find_aim(program.engine, asked)))


async def _open(answers: Answers, read_id: UUID, find: Callable[..., Awaitable[Found[T | None]]]) -> Answer[T]:
    """Ask for one passage; raises NotFoundError that says whether it is withheld."""
    if not is_read_id(read_id):
        raise _not_found()
    captured_at = from_epoch_ms(captured_ms_of(read_id))
    answer = await answers.ask(Question(
        Action.read_opened, words("Passage {read_id} in full", read_id=str(read_id)), {"read_id": str(read_id)},
        partial(find, read_id=read_id), Aim.at_one(captured_at)))
    if answer.value is None:
        permission = answer.permission
        if permission.retention_from <= captured_at and not permission.opens_all_at(captured_at):
            raise NotFoundError(words("This passage may not be shown. {why}", why=withheld(permission)))
        raise _not_found()
    return Answer(answer.value, answer.consultation, permission=answer.permission, withheld=answer.withheld)


def _not_found() -> NotFoundError:
    return NotFoundError(words("There is no passage with this number. Passages disappear after twelve months, and "
                               "nobody can bring them back."))


@api.get("/reads", summary="Search reads", dependencies=[may(Act.ask_reads)],
         openapi_extra=FilterParameters.described())
async def get_reads(request: Request, parameters: Annotated[PageParameters, Query()], program: RunningProgram,
                    answers: Asking) -> ReadsAnswer:
    """Return reads, newest first; without any filter, the newest of all."""
    asked = parse_asked(request.query_params.multi_items(), beside=_BESIDE_IN_API)
    how = Paging(parameters.after, parameters.by == "vehicle")
    counting = Counting.whatever if parameters.spread else Counting.no
    answer = await _search(program, answers, asked, how, parameters.limit, counting)
    cameras: list[Camera] = []
    if parameters.spread:
        async with reading(program.engine) as connection:
            cameras = await list_cameras(connection)
    return answering.answer_search(program, language_of(request), answer, asked, in_words(asked, how), cameras)


@api.get("/reads/{read_id}", summary="One read in full", dependencies=[may(Act.ask_reads)])
async def get_read(request: Request, read_id: UUID, program: RunningProgram, answers: Asking) -> ReadInFull:
    """Return one read with raw values, delay and earlier readings of the same passage."""
    answer = await _open(answers, read_id, find_passage)
    pictures = address_pictures(program, answer.value.current, answer.consultation)
    return answering.answer_in_full(language_of(request), answer.value, pictures)


@pages.get("/reads", dependencies=[may(Act.ask_reads)])
async def show_search(request: Request, program: RunningProgram, visitor: CurrentVisitor, answers: Asking) -> Response:
    """Show the search; the question is asked as soon as the address holds one."""
    how, given = read_paging(request.query_params), request.query_params
    asked, answer, problem = Asked(), None, None
    try:
        asked = parse_asked(given.multi_items(), beside=_BESIDE_ON_PAGE)
        if given.get("q", "").strip() or given.get("period") in PERIODS:
            return await _lead_to_question(program, asked, how, given)
        if asked.pairs() or how.after:
            answer = await _search(program, answers, asked, how, PAGE_LENGTH, _counting(how))
        elif visitor.consultation is None:
            raise NoConsultationError(NO_CONSULTATION)
    except (BadQuestionError, TooBroadError) as error:
        problem = error
    async with transaction(program.engine) as connection:
        cameras, zone = await list_cameras(connection), await program.zone.get(connection)
        saved = await list_saved(connection, visitor.user.user_id, utc_now())
    form = fill_form(asked, request.query_params if problem else None, language_of(request), cameras)
    links = Links(asked, how, answer.value.following if answer else None)
    return show_page(request, "reads.html", problem.status if problem else 200, asked=asked, answer=answer,
                     problem=problem.args[0] if problem else None, form=form, how=how, periods=PERIODS,
                     groups=by_municipality(cameras), links=links, chips=chips_of(asked, how),
                     unread=given.getlist("unread")[:_MOST_UNREAD], written=given.get("q", ""),
                     saved=saved,
                     shown_spread=_spread(answer, links, cameras) if answer else None, apart=apart, zone=zone,
                     completeness=_completeness(answer, asked) if answer else None,
                     pictures=_pictures(program, answer) if answer else {})


def _counting(how: Paging) -> Counting:
    """Further pages go without: whoever turns them has seen how the answer lies. A map shows nothing else."""
    if how.after:
        return Counting.no
    return Counting.whatever if how.counted or how.view is View.map else Counting.at_once


def _spread(answer: Answer[ReadsPage], links: Links, cameras: list[Camera]) -> ShownSpread | None:
    spread = answer.value.spread
    return show_spread(spread, links, cameras, utc_now()) if spread and spread.total else None


def _completeness(answer: Answer[ReadsPage], asked: Asked) -> Words:
    return say_completeness(answer.value.completeness, utc_now(), asked.until)


async def _lead_to_question(program: Program, asked: Asked, how: Paging, given: QueryParams) -> Response:
    """Lead to the address of what was written in the box on top of the filters, and of the shortcut for a period."""
    now, code = utc_now(), given.get("period", "")
    zone, _ = await current_zone(program.engine)
    understood = understand(given.get("q", ""), zone, now)
    asked = add_to(asked, understood.asked)
    if code in PERIODS:
        from_, until = PERIODS[code].limits(now)
        asked = replace(asked, from_=from_, until=until)
    unread = [told[:_LONGEST_UNREAD] for told in understood.unread[:_MOST_UNREAD]]
    return RedirectResponse(Links(asked, how).telling(unread), 303)


def _pictures(program: RunningProgram, answer: Answer[ReadsPage]) -> dict[UUID, dict[str, str]]:
    return {read.read_id: address_pictures(program, read, answer.consultation) for read in answer.value.items}


@pages.get("/reads/{read_id}", dependencies=[may(Act.ask_reads)])
async def show_read(request: Request, read_id: UUID, program: RunningProgram, answers: Asking) -> Response:
    """Show one passage in full."""
    answer = await _open(answers, read_id, find_passage_among)
    passage = answer.value.passage
    read = passage.current
    return show_page(request, "read.html", read=read, earlier=passage.earlier, neighbours=answer.value.neighbours,
                     pictures=address_pictures(program, read, answer.consultation), consultation=answer.consultation,
                     journeys=None if read.unread else address_around(read.plate, read.captured_at, read.read_id),
                     same_plate=None if read.unread else Links(Asked(plate=(parse_pattern(read.plate),))).first,
                     same_camera=Links(answering.around(read)).first)


@pages.get("/reads/{read_id}/images/{kind}", dependencies=[may(Act.ask_reads)])
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

"""Hits for programs, and the stream of what is new for boards and programs alike."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response

from search.access import CurrentVisitor
from search.doors import may
from search.hits.cards import write_item
from search.hits.handling import find_hit, look, take_step
from search.hits.queries import find_open
from search.hits.routes import note_shown
from search.hits.schemas import HitItem, HitsAnswer, StepGiven
from search.hits.streams import Stream
from search.pages.language import choose_language
from search.pages.rendering import LANGUAGE_COOKIE, language_of
from search.program import RunningProgram
from search.refusals import REFUSALS
from services.database import reading, transaction
from services.hits.following import Step
from services.hits.telling_boards import newest_number
from services.hits.tending import Taken
from services.roles import Act
from services.sessions import token_hash

api = APIRouter(prefix="/api/v1", tags=["hits"], responses=REFUSALS)


@api.get("/hits", summary="The open hits of your groups", dependencies=[may(Act.see_hits)])
async def get_hits(program: RunningProgram, visitor: CurrentVisitor) -> HitsAnswer:
    """Return the open hits, the most urgent first; `after` is where the stream of events goes on."""
    async with transaction(program.engine) as connection:
        mark = program.boards.marks.write(await newest_number(connection))
        hits = await find_open(connection, await look(connection, visitor))
        await note_shown(connection, program, visitor, hits)
    return HitsAnswer(after=mark, items=[HitItem(**write_item(hit)) for hit in hits])


@api.get("/hits/events", summary="What is new, as server-sent events", dependencies=[may(Act.see_hits)],
         response_class=Response,
         responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": (
             "`event: hit` for everything that happens to a hit of your groups, with an `id` to go on after; "
             "`event: beat` every two seconds, which says whether ingest lives; `event: over` when your log-in "
             "has ended.")}})
async def stream_events(
        request: Request, program: RunningProgram, visitor: CurrentVisitor,
        after: Annotated[str, Query(max_length=64, description="An `id`, or `after` of `GET /hits`; without it, "
                                                               "what is new from now on.")] = "",
        cards: Annotated[bool, Query(description="For pages: a hit's card as HTML in place of its data.")] = False,
        last_event_id: Annotated[str, Header(max_length=64, description="What a browser sends when it comes "
                                                                         "again.")] = "") -> Response:
    """Return a response that ends with the log-in, with search, or after an hour."""
    boards = program.boards
    number = boards.marks.read(last_event_id) if last_event_id else boards.marks.read(after)
    async with reading(program.engine) as connection:
        newest = await newest_number(connection)
    credential = visitor.session_token or _bearer(request)
    language = program.pages.languages[choose_language(request.cookies.get(LANGUAGE_COOKIE), "", api=False)]
    return boards.open(Stream(
        visitor.user.user_id, visitor.actor, visitor.may(Act.handle_hits), visitor.user.role, token_hash(credential),
        visitor.session_token is not None, language if cards else language_of(request), cards,
        # A number that was not given yet is of a database that is gone: what is new from now on.
        newest if number is None else min(number, newest)))


def _bearer(request: Request) -> str:
    return request.headers.get("authorization", "").partition(" ")[2].strip()


@api.get("/hits/{hit_id}", summary="One hit", dependencies=[may(Act.see_hits)])
async def get_hit(hit_id: int, program: RunningProgram, visitor: CurrentVisitor) -> HitItem:
    """Return one hit of your groups, also one that has ended."""
    async with transaction(program.engine) as connection:
        hit = await find_hit(connection, visitor, hit_id)
        await note_shown(connection, program, visitor, [hit])
    return HitItem(**write_item(hit))


@api.post("/hits/{hit_id}/steps/{step}", summary="Follow a hit up", dependencies=[may(Act.handle_hits)],
          responses={409: {"model": REFUSALS[403]["model"], "description": "A colleague has it, or it does not follow "
                                                                           "on how the hit stands."}})
async def take_step_from_api(hit_id: int, step: Step, program: RunningProgram, visitor: CurrentVisitor,
                             given: StepGiven) -> HitItem:
    """Take a step: claim, take-over, release, confirm, dispatch, end."""
    await take_step(program, visitor, hit_id, step, Taken(given.on, given.disposition, given.remark, given.shown))
    async with transaction(program.engine) as connection:
        hit = await find_hit(connection, visitor, hit_id)
        await note_shown(connection, program, visitor, [hit])
    return HitItem(**write_item(hit))


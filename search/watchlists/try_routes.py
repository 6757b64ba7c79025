"""What an entry or a list would have raised on past passages: pages and API (R9)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from search.access import CurrentVisitor
from search.answers import Answer, Asking
from search.doors import may
from search.pages.rendering import show_page
from search.program import Program, RunningProgram
from search.refusals import REFUSALS
from search.watchlists.entering import found
from search.watchlists.entry_routes import EntryId
from search.watchlists.keeping import find, mine_of
from search.watchlists.queries import Tried
from search.watchlists.trying import SPANS, try_entry, try_list
from search.watchlists.viewing import camera_codes
from services.clock import utc_now
from services.database import reading
from services.roles import Act
from services.watchlists.finding import Entry

pages = APIRouter(prefix="/watchlists", include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["watchlists"], responses=REFUSALS)
Days = Annotated[int, Query(ge=1, le=30, description="How many days back.")]


class DayItem(BaseModel):
    """How many hits a day would have brought."""

    day: date
    hits: int


class CameraItem(BaseModel):
    """How many hits a camera would have brought."""

    camera: str
    hits: int


class MisreadItem(BaseModel):
    """A text near the plate that was read."""

    text: str
    reads: int
    probability: float


class TriedAnswer(BaseModel):
    """What would have been raised."""

    since: datetime = Field(description="Later than asked for where the gate withholds.")
    withheld: bool
    hits: int
    hits_a_day: float
    days: list[DayItem]
    cameras: list[CameraItem]
    misreads: list[MisreadItem] = Field(description="Of one plate alone.")


def _item(answer: Answer[Tried], codes: Mapping[int, str]) -> TriedAnswer:
    tried = answer.value
    return TriedAnswer(
        since=tried.since, withheld=answer.withheld, hits=tried.total, hits_a_day=round(tried.a_day, 2),
        days=[DayItem(day=day, hits=count) for day, count in tried.days],
        cameras=[CameraItem(camera=camera, hits=count) for camera, count in _by_code(tried, codes)],
        misreads=[MisreadItem(text=one.text, reads=one.reads, probability=one.probability) for one in tried.misreads])


def _by_code(tried: Tried, codes: Mapping[int, str]) -> Sequence[tuple[str, int]]:
    return [(codes.get(camera, str(camera)), count) for camera, count in tried.cameras]


async def _entry(program: Program, visitor: CurrentVisitor, entry_id: int) -> tuple[Entry, Mapping[int, str]]:
    async with reading(program.engine) as connection:
        entry = await found(connection, entry_id, await mine_of(connection, visitor))
        return entry, await camera_codes(connection)


@api.get("/entries/{entry_id}/back-test", summary="What an entry would have raised",
         dependencies=[may(Act.ask_reads)])
async def get_entry_trial(entry_id: EntryId, program: RunningProgram, visitor: CurrentVisitor, answers: Asking,
                          days: Days = 7) -> TriedAnswer:
    """Hold an entry against past reads: a search, with all that a search needs. A pattern needs a second person."""
    entry, codes = await _entry(program, visitor, entry_id)
    return _item(await try_entry(answers, await program.model(), entry, days, utc_now()), codes)


@api.get("/watchlists/{list_code}/back-test", summary="What a list would have raised",
         dependencies=[may(Act.ask_reads)])
async def get_list_trial(list_code: str, program: RunningProgram, answers: Asking, days: Days = 1) -> TriedAnswer:
    """Hold a list's plates against past reads, in sums; a second person agrees first."""
    async with reading(program.engine) as connection:
        watchlist, codes = await find(connection, list_code), await camera_codes(connection)
    return _item(await try_list(answers, watchlist, days, utc_now()), codes)


@pages.get("/entries/{entry_id}/try", dependencies=[may(Act.ask_reads)])
async def show_entry_trial(request: Request, entry_id: EntryId, program: RunningProgram, visitor: CurrentVisitor,
                           answers: Asking, days: Days = 7) -> Response:
    """Show what an entry would have raised."""
    entry, codes = await _entry(program, visitor, entry_id)
    answer = await try_entry(answers, await program.model(), entry, days, utc_now())
    return show_page(request, "entry_tried.html", answer=answer, tried=answer.value, entry=entry, days=days,
                     spans=SPANS, cameras=_by_code(answer.value, codes), code=entry.list_code, name=entry.list_name)


@pages.get("/{list_code}/try", dependencies=[may(Act.ask_reads)])
async def show_list_trial(request: Request, list_code: str, program: RunningProgram, answers: Asking,
                          days: Days = 1) -> Response:
    """Show what a list would have raised."""
    async with reading(program.engine) as connection:
        watchlist, codes = await find(connection, list_code), await camera_codes(connection)
    answer = await try_list(answers, watchlist, days, utc_now())
    return show_page(request, "entry_tried.html", answer=answer, tried=answer.value, entry=None, days=days,
                     spans=SPANS, cameras=_by_code(answer.value, codes), code=list_code, name=watchlist.name)

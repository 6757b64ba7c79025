"""What came of the hits of one's own groups, on a page and as a file: who follows up, and what only makes noise."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from search.access import CurrentVisitor, Visitor
from search.audit.consulting import Look, note_look
from search.audit.periods import Period, read_period
from search.doors import may
from search.hits import review_wording
from search.hits.review_sheet import write_csv
from search.pages.language import words
from search.pages.rendering import language_of, show_page
from search.program import Program, RunningProgram
from search.sheets import MEDIA_TYPE
from services.audit import Action
from services.clock import utc_now
from services.database import transaction
from services.errors import BadQuestionError
from services.hits.outcome_telling import ENTRY_PAGE
from services.hits.reviewing import Reviewed, review
from services.hits.reviewing_rule import By
from services.roles import Act
from services.watchlists.audiences import audiences_of

pages = APIRouter(include_in_schema=False)

SHOWN = 50
"""Rows of one table that the page shows; the file has the others."""


async def _review(program: Program, visitor: Visitor, period: Period, *,
                  as_file: bool) -> Mapping[By, Sequence[Reviewed]]:
    """Review a period and note who did; the audit is told no number of hits, for some may be discreet (R11)."""
    user = visitor.user
    async with transaction(program.engine) as connection:
        mine = await audiences_of(connection, user.user_id, user.role)
        found = {by: await review(connection, by, mine, period.since, period.until) for by in By}
        said = words("follow-up of hits from {from_} until {until}", from_=period.since, until=period.until)
        await note_look(connection, program, visitor, Look(
            Action.hits_reviewed, words("{question}; as {file} file", question=said, file="csv") if as_file else said,
            {**period.in_full(), **({"as_file": "csv"} if as_file else {})}))
    return found


@pages.get("/hits/review", dependencies=[may(Act.see_hits)])
async def show_review(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Show what came of the hits of a period, what only makes noise first."""
    given, problem, period = request.query_params, None, None
    found: Mapping[By, Sequence[Reviewed]] = {}
    try:
        period = read_period(given, utc_now())
        found = await _review(program, visitor, period, as_file=False)
    except BadQuestionError as error:
        problem = error
    language = language_of(request)
    filled = {"from": language.moment(period.since), "until": language.moment(period.until)} if period else \
        {key: given.get(key, "") for key in ("from", "until")}
    noisy = [row for rows in found.values() for row in rows if row.noise]
    return show_page(request, "hits_review.html", problem.status if problem else 200, found=found, noisy=noisy,
                     filled=filled, problem=problem.args[0] if problem else None, review=review_wording, shown=SHOWN,
                     entry_page=ENTRY_PAGE, file=f"/hits/review.csv?{urlencode(period.in_full())}" if period else None)


@pages.get("/hits/review.csv", dependencies=[may(Act.see_hits)])
async def download_review(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Let a browser keep the review as a file."""
    found = await _review(program, visitor, read_period(request.query_params, utc_now()), as_file=True)
    return Response(write_csv(found), media_type=MEDIA_TYPE,
                    headers={"Content-Disposition": 'attachment; filename="opvolging.csv"'})

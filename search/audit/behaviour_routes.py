"""Behaviour to review, on a page."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from search.access import CurrentVisitor
from search.audit.behaviour import Finding, Reviewed, review
from search.audit.behaviour_queries import gather_facts, name_people
from search.audit.consulting import Look, note_look
from search.audit.periods import Period, read_period
from search.doors import may
from search.pages.language import Words, words
from search.pages.rendering import language_of, show_page
from search.program import RunningProgram
from services.audit import Action
from services.clock import utc_now
from services.database import transaction
from services.errors import BadQuestionError
from services.roles import Act

pages = APIRouter(include_in_schema=False)
SHOWN = 50
"""Findings of one rule that the page shows."""


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding with whose it is and where its rows are."""

    finding: Finding
    username: str
    name: str

    @property
    def address(self) -> str:
        """The rows of the audit."""
        return f"/audit?{urlencode(self.finding.address(self.username))}"


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A rule with what it found, ready for the page."""

    reviewed: Reviewed
    findings: list[ShownFinding]


@pages.get("/audit/behaviour", dependencies=[may(Act.review_consultations)])
async def show_behaviour(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Show what stands out in a period, what weighs most first."""
    given, problem, period, shown = request.query_params, None, None, []
    try:
        period = read_period(given, utc_now())
        shown = await _review(program, visitor, period)
    except BadQuestionError as error:
        problem = error
    language = language_of(request)
    filled = {"from": language.moment(period.since), "until": language.moment(period.until)} if period else \
        {key: given.get(key, "") for key in ("from", "until")}
    return show_page(request, "audit_behaviour.html", problem.status if problem else 200, shown=shown, filled=filled,
                     problem=problem.args[0] if problem else None, period=period)


async def _review(program: RunningProgram, visitor: CurrentVisitor, period: Period) -> list[ShownRule]:
    async with transaction(program.engine) as connection:
        facts = await gather_facts(connection, program.identity, period.since, period.until, utc_now())
        # In a thread: a year of questions takes a second, and everybody else's requests would wait.
        reviewed = await asyncio.to_thread(review, facts)
        people = await name_people(connection)
        await note_look(connection, program, visitor, Look(
            Action.behaviour_reviewed, _in_words(period), period.in_full(),
            count=sum(len(one.findings) for one in reviewed)))
    return [ShownRule(one, [ShownFinding(finding, *people[finding.user_id]) for finding in one.findings[:SHOWN]])
            for one in reviewed]


def _in_words(period: Period) -> Words:
    return words("behaviour to review from {from_} until {until}", from_=period.since, until=period.until)

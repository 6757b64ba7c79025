"""One vehicle's journeys: page, API and files."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request

from search.answers import Answer, Answers, Asking, Question
from search.journeys.answering import answer_journeys
from search.journeys.asked import AskedJourneys, parse_asked
from search.journeys.finding import JourneysFound, find_journeys
from search.journeys.queries import FindAlikes
from search.journeys.schemas import JourneysAnswer, JourneysAsked
from search.pages.rendering import language_of
from search.refusals import REFUSALS
from services.audit import Action
from services.clock import utc_now

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["journeys"], responses=REFUSALS)
_FIND_ALIKES: FindAlikes | None = None


async def ask(answers: Answers, asked: AskedJourneys, action: Action = Action.journeys_asked) -> Answer[JourneysFound]:
    """Ask the question through the audited path."""
    return await answers.ask(Question(
        action, asked.sentence(), asked.in_full(),
        partial(find_journeys, asked=asked, roads_cache=answers.program.roads, find_alikes=_FIND_ALIKES), asked.from_))


@api.get("/journeys", summary="One vehicle's journeys")
async def get_journeys(request: Request, parameters: Annotated[JourneysAsked, Query()],
                       answers: Asking) -> JourneysAnswer:
    """Return the journeys of one plate, oldest first: reads in order, the roads between them, stops, gaps, silences."""
    asked = parse_asked(request.query_params.multi_items(), utc_now(), beside=frozenset({"speed"}))
    answer = await ask(answers, asked)
    return answer_journeys(language_of(request), answer, asked, speed=parameters.speed)

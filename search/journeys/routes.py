"""One vehicle's journeys: page, API and files."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from search.access import CurrentVisitor
from search.answers import NO_CONSULTATION, Answer, Answers, Asking, Question
from search.doors import may
from search.journeys.answering import answer_journeys
from search.journeys.asked import CHOSEN, AskedJourneys, parse_asked
from search.journeys.exports import FORMATS
from search.journeys.finding import JourneysFound, find_journeys
from search.journeys.schemas import JourneysAnswer, JourneysAsked, JourneysParameters
from search.journeys.viewing import WEEKDAYS, view_vehicle
from search.journeys.wording import length_in_words
from search.lookalikes.levels import LEVELS
from search.map.routes import find_zone
from search.pages.language import AUDIT_LANGUAGE, Language, words
from search.pages.rendering import language_of, show_page
from search.program import RunningProgram
from search.refusals import REFUSALS
from services.audit import Action
from services.clock import utc_now
from services.errors import BadQuestionError, NoConsultationError, TooBroadError
from services.gate import WHOLE, Aim
from services.roles import Act

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["journeys"], responses=REFUSALS)
Kind = Literal["geojson", "gpx", "csv"]


async def _ask(answers: Answers, asked: AskedJourneys, export: Kind | None = None) -> Answer[JourneysFound]:
    action = Action.journeys_exported if export else Action.journeys_asked
    in_words = words("{question}; as {file} file", question=asked.sentence(), file=export) if export else \
        asked.sentence()
    program = answers.program
    return await answers.ask(Question(
        action, in_words, {**asked.in_full(), **({"file": export} if export else {})},
        partial(find_journeys, asked=asked, roads_cache=program.roads, model=await program.model()),
        Aim(WHOLE, frozenset() if asked.alike is not None else frozenset({asked.plate}), asked.from_, asked.until)))


@api.get("/journeys", summary="One vehicle's journeys", dependencies=[may(Act.ask_reads)])
async def get_journeys(request: Request, parameters: Annotated[JourneysAsked, Query()],
                       answers: Asking) -> JourneysAnswer:
    """Return the journeys of one plate, oldest first: reads in order, the roads between them, stops, gaps, silences."""
    asked = parse_asked(request.query_params.multi_items(), utc_now(), beside=frozenset({"speed"}))
    answer = await _ask(answers, asked)
    return answer_journeys(language_of(request), answer, asked, speed=parameters.speed)


@api.get("/journeys.{kind}", summary="One vehicle's journeys as a file", dependencies=[may(Act.ask_reads)],
         response_class=Response, responses={
    200: {"description": "GeoJSON (RFC 7946), GPX 1.1 or CSV (RFC 4180, UTF-8).",
          "content": {kind.media_type: {} for kind in FORMATS.values()}}})
async def get_file(request: Request, kind: Kind, _: Annotated[JourneysParameters, Query()], program: RunningProgram,
                   answers: Asking) -> Response:
    """Return the same journeys for other programs. A file tells no speed, and says that it proves nothing."""
    return await _export(request, kind, program, answers)


@pages.get("/journeys.{kind}", dependencies=[may(Act.ask_reads)])
async def download_file(request: Request, kind: Kind, program: RunningProgram, answers: Asking) -> Response:
    """Let a browser keep the journeys of its page as a file."""
    return await _export(request, kind, program, answers)


async def _export(request: Request, kind: Kind, program: RunningProgram, answers: Answers) -> Response:
    asked = parse_asked(request.query_params.multi_items(), utc_now())
    answer = await _ask(answers, asked, kind)
    question = program.pages.languages[AUDIT_LANGUAGE].say(asked.sentence())
    # The file's name holds no plate: it ends in lists of downloads that nobody guards.
    return Response(FORMATS[kind].write(answer.value, question), media_type=FORMATS[kind].media_type,
                    headers={"Content-Disposition": f'attachment; filename="ritten.{kind}"'})


@pages.get("/journeys", dependencies=[may(Act.ask_reads)])
async def show_vehicle(request: Request, visitor: CurrentVisitor, program: RunningProgram, answers: Asking) -> Response:
    """Show the form and, once a plate is asked for, everything that is known of the vehicle in that period."""
    given, asked, vehicle, answer, problem = request.query_params, None, None, None, None
    language = language_of(request)
    try:
        if given.get("plate"):
            asked = parse_asked(given.multi_items(), utc_now(), beside=frozenset({CHOSEN}))
            answer = await _ask(answers, asked)
            vehicle = view_vehicle(program, language, answer, asked, _read_chosen(given), await find_zone(program))
        elif visitor.consultation is None:
            raise NoConsultationError(NO_CONSULTATION)
    except (BadQuestionError, TooBroadError) as error:
        problem = error
    return show_page(
        request, "journeys.html", problem.status if problem else 200, filled=_filled(given, asked, language),
        asked=asked, answer=answer, problem=problem.args[0] if problem else None, levels=LEVELS, vehicle=vehicle,
        length_in_words=length_in_words, weekdays=WEEKDAYS)


def _read_chosen(given: Mapping[str, str]) -> UUID | None:
    """Return the read whose journey is shown first; what is none names the newest journey."""
    try:
        return UUID(given.get(CHOSEN, ""))
    except ValueError:
        return None


def _filled(given: Mapping[str, str], asked: AskedJourneys | None, language: Language) -> dict[str, str]:
    if asked is None:
        return {key: given.get(key, "") for key in ("plate", "from", "until", "alike")}
    return {"plate": asked.plate, "from": language.moment(asked.from_), "until": language.moment(asked.until),
            "alike": f"{asked.alike:g}" if asked.alike is not None else ""}

"""The report on one plate (R20), for the DPO under a consultation for an access request: page, file and API."""

from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from search.access import CurrentVisitor
from search.answers import NO_CONSULTATION, Answer, Answers, Asking, Question
from search.audit.queries import AuditRow
from search.audit.reporting import KEYS, AskedReport, Report, parse_report, report_plate, write_csv
from search.audit.schemas import PlateAnswer, PlateParameters, ReportedQuestion, ReportedRead
from search.audit.wording import name_of_action
from search.doors import may
from search.pages.language import words
from search.pages.rendering import language_of, show_page
from search.reads.queries import Read
from search.refusals import REFUSALS
from search.sheets import MEDIA_TYPE
from services.audit import Action
from services.clock import utc_now
from services.errors import BadQuestionError, NoConsultationError, TooBroadError
from services.gate import WHOLE, Aim
from services.roles import Act

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["audit"], responses=REFUSALS)


async def _ask(answers: Answers, asked: AskedReport, *, as_file: bool = False) -> Answer[Report]:
    in_words = words("{question}; as {file} file", question=asked.sentence(), file="csv") if as_file else \
        asked.sentence()
    return await answers.ask(Question(
        Action.plate_reported, in_words, {**dict(asked.pairs()), **({"as_file": "csv"} if as_file else {})},
        partial(report_plate, asked=asked, now=utc_now()),
        Aim(WHOLE, frozenset({asked.plate}), asked.from_, asked.until), Act.report_plates))


@api.get("/audit/plates", summary="What is kept of a plate, and who asked about it",
         dependencies=[may(Act.report_plates)])
async def get_report(request: Request, _: Annotated[PlateParameters, Query()], answers: Asking) -> PlateAnswer:
    """Return the report that an access request needs; under a consultation with that purpose."""
    asked = parse_report(request.query_params.multi_items(), utc_now())
    report = (await _ask(answers, asked)).value
    return PlateAnswer(plate=asked.plate, reads=[_read(read) for read in report.reads],
                       questions=[_question(row) for row in report.questions], complete=report.complete)


def _read(read: Read) -> ReportedRead:
    return ReportedRead(
        read_id=read.read_id, captured_at=read.captured_at, received_at=read.received_at, plate=read.plate,
        country=read.country, camera=read.camera_code, camera_name=read.camera_name, municipality=read.municipality,
        road=read.road, direction=read.camera_direction, make=read.make, model=read.model, colour=read.colour,
        vehicle_type=read.vehicle_type, speed_kmh=read.speed_kmh, pictures=len(read.pictures()),
        superseded=read.superseded)


def _question(row: AuditRow) -> ReportedQuestion:
    return ReportedQuestion(at=row.at, action=row.action, role=row.role, purpose=row.purpose,
                            file_number=row.file_number, person=row.username)


@pages.get("/audit/plates", dependencies=[may(Act.report_plates)])
async def show_report(request: Request, visitor: CurrentVisitor, answers: Asking) -> Response:
    """Show the form and, once a plate is asked for, its report."""
    given, asked, answer, problem = request.query_params, None, None, None
    if visitor.consultation is None:
        raise NoConsultationError(NO_CONSULTATION)
    try:
        if given:
            asked = parse_report(given.multi_items(), utc_now())
            answer = await _ask(answers, asked)
    except (BadQuestionError, TooBroadError) as error:
        problem = error
    language = language_of(request)
    filled = {key: given.get(key, "") for key in KEYS}
    if asked:
        filled = {"plate": asked.plate, "from": language.moment(asked.from_), "until": language.moment(asked.until)}
    return show_page(request, "audit_plate.html", problem.status if problem else 200, filled=filled, asked=asked,
                     report=answer.value if answer else None, problem=problem.args[0] if problem else None,
                     name_of_action=name_of_action,
                     file=f"/audit/plates.csv?{urlencode(asked.pairs())}" if asked else None)


@pages.get("/audit/plates.csv", dependencies=[may(Act.report_plates)])
async def download_report(request: Request, answers: Asking) -> Response:
    """Let a browser keep the report as a file that names nobody who asked."""
    asked = parse_report(request.query_params.multi_items(), utc_now())
    answer = await _ask(answers, asked, as_file=True)
    # The file's name holds no plate: it ends in lists of downloads that nobody guards.
    return Response(write_csv(answer.value), media_type=MEDIA_TYPE,
                    headers={"Content-Disposition": 'attachment; filename="inzage.csv"'})

"""What was tapped at the roadside: kept once, applied, and audited in one transaction."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import Visitor
from search.actions import changing, queries, vehicle_queries
from search.actions.queries import Action
from search.actions.schemas import TappedForm
from search.actions.vehicle_queries import Locked
from search.actions.wording import OUTCOMES
from search.pages.language import AUDIT_LANGUAGE, Words, words
from search.program import Program
from services import audit
from services.clock import iso_ms, utc_now
from services.database import transaction
from services.errors import BadQuestionError, NotFoundError
from services.hits.action_rule import Outcome
from services.hits.action_steps import Report, Standing, StepKind, apply

ACCEPTED_AFTER = timedelta(hours=24)
"""So long after the end of an action tablets may still send what was tapped during it."""

_UNKNOWN_VEHICLE = words("There is no such vehicle in this action.")
_NOT_UNDERSTOOD = words("That cannot be reported of a vehicle.")
_STEPS = {
    StepKind.take: words("team {team} goes for it"),
    StepKind.release: words("no team goes for it"),
    StepKind.reopen: words("taken back"),
}


class Came(StrEnum):
    """What came of a report."""

    counted = "counted"
    known = "known"      # it came in before
    no_change = "no-change"  # a later tap, or an outcome, has overtaken it


async def take_report(program: Program, visitor: Visitor, action_id: int, vehicle_id: int,
                      form: TappedForm) -> Came:
    """Keep one tap; the same one twice counts once.

    Raises NotFoundError for a vehicle that is not shown to the visitor, BadQuestionError for what is no report and for
    an action that was over for a day.
    """
    now = utc_now()
    async with transaction(program.engine) as connection:
        action = await changing.find(connection, action_id)
        if now > action.over_at + ACCEPTED_AFTER:
            raise BadQuestionError(words("This action has been over for more than a day."))
        report = await _read(connection, action, form, now)
        mine = await changing.groups_of(connection, visitor)
        vehicle = await vehicle_queries.lock_vehicle(connection, action_id, vehicle_id, mine)
        if vehicle is None:
            raise NotFoundError(_UNKNOWN_VEHICLE)
        if not await vehicle_queries.keep_report(connection, form.report_key, vehicle_id, now):
            return Came.known
        standing = apply(vehicle.standing, report)
        if standing is not None:
            await vehicle_queries.keep_standing(connection, vehicle_id, standing, visitor.user.user_id)
        await program.trail.record(connection, visitor.actor, await _entry(
            connection, program, action, (vehicle_id, vehicle, standing), report))
    return Came.counted if standing is not None else Came.no_change


async def _read(connection: AsyncConnection, action: Action, form: TappedForm, now: datetime) -> Report:
    """Return the report that a form holds, made when it was tapped: never before the action began."""
    kind, _, outcome = form.step.partition(":")
    if kind not in set(StepKind) or (kind == StepKind.outcome) != (outcome in set(Outcome)):
        raise BadQuestionError(_NOT_UNDERSTOOD)
    teams = {team.team_id for team in await queries.find_teams(connection, action.action_id)}
    if (form.team and form.team not in teams) or (kind == StepKind.take and not form.team):
        raise BadQuestionError(words("This action has no such team."))
    at = max(now - timedelta(milliseconds=form.age_ms), action.since)
    return Report(StepKind(kind), at, form.team or None, Outcome(outcome) if outcome else None)


async def _entry(connection: AsyncConnection, program: Program, action: Action,
                 changed: tuple[int, Locked, Standing | None], report: Report) -> audit.Entry:
    vehicle_id, vehicle, standing = changed
    names = {team.team_id: team.name for team in await queries.find_teams(connection, action.action_id)}
    sentence = words("ANPR operation {name}, vehicle {vehicle}: {what}", name=action.name, vehicle=str(vehicle_id),
                     what=_in_words(report, names))
    return audit.Entry(
        audit.Action.action_handled, program.pages.languages[AUDIT_LANGUAGE].say(sentence),
        {"action_id": action.action_id, "vehicle_id": vehicle_id, "step": str(report.kind),
         "outcome": report.outcome, "team": names.get(report.team_id or 0), "tapped_at": iso_ms(report.at)},
        {"counted": standing is not None}, read_ids=[vehicle.read_id])


def _in_words(report: Report, names: dict[int, str]) -> Words:
    if report.outcome is not None:
        return OUTCOMES[report.outcome]
    sentence = _STEPS[report.kind]
    return words(sentence.msgid, team=names[report.team_id]) if report.team_id else sentence

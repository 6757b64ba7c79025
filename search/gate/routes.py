"""What the DPO confirms of the gate's rules (docs/law.md §1.9)."""

from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from search.access import CurrentVisitor, Visitor
from search.doors import may
from search.gate import queries, wording
from search.gate.queries import Confirmed
from search.gate.schemas import RuleForm
from search.gate.wording import Described
from search.pages.language import AUDIT_LANGUAGE, Words, words
from search.pages.rendering import show_page
from search.program import Program, RunningProgram
from services import audit
from services.clock import utc_now
from services.database import transaction
from services.errors import BadQuestionError
from services.gate_rules import CAUTIOUS, LIMITS, is_possible, with_confirmed
from services.roles import Act

pages = APIRouter(include_in_schema=False)
LEAST_DOCUMENT, MOST_DOCUMENT = 5, 300
_YES_OR_NO = {"yes": True, "no": False}
ON, OFF = words("yes"), words("no")


@dataclass(frozen=True, slots=True)
class ShownRule:
    """One rule on the page; without limits it is answered with yes or no."""

    name: str
    described: Described
    value: int
    cautious: int
    limits: tuple[int, int] | None
    confirmed: Confirmed | None


@pages.get("/rules", dependencies=[may(Act.confirm_rules)])
async def show_rules(request: Request, program: RunningProgram) -> Response:
    """Show every rule with its meaning, its cautious default, and what holds now on whose word."""
    return await _show(request, program)


async def _show(request: Request, program: Program, typed: RuleForm | None = None,
                problem: BadQuestionError | None = None) -> Response:
    async with transaction(program.engine) as connection:
        confirmed = await queries.list_confirmed(connection)
    present = asdict(with_confirmed({name: one.value for name, one in confirmed.items()}))
    cautious = asdict(CAUTIOUS)
    shown = [ShownRule(name, described, present[name], cautious[name], LIMITS.get(name), confirmed.get(name))
             for name, described in wording.RULES.items()]
    return show_page(request, "rules.html", problem.status if problem else 200, shown=shown, fixed=wording.FIXED,
                     typed=typed, problem=problem.args[0] if problem else None, say_value=say_value, here="/rules")


def say_value(value: object) -> Words | str:
    """Return a rule's value in words."""
    return (ON if value else OFF) if isinstance(value, bool) else str(value)


@pages.post("/rules", dependencies=[may(Act.confirm_rules)])
async def confirm_from_form(request: Request, program: RunningProgram, visitor: CurrentVisitor,
                            form: Annotated[RuleForm, Form()]) -> Response:
    """Confirm one rule on the basis of a document."""
    try:
        await _confirm(program, visitor, form)
    except BadQuestionError as error:
        return await _show(request, program, form, error)
    return RedirectResponse(f"/rules#{form.name}", 303)


async def _confirm(program: Program, visitor: Visitor, form: RuleForm) -> None:
    value, document = read_value(form.name, form.value), " ".join(form.document.split())
    if not LEAST_DOCUMENT <= len(document) <= MOST_DOCUMENT:
        raise BadQuestionError(words("Name the document on which this rests (5 to 300 characters)."))
    described = wording.RULES[form.name]
    in_words = words("{rule}: {value}, on the basis of {document}", rule=described.title, value=say_value(value),
                     document=document)
    async with transaction(program.engine) as connection:
        before = (await queries.list_confirmed(connection)).get(form.name)
        await queries.confirm_rule(connection, form.name, value, document, visitor.user.user_id, utc_now())
        await program.trail.record(connection, visitor.actor, audit.Entry(
            audit.Action.rule_confirmed, program.pages.languages[AUDIT_LANGUAGE].say(in_words),
            {"name": form.name, "value": value, "before": before.value if before else None, "document": document}))
    program.rules.forget()


def read_value(name: str, text: str) -> int:
    """Return the value that was typed for a rule; raises BadQuestionError with what it may be."""
    if name not in wording.RULES:
        raise BadQuestionError(words("There is no such rule."))
    limits = LIMITS.get(name)
    typed = text.strip()
    if limits is None:
        value = _YES_OR_NO.get(typed)
        if value is None:
            raise BadQuestionError(words("{rule}: choose yes or no", rule=wording.RULES[name].title))
        return value
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 9 else None
    if number is None or not is_possible(name, number):
        raise BadQuestionError(words("{rule}: a number from {least} to {most}", rule=wording.RULES[name].title,
                                     least=limits[0], most=limits[1]))
    return number

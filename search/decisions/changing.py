"""Registering, comparing, revoking and opening decisions: each one transaction that ends with its audit row."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import Visitor
from search.decisions import wording
from search.decisions.queries import camera_ids, has_opened_document
from search.decisions.stating import Stated
from search.decisions.uploading import Uploaded
from search.pages.language import AUDIT_LANGUAGE, Words, words
from search.program import Program
from services import audit, prosecutor
from services.clock import iso_ms, utc_now
from services.database import transaction
from services.decision_rule import LEAST_WHY, is_writing, tidy_text
from services.errors import BadQuestionError, ForbiddenError, NotFoundError, ZoneschildError
from services.prosecutor import Document, Outcome, Registered

UNKNOWN = words("There is no such decision.")
_REFUSALS: Mapping[Outcome, ZoneschildError] = {
    Outcome.unknown: NotFoundError(UNKNOWN),
    Outcome.own: ForbiddenError(words("Whoever registered a decision does not compare it: ask a colleague.")),
    Outcome.over: BadQuestionError(words("This decision was compared, refused or revoked already, or has expired.")),
}


async def register(program: Program, visitor: Visitor, stated: Stated, form: Uploaded) -> int:
    """Keep a decision as it was typed and return its number; raises BadQuestionError naming the field."""
    now = utc_now()
    async with transaction(program.engine) as connection:
        checked = stated.read(form, await camera_ids(connection)).checked(now)
        decision_id = await prosecutor.register(connection, visitor.user.user_id, checked, now)
        if decision_id is None:
            raise BadQuestionError(words("A decision with this reference is registered already."))
        await _record(connection, program, visitor, audit.Action.decision_registered, decision_id)
        return decision_id


async def agree(program: Program, visitor: Visitor, decision_id: int, seen: list[str]) -> None:
    """Keep that the document says what was registered; raises BadQuestionError unless every group was ticked."""
    if not set(wording.GROUPS) <= set(seen):
        raise BadQuestionError(words("Tick each part after you have read it in the document."))
    await _compare(program, visitor, decision_id, None)


async def refuse(program: Program, visitor: Visitor, decision_id: int, because: str) -> None:
    """Keep that the document says something else, and what; raises BadQuestionError for too few words."""
    await _compare(program, visitor, decision_id, _why(because))


async def _compare(program: Program, visitor: Visitor, decision_id: int, because: str | None) -> None:
    async with transaction(program.engine) as connection:
        if because is None and not await has_opened_document(connection, decision_id, visitor.user.username):
            raise BadQuestionError(words("Open the document first: the comparison is with the document itself."))
        outcome = await prosecutor.compare(connection, decision_id, visitor.user.user_id, utc_now(), because)
        action = audit.Action.decision_compared if because is None else audit.Action.decision_refused
        await _conclude(connection, program, visitor, outcome, action, decision_id)
    _raise_unless_done(outcome)


async def revoke(program: Program, visitor: Visitor, decision_id: int, because: str) -> None:
    """Have a decision open nothing any more, from the next question on; raises BadQuestionError for too few words."""
    why = _why(because)
    async with transaction(program.engine) as connection:
        outcome = await prosecutor.revoke(connection, decision_id, visitor.user.user_id, utc_now(), why)
        await _conclude(connection, program, visitor, outcome, audit.Action.decision_revoked, decision_id)
    _raise_unless_done(outcome)


async def open_document(program: Program, visitor: Visitor, decision_id: int) -> Document:
    """Return a decision's document and leave a trace; raises NotFoundError when it is not the one handed in."""
    async with transaction(program.engine) as connection:
        document = await prosecutor.fetch_document(connection, decision_id)
        if document is None:
            raise NotFoundError(UNKNOWN)
        await _record(connection, program, visitor, audit.Action.decision_document_opened, decision_id,
                      {"intact": document.intact})
    if not document.intact:
        raise NotFoundError(words("The document that is kept is not the one that was handed in. Tell the data "
                                  "protection officer."))
    return document


def _why(because: str) -> str:
    why = tidy_text(because)
    if not is_writing(why, LEAST_WHY, 1000):
        raise BadQuestionError(words("Say why in your own words (10 to 1000 characters)."))
    return why


async def _conclude(connection: AsyncConnection, program: Program, visitor: Visitor, outcome: Outcome,
                    action: audit.Action, decision_id: int) -> None:
    """Leave the trace of what was done; of what was refused too, where there is such a decision."""
    if outcome is Outcome.done:
        await _record(connection, program, visitor, action, decision_id)
    elif outcome is not Outcome.unknown:
        await _record(connection, program, visitor, audit.Action.denied, decision_id,
                      {"refused": str(outcome), "wanted": str(action)})


def _raise_unless_done(outcome: Outcome) -> None:
    if outcome in _REFUSALS:
        refusal = _REFUSALS[outcome]
        raise type(refusal)(*refusal.args)


async def _record(connection: AsyncConnection, program: Program, visitor: Visitor, action: audit.Action,
                  decision_id: int, came: Mapping[str, object] | None = None) -> None:
    decision = await prosecutor.find_decision(connection, decision_id)
    if decision is None:
        raise NotFoundError(UNKNOWN)
    codes = {number: code for code, number in (await camera_ids(connection)).items()}
    await program.trail.record(connection, visitor.actor, audit.Entry(
        action, program.pages.languages[AUDIT_LANGUAGE].say(_sentence(decision, codes)), _in_full(decision, codes),
        came or {}))


def _sentence(decision: Registered, codes: Mapping[int, str]) -> Words:
    return words("decision {reference} of the procureur des Konings: {scope}", reference=decision.reference,
                 scope=wording.scope_in_words(decision, codes))


def _in_full(decision: Registered, codes: Mapping[int, str]) -> dict[str, object]:
    cameras = None if decision.cameras is None else wording.camera_codes(decision.cameras, codes)
    because = decision.revoked_because or decision.refused_because
    return {"decision_id": decision.decision_id, "reference": decision.reference,
            "file_number": decision.file_number, "magistrate": decision.magistrate,
            "decided_on": decision.decided_on.isoformat(), "offence_of_a_year": decision.offence_of_a_year,
            "plates": decision.plates, "cameras": cameras, "since": iso_ms(decision.since),
            "until": iso_ms(decision.until), "expires_at": iso_ms(decision.expires_at),
            "document_sha256": decision.document_sha256.hex(), **({"because": because} if because else {})}

"""Following hits up as a visitor does: each step with its event and its row in the audit."""

from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import Visitor
from search.hits.cards import purpose_of
from search.hits.queries import Hit, Onlooker, find_hits
from search.hits.wording import CONFIRM, DISPOSITIONS, EVENTS, REFUSALS, STEPS
from search.pages.language import AUDIT_LANGUAGE, Words, words
from search.program import Program
from services import audit, consultations, sessions
from services.clock import utc_now
from services.database import transaction
from services.errors import BadQuestionError, ConflictError, ForbiddenError, NotFoundError
from services.gate import ALERT_REACH, Scope
from services.hits import tending
from services.hits.following import Step
from services.hits.tending import Doer, Handled, Refusal, StepRefusedError, Taken
from services.watchlists.audiences import audiences_of

NOT_FOUND = REFUSALS[Refusal.unknown]


async def look(connection: AsyncConnection, visitor: Visitor) -> Onlooker:
    """Return the visitor as one who looks at hits."""
    user = visitor.user
    return Onlooker(user.user_id, await audiences_of(connection, user.user_id, user.role), utc_now())


async def find_hit(connection: AsyncConnection, visitor: Visitor, hit_id: int) -> Hit:
    """Return a hit of the visitor's groups; raises NotFoundError for any other, whether it exists or not (R11)."""
    found = await find_hits(connection, await look(connection, visitor), [hit_id]) if 0 < hit_id < 2**63 else []
    if not found:
        raise NotFoundError(NOT_FOUND)
    return found[0]


async def take_step(program: Program, visitor: Visitor, hit_id: int, step: Step, taken: Taken) -> None:
    """Take a step; raises NotFoundError, and ConflictError with the reason when it may not be taken."""
    try:
        async with transaction(program.engine) as connection:
            handled = await tending.take_step(connection, _checked(hit_id), step, await _doer(connection, visitor),
                                              utc_now(), taken)
            said = CONFIRM[taken.on] if taken.on else DISPOSITIONS[taken.disposition] if taken.disposition else \
                STEPS[step]
            await _record(connection, program, visitor, handled, said, taken.words)
    except StepRefusedError as error:
        raise _refusal(error) from None


async def add_remark(program: Program, visitor: Visitor, hit_id: int, text: str) -> None:
    """Add a remark; raises NotFoundError, and ConflictError when it says nothing."""
    try:
        async with transaction(program.engine) as connection:
            handled = await tending.remark(connection, _checked(hit_id), await _doer(connection, visitor), text,
                                           utc_now())
            await _record(connection, program, visitor, handled, EVENTS[handled.kind], text)
    except StepRefusedError as error:
        raise _refusal(error) from None


def _checked(hit_id: int) -> int:
    return hit_id if 0 < hit_id < 2**63 else 0


async def _doer(connection: AsyncConnection, visitor: Visitor) -> Doer:
    user = visitor.user
    return Doer(user.user_id, user.display_name, await audiences_of(connection, user.user_id, user.role))


def _refusal(error: StepRefusedError) -> NotFoundError | ConflictError:
    if error.why is Refusal.unknown:
        return NotFoundError(NOT_FOUND)
    return ConflictError(words(REFUSALS[error.why].msgid, holder=error.holder))


async def _record(connection: AsyncConnection, program: Program, visitor: Visitor, handled: Handled, said: Words,
                  text: str) -> None:
    """Write the audit's row: of a discreet hit its number and the step, never somebody's words (R11)."""
    before = handled.before
    in_words = program.pages.languages[AUDIT_LANGUAGE].say(words("Hit {hit}: {what}", hit=str(before.hit_id),
                                                                 what=said))
    remark = {"remark": text} if text and not before.discreet else {}
    await program.trail.record(connection, visitor.actor, audit.Entry(
        audit.Action.hit_handled, in_words,
        {"hit": before.hit_id, "event": handled.kind, "before": before.state, **handled.detail, **remark},
        read_ids=(before.last_read,) if before.last_read else ()))


async def open_consultation(program: Program, visitor: Visitor, hit_id: int) -> Hit:
    """Open the consultation that a hit's entry stands for: its purpose, file and reason, its vehicle, around its read.

    Nobody types anything. Raises NotFoundError; ForbiddenError where the visitor's role has no such purpose, or the hit
    is discreet; StatementError for an entry whose file or reason says too little.
    """
    async with transaction(program.engine) as connection:
        hit = await find_hit(connection, visitor, hit_id)
        purpose = purpose_of(hit, visitor.user.role)
        if purpose is None:
            raise ForbiddenError(_NO_CONSULTATION)
        stated = consultations.Request(purpose, hit.matched[0].file_number, hit.matched[0].reason)
        try:
            opened = await consultations.open_from_alert(
                connection, visitor.user.user_id, stated, _around(hit), program.settings.consultation_hours, utc_now())
        except BadQuestionError:
            raise BadQuestionError(_SAYS_TOO_LITTLE) from None
        ended = await _end_open(connection, visitor)
        if visitor.session_token:
            await sessions.hold_consultation(connection, visitor.session_token, opened.consultation_id)
        for entry in (*ended, _opened_entry(program, hit, opened)):
            await program.trail.record(connection, visitor.actor, entry)
    return hit


_NO_CONSULTATION = words("No consultation follows from this hit for you. Open one yourself, and say why you ask.")
_SAYS_TOO_LITTLE = words("The entry's file number or reason says too little for a consultation. Open one yourself, and "
                         "say why you ask.")


def _around(hit: Hit) -> Scope:
    """Return the vehicle's passages a day before and after the hit's newest read: a long hit does not widen it."""
    last = hit.last_captured_at
    return Scope(last - ALERT_REACH, last + ALERT_REACH, frozenset({hit.plate}))


async def _end_open(connection: AsyncConnection, visitor: Visitor) -> list[audit.Entry]:
    opened = visitor.consultation
    if opened and await consultations.end_consultation(connection, opened.consultation_id, visitor.user.user_id,
                                                       utc_now()):
        return [audit.Entry(audit.Action.consultation_ended, consultation_id=opened.consultation_id)]
    return []


def _opened_entry(program: Program, hit: Hit, opened: consultations.Consultation) -> audit.Entry:
    in_words = words("From hit {hit}; file {file}; reason: {reason}", hit=str(hit.hit_id), file=opened.file_number,
                     reason=opened.reason)
    return audit.Entry(
        audit.Action.consultation_opened, program.pages.languages[AUDIT_LANGUAGE].say(in_words),
        {"purpose": opened.purpose.code, "file_kind": opened.file_kind, "file_number": opened.file_number,
         "reason": opened.reason, "origin": opened.origin, "hit": hit.hit_id,
         "entry": hit.matched[0].entry_id}, consultation_id=opened.consultation_id)

"""Saving a question and removing it again, each with its row in the audit."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import Visitor
from search.accounts.recording import record
from search.asking.merging import without
from search.pages.language import Words, words
from search.program import Program
from search.reads.filters import Asked, parse_asked
from search.saved import queries
from search.saved.queries import Saved
from services import audit
from services.clock import utc_now
from services.database import transaction
from services.errors import BadQuestionError, NotFoundError

_LONGEST_NAME = 80
_BESIDE = frozenset({"after", "by", "view", "spread"})
"""What an address says of the page of an answer and not of the question."""
_NAME = words("name: say in at most {most} characters what it is called", most=_LONGEST_NAME)
_NOTHING = words("There is no question to save: give a filter first.")
UNKNOWN = words("You have no saved search of this number.")


def read_question(pairs: Sequence[tuple[str, str]], *, moments: bool) -> Asked:
    """Return the question to save, without its moments where they are not wanted; raises BadQuestionError."""
    asked = parse_asked([pair for pair in pairs if pair[0] not in _BESIDE], beside=frozenset())
    asked = asked if moments else without(asked, "from_", "until")
    if not asked.pairs():
        raise BadQuestionError(_NOTHING)
    return asked


async def save(program: Program, visitor: Visitor, name: str, asked: Asked, *, by_vehicle: bool) -> Saved:
    """Save a question by name for its owner alone; raises BadQuestionError for a name that cannot be."""
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise BadQuestionError(_NAME)
    async with transaction(program.engine) as connection:
        saved = await queries.add_saved(connection, visitor.user.user_id, name, asked, by_vehicle=by_vehicle,
                                        now=utc_now())
        await _note(connection, program, visitor, audit.Action.search_saved, saved,
                    words("saved search {name}: {question}", name=name, question=asked.sentence()))
    return saved


async def remove(program: Program, visitor: Visitor, saved_id: int) -> None:
    """Remove one of the visitor's own; raises NotFoundError where there is none of that number."""
    async with transaction(program.engine) as connection:
        saved = await queries.remove_saved(connection, visitor.user.user_id, saved_id)
        if saved is None:
            raise NotFoundError(UNKNOWN)
        await _note(connection, program, visitor, audit.Action.search_removed, saved,
                    words("saved search {name}", name=saved.name))


async def _note(connection: AsyncConnection, program: Program, visitor: Visitor, action: audit.Action,
                saved: Saved, sentence: Words) -> None:
    await record(connection, program, visitor, action, sentence, saved_id=saved.saved_id, name=saved.name,
                 **saved.filters)

"""The audit's row for what somebody changes about an account, its sessions or its tokens."""

from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import Visitor
from search.pages.language import AUDIT_LANGUAGE, Words
from search.program import Program
from services import audit


async def record(connection: AsyncConnection, program: Program, who: Visitor | audit.Actor, action: audit.Action,
                 sentence: Words, **filters: object) -> None:
    """Append a row, in Dutch words and in full; the last thing in its transaction."""
    actor = who.actor if isinstance(who, Visitor) else who
    in_dutch = program.pages.languages[AUDIT_LANGUAGE].say(sentence)
    await program.trail.record(connection, actor, audit.Entry(action, in_dutch, filters))

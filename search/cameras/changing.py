"""Putting a camera's papers, taking it live and off: each in the caller's transaction, with its audit row (R12)."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import Visitor
from search.pages.language import AUDIT_LANGUAGE, Words, words
from search.program import Program
from services import camera_papers
from services.audit import Action
from services.clock import utc_now
from services.papers_rule import Papers


async def put_papers(connection: AsyncConnection, program: Program, visitor: Visitor,
                     papers: Mapping[str, Papers]) -> None:
    """Put papers in place of those that are there; what changes nothing leaves no trace."""
    changed = await camera_papers.put_papers(connection, papers, visitor.user.username, utc_now())
    await _record(connection, program, visitor, Action.camera_papers_changed, changed, papers=papers)


async def go_live(connection: AsyncConnection, program: Program, visitor: Visitor, code: str) -> None:
    """Take a camera live; raises BadQuestionError when it lacks something."""
    gone = await camera_papers.go_live(connection, [code], utc_now())
    await _record(connection, program, visitor, Action.camera_live, gone)


async def take_off(connection: AsyncConnection, program: Program, visitor: Visitor, code: str, reason: str) -> None:
    """Take a camera off; raises BadQuestionError without a reason."""
    said = camera_papers.check_reason(reason)
    if await camera_papers.take_off(connection, code):
        await _record(connection, program, visitor, Action.camera_off, [code], reason=said)


async def introduce(connection: AsyncConnection, program: Program, visitor: Visitor,
                    papers: Mapping[str, Papers]) -> None:
    """Give papers to cameras that their gateway introduces with them, and take live what never was."""
    if not papers:
        return
    put, gone = await camera_papers.introduce(connection, papers, visitor.user.username, utc_now())
    await _record(connection, program, visitor, Action.camera_papers_changed, put, papers=papers)
    await _record(connection, program, visitor, Action.camera_live, gone)


_SENTENCES = {
    Action.camera_papers_changed: words("papers of {cameras}"),
    Action.camera_live: words("{cameras} taken live"),
    Action.camera_off: words("{cameras} taken off"),
}


async def _record(connection: AsyncConnection, program: Program, visitor: Visitor, action: Action,
                  codes: Sequence[str], *, papers: Mapping[str, Papers] | None = None, reason: str = "") -> None:
    if not codes:
        return
    named = tuple(codes[:10]) if len(codes) <= 10 else words("{number} cameras", number=len(codes))
    question = program.pages.languages[AUDIT_LANGUAGE].say(Words(_SENTENCES[action].msgid, {"cameras": named}))
    put = {code: papers[code] for code in codes} if papers else None
    await program.trail.record(connection, visitor.actor,
                               camera_papers.entry(action, codes, question, papers=put, reason=reason))

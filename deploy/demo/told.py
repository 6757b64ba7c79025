"""`python -m deploy.demo.told past|decisions|watching STORY`: what the story's people did before it was first told.

The product itself writes no audit row with another time than now. The demo's past is made up, the audit included, and
sealed with the demo's own key; nothing of this is installed with the product.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from textwrap import wrap
from typing import Any
from uuid import UUID

import cv2
import numpy as np
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from deploy.demo.told_watching import tell_watching
from search.pages.language import AUDIT_LANGUAGE, load_languages
from search.pages.vocabulary import PURPOSES
from services import prosecutor
from services.accounts import find_user
from services.audit import Action, Actor, Entry, console_trail
from services.audit_chain import START, Sealer
from services.clock import iso_ms, local_day, utc_now
from services.database import open_engine, transaction
from services.decision_rule import Registration
from services.roles import Role
from services.schema_people import audit, consultations, users
from services.settings import AuditSettings, load_settings

Told = Mapping[str, Any]
_FROM = "127.0.0.1"
_LASTS, _ASKED_AFTER = timedelta(hours=8), timedelta(minutes=1)


class Past:
    """Appends rows of the made-up past to the audit."""

    def __init__(self, connection: AsyncConnection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    async def record(self, at: datetime, columns: Mapping[str, Any]) -> None:
        """Append one row that says it was written at `at`."""
        newest = (await self._connection.execute(
            select(audit.c.audit_id, audit.c.link_seal).order_by(audit.c.audit_id.desc()).limit(1))).one_or_none()
        number, previous = (newest.audit_id + 1, bytes(newest.link_seal)) if newest else (1, START)
        row = {"at": at, "client_address": _FROM, "role": str(Role.investigator), "decision": {}, "filters": {},
               "question": "", "result_count": None, "read_ids": [], **columns}
        content = self._sealer.content(row)
        await self._connection.execute(insert(audit).values(
            audit_id=number, content_seal=content, link_seal=self._sealer.link(number, content, previous), **row))


async def tell_past(connection: AsyncConnection, story: Told, sealer: Sealer) -> str:
    """Write the consultations of the made-up past, once: each with its one question for a plate."""
    past = story.get("past", [])
    known = await connection.scalar(select(func.count()).select_from(consultations))
    if not past or known:
        return "nothing to tell"
    trail, people = Past(connection, sealer), {one["username"]: one["name"] for one in past}
    numbers = {username: await _put_person(connection, username, name) for username, name in people.items()}
    for one in past:
        await _consult(connection, trail, one, numbers[one["username"]])
    return f"{len(past)} consultations of the made-up past"


async def _put_person(connection: AsyncConnection, username: str, name: str) -> int:
    """Add somebody who is only told of: without a password, so that nobody logs in as them."""
    number = await connection.scalar(insert(users).values(username=username, display_name=name, role=Role.investigator)
                                     .returning(users.c.user_id))
    return int(number or 0)


async def _consult(connection: AsyncConnection, trail: Past, one: Told, user_id: int) -> None:
    at = datetime.fromisoformat(one["at"])
    opened: UUID | None = await connection.scalar(insert(consultations).values(
        user_id=user_id, purpose=one["purpose"], file_kind=one["file_kind"], file_number=one["file_number"],
        reason=one["reason"], opened_at=at, expires_at=at + _LASTS, ended_at=at + _LASTS,
    ).returning(consultations.c.consultation_id))
    who = {"user_id": user_id, "username": one["username"], "consultation_id": opened}
    stated = {name: one[name] for name in ("purpose", "file_kind", "file_number", "reason")}
    in_words = f"{_in_dutch(one['purpose'])}; dossier {one['file_number']}; reden: {one['reason']}"
    await trail.record(at, {**who, "action": str(Action.consultation_opened), "filters": {**stated, "origin": "stated"},
                            "question": in_words,
                            "decision": {"flags": []}})
    asked = at + _ASKED_AFTER
    await trail.record(asked, {**who, "action": str(Action.reads_searched), "filters": {"plate": [one["plate"]]},
                               "question": f"Passages: nummerplaat {one['plate']}", "result_count": one["found"],
                               "decision": {"purpose": one["purpose"], "earliest": iso_ms(asked - timedelta(days=30)),
                                            "withheld": True}})


@cache
def _in_dutch(purpose: str) -> str:
    return load_languages()[AUDIT_LANGUAGE].say(PURPOSES[purpose][0])


async def tell_decisions(connection: AsyncConnection, story: Told, sealer: Sealer) -> str:  # noqa: ARG001 - one shape
    """Register the story's decisions of the procureur and have a colleague compare them, unless they are there."""
    made = [one["reference"] for one in story.get("decisions", []) if await _decide(connection, one)]
    return f"{len(made)} decisions of the procureur"


async def _decide(connection: AsyncConnection, one: Told) -> bool:
    now = utc_now()
    registering = await find_user(connection, one["registered_by"])
    comparing = await find_user(connection, one["compared_by"])
    since, until, expires_at = (datetime.fromisoformat(one[name]) for name in ("since", "until", "expires_at"))
    stated = Registration(one["reference"], one["file_number"], one["magistrate"],
                          datetime.fromisoformat(one["decided_on"]).date(), one["reasons"], True, tuple(one["plates"]),
                          None, since, until, local_day(expires_at), draw_letter(one), "beslissing.png").checked(now)
    number = await prosecutor.register(connection, registering.user_id, stated, now)
    if number is None:
        return False
    await prosecutor.compare(connection, number, comparing.user_id, now)
    trail, named = console_trail(), {"decision_id": number, "reference": stated.reference}
    for user, action in ((registering, Action.decision_registered), (comparing, Action.decision_compared)):
        await trail.record(connection, Actor(user.username, user.role, _FROM, user.user_id),
                           Entry(action, f"beslissing {stated.reference}", named))
    return True


def draw_letter(one: Told) -> bytes:
    """Return the decision as a scanned letter, a PNG that says that it is invented."""
    lines = ("VERZONNEN VOORBEELD: GEEN ECHTE BESLISSING", f"Referentie {one['reference']}", one["magistrate"],
             f"Dossier {one['file_number']}", f"Nummerplaten: {', '.join(one['plates'])}", *wrap(one["reasons"], 60))
    sheet = np.full((842, 842), 255, np.uint8)
    for row, line in enumerate(lines):
        cv2.putText(sheet, line, (60, 90 + 36 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 0, 1, cv2.LINE_AA)
    return cv2.imencode(".png", sheet)[1].tobytes()


async def _tell_watching(connection: AsyncConnection, story: Told, sealer: Sealer) -> str:  # noqa: ARG001 - one shape
    return await tell_watching(connection, story)


ACTIONS: dict[str, Callable[[AsyncConnection, Told, Sealer], Awaitable[str]]] = {
    "past": tell_past, "decisions": tell_decisions, "watching": _tell_watching}


async def _run(action: str, story: Told) -> str:
    settings = load_settings(AuditSettings)
    engine = open_engine(settings, connections=1)
    try:
        async with transaction(engine) as connection:
            return await ACTIONS[action](connection, story, Sealer(settings.audit_key.get_secret_value()))
    finally:
        await engine.dispose()


def main() -> None:
    """Tell one part of the story's past."""
    action, file = sys.argv[1:]
    print(asyncio.run(_run(action, json.loads(Path(file).read_text(encoding="utf-8")))))


if __name__ == "__main__":
    main()

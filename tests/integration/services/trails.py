"""Rows of the audit as the product writes them: sealed, each chained to the one before."""

from sqlalchemy.ext.asyncio import AsyncEngine

from services.audit import Action, Actor, Entry, Trail
from services.database import transaction

KEY = b"a key, with which these rows are sealed"
UNSEALED = ("INSERT INTO audit (audit_id, at, action, username, role, client_address, question, filters, decision, "
            "read_ids) VALUES (1, now(), 'denied', 'u', 'dpo', '127.0.0.1', '', '{}', '{}', '{}')")
"""A row that nobody sealed; the database does not take it."""
SEALED = ("INSERT INTO audit (audit_id, at, action, username, role, client_address, question, filters, decision, "
          "read_ids, content_seal, link_seal) VALUES (1, now(), 'denied', 'u', 'dpo', '127.0.0.1', '', '{}', '{}', "
          "'{}', decode(repeat('00', 16), 'hex'), decode(repeat('00', 16), 'hex'))")
"""A row with seals that somebody made up: the database takes it, verifying finds it."""


async def leave_row(engine: AsyncEngine, question: str = "", action: Action = Action.denied) -> None:
    """Write a row with the product's own trail."""
    async with transaction(engine) as connection:
        await Trail(KEY).record(connection, Actor("u", "investigator", "127.0.0.1"), Entry(action, question))

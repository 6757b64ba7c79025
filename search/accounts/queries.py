"""How often a log-in was refused of late; the audit itself is the memory.

It is shared by every search process, survives a restart, and cannot grow without bound: once refused for too many
attempts, no further row is written.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.audit import Action
from services.schema_people import audit

WINDOW = timedelta(minutes=15)
MOST_REFUSALS = 10
"""By name, not by address: behind the zone's proxy everybody has the same address."""
_REFUSALS = (Action.login_refused, Action.code_refused)


async def must_wait(connection: AsyncConnection, username: str, now: datetime) -> bool:
    """Tell whether this name was refused so often within WINDOW that it has to wait."""
    refused = await connection.scalar(select(func.count()).select_from(audit).where(
        audit.c.at > now - WINDOW, audit.c.action.in_(_REFUSALS), audit.c.username == username))
    return (refused or 0) >= MOST_REFUSALS

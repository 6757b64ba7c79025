"""The expiry of the audit itself: whole days older than it is kept, the oldest first (owner's role only)."""

from datetime import datetime

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.audit import Action, Entry, console_trail
from services.broker_commands import console_actor
from services.clock import ZONE, iso_ms, local_day, midnight
from services.database import transaction
from services.gate_rules import Rules, with_confirmed
from services.schema_people import gate_settings

# The oldest rows without a gap, all of them before the cut-off; the newest row stays whatever its age, as the next one
# is chained to it.
_LAST_TO_GO = text("""
SELECT audit_id, link_seal FROM audit
WHERE audit_id < coalesce((SELECT min(audit_id) FROM audit WHERE at >= :cut_off), (SELECT max(audit_id) FROM audit))
ORDER BY audit_id DESC LIMIT 1
""")
_ALLOW = text("SET LOCAL zoneschild.audit_expiry = 'on'")
_REMOVE = text("DELETE FROM audit WHERE audit_id <= :up_to")


def audit_cut_off(rules: Rules, now: datetime) -> datetime:
    """Return the instant before which the audit is not kept: the beginning, in Brussels, of the day years ago."""
    local = now.astimezone(ZONE)
    last_of_february = local.replace(day=28) if (local.month, local.day) == (2, 29) else local
    return midnight(local_day(last_of_february.replace(year=local.year - rules.audit_years)))


async def expire_audit(engine: AsyncEngine, now: datetime) -> int:
    """Remove the rows older than the audit is kept, and say so in a row; return how many.

    Raises ConfigurationError when there are some and no audit key is set.
    """
    async with transaction(engine) as connection:
        cut_off = audit_cut_off(await _rules(connection), now)
        last = (await connection.execute(_LAST_TO_GO, {"cut_off": cut_off})).one_or_none()
        removed = await _remove(connection, last, cut_off) if last else 0
    if removed:
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("VACUUM audit"))
    return removed


async def _remove(connection: AsyncConnection, last: Row[tuple[int, bytes]], cut_off: datetime) -> int:
    trail = console_trail()
    await connection.execute(_ALLOW)
    removed = (await connection.execute(_REMOVE, {"up_to": last.audit_id})).rowcount
    if removed:
        await trail.record(connection, console_actor(), Entry(
            Action.audit_expired, f"de rijen tot en met {last.audit_id} zijn verwijderd",
            {"up_to": last.audit_id, "link": bytes(last.link_seal).hex(), "before": iso_ms(cut_off)}))
    return removed


async def _rules(connection: AsyncConnection) -> Rules:
    found = await connection.execute(select(gate_settings.c.name, gate_settings.c.value))
    return with_confirmed({row.name: row.value for row in found})

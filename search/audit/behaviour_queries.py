"""What the rules on behaviour need to know: who asked for which plate, and who opened a consultation when."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import literal_column, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from search.audit.behaviour import PATTERN_OF, AskedPlate, Facts, Opened
from services.colleagues import list_plates, recognise
from services.identity import Identity
from services.plates import normalise
from services.schema_people import audit, consultations, users


async def gather_facts(connection: AsyncConnection, identity: Identity, since: datetime, until: datetime,
                       now: datetime) -> Facts:
    """Return what happened in [since, until), in order of time."""
    asked = await _list_asked(connection, since, until)
    kept = await list_plates(connection)
    owners = recognise(identity, {one.plate for one in asked}, kept)
    return Facts(since, now, asked, await _list_opened(connection, since - PATTERN_OF, until),
                 {plate: (colleague.user_id, colleague.display_name or "") for plate, colleague in owners.items()})


async def _list_asked(connection: AsyncConnection, since: datetime, until: datetime) -> tuple[AskedPlate, ...]:
    plate = literal_column("audit.filters -> 'plate'", JSONB).label("plate")
    rows = await connection.execute(
        select(audit.c.audit_id, audit.c.at, consultations.c.user_id, audit.c.consultation_id,
               consultations.c.file_number, plate)
        .join(consultations, consultations.c.consultation_id == audit.c.consultation_id)
        .where(audit.c.at >= since, audit.c.at < until, audit.c.filters.has_key("plate"))
        .order_by(audit.c.at, audit.c.audit_id))
    return tuple(AskedPlate(row.audit_id, row.at, row.user_id, row.consultation_id, row.file_number, text)
                 for row in rows for text in _in_full(row.plate))


def _in_full(kept: object) -> Iterator[str]:
    """Yield the plates of a question that it names in full; it keeps one as a text, several as a list."""
    for text in kept if isinstance(kept, list) else [kept]:
        if isinstance(text, str) and normalise(text) == text:
            yield text


async def _list_opened(connection: AsyncConnection, since: datetime, until: datetime) -> tuple[Opened, ...]:
    table = consultations.c
    rows = await connection.execute(
        select(table.consultation_id, table.user_id, table.opened_at, table.file_number, table.flags, table.pv_due_at,
               table.pv_given_at).where(table.opened_at >= since, table.opened_at < until).order_by(table.opened_at))
    return tuple(Opened(row.consultation_id, row.user_id, row.opened_at, row.file_number, tuple(row.flags),
                        row.pv_due_at, row.pv_given_at) for row in rows)


async def name_people(connection: AsyncConnection) -> dict[int, tuple[str, str]]:
    """Return everybody's user name and name, by number."""
    rows = await connection.execute(select(users.c.user_id, users.c.username, users.c.display_name))
    return {row.user_id: (row.username, row.display_name) for row in rows}

"""What the DPO has confirmed of the gate's rules."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.schema_people import gate_settings, users


@dataclass(frozen=True, slots=True)
class Confirmed:
    """One rule as it was confirmed: by whom, when, on what it rests."""

    name: str
    value: object
    document: str
    confirmed_by: str
    confirmed_at: datetime


async def list_confirmed(connection: AsyncConnection) -> dict[str, Confirmed]:
    """Return what has been confirmed, by the rule's name."""
    table = gate_settings.c
    rows = await connection.execute(
        select(table.name, table.value, table.document, users.c.display_name.label("confirmed_by"), table.confirmed_at)
        .join(users, users.c.user_id == table.confirmed_by))
    return {row["name"]: Confirmed(**row) for row in rows.mappings()}


async def confirm_rule(connection: AsyncConnection, name: str, value: int, document: str, by: int,
                       now: datetime) -> None:
    """Keep a rule's value, on what it rests and who says so; it replaces what was confirmed before."""
    values = {"value": value, "document": document, "confirmed_by": by, "confirmed_at": now}
    await connection.execute(insert(gate_settings).values(name=name, **values)
                             .on_conflict_do_update(index_elements=["name"], set_=values))

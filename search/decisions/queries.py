"""What the pages of decisions need beside the decisions themselves: cameras by code, and who opened a document."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.audit import Action
from services.schema import cameras
from services.schema_people import audit


async def camera_ids(connection: AsyncConnection) -> dict[str, int]:
    """Return every camera's number by its code."""
    rows = await connection.execute(select(cameras.c.code, cameras.c.camera_id))
    return {row.code: row.camera_id for row in rows}


async def has_opened_document(connection: AsyncConnection, decision_id: int, username: str) -> bool:
    """Tell whether somebody opened a decision's document, as the audit has it."""
    opened = select(func.count()).where(
        audit.c.username == username, audit.c.action == Action.decision_document_opened,
        audit.c.filters["decision_id"].as_integer() == decision_id)
    return bool(await connection.scalar(opened))

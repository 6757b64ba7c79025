"""The statement that keeps what a picture shows."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import literal
from sqlalchemy.dialects.postgresql import insert

from search.answers import Permitted
from services.clock import from_epoch_ms
from services.identity import captured_ms_of
from services.schema import confirmations, reads


async def put_confirmation(permitted: Permitted, read_id: UUID, plate: str, user_id: int, now: datetime) -> None:
    """Keep that the picture of a read shows `plate`; what was read comes from the read as it stands."""
    names = ["read_id", "user_id", "captured_at", "camera_id", "confidence", "plate_read", "plate_shown",
             "confirmed_at"]
    read = permitted.select_reads(
        reads.c.read_id, literal(user_id), reads.c.captured_at, reads.c.camera_id, reads.c.confidence, reads.c.plate,
        literal(plate), literal(now)).where(
            reads.c.captured_at == from_epoch_ms(captured_ms_of(read_id)), reads.c.read_id == read_id,
            ~reads.c.superseded)
    kept = insert(confirmations).from_select(names, read)
    await permitted.connection.execute(kept.on_conflict_do_update(
        index_elements=["read_id", "user_id"],
        set_={"plate_shown": kept.excluded.plate_shown, "confirmed_at": kept.excluded.confirmed_at}))

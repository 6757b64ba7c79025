"""Colleagues' own plates, kept as keyed hashes: enough to see that somebody looks one up, and nothing to read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.identity import Identity
from services.schema_people import colleague_plates, users


@dataclass(frozen=True, slots=True)
class ColleaguePlate:
    """That a plate is kept, whose (None: of somebody without an account), and since when; never which."""

    plate_key: bytes
    user_id: int | None
    username: str | None
    display_name: str | None
    added_at: datetime

    @property
    def name(self) -> str:
        """Its name in forms."""
        return self.plate_key.hex()


def plate_key(identity: Identity, plate: str) -> bytes:
    """Return what stands for a normalised plate; made with the product's secret, so that nobody can try plates out."""
    return identity.digest("colleague-plate", plate)


async def add_plate(connection: AsyncConnection, key: bytes, user_id: int | None, now: datetime) -> bool:
    """Keep a plate's hash; tell whether it is new."""
    kept = insert(colleague_plates).values(plate_key=key, user_id=user_id, added_at=now).on_conflict_do_nothing()
    return await connection.scalar(kept.returning(colleague_plates.c.plate_key)) is not None


async def remove_plate(connection: AsyncConnection, key: bytes) -> bool:
    """Forget a plate's hash; tell whether there was one."""
    result = await connection.execute(delete(colleague_plates).where(colleague_plates.c.plate_key == key))
    return result.rowcount == 1


async def list_plates(connection: AsyncConnection) -> list[ColleaguePlate]:
    """Return what is kept, by name, those without an account last."""
    rows = await connection.execute(
        select(colleague_plates, users.c.username, users.c.display_name)
        .outerjoin(users, users.c.user_id == colleague_plates.c.user_id)
        .order_by(users.c.display_name.nulls_last(), colleague_plates.c.added_at))
    return [ColleaguePlate(**row) for row in rows.mappings()]


def recognise(identity: Identity, asked: Iterable[str], kept: Iterable[ColleaguePlate]) -> dict[str, ColleaguePlate]:
    """Return, of plates that were asked for, those that are a colleague's."""
    by_key = {plate.plate_key: plate for plate in kept}
    found = {plate: by_key.get(plate_key(identity, plate)) for plate in asked}
    return {plate: colleague for plate, colleague in found.items() if colleague is not None}

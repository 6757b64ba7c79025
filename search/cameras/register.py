"""The register of camera uses (R12): every camera, on what its use rests, and since when it is live or off."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from search.pages.language import words
from services.camera_papers import STANDING_COLUMNS, WITH_PAPERS, Change, Standing, list_changes, standing_of
from services.errors import NotFoundError
from services.schema import cameras

NO_SUCH_CAMERA = words("There is no camera with this code.")
CHANGES_SHOWN = 200
"""How many changes the page tells of; the file has all."""


@dataclass(frozen=True, slots=True)
class Use:
    """One camera's use: what it is, where it stands, and its standing."""

    name: str
    municipality: str | None
    road: str | None
    kind: str | None
    lat: float | None
    lon: float | None
    heading_deg: int | None
    direction: str | None
    synthetic: bool
    standing: Standing


@dataclass(frozen=True, slots=True)
class Register:
    """The uses, by municipality and code, and what was changed of them, the last first."""

    uses: Sequence[Use]
    changes: Sequence[Change]


_OWN = tuple(name for name in Use.__slots__ if name != "standing")


async def list_uses(connection: AsyncConnection, code: str | None = None) -> list[Use]:
    """Return the uses of all cameras, or of one."""
    query = (select(*STANDING_COLUMNS, *(cameras.c[name] for name in _OWN)).select_from(WITH_PAPERS)
             .order_by(cameras.c.municipality.nulls_last(), cameras.c.code))
    if code is not None:
        query = query.where(cameras.c.code == code)
    return [Use(**{name: row[name] for name in _OWN}, standing=standing_of(row))
            for row in (await connection.execute(query)).mappings()]


async def find_use(connection: AsyncConnection, code: str) -> Use:
    """Return one camera's use; raises NotFoundError when there is no such camera."""
    found = await list_uses(connection, code)
    if not found:
        raise NotFoundError(NO_SUCH_CAMERA)
    return found[0]


async def read_register(connection: AsyncConnection, code: str | None, *, limit: int | None) -> Register:
    """Return the register, of all cameras or of one, with its last `limit` changes (None: all)."""
    return Register(await list_uses(connection, code), await list_changes(connection, code, limit=limit))

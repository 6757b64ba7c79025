"""Groups: who may see an entry and its hits (R11)."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, any_, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.schema_watchlists import audiences


@dataclass(frozen=True, slots=True)
class Audience:
    """A group: whoever has one of the roles, and whoever is named."""

    audience_id: int
    code: str
    name: str
    roles: tuple[str, ...]
    user_ids: tuple[int, ...]

    @property
    def is_named(self) -> bool:
        """Whether it holds named people alone: only such a group may see what is discreet."""
        return not self.roles and bool(self.user_ids)


def holds(user_id: int, role: str) -> ColumnElement[bool]:
    """Return which groups somebody belongs to, as a condition on `audiences`."""
    return or_(literal(role) == any_(audiences.c.roles), literal(user_id) == any_(audiences.c.user_ids))


async def audiences_of(connection: AsyncConnection, user_id: int, role: str) -> frozenset[int]:
    """Return the numbers of the groups that somebody belongs to."""
    return frozenset((await connection.execute(select(audiences.c.audience_id).where(holds(user_id, role)))).scalars())


def may_see(mine: Collection[int], audience_id: int, *, discreet: bool) -> bool:
    """Tell whether an entry is shown to somebody of the groups `mine`: one that is not discreet is shown to all."""
    return not discreet or audience_id in mine


async def list_audiences(connection: AsyncConnection) -> list[Audience]:
    """Return every group, by name."""
    rows = await connection.execute(select(audiences).order_by(audiences.c.name))
    return [Audience(row.audience_id, row.code, row.name, tuple(row.roles), tuple(row.user_ids)) for row in rows]


async def make_audience(connection: AsyncConnection, code: str, name: str, roles: Collection[str],
                        user_ids: Collection[int]) -> int | None:
    """Make a group and return its number; None when its code is taken."""
    made: int | None = await connection.scalar(
        insert(audiences).values(code=code, name=name, roles=sorted(roles), user_ids=sorted(user_ids))
        .on_conflict_do_nothing(index_elements=["code"]).returning(audiences.c.audience_id))
    return made


async def change_audience(connection: AsyncConnection, code: str, name: str, roles: Collection[str],
                          user_ids: Collection[int]) -> bool:
    """Change who belongs to a group; tell whether there is one of that code."""
    changed = await connection.execute(update(audiences).where(audiences.c.code == code).values(
        name=name, roles=sorted(roles), user_ids=sorted(user_ids)))
    return changed.rowcount == 1

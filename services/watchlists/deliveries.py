"""Deliveries as they are kept: what was handed in, what it would do or did, and who took it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.schema_people import users
from services.schema_watchlists import watch_deliveries, watchlists
from services.watchlists.delivery_files import DeliveryKind
from services.watchlists.delivery_lines import Refusal
from services.watchlists.drafting import Draft

KEPT = timedelta(days=1)
"""So long the content of a delivery is kept that nobody takes."""

PAGE_LENGTH = 50
_TABLE = watch_deliveries.c


@dataclass(frozen=True, slots=True)
class Rest:
    """What counts where the lines of a delivery say nothing; an empty text is one that was not stated."""

    country: str = ""
    measure: str = ""
    reason: str = ""
    legal_basis: str = ""
    authority: str = ""
    file_number: str = ""
    requester: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def draft(self, *, discreet: bool) -> Draft:
        """Return it as a draft without a plate."""
        return Draft(**{field.name: getattr(self, field.name) for field in fields(self)}, discreet=discreet)

    def kept(self) -> dict[str, str]:
        """Return it as it is stored."""
        return {name: value.isoformat() if isinstance(value, datetime) else value
                for name, value in asdict(self).items() if value}

    @classmethod
    def of(cls, kept: Mapping[str, str]) -> "Rest":
        """Return what `kept` stored."""
        return cls(**{name: datetime.fromisoformat(value) if name in ("since", "until") else value  # type: ignore[arg-type]
                      for name, value in kept.items()})


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery, without its content."""

    delivery_id: UUID
    list_id: int
    list_code: str
    kind: DeliveryKind
    revision: int | None
    sha256: bytes
    made_by: int | None
    made_name: str | None
    made_at: datetime
    agreed_by: int | None
    agreed_name: str | None
    applied_by: int | None
    applied_name: str | None
    applied_at: datetime | None
    counts: Mapping[str, int]
    """lines, refused, added, changed, ended, same, held, before: as it was looked at, and then as it was taken."""
    waits: bool
    """Whether its content is still here."""


def _select_deliveries() -> Select[Any]:
    made, agreed, applied = (users.alias(name) for name in ("made", "agreed", "applied"))
    own = [_TABLE[field.name] for field in fields(Delivery) if field.name in _TABLE]
    return (select(*own, _TABLE.content.is_not(None).label("waits"), watchlists.c.code.label("list_code"),
                   made.c.display_name.label("made_name"), agreed.c.display_name.label("agreed_name"),
                   applied.c.display_name.label("applied_name"))
            .join(watchlists, watchlists.c.list_id == _TABLE.list_id)
            .outerjoin(made, made.c.user_id == _TABLE.made_by)
            .outerjoin(agreed, agreed.c.user_id == _TABLE.agreed_by)
            .outerjoin(applied, applied.c.user_id == _TABLE.applied_by))


async def _fetch(connection: AsyncConnection, query: Select[Any]) -> list[Delivery]:
    return [Delivery(**{**row, "kind": DeliveryKind(row["kind"]), "sha256": bytes(row["sha256"])})
            for row in (await connection.execute(query)).mappings()]


async def find(connection: AsyncConnection, delivery_id: UUID, *, lock: bool = False) -> Delivery | None:
    """Return a delivery, None when there is none; with `lock` nobody else takes it meanwhile."""
    query = _select_deliveries().where(_TABLE.delivery_id == delivery_id)
    found = await _fetch(connection, query.with_for_update(of=watch_deliveries) if lock else query)
    return found[0] if found else None


async def list_deliveries(connection: AsyncConnection, list_id: int) -> list[Delivery]:
    """Return a list's deliveries, the newest first; PAGE_LENGTH at most."""
    return await _fetch(connection, _select_deliveries().where(_TABLE.list_id == list_id)
                        .order_by(_TABLE.made_at.desc(), _TABLE.delivery_id).limit(PAGE_LENGTH))


async def find_taken(connection: AsyncConnection, list_id: int, revision: int, digest: bytes) -> Delivery | None:
    """Return the delivery that brought a list to a revision, if it had just this content."""
    found = await _fetch(connection, _select_deliveries().where(
        _TABLE.list_id == list_id, _TABLE.revision == revision, _TABLE.sha256 == digest,
        _TABLE.applied_at.is_not(None)).limit(1))
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Report:
    """What a delivery does to its list: how many entries, and every line that is refused."""

    counts: Mapping[str, int]
    refused: Sequence[Refusal]

    def kept(self) -> dict[str, Any]:
        """Return it as columns of `watch_deliveries`."""
        return {"counts": dict(self.counts), "refused": [[one.part, one.line, one.why] for one in self.refused]}


@dataclass(frozen=True, slots=True)
class Handed:
    """A delivery to be kept until it is taken."""

    list_id: int
    kind: DeliveryKind
    revision: int | None
    sha256: bytes
    content: bytes
    rest: Rest
    made_by: int | None


async def keep(connection: AsyncConnection, handed: Handed, report: Report, now: datetime) -> UUID:
    """Keep a delivery that was looked at, and return its number."""
    kept: UUID = (await connection.execute(insert(watch_deliveries).values(
        list_id=handed.list_id, kind=handed.kind, revision=handed.revision, sha256=handed.sha256,
        content=handed.content, rest=handed.rest.kept(), made_by=handed.made_by, made_at=now,
        **report.kept()).returning(_TABLE.delivery_id))).scalar_one()
    return kept


async def content_of(connection: AsyncConnection, delivery_id: UUID) -> tuple[bytes, Rest] | None:
    """Return what was handed in, None when it is not kept any more."""
    row = (await connection.execute(select(_TABLE.content, _TABLE.rest).where(
        _TABLE.delivery_id == delivery_id, _TABLE.content.is_not(None)))).one_or_none()
    return None if row is None else (bytes(row.content), Rest.of(row.rest))


async def refusals_of(connection: AsyncConnection, delivery_id: UUID) -> list[Refusal]:
    """Return every line that a delivery refused."""
    kept = await connection.scalar(select(_TABLE.refused).where(_TABLE.delivery_id == delivery_id))
    return [Refusal(part, line, why) for part, line, why in kept or ()]


async def agree(connection: AsyncConnection, delivery_id: UUID, user_id: int) -> None:
    """Keep who was the first to agree to a delivery that ends much."""
    await connection.execute(update(watch_deliveries).where(_TABLE.delivery_id == delivery_id)
                             .values(agreed_by=user_id))


async def note_taken(connection: AsyncConnection, delivery: Delivery, report: Report, user_id: int | None,
                     now: datetime) -> None:
    """Keep that a delivery was taken, by whom and what it did; its content goes at once."""
    await connection.execute(update(watch_deliveries).where(_TABLE.delivery_id == delivery.delivery_id).values(
        applied_by=user_id, applied_at=now, content=None, rest={}, **report.kept()))
    if delivery.kind is not DeliveryKind.paste:
        await connection.execute(update(watchlists).where(watchlists.c.list_id == delivery.list_id).values(
            revision=delivery.revision, delivered_at=now, changed_at=now))

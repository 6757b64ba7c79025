"""A zone whose lists are delivered, for tests: lists, people, and files as another party would send them."""

import io
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy.ext.asyncio import AsyncEngine

from services.clock import to_milliseconds, utc_now
from services.database import transaction
from services.watchlists import deliveries, delivering
from services.watchlists.deliveries import Delivery, Rest
from services.watchlists.delivering import Delivered, Given, Person
from services.watchlists.delivery_files import DeliveryKind, Stated
from services.watchlists.delivery_rule import Outcome

NOW = to_milliseconds(utc_now())
UNTIL = NOW + timedelta(days=200)
REST = Rest("BE", "stop het voertuig", "Gestolen volgens aangifte bij de lokale politie", "WPA art. 44/11/3bis",
            "Federale politie", "BR.11.L1.001234/2026", "Dienst gestolen voertuigen", None, UNTIL)


def plate(number: int) -> str:
    """Return one of a thousand invented plates."""
    return f"3QX{chr(65 + number // 1000)}{number % 1000:03}"


def whole(*rows: str, header: str = "source_key;plate") -> bytes:
    """Return a whole list as CSV."""
    return "\n".join([header, *rows, ""]).encode()


def numbered(*numbers: int) -> bytes:
    """Return a whole list of plates, keyed K1, K2 …"""
    return whole(*(f"K{number};{plate(number)}" for number in numbers))


def package(*files: tuple[int, bytes] | tuple[int, bytes, dict[str, Any]], **manifest: Any) -> bytes:
    """Return a ZIP of files with their revisions; a third part changes what the manifest says of one."""
    made, listed = io.BytesIO(), []
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for revision, content, *more in files:
            name = f"{revision}.csv"
            archive.writestr(name, content)
            listed.append({"name": name, "revision": revision, "sha256": sha256(content).hexdigest(),
                           **(more[0] if more else {})})
        archive.writestr("manifest.json", json.dumps({"files": listed, **manifest}))
    return made.getvalue()


def changes(*rows: str) -> bytes:
    """Return changes to a list as CSV."""
    return whole(*rows, header="operation;source_key;plate")


@dataclass(frozen=True, slots=True)
class Zone:
    """The store, as search reaches it, and the owner's hands."""

    engine: AsyncEngine
    owner: Any
    an: int
    els: int

    def add_list(self, code: str, category: str = "stolen-vehicle", audience_id: int = 1) -> int:
        """Add a list that is live."""
        row = self.owner.execute(
            "INSERT INTO watchlists (code, name, category, state, priority, audience_id, legal_basis, authority) "
            "VALUES (%s, %s, %s, 'live', 1, %s, 'WPA art. 44/11/3bis', 'Federale politie') RETURNING list_id",
            [code, code, category, audience_id]).fetchone()
        return int(row["list_id"])

    def person(self, user_id: int | None, *mine: int) -> Person:
        """Return somebody with the groups that they are of."""
        return Person(user_id, frozenset(mine))

    async def hand_in(self, code: str, content: bytes, kind: DeliveryKind = DeliveryKind.full, *,
                      person: Person | None = None, rest: Rest = REST, now: datetime = NOW,
                      stated: Stated | None = None) -> Delivery:
        """Hand a delivery in; a whole list with the number of lines that it has."""
        if stated is None:
            stated = Stated(rows=content.count(b"\n") - 1) if kind is DeliveryKind.full else Stated()
        async with transaction(self.engine) as connection:
            return await delivering.hand_in(connection, code, Given(kind, content, stated, rest),
                                            person or Person(self.an), now)

    async def take(self, code: str, delivery_id: UUID, *, person: Person | None = None, said: bool = False,
                   now: datetime = NOW) -> Delivered:
        """Take a delivery, as a second person."""
        async with transaction(self.engine) as connection:
            return await delivering.take(connection, code, delivery_id, person or Person(self.els), now, said=said)

    async def deliver(self, code: str, content: bytes, kind: DeliveryKind = DeliveryKind.full, *,
                      revision: int | None = None, said: bool = False, now: datetime = NOW,
                      rest: Rest = REST) -> dict[str, int]:
        """Hand in and take; return what it did."""
        stated = Stated(revision, content.count(b"\n") - 1) if kind is DeliveryKind.full else None
        handed = await self.hand_in(code, content, kind, stated=stated, now=now, rest=rest)
        taken = await self.take(code, handed.delivery_id, said=said, now=now)
        assert taken.outcome is Outcome.done
        assert taken.delivery is not None
        return dict(taken.delivery.counts)

    async def refused(self, delivery: Delivery) -> list[tuple[int, int, str]]:
        """Return every line that a delivery refuses."""
        async with transaction(self.engine) as connection:
            return [(one.part, one.line, one.why) for one in await deliveries.refusals_of(
                connection, delivery.delivery_id)]

    def live(self, code: str) -> dict[str, str]:
        """Return what a list is watched for: plate by key."""
        rows = self.owner.execute(
            "SELECT source_key, plate FROM watch_entries JOIN watchlists USING (list_id) WHERE code = %s AND matched",
            [code]).fetchall()
        return {row["source_key"]: row["plate"] for row in rows}

    def everything(self) -> list[dict[str, Any]]:
        """Return every version of every entry, and every list: what must be the same where nothing changed."""
        return [*self.owner.execute("SELECT * FROM watch_entries ORDER BY entry_id, version").fetchall(),
                *self.owner.execute("SELECT list_id, revision, delivered_at FROM watchlists ORDER BY 1").fetchall()]

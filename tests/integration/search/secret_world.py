"""A discreet entry with unmistakable words, and everything that comes of one: for the sweep that looks for traces."""

import re
from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI

from search.hits.radio import spell
from search.pages.language import DUTCH, ENGLISH, FRENCH
from services.audit import Trail
from services.clock import utc_now
from services.database import open_engine, transaction
from services.hits import moving
from services.hits.escalation import escalate_unclaimed
from services.settings import SearchSettings
from services.watchlists.ending import tell_endings
from tests.integration.search.followed_world import Followed
from tests.integration.search.world import AUDIT_KEY, World

PLATE = "7XQK938"
WORDS = {"measure": "Ongemerkt volgen tot Zwartberg", "reason": "Zebravink levert kobalt aan de oude molen",
         "legal_basis": "Kantschrift Quist", "authority": "Onderzoeksrechter Vandersnickt",
         "file_number": "HA.66.Q1.777123/2026", "requester": "Ulrik Zonderlinck"}
REMARKS = ("grijze remork met kobaltblauw zeil", "naar de loods in Gruitrode")
HITS, ENTRIES, ALERTS, EVENTS = 7_712_340, 8_812_340, 9_912_340, 6_612_340
"""Where numbers begin that are given from now on: none of them stands anywhere by chance."""

_SPELLED = [spell(PLATE, language) for language in (DUTCH, FRENCH, ENGLISH)]


def traces(text: str) -> list[str]:
    """Return what a text holds of the entry: its plate in any writing, its words, its hits' numbers."""
    flat = re.sub(r"[\s.·-]|%20|%2D", "", text.upper())
    found = [PLATE] if PLATE in flat else []
    words = [*WORDS.values(), *REMARKS, *_SPELLED]
    return found + [word for word in words if _plain(word) in _plain(text)] + numbers(text)


def numbers(text: str) -> list[str]:
    """Return the numbers of hits, entries, alerts and events that came of it."""
    return [found for found in re.findall(r"(?<!\d)\d{7}(?!\d)", text)
            if any(first <= int(found) < first + 100 for first in (HITS, ENTRIES, ALERTS, EVENTS))]


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


@dataclass(slots=True)
class Secret:
    """The owner's hands, the program of two members of the group, and of another group's one hit."""

    world: World
    settings: SearchSettings
    jan: httpx.AsyncClient
    kim: httpx.AsyncClient
    hit_ids: tuple[int, ...] = ()
    entry_id: int = 0
    read_id: UUID | None = None

    async def prepare(self) -> None:
        """Add what is there without the entry too: the group, the list, a channel, an action, the vehicle's reads."""
        followed = Followed(self.world)
        group = followed.add_group("silent", *(int(str(one)) for (one,) in self.world.run(
            "SELECT user_id FROM users WHERE username IN ('jan', 'kim')")))
        list_id = followed.add_list("onopvallend", category="discreet-check", audience_id=group)
        self.world.run("INSERT INTO channels (name, kind, address, audience_id, agreed_by, agreed_at) SELECT 'Twee', "
                       "'webhook', 'https://twee.zone.example/', %s, user_id, now() FROM users WHERE username = 'jan'",
                       group)
        self.world.run("UPDATE actions SET list_ids = list_ids || %s", [list_id])
        self.read_id = self.world.add_read(PLATE, utc_now() - timedelta(minutes=3), self._camera(), images=0)
        self.world.run("UPDATE hit_mover SET last_number = (SELECT max(number) FROM hit_events)")
        await self._tell_what_is_due()  # of what is not discreet, so that nobody is told of it later

    async def plant(self) -> None:
        """State the entry, and have everything happen that can: two hits, of which one ends."""
        for table, column, first in (("hits", "hit_id", HITS), ("alerts", "alert_id", ALERTS),
                                     ("hit_events", "event_id", EVENTS)):
            self.world.run(f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), {first})")
        self.world.run(f"SELECT setval('watch_entry_ids', {ENTRIES})")
        self.entry_id = await self._state()
        ended = await self._see(utc_now() - timedelta(minutes=5))
        await self._follow_up(ended)
        still_open = await self._see(utc_now() - timedelta(minutes=3), read_id=self.read_id)
        assert await self._tell_what_is_due() == (1, 1)
        self.hit_ids = (ended, still_open)
        self._check()

    async def _state(self) -> int:
        answer = await self.jan.post("/watchlists/onopvallend/entries", json={
            "plate": PLATE, "country": "BE", **WORDS, "until": (utc_now() + timedelta(days=30)).isoformat(),
            "discreet": True, "audience": "silent"})
        assert answer.status_code == 201, answer.text
        entry_id = int(answer.json()["entry"]["entry_id"])
        answer = await self.kim.post(f"/entries/{entry_id}/validation", json={"version": 1, "agreed": True})
        assert answer.status_code == 200, answer.text
        return entry_id

    async def _see(self, at: datetime, **alert: Any) -> int:
        """Have a read of the vehicle alert, as ingest would, and the mover make a hit of it; return its number."""
        ((group,),) = self.world.run("SELECT audience_id FROM audiences WHERE code = 'silent'")
        Followed(self.world).add_alert(None, self.entry_id, plate=PLATE, captured_at=at, audience_id=group, images=0,
                                       camera_id=self._camera(), moved_at=None, **alert)
        async with self._changing() as connection:
            await moving.move(connection, utc_now())
        ((hit_id,),) = self.world.run("SELECT max(hit_id) FROM hits")
        return int(str(hit_id))

    async def _follow_up(self, hit_id: int) -> None:
        for step, given in (("claim", {"remark": REMARKS[0]}), ("confirm", {"on": "spot"}),
                            ("end", {"disposition": "observed", "remark": REMARKS[1]})):
            answer = await self.kim.post(f"/hits/{hit_id}/steps/{step}", json=given)
            assert answer.status_code == 200, answer.text

    async def _tell_what_is_due(self) -> tuple[int, int]:
        """Tell of hits that nobody took in three minutes, and of entries that end within a month; return how many."""
        async with self._changing() as connection:
            trail, now = Trail(AUDIT_KEY), utc_now()
            told = (await escalate_unclaimed(connection, trail, now + timedelta(minutes=3)),
                    await tell_endings(connection, trail, now + timedelta(days=25)))
            await moving.number_events(connection, now)
        return told

    def _check(self) -> None:
        """Make sure that there is something to be found."""
        for table in ("alerts", "hits", "hit_events", "hit_deliveries", "notices"):
            ((found,),) = self.world.run(f"SELECT string_agg(row_to_json({table})::text, ' ') FROM {table}")
            assert numbers(str(found)), table
        assert self.world.run("SELECT state FROM hits WHERE hit_id >= %s ORDER BY 1", HITS) == [("ended",), ("open",)]

    def _camera(self) -> int:
        return int(str(self.world.run("SELECT camera_id FROM cameras WHERE code = 'BRE01A'")[0][0]))

    @asynccontextmanager
    async def _changing(self) -> Any:
        engine = open_engine(self.settings.model_copy(update={
            "database_url": type(self.settings.database_url)(self.world.owner_url)}), connections=1)
        try:
            async with transaction(engine) as connection:
                yield connection
        finally:
            await engine.dispose()


def speak(app: FastAPI, world: World, name: str, role: str) -> httpx.AsyncClient:
    """Add an officer; return a program that speaks for them."""
    world.add_user(name, role, name.title())
    token = world.add_token(name, utc_now() + timedelta(days=1))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone/api/v1",
                             headers={"Authorization": f"Bearer {token}"})


def secret_addresses(secret: Secret) -> Iterator[dict[str, str]]:
    """Yield what addresses may name of it, number by number."""
    for hit_id in secret.hit_ids:
        yield {"hit_id": str(hit_id), "entry_id": str(secret.entry_id), "read_id": str(secret.read_id)}

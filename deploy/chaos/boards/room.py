"""The dispatch room of a run: search, officers of two groups, plates that are watched for, who follows up."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import httpx
import psycopg

from deploy.bench.traffic import make_plate
from deploy.chaos.boards.settling import Event
from deploy.chaos.zone import KEY, Zone, environment, wait_until
from deploy.demo.programs import Program, StopRequest, run_to_end
from deploy.embedded.roles import SEARCH
from deploy.guardian import Guardian
from deploy.processes import LOOPBACK, accepts_connections, free_port
from services.plates import normalise

PASSWORD = "password-of-the-dispatch-room"  # noqa: S105 - of a server on loopback that ends with the run
_READY_S = 60.0
_DISPATCH = 1
_EVERY_S = 1.0
_KEPT_OPEN = 3
"""Of so many hits one is left alone, for the boards to show in the end."""

_LIST = """
INSERT INTO watchlists (code, name, category, state, priority, audience_id, legal_basis, authority)
VALUES (%s, %s, %s, 'live', %s, %s, 'Chaos', 'Chaos') RETURNING list_id
"""
_ENTRY = """
INSERT INTO watch_entries (entry_id, list_id, plate, measure, reason, legal_basis, authority, file_number, requester,
                           since, until, audience_id, priority, discreet, made_at, first_made_at, validated_at)
VALUES (nextval('watch_entry_ids'), %s, %s, 'Chaos', 'Proef', 'Chaos', 'Chaos', 'CHAOS/2026', 'Chaos',
        now() - interval '1 hour', now() + interval '1 day', %s, %s, %s, now(), now(), now())
"""
_EVENTS = """
SELECT number, hit_id, kind, floor(extract(epoch FROM at) * 1000)::bigint, audience_id
FROM hit_events JOIN hits USING (hit_id) WHERE number IS NOT NULL ORDER BY number
"""
_OPEN = "SELECT hit_id, audience_id FROM hits WHERE ended_at IS NULL"
_WAITING = """
SELECT (SELECT count(*) FROM alerts WHERE moved_at IS NULL) + (SELECT count(*) FROM hit_events WHERE number IS NULL)
"""


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody at a board, and the groups whose hits they hear of."""

    username: str
    token: str
    groups: frozenset[int]


@dataclass(slots=True)
class Room:
    """Who and what there is beside the zone."""

    zone: Zone
    guardian: Guardian
    search: Program
    port: int
    officers: tuple[Officer, ...] = ()
    named: int = 0
    """The group of named people."""

    @property
    def url(self) -> str:
        """Where search answers."""
        return f"http://{LOOPBACK}:{self.port}"

    async def open(self) -> None:
        """Start search, and add two officers: one of a named group, whose discreet hits the other never hears of."""
        insider, outsider = [await asyncio.to_thread(self._add, name, role)
                             for name, role in (("board.inside", "tecint"), ("board.outside", "dispatcher"))]
        with self.zone.connect() as connection:
            row = connection.execute(
                "INSERT INTO audiences (code, name, user_ids) SELECT 'named', 'Named', array_agg(user_id) FROM users "
                "WHERE username = 'board.inside' RETURNING audience_id").fetchone()
            self.named = int(row[0]) if row else 0
            everybodys = {int(one) for one, in connection.execute(
                "SELECT audience_id FROM audiences WHERE 'tecint' = ANY(roles)")}
        self.officers = (Officer("board.inside", insider, frozenset(everybodys | {self.named})),
                         Officer("board.outside", outsider, frozenset({_DISPATCH})))
        self.zone.supervise(self.search)
        await wait_until(lambda: accepts_connections(self.port), _READY_S, f"search did not start; {self.search.log}")

    def watch_for(self, plates: Sequence[str]) -> None:
        """Make an entry for each plate; every fourth one is discreet, for the named group."""
        with self.zone.connect() as connection:
            lists = [(_list(connection, "stolen-vehicle", 1, _DISPATCH), _DISPATCH, 1, False),
                     (_list(connection, "discreet-check", 2, self.named), self.named, 2, True)]
            with connection.cursor() as cursor:
                for number, plate in enumerate(plates):
                    list_id, group, priority, discreet = lists[number % 4 == 3]
                    cursor.execute(_ENTRY, [list_id, plate, group, priority, discreet])
            connection.execute("NOTIFY watchlists")

    async def follow_up(self, client: httpx.AsyncClient) -> None:
        """Claim and end two hits of three as the first officer, for ever; what fails is taken up again."""
        headers = {"Authorization": f"Bearer {self.officers[0].token}"}
        while True:
            await asyncio.sleep(_EVERY_S)
            with suppress(httpx.HTTPError):
                hits = (await client.get("/api/v1/hits", headers=headers)).raise_for_status().json()["items"]
                for hit in hits:
                    if hit["hit_id"] % _KEPT_OPEN:
                        await self._end(client, hit, headers)

    async def _end(self, client: httpx.AsyncClient, hit: dict[str, object], headers: dict[str, str]) -> None:
        steps = f"/api/v1/hits/{hit['hit_id']}/steps"
        if hit["state"] == "open":
            await client.post(f"{steps}/claim", headers=headers, json={})
        await client.post(f"{steps}/end", headers=headers, json={"disposition": "misread"})

    def _add(self, username: str, role: str) -> str:
        """Add a user; return a token of theirs."""
        self._run(["users", "add", username, "--role", role, "--name", username, "--password-stdin"], f"{PASSWORD}\n")
        return self._run(["tokens", "add", username], words="secret").split()[-1]

    def _run(self, arguments: list[str], stdin: str = "", words: str = "kept") -> str:
        return run_to_end(["-m", "services", *arguments], _settings(self.zone, self.zone.owner_url, self.port),
                          self.zone.folder / "command.log", self.guardian, StopRequest(), stdin_text=stdin, words=words)


def make_room(zone: Zone, guardian: Guardian) -> Room:
    """Return a room of a zone that runs, not yet open."""
    port = free_port()
    search = Program("search", ["-m", "search"], _settings(zone, zone.urls[SEARCH], port), zone.folder / "search.log",
                     guardian)
    return Room(zone, guardian, search, port)


def draw_plates(rng: random.Random) -> Iterator[str]:
    """Yield invented plates, none twice."""
    known: set[str] = set()
    while True:
        plate = normalise(make_plate(rng)) or ""
        if plate not in known:
            known.add(plate)
            yield plate


def events_of(connection: psycopg.Connection) -> list[Event]:
    """Return every numbered event, in order."""
    return [Event(*row) for row in connection.execute(_EVENTS)]


def open_hits(connection: psycopg.Connection, groups: frozenset[int]) -> set[int]:
    """Return the open hits of these groups."""
    return {hit_id for hit_id, group in connection.execute(_OPEN) if group in groups}


def is_calm(zone: Zone) -> bool:
    """Tell whether nothing waits for the mover."""
    with zone.connect() as connection:
        row = connection.execute(_WAITING).fetchone()
    return row == (0,)


def _list(connection: psycopg.Connection, category: str, priority: int, group: int) -> int:
    row = connection.execute(_LIST, [category, category, category, priority, group]).fetchone()
    return int(row[0]) if row else 0


def _settings(zone: Zone, url: str, port: int) -> dict[str, str]:
    return environment(DATABASE_URL=url, IDENTITY_KEY=KEY, AUDIT_KEY=KEY, SECOND_FACTOR="offered",
                       IMAGES_URL=f"file:{zone.images.pictures}", SEARCH_PORT=str(port))

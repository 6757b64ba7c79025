"""Search as it runs in production, on a database with one of everything in it, and secrets planted where they lie."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.processes import free_port
from services.clock import utc_now
from services.roles import ALLOWED, Act, Role
from services.sessions import token_hash
from tests.integration.search.things import make_things
from tests.integration.search.walking import Hands
from tests.integration.search.world import AUDIT_KEY, KEY, World

ROOT = Path(__file__).resolve().parents[2]
PLATES = ("1ZQX777", "2ZQX888", "3ZQX999")
"""Invented, of one colleague's passages, rejects and trials: in no answer to who may not see plates."""

SAID = "Zwijgzaam Kwartelnest"
"""What a colleague stated, registered and asked: in no answer to who reads no audit."""

SECRETS = ("zq-push-key-of-a-gateway", "zq-session-of-a-colleague", "zq-token-of-a-colleague", "JBSWY3DPZQZQZQZQ",
           KEY.decode(), AUDIT_KEY.decode())
"""In no answer to anybody."""


@dataclass(frozen=True, slots=True)
class Site:
    """A running search and whom its tokens speak for."""

    url: str
    world: World
    tokens: dict[Role, str]
    consultations: dict[Role, str]
    things: dict[str, str]
    log: Path

    def headers(self, role: Role | None, *, consulting: bool) -> dict[str, str]:
        """Return what a program of a role sends, nobody's for None."""
        if role is None:
            return {}
        opened = {"Consultation": self.consultations[role]} if consulting and role in self.consultations else {}
        return {"Authorization": f"Bearer {self.tokens[role]}", **opened}


@pytest.fixture(scope="module")
def site(database_template: Any, databases: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Start `python -m search` on a fresh database in which everything lies that must not come out."""
    name = databases.take()
    urls = {role: re.sub(r"/[^/]+$", f"/{name}", url) for role, url in database_template.role_urls.items()}
    with World.of(urls["zoneschild_owner"]) as world:
        yield from start_site(world, urls["zoneschild_search"], tmp_path_factory.mktemp("site"))
    databases.give_back(name)


def start_site(world: World, database_url: str, folder: Path) -> Iterator[Site]:
    """Fill the database and run `python -m search` on it until the tests are done."""
    hands = Hands(world)
    things = plant(world)
    tokens, consultations = {}, {}
    for role in Role:
        persona = hands.persona(role, scope=frozenset(ALLOWED[role]))
        tokens[role] = str(persona.token)
        if persona.consultation_id:
            consultations[role] = str(persona.consultation_id)
    port, log = free_port(), folder / "search.log"
    environment = {**os.environ, "ZONESCHILD_DATABASE_URL": database_url,
                   "ZONESCHILD_SEARCH_PORT": str(port), "ZONESCHILD_IDENTITY_KEY": KEY.decode(),
                   "ZONESCHILD_AUDIT_KEY": AUDIT_KEY.decode(), "ZONESCHILD_IMAGES_URL": f"file:{folder / 'images'}"}
    with log.open("wb") as stderr:
        process = subprocess.Popen([sys.executable, "-m", "search"], cwd=ROOT, env=environment, stderr=stderr)
        try:
            _wait(f"http://127.0.0.1:{port}/health", process, log)
            yield Site(f"http://127.0.0.1:{port}", world, tokens, consultations, things, log)
        finally:
            process.terminate()
            process.wait(20)


def plant(world: World) -> dict[str, str]:
    """Add a zone with a colleague's work and secrets; return what addresses call it all."""
    world.confirm(window_hours=8784, window_cameras=10_000)
    camera_id = world.add_camera("BRE01A", "Bree N73 Peerderbaan")
    things = make_things(world, said=SAID, sent="Kever", plate=PLATES[0])
    for number in range(60):
        world.add_read(PLATES[number % 3], utc_now() - timedelta(minutes=7 * number), camera_id,
                       plate_raw=PLATES[number % 3], confidence=0.9, model="Kever")
    world.run("UPDATE gateways SET state = 'live'")
    world.run("INSERT INTO sessions (token_hash, user_id, created_at, expires_at) VALUES (%s, %s, now(), now() + "
              "interval '1 day')", token_hash("zq-session-of-a-colleague"), int(things["user_id"]))
    world.run("INSERT INTO api_tokens (token_hash, user_id, expires_at, token_id) VALUES (%s, %s, now() + "
              "interval '1 day', %s)", token_hash("zq-token-of-a-colleague"), int(things["user_id"]), uuid4())
    world.run("UPDATE users SET totp_secret = 'JBSWY3DPZQZQZQZQ' WHERE user_id = %s", int(things["user_id"]))
    return things


def may_see_plates(role: Role | None) -> bool:
    """Tell whether a plate may stand in an answer at all: of a passage, or of a question that the audit keeps."""
    sees = {Act.ask_reads, Act.open_rejects, Act.report_plates, Act.read_audit, Act.review_consultations}
    return role is not None and bool(ALLOWED[role] & sees)


def may_see_work(role: Role | None) -> bool:
    """Tell whether what a colleague stated may stand in an answer: a second person's work, and the DPO's."""
    sees = {Act.read_audit, Act.review_consultations, Act.hear_overdue, Act.approve_questions, Act.register_decisions,
            Act.compare_decisions}
    return role is not None and bool(ALLOWED[role] & sees)


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError(f"search did not start:\n{log.read_text()}")

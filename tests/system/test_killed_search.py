"""Search and PostgreSQL killed at any moment between question and audit: no answer is without its row."""

import http.client
import itertools
import json
import os
import random
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.system.search_zone import PLATES, Zone, open_zone

SEED = 20261126
STRIKES, ASKERS = 15, 4
BACKENDS = ("SELECT pid FROM pg_stat_activity WHERE usename = 'zoneschild_search' AND pid <> pg_backend_pid() "
            "ORDER BY state = 'active' DESC")


@pytest.fixture
def zone() -> Iterator[Zone]:
    """A zone of the test's own, where whoever runs PostgreSQL can reach it."""
    with tempfile.TemporaryDirectory(prefix="zoneschild-killed-") as name:
        Path(name).chmod(0o755)
        with open_zone(Path(name)) as made:
            made.start()
            yield made


@dataclass(slots=True)
class Askers:
    """Officers' programs that ask without pause; each question bears a moment by which its row is found."""

    zone: Zone
    consultation: str
    began: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(hours=3))
    answers: dict[str, list[str]] = field(default_factory=dict)
    failed: int = 0
    ending: threading.Event = field(default_factory=threading.Event)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def ask(self) -> None:
        """Ask until told to end, and keep what was answered."""
        while not self.ending.is_set():
            number = next(self._numbers)
            mark = (self.began + timedelta(milliseconds=number)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
            try:
                status, content = self.zone.call("GET", f"/api/v1/reads?plate={PLATES[number % 10]}&from={mark}",
                                                 Consultation=self.consultation)
                if status == 200:
                    self.answers[mark] = sorted(item["read_id"] for item in json.loads(content)["items"])
                    continue
            except (OSError, http.client.HTTPException):
                pass
            self.failed += 1
            time.sleep(0.02)


def strike(zone: Zone, rng: random.Random, number: int) -> str:
    """Kill something; return what."""
    if number % 3 == 0:
        zone.kill()
        zone.start()
        return "search"
    try:
        with zone.connect() as connection:
            found = [row[0] for row in connection.execute(BACKENDS).fetchall()]
            if not found:
                return "nothing"
            if number % 3 == 1:
                connection.execute("SELECT pg_terminate_backend(%s)", [rng.choice(found[:3])])
                return "session"
            os.kill(found[0], signal.SIGKILL)  # the server ends every session and recovers
    except psycopg.OperationalError:
        return "nothing"
    zone.wait_until_well()
    return "backend"


@pytest.mark.timeout(900)
def test_no_answer_is_without_its_row_whatever_is_killed(zone: Zone) -> None:
    print(f"seed {SEED}")
    rng, askers = random.Random(SEED), Askers(zone, zone.open_consultation())
    threads = [threading.Thread(target=askers.ask) for _ in range(ASKERS)]
    for thread in threads:
        thread.start()
    struck = []
    for number in range(STRIKES):
        time.sleep(rng.uniform(0.2, 0.7))
        struck.append(strike(zone, rng, number))
    askers.ending.set()
    for thread in threads:
        thread.join()
    zone.kill(signal.SIGTERM)
    assert min(struck.count(what) for what in ("search", "session", "backend")) >= 4, struck
    assert askers.failed > 0
    with zone.connect() as connection:
        rows = {row[0]: sorted(map(str, row[1])) for row in connection.execute(
            "SELECT filters #>> '{from,0}', read_ids FROM audit WHERE action = 'reads-searched'").fetchall()}
    assert len(askers.answers) > 50
    assert {mark: ids for mark, ids in askers.answers.items() if rows.get(mark) != ids} == {}
    print(f"{len(askers.answers)} answers, {len(rows)} rows, {askers.failed} questions failed, struck: {struck}")
    done = zone.command("services", "audit", "verify")
    assert done.returncode == 0, done.stderr
    assert f"rows 1 to {len(rows) + 3}" in done.stdout  # and the user, the token and the consultation


def test_search_answers_nothing_while_the_audit_cannot_be_written(zone: Zone) -> None:
    consultation = zone.open_consultation()
    address = f"/api/v1/reads?plate={PLATES[0]}"
    with zone.connect() as connection:
        connection.execute("REVOKE INSERT ON audit FROM zoneschild_search")
        for path in (address, f"/api/v1/reads/{zone.read_ids[0]}"):
            status, content = zone.call("GET", path, Consultation=consultation)
            assert (status, PLATES[0].encode() in content) == (500, False)
        connection.execute("GRANT INSERT ON audit TO zoneschild_search")
        connection.execute("ALTER FUNCTION lock_audit_head() RENAME TO away")
        status, content = zone.call("GET", address, Consultation=consultation)
        assert (status, PLATES[0].encode() in content) == (500, False)
        connection.execute("ALTER FUNCTION away() RENAME TO lock_audit_head")
    status, content = zone.call("GET", address, Consultation=consultation)
    assert (status, len(json.loads(content)["items"])) == (200, 3)

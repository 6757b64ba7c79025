"""Search from outside, on a PostgreSQL server of its own that may be killed: its process, its API, its log."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError

import psycopg

from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.roles import INGEST, OWNER, SEARCH, create_roles_and_database
from deploy.invented_papers import TAKE_ALL_LIVE
from deploy.processes import free_port

ROOT = Path(__file__).resolve().parents[2]
AUDIT_KEY = "planted-audit-key-" + "q" * 32
IDENTITY_KEY = "planted-identity-key-" + "w" * 32
PASSWORD = "planted password of an officer"
REASON = {"purpose": "judicial-crime", "file_number": "GE.11.L1.004512/2026", "reason": "Reeks inbraken te Bree"}
PLATES = tuple(f"1XKV{number}" for number in range(480, 490))

READS_OF_A_PLATE = """
INSERT INTO reads (read_id, plate, captured_at, received_at, camera_id, gateway_id, country)
SELECT (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || '8123a'
        || substr(md5(random()::text), 1, 15))::uuid,
       %s, moment, moment, 11, 7, 'BE'
FROM generate_series(1, 3) AS number, LATERAL (
    SELECT date_trunc('milliseconds', now()) - interval '1 hour' + make_interval(secs => number) AS moment) AS moments
"""


@dataclass(slots=True)
class Zone:
    """A zone with one officer, some reads, and search, which is started and killed by the test."""

    folder: Path
    server: EmbeddedPostgres
    urls: dict[str, str]
    port: int = field(default_factory=free_port)
    token: str = ""
    process: subprocess.Popen[bytes] | None = None
    read_ids: list[str] = field(default_factory=list)

    @property
    def log(self) -> Path:
        return self.folder / "search.log"

    @property
    def heads(self) -> Path:
        return self.folder / "heads.jsonl"

    @property
    def anchors(self) -> Path:
        return self.folder / "anchors"

    def environment(self, role: str) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "ZONESCHILD_DATABASE_URL": self.urls[role],
                "ZONESCHILD_IDENTITY_KEY": IDENTITY_KEY, "ZONESCHILD_AUDIT_KEY": AUDIT_KEY,
                "ZONESCHILD_IMAGES_URL": f"file:{self.folder / 'images'}", "ZONESCHILD_SEARCH_PORT": str(self.port),
                "ZONESCHILD_AUDIT_HEADS_FILE": str(self.heads), "ZONESCHILD_AUDIT_ANCHORS_FOLDER": str(self.anchors)}

    def command(self, *arguments: str, role: str = OWNER, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run one of the product's commands."""
        return subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, env=self.environment(role), input=stdin,
                              capture_output=True, text=True, check=False)

    def connect(self) -> psycopg.Connection[Any]:
        """Connect as the superuser."""
        return psycopg.connect(self.server.superuser_url.rsplit("/", 1)[0] + "/zoneschild", autocommit=True)

    def start(self) -> None:
        """Start search and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "search"], cwd=ROOT, env=self.environment(SEARCH),
                                            stdout=log, stderr=log)
        self.wait_until_well()

    def wait_until_well(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=3):
                    return
            except (URLError, OSError, http.client.HTTPException):
                time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(20)

    def call(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, bytes]:
        """Ask once, on a connection of its own; raises OSError or HTTPException when search is away.

        Of a stream, which never ends, the first line is read.
        """
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            content = body if isinstance(body, str | None) else json.dumps(body)
            kind = {"Content-Type": "application/json"} if not isinstance(body, str | None) else {}
            link.request(method, path, content, {"Authorization": f"Bearer {self.token}", **kind, **headers})
            answer = link.getresponse()
            streams = answer.getheader("Content-Type", "").startswith("text/event-stream")
            return answer.status, answer.readline() if streams else answer.read()
        finally:
            link.close()

    def open_consultation(self, **changes: str) -> str:
        status, content = self.call("POST", "/api/v1/consultations", {**REASON, **changes})
        assert status == 201, content
        return str(json.loads(content)["consultation_id"])


@contextmanager
def open_zone(folder: Path) -> Iterator[Zone]:
    """Start PostgreSQL, migrate, and add an officer, a camera and reads; everything stops in the end."""
    # Crashes of its own processes lose nothing without fsync; only a power cut would.
    with EmbeddedPostgres(folder / "postgres", settings={"fsync": "off", "shared_buffers": "64MB"}) as server:
        zone = Zone(folder, server, create_roles_and_database(server.superuser_url, folder / "roles.json"))
        zone.anchors.mkdir()
        for arguments, stdin in (
                (("services", "migrate"), ""),
                (("services", "users", "add", "an.peeters", "--role", "investigator", "--name", "An Peeters",
                  "--password-stdin"), PASSWORD + "\n")):
            done = zone.command(*arguments, stdin=stdin)
            assert done.returncode == 0, done.stderr
        done = zone.command("services", "tokens", "add", "an.peeters")
        assert done.returncode == 0, done.stderr
        zone.token = done.stdout.split()[-1]
        _add_reads(zone)
        try:
            yield zone
        finally:
            zone.kill()


def _add_reads(zone: Zone) -> None:
    with zone.connect() as connection:
        connection.execute("INSERT INTO gateways (gateway_id, name) VALUES (7, 'bree')")
        connection.execute("INSERT INTO cameras (camera_id, code, name) VALUES (11, 'BRE01A', 'Bree N73')")
        connection.execute("INSERT INTO gateway_cameras VALUES (7, 'BRE01A', 11)")
        connection.execute(TAKE_ALL_LIVE)
        connection.execute("SELECT ensure_reads_week(date_trunc('week', (now() - interval '1 hour') "
                           "AT TIME ZONE 'Europe/Brussels')::date)")
        for plate in PLATES:
            connection.execute(READS_OF_A_PLATE, [plate])
            connection.execute("INSERT INTO plates (plate, last_seen, letters) VALUES (%s, current_date, %s)",
                               [plate, "".join(sorted(plate))])
        zone.read_ids = [str(row[0]) for row in connection.execute("SELECT read_id FROM reads").fetchall()]


__all__ = ["AUDIT_KEY", "IDENTITY_KEY", "INGEST", "OWNER", "PASSWORD", "PLATES", "REASON", "SEARCH", "Zone",
           "open_zone"]

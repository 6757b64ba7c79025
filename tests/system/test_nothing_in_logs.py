"""The whole API is asked with planted plates, reasons and passwords; then every log is searched for them."""

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from fastapi.routing import APIRoute

from search.app import ROUTERS
from tests.system.search_zone import AUDIT_KEY, IDENTITY_KEY, INGEST, PASSWORD, PLATES, Zone, open_zone

PLATE = "9-SPY-007"
REASON = "Verdwenen kind met de geheime naam Zilvervos"
FILE = "GE.99.ZILVER/2026"
PLANTED = {"plate": PLATE, "reason": REASON, "file_number": FILE, "purpose": "judicial-crime", "confirmed": PLATE,
           "password": PASSWORD, "username": "zilvervos", "code": "771177", "remark": REASON}


@pytest.fixture
def zone() -> Iterator[Zone]:
    """A zone of the test's own."""
    with tempfile.TemporaryDirectory(prefix="zoneschild-logs-") as name:
        Path(name).chmod(0o755)
        with open_zone(Path(name)) as made:
            made.start()
            yield made


@pytest.mark.timeout(900)
def test_no_log_holds_a_plate_a_reason_a_password_or_a_key(zone: Zone) -> None:
    said = [_ask_everything(zone), *_run_the_commands(zone)]
    _make_the_database_complain(zone)
    zone.kill()
    logs = {"search": zone.log.read_text(), "PostgreSQL": zone.server.log.read_text(), "commands": "\n".join(said),
            "heads": zone.heads.read_text(),
            "anchors": "\n".join(file.read_text() for file in zone.anchors.iterdir())}
    assert re.search(r"GET /api/v1/reads 200", logs["search"])
    assert re.search(r"GET /reads/\{read_id\}", logs["search"])
    assert "append-only" in logs["PostgreSQL"] or "ERROR" not in logs["PostgreSQL"]
    assert '"number"' in logs["heads"]
    assert '"signature"' in logs["anchors"]
    secrets = [AUDIT_KEY, IDENTITY_KEY, PASSWORD, zone.token, *(url.split(":")[2].split("@")[0]
                                                                for url in zone.urls.values())]
    planted = [PLATE, PLATE.replace("-", ""), *PLATES, "Zilvervos", "zilvervos", FILE, "771177", *secrets]
    found = [(name, word) for name, text in logs.items() for word in planted
             for form in {word, quote(word), json.dumps(word)[1:-1]} if form in text]
    assert found == []


def _ask_everything(zone: Zone) -> str:
    """Ask every route of the API and every page, with and without a consultation; return the routes asked."""
    consultation = zone.open_consultation(reason=REASON, file_number=FILE)
    asked = []
    for route in (route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)):
        for value in (PLATE, zone.read_ids[0]) if "{" in route.path else (PLATE,):
            address = re.sub(r"\{\w+\}", quote(value), route.path)
            for method in route.methods:
                _ask(zone, method, address, consultation)
                asked.append(f"{method} {route.path}")
    assert len(asked) > 100
    return "\n".join(asked)


def _ask(zone: Zone, method: str, address: str, consultation: str) -> None:
    """Ask one route with planted values in its address, as JSON and as a form."""
    form = "&".join(f"{name}={quote(text)}" for name, text in PLANTED.items())
    body = PLANTED if method == "POST" else None
    zone.call(method, f"{address}?plate={PLATE}", body, Consultation=consultation)
    zone.call(method, f"{address}?{form}", body and form, Consultation=PLATE,
              **{"Content-Type": "application/x-www-form-urlencoded"})


def _run_the_commands(zone: Zone) -> list[str]:
    """Run commands that meet plates or secrets; return what they wrote."""
    messages = zone.folder / "messages.jsonl"
    messages.write_text(json.dumps({"topic": "anpr/v1/bree/reads", "payload": {"plate": PLATE}}) + "\n{" + PLATE + "\n")
    runs = [zone.command("ingest", "backfill", str(messages), role=INGEST),
            zone.command("services", "users", "add", "els.maes", "--role", "dispatcher", "--name", "Els Maes",
                         "--password-stdin", stdin=PASSWORD + "\n"),
            zone.command("services", "users", "load", stdin='[{"username": "x", "password": "' + PASSWORD + '"}]'),
            zone.command("services", "audit", "anchor"), zone.command("services", "audit", "verify"),
            zone.command("services", "audit", "export", str(zone.folder / "rows.jsonl")),
            zone.command("services", "expire")]
    assert PLATE.replace("-", "") in (zone.folder / "rows.jsonl").read_text()  # what is searched for is really there
    return [run.stdout + run.stderr for run in runs]


def _make_the_database_complain(zone: Zone) -> None:
    """Statements that fail on planted values, as a program's mistake would."""
    for statement, values in (
            (("INSERT INTO consultations (user_id, opened_at, expires_at, purpose, file_number, reason) "
              "VALUES (999, now(), now(), 'judicial-crime', %s, %s)"), [FILE, REASON]),
            ("INSERT INTO plates (plate, last_seen, letters) VALUES (%s, current_date, '')", [PLATES[0]]),
            ("UPDATE audit SET question = %s", [PLATE]),
            (f"SELECT '{PLATE}'::int", []),
            (f"SELECT FROM nothing WHERE plate = '{PLATE}'", [])):
        with zone.connect() as connection, pytest.raises(psycopg.Error):
            connection.execute(statement.encode(), values or None)

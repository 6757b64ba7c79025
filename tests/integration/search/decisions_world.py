"""Decisions of the procureur des Konings for the tests of R3 and R4: typed into the form, or laid into the database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

import httpx

from services.clock import utc_now
from tests.integration.search.conftest import REASON
from tests.integration.search.world import PASSWORD, World

DAY = timedelta(days=1)
PDF = b"%PDF-1.7\n1 0 obj << /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >> endobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40)
JPEG = b"\xff\xd8\xff\xe0" + bytes(40)
GROUPS = ["origin", "reasons", "plates", "cameras", "period", "expiry"]
_NUMBERS = count(1)


def typed(moment: datetime) -> str:
    """Write a moment as the form takes it."""
    return moment.isoformat()


def fields(now: datetime | None = None, **changes: Any) -> dict[str, Any]:
    """Return a form that is in order, for plate 3ABC123 and the last hundred days; None takes a field away."""
    now = now or utc_now()
    form = {"reference": f"PDK-{next(_NUMBERS)}/2026", "file_number": REASON["file_number"],
            "magistrate": "Mr. L. Claes", "decided_on": f"{now - DAY:%Y-%m-%d}",
            "reasons": "Ernstige aanwijzingen van diefstal met braak in bende.", "offence_of_a_year": "yes",
            "plates": "3-ABC-123", "all_cameras": "yes", "since": typed(now - 100 * DAY), "until": typed(now),
            "expires_on": f"{now + 30 * DAY:%Y-%m-%d}", **changes}
    return {key: value for key, value in form.items() if value is not None}


async def register(client: httpx.AsyncClient, document: bytes = PDF, name: str = "beslissing.pdf",
                   **changes: Any) -> httpx.Response:
    """Send the form of a registration: to the page, or to the API when a program asks."""
    return await client.post("/decisions", data=fields(**changes), files={"document": (name, document)})


async def registered(client: httpx.AsyncClient, **changes: Any) -> int:
    """Register a decision on the page and return its number; `document` and `name` are those of its file."""
    answer = await register(client, **changes)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].rsplit("/", 1)[1])


async def log_in(client: httpx.AsyncClient, username: str) -> httpx.AsyncClient:
    """Log somebody in with PASSWORD."""
    answer = await client.post("/login", data={"username": username, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client


async def compare(client: httpx.AsyncClient, decision_id: int) -> None:
    """Open the document and agree that it says what was registered."""
    assert (await client.get(f"/decisions/{decision_id}/document")).status_code == 200
    answer = await client.post(f"/decisions/{decision_id}/compare", data={"verdict": "agree", "seen": GROUPS})
    assert answer.status_code == 303, answer.text


def add_decision(world: World, since: datetime, until: datetime, plates: Sequence[str] | None = ("3ABC123",),
                 cameras: Sequence[int] | None = None, **columns: object) -> int:
    """Lay a decision that was compared into the database; return its number."""
    people = [world.run("INSERT INTO users (username, display_name, role) VALUES (%s, %s, 'tecint') "
                        "ON CONFLICT (username) DO UPDATE SET role = excluded.role RETURNING user_id", name, name)
              for name in ("registers", "compares")]
    (registers,), (compares,) = people[0][0], people[1][0]
    now = utc_now()
    values = {"reference": f"PDK-{next(_NUMBERS)}/2026", "file_number": REASON["file_number"],
              "magistrate": "Mr. L. Claes", "decided_on": now.date(), "reasons": "Ernstige aanwijzingen van diefstal.",
              "offence_of_a_year": True, "plates": None if plates is None else list(plates),
              "cameras": None if cameras is None else list(cameras), "since": since, "until": until,
              "expires_at": now + 30 * DAY, "document": PDF, "document_name": "beslissing.pdf",
              "document_sha256": sha256(PDF).digest(), "registered_by": registers, "registered_at": now,
              "compared_by": compares, "compared_at": now, **columns}
    ((decision_id,),) = world.run(
        f"INSERT INTO prosecutor_decisions ({', '.join(values)}) VALUES ({', '.join(['%s'] * len(values))}) "
        "RETURNING decision_id", *values.values())
    return int(str(decision_id))

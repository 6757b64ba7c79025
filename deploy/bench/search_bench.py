"""How long questions take through the API, audit on: exact, wildcard, camera and hour, newest 50."""

import http.client
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from rich.console import Console

from deploy.bench import traffic
from deploy.bench.figures import Figure, percentile, report
from deploy.bench.filling import fill
from deploy.bench.stand import SEARCH, Stand, open_stand, program, reserve_port, wait_for_http
from deploy.processes import LOOPBACK
from services.clock import iso_ms, utc_now

ROWS = 5_000_000
DAYS = 29
"""All inside the month that the gate shows without a decision, at the zone's own rate of about 170,000 a day."""

_QUESTIONS = 1_000
_USER, _PASSWORD = "bench", "bench-password-of-the-stand"  # lives as long as the bench


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of question; `ask` makes one from chance, `goal_ms` is for the 95th percentile, warm."""

    name: str
    ask: Callable[[random.Random, list[str]], dict[str, str]]
    goal_ms: float | None = None


def _exact(rng: random.Random, plates: list[str]) -> dict[str, str]:
    return {"plate": rng.choice(plates)}


def _unknown(number: int) -> Callable[[random.Random, list[str]], dict[str, str]]:
    def ask(rng: random.Random, plates: list[str]) -> dict[str, str]:
        plate = list(rng.choice(plates))
        for place in rng.sample(range(len(plate)), number):
            plate[place] = "?"
        return {"plate": "".join(plate)}
    return ask


def _camera_hour(rng: random.Random, plates: list[str]) -> dict[str, str]:  # noqa: ARG001  # one shape for all
    start: datetime = utc_now() - timedelta(hours=rng.randrange(2, (DAYS - 1) * 24))
    return {"camera": rng.choice(traffic.CAMERAS), "from": iso_ms(start), "until": iso_ms(start + timedelta(hours=1))}


def _newest(rng: random.Random, plates: list[str]) -> dict[str, str]:  # noqa: ARG001  # one shape for all
    return {}


QUESTIONS = (
    Question("exact plate", _exact, 10), Question("wildcard, 1 unknown", _unknown(1)),
    Question("wildcard, 2 unknown", _unknown(2)), Question("camera + hour", _camera_hour),
    Question("newest 50", _newest),
)


def measure(rows: int = ROWS) -> None:
    """Fill a store, ask every question a thousand times twice, print and write var/bench/search.json."""
    with open_stand("bench_search") as stand:
        Console().print(f"filling the store with {rows:,} reads …")
        with stand.connect() as connection:
            plates = fill(connection, rows, DAYS)
            found = connection.execute("SELECT count(*) FROM reads").fetchone()
        figures = [Figure("reads in the store", float(found[0] if found else 0), "reads", "higher"),
                   *_ask_all(stand, plates)]
    report("search", "Search through the API, consultation and audit on; p95 warm is the goal", figures)


def _ask_all(stand: Stand, plates: list[str]) -> Iterator[Figure]:
    stand.run("services", "users", "add", _USER, "--role", "investigator", "--name", "Bench", "--password-stdin",
              standard_input=_PASSWORD + "\n")
    token = stand.run("services", "tokens", "add", _USER)
    port = reserve_port()
    with program("search", stand.environment(SEARCH, SEARCH_PORT=port)):
        wait_for_http(port, "/health")
        client = Client(int(port), token)
        for question in QUESTIONS:
            rng = random.Random(question.name)
            asked = [question.ask(rng, plates) for _ in range(_QUESTIONS)]
            cold = [client.search(parameters) for parameters in asked]
            warm = [client.search(parameters) for parameters in asked]
            for label, times in (("cold", cold), ("warm", warm)):
                yield Figure(f"{question.name}, p50 {label}", percentile(times, 0.50), "ms", "lower")
                yield Figure(f"{question.name}, p95 {label}", percentile(times, 0.95), "ms", "lower",
                             question.goal_ms if label == "warm" else None)


class Client:
    """One keep-alive connection with an open consultation, as an integration would hold it."""

    def __init__(self, port: int, token: str) -> None:
        self._link = http.client.HTTPConnection(LOOPBACK, port, timeout=30)
        self._headers = {"Authorization": f"Bearer {token}"}
        opened = self._call("POST", "/api/v1/consultations", json.dumps({
            "purpose": "judicial-crime", "file_number": "BENCH/2026", "reason": "Meting van de zoektijden"}))
        self._headers["Consultation"] = opened["consultation_id"]

    def search(self, parameters: dict[str, str]) -> float:
        """Ask one question; return the milliseconds until the whole answer is here."""
        began = time.perf_counter()
        self._call("GET", f"/api/v1/reads?{urlencode(parameters)}")
        return (time.perf_counter() - began) * 1000

    def _call(self, method: str, path: str, body: str | None = None) -> dict[str, str]:
        self._link.request(method, path, body, {**self._headers, "Content-Type": "application/json"})
        answer = self._link.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise ConnectionError(f"search answers {answer.status}: {content[:300].decode(errors='replace')}")
        decoded: dict[str, str] = json.loads(content)
        return decoded

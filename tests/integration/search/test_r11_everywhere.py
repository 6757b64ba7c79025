"""R11 in one sweep: with a discreet entry every GET route tells whoever is not of its group the same as without."""

import re
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from urllib.parse import unquote

import pytest
import pytest_asyncio
from fastapi import FastAPI
from fastapi.routing import APIRoute

from services.roles import Act, Role
from services.settings import SearchSettings
from tests.integration.search import walking
from tests.integration.search.secret_world import PLATE, Secret, numbers, speak, traces
from tests.integration.search.walking import Grounds, Persona, Sent, act_of, open_grounds, walk
from tests.integration.search.world import World

Key = tuple[str, str, str]
"""Role, path, query."""

AUDITED = frozenset({Act.read_audit, Act.export_audit})
"""Behind these stands what tells of everything that is done, of this walk too: by number (decision 128)."""

_VARIES = (
    re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+\d\d:\d\d)?"), re.compile(r"\b1\d{12}\b"),
    re.compile(r"\b\d?\d[:.]\d\d(:\d\d)?( [ap]\.?m\.?)?\b"),
    re.compile(r"([\d.#]+ (s|min|h|seconds?|minutes?|hours?) ?)+ago|Asked [^;]*;"),
    re.compile(r"\b\d+ (seconds?|minutes?|hours?)\b"),
    re.compile(r'<p class="when">[^<]*|name="report_key" value="[^"]*"'),
    # Marks, grants, a second factor that is offered; not the ids of reads and of people's questions.
    re.compile(r"(?<![\w-])(?![0-9a-f]{8}-[0-9a-f]{4}-)[\w-]{22,}"), re.compile(r'd="M4 4\.5h[^"]*"'),
    re.compile(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}"),
)


@dataclass(frozen=True, slots=True)
class Sweep:
    """The open application, the secret, and a persona a role, none of them of the group."""

    grounds: Grounds
    secret: Secret

    async def walk(self) -> dict[Key, str]:
        """Ask every GET route as everybody whom it lets in; return status, headers and text by who asked what."""
        return {(persona.role or "", route.path, sent.query): await self.ask(persona, sent)
                for route, persona in self._doors() for sent in self._asked(route)}

    async def ask(self, persona: Persona, sent: Sent) -> str:
        answer = await self.grounds.send(persona, "GET", sent)
        assert answer.status_code < 500, sent.target
        told = [f"{name}: {value}" for name, value in sorted(answer.headers.items()) if name != "content-length"]
        return "\n".join([str(answer.status_code), *told, _text(answer.content)])

    def _doors(self) -> Iterator[tuple[APIRoute, Persona]]:
        for route, method in walk(self.grounds.app):
            act = act_of(route)
            for role in Role:
                persona = self.grounds.persona(role)
                if method == "GET" and (role is Role.tecint if act is None else act in persona.acts):
                    yield route, persona

    def _asked(self, route: APIRoute) -> Iterator[Sent]:
        address = walking.address(route, self.grounds.values)
        yield Sent(address)
        if route.path.endswith("/hits/events"):
            yield Sent(address, query=f"after={self.grounds.app.state.program.boards.marks.write(0)}")
        elif asks_by_plate(route):
            yield Sent(address, query=f"plate={PLATE}")


def asks_by_plate(route: APIRoute) -> bool:
    """Tell whether a route takes a plate to look for."""
    return act_of(route) in (Act.ask_reads, Act.see_watchlists, Act.see_hits) and "{" not in route.path


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def steady(text: str) -> str:
    """Return a text without what differs from one moment to the next."""
    text = unquote(text)
    for pattern in _VARIES:
        text = pattern.sub("#", text)
    return text


@pytest_asyncio.fixture
async def sweep(app: FastAPI, world: World, settings: SearchSettings) -> AsyncIterator[Sweep]:
    async with AsyncExitStack() as stack:
        jan, kim = [await stack.enter_async_context(speak(app, world, name, role))
                    for name, role in (("jan", "investigator"), ("kim", "tecint"))]
        grounds = await stack.enter_async_context(open_grounds(app, world))
        secret = Secret(world, settings, jan, kim)
        await secret.prepare()
        yield Sweep(grounds, secret)


def differences(before: Mapping[Key, str], after: Mapping[Key, str], audited: Collection[str]) -> list[str]:
    """Return which answers differ, and by what."""
    return [f"{key}: {_first_difference(steady(before[key]), steady(after[key]))}" for key in before
            if steady(before[key]) != steady(after[key]) and key[1] not in audited]


def _first_difference(one: str, other: str) -> str:
    at = next((place for place, (mine, theirs) in enumerate(zip(one, other, strict=False)) if mine != theirs), 0)
    return f"…{one[max(0, at - 60):at + 80]!r} → …{other[max(0, at - 60):at + 80]!r}"


@pytest.mark.timeout(900)
async def test_nothing_tells_of_it_whoever_asks_whatever(
        sweep: Sweep, world: World, caplog: pytest.LogCaptureFixture) -> None:
    without = await sweep.walk()
    assert len(without) > 400
    with caplog.at_level("DEBUG"):
        await sweep.secret.plant()
        told = await sweep.walk()
    logged = [record.getMessage() for record in caplog.records if record.name.startswith(("search", "services"))]
    assert [line for line in logged if set(traces(line)) - set(numbers(line))] == []
    audited = {route.path for route, _ in walk(sweep.grounds.app) if act_of(route) in AUDITED}
    assert differences(without, told, audited) == []
    # The vehicle's read may be found by who asks for it, and who asked stands in the audit, which tells numbers too.
    assert {trace for text in without.values() for trace in traces(text)} == {PLATE}
    found = {key: set(traces(text)) - set(traces(without[key])) - set(numbers(text) if key[1] in audited else ())
             for key, text in told.items()}
    assert {key: what for key, what in found.items() if what} == {}
    rows = [(username, str(row)) for username, row in world.run("SELECT username, row_to_json(audit)::text FROM audit")]
    asked = {persona.name for persona in sweep.grounds.guests.values()}
    assert {username for username, row in rows if set(traces(row)) - set(numbers(row))} <= asked
    assert all(set(traces(row)) <= {PLATE, *numbers(row)} for _, row in rows)
    assert any(numbers(row) for username, row in rows if username == "kim")

"""Every route, as every role, with and without a log-in and with tokens: the table of services/roles.py says it all."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import islice

import pytest
import pytest_asyncio
from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from starlette.routing import Mount, Route

from search.doors import Open, check_doors, door_of, may, open_to_all, routes_of
from services.api_tokens import NEVER_IN_A_TOKEN
from services.errors import ConfigurationError
from services.roles import ALLOWED, Act, Role
from services.sessions import Step
from services.settings import SearchSettings
from tests.integration.search import walking
from tests.integration.search.walking import (
    HOSTILE_IN_PATH,
    METHODS,
    NOBODY,
    Grounds,
    Persona,
    Sent,
    act_of,
    is_turned_away,
    open_grounds,
    walk,
)
from tests.integration.search.world import World


def requests(route: APIRoute, method: str, values: dict[str, str], number: int) -> Iterator[Sent]:
    """Yield what is tried at a route: what could be meant, and a hostile address and body, others each time."""
    plausible, hostile = walking.address(route, values), HOSTILE_IN_PATH[number % len(HOSTILE_IN_PATH)]
    if method in walking.SAFE:
        yield Sent(plausible)
        if "{" in route.path:
            yield Sent(walking.hostile_address(route, hostile))
        return
    yield Sent(plausible, *walking.plausible_body(route, values))
    bodies = walking.hostile_bodies(route)
    yield Sent(walking.hostile_address(route, hostile), *bodies[number % len(bodies)])


@dataclass(frozen=True, slots=True)
class Walk:
    """Walks every route as somebody, and tells each place where it went otherwise than the table says."""

    grounds: Grounds

    async def of(self, persona: Persona, *, most: int = 2) -> list[str]:
        """Try at most so many requests at each route."""
        wrong = []
        for number, (route, method) in enumerate(walk(self.grounds.app)):
            for sent in islice(requests(route, method, self.grounds.values, number), most):
                told = await self._try(persona, route, method, sent)
                if told:
                    wrong.append(f"{persona.name}: {method} {route.path} {told} "
                                 f"({sent.target[:80]}, {sent.content[:40]!r})")
        return wrong

    async def _try(self, persona: Persona, route: APIRoute, method: str, sent: Sent) -> str:
        """Send one request; return what is wrong with its answer, nothing when nothing is."""
        act = act_of(route)
        traced = act is not None and act not in persona.acts and persona is not NOBODY and not persona.step
        before = self.grounds.hands.last_denied()[0] if traced else 0
        answer = await walking.send(self.grounds.client, persona, method, sent)
        ended = answer.headers.get("location") == "/login" and not self.grounds.hands.has_session(persona)
        if method not in walking.SAFE:
            self.grounds.hands.mend(persona)
        if answer.status_code >= 500:
            return f"failed: {answer.status_code}"
        if act is None or (persona.step and act is Act.be_here):
            return ""
        if act not in persona.acts and not is_turned_away(answer):
            return f"let them in: {answer.status_code}"
        if act not in persona.acts:
            found = self.grounds.hands.last_denied() if traced else None
            named = answer.status_code == 403 and found and found[0] > before and found[1:] == (
                persona.name, f"{method} {route.path}", act)
            return "" if named or not traced else "left no trace of who was refused"
        return f"turned them away: {answer.status_code}" if is_turned_away(answer) and not ended else ""


@pytest.fixture
def settings(settings: SearchSettings) -> SearchSettings:
    """As in production: whoever has no second factor gets one first."""
    return settings.model_copy(update={"second_factor": "required"})


@pytest_asyncio.fixture
async def walker(app: FastAPI, world: World) -> AsyncIterator[Walk]:
    async with open_grounds(app, world) as grounds:
        yield Walk(grounds)


async def test_nobody_comes_in_without_logging_in(walker: Walk) -> None:
    assert await walker.of(NOBODY) == []


@pytest.mark.parametrize("role", Role)
async def test_a_role_comes_in_where_the_table_lets_it_and_nowhere_else(walker: Walk, role: Role) -> None:
    assert await walker.of(walker.grounds.hands.persona(role)) == []


async def test_whoever_has_something_to_do_before_anything_else_comes_in_nowhere(walker: Walk) -> None:
    for role in Role:
        assert await walker.of(walker.grounds.hands.persona(role, step=Step.code), most=1) == []
    for step in (Step.password, Step.second_factor):
        assert await walker.of(walker.grounds.hands.persona(Role.tecint, step=step), most=1) == []


async def test_a_token_with_every_act_of_its_role_opens_what_the_table_says(walker: Walk) -> None:
    for role in Role:
        assert await walker.of(walker.grounds.hands.persona(role, scope=ALLOWED[role] - NEVER_IN_A_TOKEN), most=1) == []


async def test_a_token_with_no_act_opens_nothing(walker: Walk) -> None:
    for role in Role:
        assert await walker.of(walker.grounds.hands.persona(role, scope=frozenset()), most=1) == []


async def test_a_token_with_one_act_opens_that_act_alone_and_without_it_all_but_that(walker: Walk) -> None:
    tokens: dict[tuple[Role, frozenset[Act]], Persona] = {}
    for number, (route, method) in enumerate(walk(walker.grounds.app)):
        act = act_of(route)
        able = [role for role in Role if act in ALLOWED[role] - NEVER_IN_A_TOKEN]
        if act is None or not able:
            continue
        role = able[number % len(able)]
        for scope in (frozenset({act}), ALLOWED[role] - NEVER_IN_A_TOKEN - {act}):
            persona = tokens.get((role, scope)) or walker.grounds.hands.persona(role, scope=scope)
            tokens[role, scope] = persona
            answer = await walker.grounds.send(persona, method, Sent(walking.address(route, walker.grounds.values)))
            assert is_turned_away(answer) is (act not in scope), f"{persona.name}: {method} {route.path}"
    assert len(tokens) > len(Role)


async def test_a_token_never_holds_what_a_person_does_with_their_own_hands(walker: Walk) -> None:
    everything = [walker.grounds.hands.persona(role, scope=frozenset(Act)) for role in Role]
    for route, method in walk(walker.grounds.app):
        if act_of(route) in NEVER_IN_A_TOKEN:
            for persona in everything:
                answer = await walker.grounds.send(persona, method,
                                                   Sent(walking.address(route, walker.grounds.values)))
                assert answer.status_code == 403, f"{persona.name}: {method} {route.path}"


async def test_who_may_not_come_in_is_told_so_whatever_they_send(walker: Walk) -> None:
    persona = walker.grounds.hands.persona(Role.auditor, scope=frozenset())
    for route, method in walk(walker.grounds.app):
        if act_of(route) and method not in walking.SAFE:
            for body in ((b"{", "application/json"), (b"[" * 100_000, "application/json"),
                         (b"--x\r\nnonsense", "multipart/form-data; boundary=x")):
                sent = Sent(walking.address(route, walker.grounds.values), *body)
                for who in (NOBODY, persona):
                    assert is_turned_away(await walker.grounds.send(who, method, sent)), f"{method} {route.path}"


async def test_an_address_takes_no_other_method_than_its_own(walker: Walk) -> None:
    personas = [NOBODY, *map(walker.grounds.hands.persona, (Role.tecint, Role.technical_administrator))]
    routes = list(routes_of(walker.grounds.app.routes))
    for number, path in enumerate(sorted({walking.address(route, walker.grounds.values) for route in routes})):
        taken = {method for route in routes if route.path_regex.match(path) for method in route.methods or ()}
        for method in sorted(set(METHODS) - taken):
            answer = await walker.grounds.send(personas[number % len(personas)], method, Sent(path))
            assert answer.status_code == 405, f"{method} {path}"


async def test_there_is_no_way_in_but_routes_with_a_door_the_api_description_and_static_files(app: FastAPI) -> None:
    for way in _ways(app.routes):
        match way:
            case APIRoute():
                assert isinstance(door_of(way), Open) or act_of(way) in Act
            case Mount():
                assert way.path == "/static" or way.path.startswith("/static/")
            case Route():
                assert way.path == "/api/v1/openapi.json"
            case _:
                raise AssertionError(f"nobody guards {way!r}")


def _ways(ways: list[object]) -> Iterator[object]:
    for way in ways:
        inner = getattr(way, "original_router", None)
        if inner is None:
            yield way
        else:
            yield from _ways(inner.routes)


def test_a_route_without_a_door_or_with_two_or_a_socket_is_not_built() -> None:
    async def answer(request: Request) -> None: ...

    bare, doubled, socket, good = (FastAPI(docs_url=None, redoc_url=None) for _ in range(4))
    bare.get("/x")(answer)
    doubled.get("/x", dependencies=[may(Act.consult), open_to_all("why not")])(answer)
    socket.websocket("/x")(answer)
    good.get("/x", dependencies=[may(Act.consult)])(answer)
    for app in (bare, doubled, socket):
        with pytest.raises(ConfigurationError):
            check_doors(app)
    check_doors(good)

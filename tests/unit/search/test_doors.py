"""Doors: an application is built only when each of its routes has exactly one."""

from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, WebSocket
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from search.app import create_app
from search.doors import Door, Open, check_doors, door_of, may, open_to_all, routes_of
from services.errors import ConfigurationError
from services.roles import Act
from services.settings import SearchSettings

WHY = "nothing stands there"


def _app(*doors: Any, router_doors: tuple[Any, ...] = ()) -> FastAPI:
    router = APIRouter(dependencies=list(router_doors))

    @router.get("/things", dependencies=list(doors))
    async def get_things() -> None:
        """Return nothing."""

    app = FastAPI(docs_url=None, redoc_url=None)
    app.include_router(router, prefix="/api")
    return app


@pytest.mark.parametrize("doors", [[may(Act.ask_reads)], [open_to_all(WHY)], [may(Act.be_here), may(Act.be_here)]])
def test_a_route_with_one_door_is_built(doors: list[Any]) -> None:
    check_doors(_app(*doors))


@pytest.mark.parametrize("doors", [
    [], [may(Act.ask_reads), may(Act.be_here)], [may(Act.ask_reads), open_to_all(WHY)],
    [open_to_all(WHY), open_to_all("another reason")]])
def test_a_route_without_a_door_or_with_two_is_not_built(doors: list[Any]) -> None:
    with pytest.raises(ConfigurationError, match=r"/things has \d doors"):
        check_doors(_app(*doors))


def test_a_door_of_its_router_counts_as_the_routes_own() -> None:
    check_doors(_app(router_doors=(may(Act.ask_reads),)))
    with pytest.raises(ConfigurationError, match="has 2 doors"):
        check_doors(_app(may(Act.be_here), router_doors=(may(Act.ask_reads),)))


def test_a_socket_is_not_built() -> None:
    app = _app(may(Act.ask_reads))

    @app.websocket("/alerts")
    async def send_alerts(socket: WebSocket) -> None:
        await socket.accept()

    with pytest.raises(ConfigurationError):
        check_doors(app)


def test_a_route_past_the_framework_is_not_built() -> None:
    app = _app(may(Act.ask_reads))

    async def answer(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("")

    app.router.routes.append(Route("/back-door", answer))
    with pytest.raises(ConfigurationError):
        check_doors(app)


def test_every_route_of_the_product_has_a_door_and_the_open_ones_say_why() -> None:
    settings = SearchSettings(database_url="postgresql://nobody@localhost/none", identity_key=b"k" * 32,
                              audit_key=b"a" * 32)
    doors = [door_of(route) for route in routes_of(create_app(settings).routes)]
    assert len(doors) > 30
    assert all(isinstance(door, Door) or (isinstance(door, Open) and len(door.why) > 10) for door in doors)


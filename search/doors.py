"""Doors: what each route asks of whoever comes. A route without one is not built (`check_doors`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import Mount, Route

from search.access import CurrentVisitor, MaybeVisitor, Visitor
from search.pages.language import words
from services import audit
from services.database import transaction
from services.errors import ConfigurationError, ForbiddenError
from services.roles import Act

NOT_YOURS = words("Your role may not do this.")
_DESCRIPTION = "openapi"
"""What FastAPI calls the route of the API's own description; that and static files have no door."""


@dataclass(frozen=True, slots=True)
class Door:
    """A dependency that lets in who may do `act`, and leaves a trace of everybody else who tried."""

    act: Act

    async def __call__(self, request: Request, visitor: CurrentVisitor) -> Visitor:
        """Return who is asking; raises NotLoggedInError, or ForbiddenError when their role or token may not."""
        if not visitor.may(self.act):
            program = request.app.state.program
            async with transaction(program.engine) as connection:
                await program.trail.record(connection, visitor.actor, audit.Entry(
                    audit.Action.denied, f"{request.method} {request.scope['route'].path}",
                    decision={"refused": ForbiddenError.code, "act": self.act}))
            raise ForbiddenError(NOT_YOURS)
        return visitor


@dataclass(frozen=True, slots=True)
class Open:
    """A dependency that lets everybody in, logged in or not, and says why that does no harm."""

    why: str

    async def __call__(self, visitor: MaybeVisitor) -> Visitor | None:
        """Return who is asking, None when nobody is logged in."""
        return visitor


def may(act: Act) -> Any:
    """Return what a route's `dependencies` hold so that only who may do `act` comes in."""
    return Depends(Door(act))


def open_to_all(why: str) -> Any:
    """Return what a route's `dependencies` hold so that everybody comes in."""
    return Depends(Open(why))


def routes_of(routes: list[Any]) -> Iterator[APIRoute]:
    """Yield every route of an application, those of its routers too; raises ConfigurationError for any other way in."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from routes_of(route.original_router.routes)
        elif not (isinstance(route, Mount) or (isinstance(route, Route) and route.name == _DESCRIPTION)):
            raise ConfigurationError(f"{route!r} can have no door")


def door_of(route: APIRoute) -> Door | Open:
    """Return the one door of a route; raises ConfigurationError when it has none, or several."""
    doors = set(_doors(route.dependant))
    if len(doors) != 1:
        raise ConfigurationError(f"the route {sorted(route.methods or ())} {route.path} has {len(doors)} doors")
    return doors.pop()


def _doors(dependant: Dependant) -> Iterator[Door | Open]:
    if isinstance(dependant.call, Door | Open):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from _doors(inner)


def check_doors(app: FastAPI) -> None:
    """Raise ConfigurationError unless every route has a door."""
    for route in routes_of(app.routes):
        door_of(route)

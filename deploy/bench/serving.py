"""`python -m deploy.bench.serving year|month`: search, with the gate open over the year or as it stands, and timed.

The gate is the application's argument: a year is open as under a registered decision of the procureur, and no setting
of the product could do the same. Each answer says in `Server-Timing` how long the question's own statements took.
"""

import sys
import time
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search.app import create_app
from services import gate
from services.gate import Aim, Beyond, Gate, Permission, Standing, Verdict, decide
from services.gate_rules import Rules
from services.logs import configure_logging
from services.retention_rule import cut_off
from services.settings import SearchSettings, load_settings

_OF_THE_QUESTION = ("reads", "plates")
_spent_ms: ContextVar[list[float] | None] = ContextVar("spent_ms", default=None)


def open_year(_standing: Standing, _aim: Aim, _rules: Rules, now: datetime) -> Verdict:
    """Open the whole retention period, as a decision of the procureur would for a purpose that needs one."""
    since = cut_off(now)
    return Permission(since, since, Beyond.needs_decision, (gate.Scope(since),))


def open_month(standing: Standing, aim: Aim, rules: Rules, now: datetime) -> Verdict:
    """Decide as the product does, every question being approved by a second person."""
    return decide(replace(standing, approved=True), aim, rules, now)


GATES: dict[str, Gate] = {"year": open_year, "month": open_month}


class Timed:
    """ASGI middleware that adds up the time of the question's statements and tells it in the answer's head."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        spent: list[float] = []
        _spent_ms.set(spent)

        async def send_timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Server-Timing"] = f"sql;dur={sum(spent):.3f}"
            await send(message)

        await self._app(scope, receive, send_timed)


def time_statements(engine: AsyncEngine) -> None:
    """Time every statement on reads or plates; audit, session and consultation do not count."""
    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def begin(connection: Any, _cursor: Any, _statement: str, *_: Any) -> None:
        connection.info["began"] = time.perf_counter()

    @event.listens_for(engine.sync_engine, "after_cursor_execute")
    def end(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        spent = _spent_ms.get()
        if spent is not None and statement.startswith(("SELECT", "WITH")) and any(
                name in statement for name in _OF_THE_QUESTION):
            spent.append((time.perf_counter() - connection.info["began"]) * 1000)


def create_timed_app(settings: SearchSettings, held: Gate) -> FastAPI:
    """Make the product's application with `held` as its gate, timed."""
    app = create_app(settings, held)
    time_statements(app.state.program.engine)
    app.add_middleware(Timed)
    return app


def main() -> None:
    """Serve until told to stop."""
    configure_logging("search")
    settings = load_settings(SearchSettings)
    uvicorn.run(create_timed_app(settings, GATES[sys.argv[1]]), host=settings.search_host, port=settings.search_port,
                log_config=None, access_log=False, proxy_headers=False, server_header=False, loop="uvloop")


if __name__ == "__main__":
    main()

"""The application: every route, in one place."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles

import search.accounts.routes
import search.cameras.routes
import search.consultations.routes
import search.gateways.routes
import search.health
import search.journeys.routes
import search.lookalikes.routes
import search.pages.routes
import search.reads.routes
import search.rejects.routes
import search.story.routes
import search.trials.routes
from search.access import refuse_foreign_origin
from search.guard import Guard
from search.pages.links import STATIC, VENDOR
from search.program import Program
from search.refusals import answer_errors
from services import gate
from services.gate import Permit
from services.settings import SearchSettings

ROUTERS = (
    search.health.router,
    search.pages.routes.router,
    search.accounts.routes.router,
    search.consultations.routes.pages,
    search.consultations.routes.api,
    search.reads.routes.pages,
    search.reads.routes.api,
    search.lookalikes.routes.pages,
    search.lookalikes.routes.api,
    search.journeys.routes.pages,
    search.journeys.routes.api,
    search.cameras.routes.pages,
    search.cameras.routes.api,
    search.gateways.routes.pages,
    search.gateways.routes.api,
    search.rejects.routes.pages,
    search.rejects.routes.api,
    search.trials.routes.pages,
    search.trials.routes.api,
    search.story.routes.pages,
)


def create_app(settings: SearchSettings, permit: Permit = gate.permit) -> FastAPI:
    """Make the application; it reaches the database when the first request comes.

    `permit` is the legal gate. It is an argument for the bench of a whole year, and no setting: nobody widens the gate
    by configuration.
    """
    program = Program.start(settings, permit)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await program.engine.dispose()

    app = FastAPI(title="Zoneschild", version="1", lifespan=lifespan, openapi_url="/api/v1/openapi.json",
                  docs_url=None, redoc_url=None, dependencies=[Depends(refuse_foreign_origin)])
    app.state.program = program
    app.add_middleware(Guard)
    answer_errors(app)
    for router in ROUTERS:
        app.include_router(router)
    # The vendored files are copied there at build time; without them the pages work, with fewer comforts.
    app.mount("/static/vendor", StaticFiles(directory=VENDOR, check_dir=False), name="vendor")
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app

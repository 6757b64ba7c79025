"""The application: every route, in one place."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI

import search.accounts.oidc_routes
import search.accounts.own_routes
import search.accounts.routes
import search.accounts.token_routes
import search.actions.board_routes
import search.actions.report_routes
import search.actions.routes
import search.approvals.routes
import search.asking.routes
import search.audit.behaviour_routes
import search.audit.colleague_routes
import search.audit.plate_routes
import search.audit.routes
import search.audit.sample_routes
import search.cameras.onward_routes
import search.cameras.papers_routes
import search.cameras.register_routes
import search.cameras.routes
import search.channels.group_routes
import search.channels.routes
import search.consultations.routes
import search.decisions.routes
import search.gate.routes
import search.gateways.routes
import search.health
import search.hits.alert_routes
import search.hits.api_routes
import search.hits.review_routes
import search.hits.routes
import search.journeys.routes
import search.lookalikes.routes
import search.map.routes
import search.notices.routes
import search.overview.routes
import search.pages.routes
import search.reads.routes
import search.rejects.routes
import search.saved.routes
import search.story.routes
import search.trials.routes
import search.users.routes
import search.watchlists.delivery_routes
import search.watchlists.entry_routes
import search.watchlists.group_routes
import search.watchlists.list_routes
import search.watchlists.try_routes
from search.access import refuse_foreign_origin
from search.compressing import CompressedFiles, Compressor
from search.doors import check_doors
from search.guard import Guard
from search.heads import copying_heads
from search.pages.links import STATIC, VENDOR, static_version
from search.program import Program
from search.refusals import answer_errors
from search.telling import telling
from services.gate import Gate, decide
from services.settings import SearchSettings

ROUTERS = (
    search.health.router,
    search.pages.routes.router,
    search.accounts.routes.router,
    search.accounts.oidc_routes.router,
    search.accounts.own_routes.router,
    search.accounts.token_routes.pages,
    search.accounts.token_routes.api,
    search.users.routes.router,
    search.consultations.routes.pages,
    search.consultations.routes.api,
    search.approvals.routes.pages,
    search.approvals.routes.api,
    search.notices.routes.pages,
    search.overview.routes.pages,
    search.decisions.routes.pages,
    search.decisions.routes.api,
    # What is understood before the reads: a read's number is no word.
    search.asking.routes.pages,
    search.reads.routes.pages,
    search.reads.routes.api,
    # The review before the hits: a hit's number is no word.
    search.hits.review_routes.pages,
    search.hits.routes.pages,
    search.hits.api_routes.api,
    search.hits.alert_routes.api,
    search.saved.routes.pages,
    search.saved.routes.api,
    search.lookalikes.routes.pages,
    search.lookalikes.routes.api,
    search.journeys.routes.pages,
    search.journeys.routes.api,
    search.cameras.routes.pages,
    search.cameras.routes.api,
    # The register before the cameras: a code may be anything, with strokes in it.
    search.cameras.register_routes.pages,
    search.cameras.register_routes.api,
    search.cameras.onward_routes.api,
    search.cameras.papers_routes.pages,
    search.cameras.papers_routes.api,
    search.gateways.routes.pages,
    search.gateways.routes.api,
    search.channels.routes.pages,
    search.channels.routes.api,
    search.channels.group_routes.router,
    search.rejects.routes.pages,
    search.rejects.routes.api,
    search.trials.routes.pages,
    search.trials.routes.api,
    search.audit.routes.pages,
    search.audit.routes.api,
    search.audit.plate_routes.pages,
    search.audit.plate_routes.api,
    search.audit.behaviour_routes.pages,
    search.audit.sample_routes.pages,
    search.audit.colleague_routes.pages,
    search.gate.routes.pages,
    search.actions.routes.pages,
    search.actions.board_routes.pages,
    search.actions.report_routes.pages,
    search.story.routes.pages,
    search.map.routes.router,
    # What is not a list's code before what may be.
    search.watchlists.delivery_routes.pages,
    search.watchlists.delivery_routes.api,
    search.watchlists.entry_routes.pages,
    search.watchlists.entry_routes.api,
    search.watchlists.group_routes.pages,
    search.watchlists.group_routes.api,
    search.watchlists.try_routes.pages,
    search.watchlists.try_routes.api,
    search.watchlists.list_routes.pages,
    search.watchlists.list_routes.api,
)


def create_app(settings: SearchSettings, gate: Gate = decide) -> FastAPI:
    """Make the application; it reaches the database when the first request comes.

    `gate` is the legal gate. It is an argument for the bench of a whole year, and no setting: nobody widens the gate
    by configuration.
    """
    program = Program.start(settings, gate)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # What is there now stays: looking through it for garbage held up one answer in forty by a tenth of a second.
        gc.collect()
        gc.freeze()
        async with copying_heads(program), telling(program):
            yield
        await program.boards.stop()
        await program.engine.dispose()

    app = FastAPI(title="Zoneschild", version="1", lifespan=lifespan, openapi_url="/api/v1/openapi.json",
                  docs_url=None, redoc_url=None, dependencies=[Depends(refuse_foreign_origin)],
                  # A redirect to the address without its slash would repeat whatever host the request named.
                  redirect_slashes=False)
    app.state.program = program
    app.add_middleware(Compressor)
    app.add_middleware(Guard)
    answer_errors(app)
    for router in ROUTERS:
        app.include_router(router)
    check_doors(app)
    # The vendored files are copied there at build time; without them the pages work, with fewer comforts.
    version = static_version()
    app.mount(f"/static/{version}/vendor", CompressedFiles(directory=VENDOR, check_dir=False), name="vendor")
    app.mount(f"/static/{version}", CompressedFiles(directory=STATIC), name="static")
    return app

"""What a running search holds: settings, the way to the database, pictures, image grants and pages."""

from asyncio import Semaphore
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncEngine

from search.accounts.oidc import Provider
from search.actions.memory import LastShown
from search.grants import Grants
from search.hits.bell import Bell
from search.hits.boards import Boards
from search.hits.marks import Marks
from search.hits.showing import Painter, Shown
from search.journeys.roads import RoadsCache
from search.lookalikes.holder import ModelHolder
from search.map.holder import ZoneHolder
from search.pages.rendering import Pages, load_pages
from search.rules import RulesHolder
from services.audit import Trail
from services.database import open_engine
from services.gate import Gate
from services.identity import Identity
from services.images import ImageStore
from services.lookalikes.model import Model
from services.second_factor import SecondFactors
from services.settings import SearchSettings

CONNECTIONS = 10
ANSWER_WITHIN_MS = 10_000
"""The time that one question may have in the database; after it the question is too broad."""

PASSWORD_CHECKS = 2
"""How many passwords are checked at once: each takes a core and 64 MiB for some tens of milliseconds."""


@dataclass(frozen=True, slots=True)
class Program:
    """Made once by `create_app`, handed to every route."""

    settings: SearchSettings
    engine: AsyncEngine
    images: ImageStore
    grants: Grants
    pages: Pages
    gate: Gate
    trail: Trail
    identity: Identity
    second_factors: SecondFactors
    provider: Provider | None
    """Of identities (OpenID Connect)."""
    boards: Boards
    roads: RoadsCache
    zone: ZoneHolder
    rules: RulesHolder = field(default_factory=RulesHolder)
    lookalikes: ModelHolder = field(default_factory=ModelHolder)
    last_shown: LastShown = field(default_factory=LastShown)
    password_checks: Semaphore = field(default_factory=lambda: Semaphore(PASSWORD_CHECKS))

    @classmethod
    def start(cls, settings: SearchSettings, gate: Gate) -> "Program":
        """Make everything; the database is first reached by the first request."""
        # A pattern's plan must be made for that pattern: one for all of them scans whole indexes (decision 0040).
        # Thousands of plates are looked up one by one in a week of reads, never by reading the week.
        engine = open_engine(settings, connections=CONNECTIONS, statement_timeout_ms=ANSWER_WITHIN_MS,
                             plan_cache="force_custom_plan", joins_by_index=True, reads_by_index=True)
        secret, trail, pages = settings.identity_key.get_secret_value(), _trail(settings), load_pages()
        roads = RoadsCache()
        return cls(
            settings,
            engine,
            ImageStore.open(settings.images_url),
            Grants(secret),
            pages,
            gate,
            trail,
            Identity(secret),
            SecondFactors(secret),
            Provider.of(settings) if settings.has_provider() else None,
            Boards(engine, trail, Marks(secret), Painter(pages), Shown(),
                   Bell(settings.database_url.get_secret_value())),
            roads,
            ZoneHolder(roads),
        )

    async def model(self) -> Model:
        """Return what is known of misreads, not older than a minute."""
        return await self.lookalikes.current(self.engine)


def _trail(settings: SearchSettings) -> Trail:
    return Trail(settings.audit_key.get_secret_value())


async def running_program(request: Request) -> Program:
    """Return the program that serves this request."""
    program: Program = request.app.state.program
    return program


RunningProgram = Annotated[Program, Depends(running_program)]

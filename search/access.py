"""Who is asking: a session's cookie or a bearer token, and whether a form really comes from our own pages."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Depends, Request, Response, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncConnection

from search.pages.language import words
from services.accounts import Role, Session, User, find_session, find_token
from services.audit import Actor
from services.clock import utc_now
from services.consultations import Consultation, find_consultation
from services.database import reading
from services.errors import ForbiddenError, NotLoggedInError

SESSION_COOKIE = "zoneschild_session"
API = "/api/"
SEES_READS = frozenset({Role.investigator, Role.tecint, Role.dispatcher, Role.traffic, Role.integrator})
"""Who may ask for reads at all; the others see cameras, gateways and counts (R19: administrators see no plates)."""

OPENS_REJECTS = frozenset({Role.integrator, Role.tecint})
"""Who may open a refused message or a trial read in full, under a consultation: plates stand in them."""

ASKS_REPLAYS = frozenset({Role.integrator, Role.camera_manager, Role.technical_administrator})
"""Who may have rejects decoded again, which shows no plate."""

NOT_YOUR_ROLE = words("Your role sees no passages.")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is logged in, and the consultation that their session has open (never with a token)."""

    user: User
    actor: Actor
    session_token: str | None = None
    consultation: Consultation | None = None

    @property
    def sees_reads(self) -> bool:
        """Whether this role may ask for reads, given a consultation."""
        return self.user.role in SEES_READS

    @property
    def opens_rejects(self) -> bool:
        """Whether this role may open rejects and trial reads in full, given a consultation."""
        return self.user.role in OPENS_REJECTS

    @property
    def asks_replays(self) -> bool:
        """Whether this role may have rejects decoded again."""
        return self.user.role in ASKS_REPLAYS

    @property
    def sees_trials(self) -> bool:
        """Whether this role may see what gateways in state proef send, with masked plates."""
        return self.opens_rejects or self.asks_replays


def is_api(request: Request) -> bool:
    """Tell whether a program asks, not a person: by the path, or because it presents a token."""
    return request.url.path.startswith(API) or "authorization" in request.headers


def client_address(request: Request) -> str:
    """Return the address that the request comes from (the proxy's, when there is one)."""
    return request.client.host if request.client else ""


_bearer = HTTPBearer(auto_error=False, description="An API token, made by `python -m services tokens add`.")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


async def find_visitor(request: Request, bearer: Bearer) -> Visitor | None:
    """Return who is asking, None when nobody is logged in."""
    cookie = request.cookies.get(SESSION_COOKIE)
    if bearer is None and not cookie:
        return None
    async with reading(request.app.state.program.engine) as connection:
        visitor = await _identify(connection, request, bearer.credentials if bearer else None, cookie or "")
    request.state.visitor = visitor
    return visitor


async def _identify(connection: AsyncConnection, request: Request, token: str | None, cookie: str) -> Visitor | None:
    now = utc_now()
    if token is not None:
        user = await find_token(connection, token, now)
        return Visitor(user, _actor(user, request)) if user else None
    session = await find_session(connection, cookie, now)
    if session is None:
        return None
    consultation = await _session_consultation(connection, session)
    return Visitor(session.user, _actor(session.user, request), cookie, consultation)


async def _session_consultation(connection: AsyncConnection, session: Session) -> Consultation | None:
    consultation_id: UUID | None = session.consultation_id
    if consultation_id is None:
        return None
    return await find_consultation(connection, consultation_id, session.user.user_id, utc_now())


def _actor(user: User, request: Request) -> Actor:
    return Actor(user.username, user.role, client_address(request), user.user_id)


def visitor_of(request: Request) -> Visitor | None:
    """Return who was found to be asking, for pages that also greet whoever is not logged in."""
    return getattr(request.state, "visitor", None)


MaybeVisitor = Annotated[Visitor | None, Depends(find_visitor)]


async def require_visitor(visitor: MaybeVisitor) -> Visitor:
    """Return who is asking; raises NotLoggedInError when nobody is."""
    if visitor is None:
        raise NotLoggedInError(words("Log in first, or present a valid API token."))
    return visitor


CurrentVisitor = Annotated[Visitor, Depends(require_visitor)]


async def require_asker(visitor: CurrentVisitor) -> Visitor:
    """Return who is asking; raises ForbiddenError when their role sees no reads."""
    if not visitor.sees_reads:
        raise ForbiddenError(NOT_YOUR_ROLE)
    return visitor


Asker = Annotated[Visitor, Depends(require_asker)]


async def refuse_foreign_origin(request: Request) -> None:
    """Refuse a change that another site's page asks for with our visitor's cookie.

    Under `no-referrer` a browser names its origin "null" even to ourselves, so its own verdict (Sec-Fetch-Site) comes
    first. It gives none over plain HTTP; there, outside production, the cookie's SameSite=Strict has to do.
    """
    if request.method in _SAFE_METHODS:
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        foreign = site not in ("same-origin", "none")
    elif origin == "null":
        foreign = bool(request.app.state.program.settings.search_https)
    else:
        foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if foreign:
        raise ForbiddenError(words("The request comes from a page of another site."))


def give_session(request: Request, response: Response, token: str) -> None:
    """Hand the browser its session; the cookie dies with the browser, the session after its hours."""
    response.set_cookie(SESSION_COOKIE, token, path="/", httponly=True, samesite="strict",
                        secure=request.app.state.program.settings.search_https)


def take_session(response: Response) -> None:
    """Make the browser forget its session."""
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")

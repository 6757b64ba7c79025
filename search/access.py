"""Who is asking: a session's cookie or a bearer token, and whether a form really comes from our own pages."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Depends, Request, Response, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncConnection

from search.pages.language import words
from services.accounts import User
from services.api_tokens import find_token
from services.audit import Actor
from services.clock import utc_now
from services.consultations import Consultation, find_consultation
from services.database import reading
from services.errors import ForbiddenError, NotLoggedInError, UnfinishedLoginError
from services.roles import ALLOWED, Act
from services.sessions import Session, Step, find_session, next_step

SESSION_COOKIE = "zoneschild_session"
API = "/api/"
STEP_PAGES = {Step.code: "/login/code", Step.password: "/account/password",
              Step.second_factor: "/account/second-factor"}
"""The one page, beside logging out, that whoever has still something to do is let into."""
_ACTS_BEFORE: dict[Step, frozenset[Act]] = {
    Step.code: frozenset(), Step.password: frozenset({Act.be_here}), Step.second_factor: frozenset({Act.be_here})}
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is logged in, and the consultation that their session has open (never with a token)."""

    user: User
    actor: Actor
    acts: frozenset[Act]
    """What they may do: their role's, and of a program no more than its token's scope."""
    session_token: str | None = None
    session: Session | None = None
    step: Step | None = None
    """What they must do before anything else."""
    consultation: Consultation | None = None
    unseen: int = 0
    """How many notices they have not seen."""
    owed: int = 0
    """How many PVs of urgent consultations they owe."""

    def may(self, act: str) -> bool:
        """Tell whether they may do something (services.roles.Act)."""
        return act in self.acts


def is_api(request: Request) -> bool:
    """Tell whether a program asks, not a person: by the path, or because it presents a token."""
    return request.url.path.startswith(API) or "authorization" in request.headers


def client_address(request: Request) -> str:
    """Return the address that the request comes from (the proxy's, when there is one)."""
    return request.client.host if request.client else ""


read_bearer = HTTPBearer(auto_error=False, description="An API token, made by `python -m services tokens add`.")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(read_bearer)]


async def find_visitor(request: Request, bearer: Bearer) -> Visitor | None:
    """Return who is asking, None when nobody is logged in."""
    cookie = request.cookies.get(SESSION_COOKIE)
    if bearer is None and not cookie:
        return None
    async with reading(request.app.state.program.engine) as connection:
        visitor = await _identify(connection, request, bearer.credentials if bearer else None, cookie or "")
    if visitor and visitor.step and request.url.path not in (STEP_PAGES[visitor.step], "/logout"):
        request.state.step = visitor.step
        visitor = None
    request.state.visitor = visitor
    return visitor


async def _identify(connection: AsyncConnection, request: Request, token: str | None, cookie: str) -> Visitor | None:
    now = utc_now()
    if token is not None:
        found = await find_token(connection, token, now)
        return Visitor(found[0], _actor(found[0], request), found[1]) if found else None
    session = await find_session(connection, cookie, now)
    if session is None:
        return None
    consultation = await _session_consultation(connection, session)
    user = session.user
    step = next_step(session, second_factor_required=request.app.state.program.settings.second_factor == "required")
    return Visitor(user, _actor(user, request), _ACTS_BEFORE[step] if step else ALLOWED[user.role], cookie, session,
                   step, consultation, session.unseen, session.owed)


async def _session_consultation(connection: AsyncConnection, session: Session) -> Consultation | None:
    consultation_id: UUID | None = session.consultation_id
    if consultation_id is None:
        return None
    return await find_consultation(connection, consultation_id, session.user.user_id, utc_now())


def _actor(user: User, request: Request) -> Actor:
    return Actor(user.username, user.role, client_address(request), user.user_id)


def step_of(request: Request) -> Step | None:
    """Return what whoever asks must do before they may be here, None when there is nothing or nobody."""
    return getattr(request.state, "step", None)


def visitor_of(request: Request) -> Visitor | None:
    """Return who was found to be asking, for pages that also greet whoever is not logged in."""
    return getattr(request.state, "visitor", None)


MaybeVisitor = Annotated[Visitor | None, Depends(find_visitor)]


async def require_visitor(request: Request, visitor: MaybeVisitor) -> Visitor:
    """Return who is asking; raises NotLoggedInError when nobody is, UnfinishedLoginError when they are not done."""
    if visitor is None and (step := step_of(request)):
        raise UnfinishedLoginError(words("Finish logging in first."), STEP_PAGES[step])
    if visitor is None:
        raise NotLoggedInError(words("Log in first, or present a valid API token."))
    return visitor


CurrentVisitor = Annotated[Visitor, Depends(require_visitor)]


async def require_person(visitor: CurrentVisitor) -> Visitor:
    """Return who is asking from a session; raises ForbiddenError for a program, whatever its token says."""
    if visitor.session is None:
        raise ForbiddenError(words("A person does this, logged in: not a program with a token."))
    return visitor


CurrentPerson = Annotated[Visitor, Depends(require_person)]


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
        foreign = origin is not None and _host_of(origin) != request.headers.get("host")
    if foreign:
        raise ForbiddenError(words("The request comes from a page of another site."))


def _host_of(origin: str) -> str | None:
    """Return the host and port of an origin, None when it is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def give_session(request: Request, response: Response, token: str) -> None:
    """Hand the browser its session; the cookie dies with the browser, the session after its hours."""
    response.set_cookie(SESSION_COOKIE, token, path="/", httponly=True, samesite="strict",
                        secure=request.app.state.program.settings.search_https)


def take_session(request: Request, response: Response) -> None:
    """Make the browser forget its session."""
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict",
                           secure=request.app.state.program.settings.search_https)

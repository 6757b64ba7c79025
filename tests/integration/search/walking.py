"""Walking over every route of the application: who comes, what they send, and what became of it."""

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin
from urllib.parse import quote, urlencode
from uuid import UUID, uuid4

import httpx
import psycopg
from fastapi import FastAPI, UploadFile, params
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from search.access import API, SESSION_COOKIE, STEP_PAGES
from search.doors import NOT_YOURS, Door, door_of, routes_of
from search.pages.rendering import LANGUAGE_COOKIE
from services.clock import utc_now
from services.gate import PURPOSES
from services.roles import ALLOWED, Act, Role
from services.second_factor import SecondFactors, new_secret
from services.sessions import Step, token_hash
from tests.integration.search.things import PDF, make_things
from tests.integration.search.world import KEY, PASSWORD, World

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
_TO_LOG_IN = ("/login", *STEP_PAGES.values())
_FACTORS = SecondFactors(KEY)

HOSTILE = ("\0", "-1", "9" * 400, "NaN", "1e999", "0001-01-01", "99999-12-31T25:61:61Z", "'; DROP TABLE users; --",
           "{{7*7}}<script>alert(1)</script>", "%s%n", "x" * 20_000, "\r\nSet-Cookie: a=b", "\u202e\u2028\ufeff")
HOSTILE_IN_PATH = ("%00", "%ED%A0%80", "-1", "9" * 400, "NaN", "%27%3B--", "%7B%7B7*7%7D%7D%3Cscript%3E", "x" * 5000,
                   "%0d%0aSet-Cookie:a=b", "00000000-0000-0000-0000-000000000000", "99999-99-99", "..%5c..%5c")


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody who comes: what the table lets them do, and how they say who they are."""

    name: str
    acts: frozenset[Act] = frozenset()
    user_id: int | None = None
    role: Role | None = None
    cookie: str | None = None
    token: str | None = None
    consultation_id: UUID | None = None
    step: Step | None = None
    """What they must do before anything else."""

    @property
    def headers(self) -> dict[str, str]:
        """What their requests bear; pages answer them in English."""
        cookie = f"{LANGUAGE_COOKIE}=en" + (f"; {SESSION_COOKIE}={self.cookie}" if self.cookie else "")
        return {"Cookie": cookie, **({"Authorization": f"Bearer {self.token}"} if self.token else {}),
                **({"Consultation": str(self.consultation_id)} if self.consultation_id else {})}


NOBODY = Persona("nobody")


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes into one request, beside who sends it."""

    path: str
    content: bytes = b""
    content_type: str = ""
    query: str = ""

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path


def walk(app: FastAPI) -> Iterator[tuple[APIRoute, str]]:
    """Yield every route with each of its methods."""
    for route in routes_of(app.routes):
        for method in sorted(route.methods or ()):
            yield route, method


def act_of(route: APIRoute) -> Act | None:
    """Return the act that a route's door asks for; None where it is open to all."""
    door = door_of(route)
    return door.act if isinstance(door, Door) else None


@dataclass(frozen=True, slots=True)
class Hands:
    """The owner's hands: makes personas, and mends what a request did to one."""

    world: World

    @property
    def connection(self) -> psycopg.Connection:
        """The owner's connection."""
        return self.world.connection

    def persona(self, role: Role, *, scope: frozenset[Act] | None = None, step: Step | None = None) -> Persona:
        """Return somebody of a role: with a session, or with a token when a scope is given."""
        name = f"{role}.{uuid4().hex[:8]}"
        user_id = self.world.add_user(name, role, f"Iemand {role}")
        acts = ALLOWED[role] if scope is None else ALLOWED[role] & scope
        secret = f"zs_{uuid4().hex}"
        made = Persona(name, frozenset() if step else acts, user_id, role,
                       secret if scope is None else None, secret if scope is not None else None,
                       uuid4() if Act.consult in ALLOWED[role] else None, step)
        self.mend(made, scope)
        return made

    def mend(self, persona: Persona, scope: frozenset[Act] | None = None) -> None:
        """Give a persona back what a request may have taken."""
        if persona.user_id is None or persona.role is None:
            return
        run, now = self.connection.execute, utc_now()
        factor = None if persona.step is Step.second_factor else _FACTORS.seal(persona.user_id, new_secret())
        run("UPDATE users SET role = %s, disabled_at = NULL, username = %s, totp_secret = %s, password_temporary = %s "
            "WHERE user_id = %s",
            (persona.role, persona.name, factor, persona.step is Step.password, persona.user_id))
        if persona.consultation_id:
            run("INSERT INTO consultations (consultation_id, user_id, purpose, file_number, reason, opened_at, "
                "expires_at) VALUES (%s, %s, %s, %s, 'Reeks inbraken te Bree', %s, %s) ON CONFLICT (consultation_id) "
                "DO UPDATE SET ended_at = NULL, expires_at = excluded.expires_at",
                (persona.consultation_id, persona.user_id, purpose_of(persona.role), "GE.11.L1.004512/2026",
                 now, now + timedelta(hours=8)))
        if persona.cookie:
            run("INSERT INTO sessions (token_hash, user_id, created_at, seen_at, expires_at, consultation_id, proof) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (token_hash) DO UPDATE SET seen_at = "
                "excluded.seen_at, proof = excluded.proof, consultation_id = excluded.consultation_id",
                (token_hash(persona.cookie), persona.user_id, now, now, now + timedelta(hours=8),
                 persona.consultation_id, "begun" if persona.step is Step.code else "complete"))
        if persona.token and scope is not None:
            run("INSERT INTO api_tokens (token_hash, user_id, expires_at, scope) VALUES (%s, %s, %s, %s)",
                (token_hash(persona.token), persona.user_id, now + timedelta(hours=8), sorted(scope)))
        elif persona.token:
            run("UPDATE api_tokens SET ended_at = NULL, expires_at = %s WHERE token_hash = %s",
                (now + timedelta(hours=8), token_hash(persona.token)))

    def has_session(self, persona: Persona) -> bool:
        """Tell whether a persona's session still exists."""
        return bool(self.connection.execute("SELECT 1 FROM sessions WHERE token_hash = %s",
                                            (token_hash(persona.cookie or ""),)).fetchone())

    def last_denied(self) -> tuple[int, str, str, Any]:
        """Return the audit's length, and who was last denied what, by which act."""
        row = self.connection.execute(
            "SELECT audit_id, username, question, decision ->> 'act' FROM audit WHERE action = 'denied' "
            "ORDER BY audit_id DESC LIMIT 1").fetchone()
        return row or (0, "", "", None)


def purpose_of(role: Role) -> str:
    """Return a purpose that a role may state."""
    return next(code for code, purpose in PURPOSES.items() if role in purpose.roles and purpose.confirmed_by is None)


async def send(client: httpx.AsyncClient, persona: Persona, method: str, sent: Sent,
               headers: Mapping[str, str] | None = None) -> httpx.Response:
    """Send one request as somebody."""
    given = {**persona.headers, **({"Content-Type": sent.content_type} if sent.content_type else {}),
             **(headers or {})}
    client.cookies.clear()  # what one answer sets must not go with the next request
    return await client.request(method, sent.target, headers=given, content=sent.content or None)


@dataclass(frozen=True, slots=True)
class Grounds:
    """The application, open to whoever comes, and the owner's hands on its database."""

    client: httpx.AsyncClient
    hands: Hands
    app: FastAPI
    values: dict[str, str]
    guests: dict[Role, Persona] = field(default_factory=dict)

    def guest(self, route: APIRoute) -> Persona:
        """Return somebody whom a route lets in."""
        act = act_of(route)
        return self.persona(next(role for role in Role if act is None or act in ALLOWED[role]))

    def persona(self, role: Role) -> Persona:
        """Return somebody of a role, always the same."""
        if role not in self.guests:
            self.guests[role] = self.hands.persona(role)
        return self.guests[role]

    async def send(self, persona: Persona, method: str, sent: Sent,
                   headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Send one request as somebody, and mend what it did to them."""
        answer = await send(self.client, persona, method, sent, headers)
        if method not in SAFE:
            self.hands.mend(persona)
        return answer


@asynccontextmanager
async def open_grounds(app: FastAPI, world: World, **said: str) -> AsyncIterator[Grounds]:
    """Open the application with one of everything in it."""
    app.state.program.boards.longest = timedelta(0)  # a stream ends with what it has to say at once
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone") as client:
        yield Grounds(client, Hands(world), app, plausible_values(make_things(world, **said)))


def is_turned_away(answer: httpx.Response) -> bool:
    """Tell whether somebody was not let in: to the log-in, or as one whose role may not."""
    if answer.status_code == 401:
        return True
    if answer.status_code == 403:
        return str(NOT_YOURS) in answer.text
    return answer.status_code == 303 and answer.headers["location"].startswith(_TO_LOG_IN)


# What addresses and forms hold, by name; what is not here is filled in by its type.
def plausible_values(things: Mapping[str, str]) -> dict[str, str]:
    """Return plausible values by the name of a field or a part of an address."""
    tomorrow = utc_now() + timedelta(days=1)
    return {
        "next": "/cameras", "language": "nl", "plate": "3ABC123", "username": "jan.claes", "password": PASSWORD,
        "purpose": "judicial-crime", "file_number": "GE.11.L1.004512/2026", "reason": "Reeks inbraken te Bree",
        "file_kind": "pv", "display_name": "Jan Claes", "role": "investigator", "reference": "NTLI.2026.14",
        "magistrate": "E. Wouters", "document": "Raadsbesluit 2026/14", "remark": "Zoals besproken", "kind": "csv",
        "decided_on": f"{utc_now():%Y-%m-%d}", "expires_at": f"{tomorrow:%Y-%m-%d}", "month": "2026-11",
        "since": "2026-10-01", "until": f"{tomorrow:%Y-%m-%d}", "from": "2026-10-01", "level": "likely", **things}


def address(route: APIRoute, values: Mapping[str, str]) -> str:
    """Return a route's address with plausible values."""
    types = {parameter.alias: parameter.field_info.annotation
             for dependant in _dependants(route.dependant) for parameter in dependant.path_params}
    return re.sub(r"{(\w+)(?::\w+)?}", lambda match: quote(_value(match[1], types.get(match[1], str), values), safe=""),
                  route.path)


def hostile_address(route: APIRoute, value: str) -> str:
    """Return a route's address with one hostile value, already quoted, in each gap.

    A gap of several parts takes no line feed: with one the address would be nobody's, and met by no door.
    """
    return re.sub(r"{\w+(:\w+)?}", lambda gap: value.replace("%0a", "") if gap[1] else value, route.path)


def _value(name: str, kind: Any, values: Mapping[str, str]) -> str:
    choices = _choices(kind)
    if choices:
        return values[name] if values.get(name) in choices else choices[0]
    if name in values:
        return values[name]
    kinds = {UUID: str(UUID(int=1)), int: "1", float: "1", bool: "true", date: f"{utc_now():%Y-%m-%d}",
             datetime: utc_now().isoformat()}
    return next((text for known, text in kinds.items() if known in _alternatives(kind)), "Een zin over deze zaak")


def _alternatives(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def _choices(kind: Any) -> list[str]:
    for one in _alternatives(kind):
        if get_origin(one) is Literal:
            return [str(choice) for choice in get_args(one)]
        if isinstance(one, type) and issubclass(one, Enum):
            return [str(choice.value) for choice in one]
    return []


def form_fields(route: APIRoute) -> dict[str, Any]:
    """Return the fields of a route's form with their types; a model's own fields where it is one."""
    found: dict[str, Any] = {}
    for parameter in _body_parameters(route):
        kind = parameter.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found |= {info.alias or name: info.annotation for name, info in kind.model_fields.items()}
        else:
            found[parameter.alias] = kind
    return found


def is_form(route: APIRoute) -> bool:
    """Tell whether a route takes a form rather than JSON."""
    return not route.path.startswith(API)


def takes_files(route: APIRoute) -> bool:
    """Tell whether a route's form has a file."""
    return any(isinstance(parameter.field_info, params.File) for parameter in _body_parameters(route)) or any(
        _is_file(kind) for kind in form_fields(route).values())


def _body_parameters(route: APIRoute) -> list[Any]:
    return [parameter for dependant in _dependants(route.dependant) for parameter in dependant.body_params]


def _dependants(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for inner in dependant.dependencies:
        yield from _dependants(inner)


def _is_file(kind: Any) -> bool:
    return any(one is UploadFile for one in (kind, *get_args(kind)))


def plausible_body(route: APIRoute, values: Mapping[str, str]) -> tuple[bytes, str]:
    """Return a body that a route can use, and its type."""
    fields = form_fields(route)
    if not is_form(route):
        return json.dumps({name: _json(name, kind, values) for name, kind in fields.items()}).encode(), \
            "application/json"
    filled = {**values, **{name: _value(name, kind, values) for name, kind in fields.items() if not _is_file(kind)}}
    return encode_form(route, filled)


def encode_form(route: APIRoute, filled: Mapping[str, str], name: str = "besluit.pdf",
                file: bytes = PDF) -> tuple[bytes, str]:
    """Return a form as a browser sends it: with files where the route takes them."""
    if not takes_files(route):
        return urlencode(filled, errors="replace").encode(), "application/x-www-form-urlencoded"
    files = {key for key, kind in form_fields(route).items() if _is_file(kind) or kind is bytes}
    request = httpx.Request("POST", "http://zone", data={k: v for k, v in filled.items() if k not in files},
                            files=dict.fromkeys(files, (name, file, "application/pdf")))
    return request.read(), request.headers["content-type"]


def _json(name: str, kind: Any, values: Mapping[str, str]) -> object:
    kinds = _alternatives(kind)
    for one in kinds:
        if isinstance(one, type) and issubclass(one, BaseModel):
            return {field: _json(field, info.annotation, values) for field, info in one.model_fields.items()}
        if get_origin(one) in (list, set, tuple, frozenset):
            return [_json(name, get_args(one)[0], values)] if get_args(one) else []
        if get_origin(one) is dict or one is dict:
            return {}
    if bool in kinds:
        return False
    if int in kinds or float in kinds:
        return 1
    return None if type(None) in kinds and name not in values else _value(name, kind, values)


def hostile_bodies(route: APIRoute) -> list[tuple[bytes, str]]:
    """Return bodies that no form of ours sends."""
    place = f"{route.methods} {route.path}"
    if place not in _BODIES:
        _BODIES[place] = list(_hostile_bodies(route))
    return _BODIES[place]


_BODIES: dict[str, list[tuple[bytes, str]]] = {}


def _hostile_bodies(route: APIRoute) -> Iterator[tuple[bytes, str]]:
    fields = list(form_fields(route)) or ["reason"]
    if is_form(route):
        yield b"", "application/x-www-form-urlencoded"
        yield b"&".join(quote(name).encode() + b"=%ED%A0%80%FF" for name in fields), "application/x-www-form-urlencoded"
        yield b"--x\r\nnonsense", "multipart/form-data; boundary=x"
        yield b"{}", "application/json"
        for text in HOSTILE:
            yield encode_form(route, dict.fromkeys(fields, text), text[:100], text.encode())
        return
    yield b"", "application/json"
    yield b"{", "application/json"
    yield b"[" * 100_000, "application/json"
    yield b"\xff\xfe", "application/json"
    yield b"<a/>", "application/xml"
    for value in (None, [], {}, True, -1, 10**400, "\ud800", {"$ne": 1}, [[]], *HOSTILE):
        yield json.dumps(dict.fromkeys(fields, value)).encode(), "application/json"
    yield json.dumps(dict.fromkeys(fields, 0)).replace("0", "1e999").encode(), "application/json"

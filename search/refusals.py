"""How every refusal looks: JSON with a code and a sentence for programs, a page that helps for people."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from search.access import find_visitor, is_api, read_bearer, require_visitor, visitor_of
from search.approvals.refusing import refuse_alone
from search.doors import Door, door_of
from search.pages.language import Words, words
from search.pages.rendering import language_of, show_page
from services.errors import (
    ApprovalNeededError,
    BadQuestionError,
    IncompleteError,
    NoConsultationError,
    NotFoundError,
    NotLoggedInError,
    UnfinishedLoginError,
    ZoneschildError,
)


class Refusal(BaseModel):
    """Why a request was refused: a stable code for programs and a sentence for people."""

    code: str
    message: str
    approval_id: UUID | None = Field(None, description="Of `needs-approval` alone: by which a colleague is asked.")
    lacking: list[str] | None = Field(None, description="Of `incomplete` alone: all that an entry lacks, by field.")


REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Refusal, "description": description}
    for status, description in {
        400: "The body cannot be read.", 401: "Nobody is logged in, or the token has ended.",
        403: "No open consultation, or not yours.", 404: "Does not exist, has expired, or may not be shown.",
        413: "More than one request may hold.", 422: "The question cannot be understood."}.items()
}

_TITLES = {
    400: words("That question cannot be answered"), 401: words("Please log in"), 403: words("Not allowed"),
    404: words("Not found"), 405: words("That is not possible here"), 413: words("That question cannot be answered"),
    422: words("That question cannot be answered"),
    429: words("Too many attempts"), 500: words("Something went wrong"), 503: words("Not available right now"),
}


def refuse(request: Request, status: int, code: str, sentence: Words | str) -> Response:
    """Answer with a refusal in the visitor's language."""
    language = language_of(request)
    if is_api(request):
        return JSONResponse({"code": code, "message": language.say(sentence)}, status)
    title = _TITLES.get(status, _TITLES[500])
    return show_page(request, "refusal.html", status, title=title, sentence=sentence, code=code)


def refuse_failure(request: Request) -> Response:
    """Answer to a failure of our own, which tells nothing but that it happened."""
    return refuse(request, 500, "error", words("Something went wrong on our side. No answer was given; try again, and "
                                               "tell the administrator when it stays this way."))


def refuse_length(request: Request) -> Response:
    """Answer to a body that is longer than any that is needed."""
    return refuse(request, 413, "too-long", words("That is more than one request may hold."))


def answer_errors(app: FastAPI) -> None:
    """Register how every kind of error is answered."""
    app.exception_handler(ZoneschildError)(_answer_ours)
    app.exception_handler(RequestValidationError)(_answer_invalid)
    app.exception_handler(DataError)(_answer_unstorable)
    app.exception_handler(HTTPException)(_answer_http)


async def _answer_ours(request: Request, error: ZoneschildError) -> Response:
    if not is_api(request):
        if isinstance(error, UnfinishedLoginError):
            return _continue_at(error.page, request)
        if isinstance(error, NotLoggedInError):
            return _continue_at("/login", request)
        if isinstance(error, NoConsultationError):
            return _continue_at("/consultations/new", request)
    if isinstance(error, ApprovalNeededError):
        return await refuse_alone(request, error)
    sentence = error.args[0] if error.args and isinstance(error.args[0], Words) else str(error)
    if isinstance(error, IncompleteError) and is_api(request):
        return JSONResponse({"code": error.code, "message": language_of(request).say(sentence),
                             "lacking": list(map(str, error.lacking))}, error.status)
    return refuse(request, error.status, error.code, sentence)


def _continue_at(page: str, request: Request) -> Response:
    """Send the browser to `page`, which leads back to where it was going."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    following = f"?next={quote(wanted, safe='')}" if request.method == "GET" and wanted != "/" else ""
    return RedirectResponse(page + following, 303)


async def _ask_door(request: Request) -> None:
    """Raise what the route's door raises: a body that cannot be read is met before the door, which goes first."""
    route = request.scope.get("route")
    visitor = await find_visitor(request, await read_bearer(request))
    if isinstance(route, APIRoute) and isinstance(door := door_of(route), Door):
        await door(request, await require_visitor(request, visitor))


async def _answer_unread(request: Request, status: int, code: str, sentence: Words) -> Response:
    """Answer that a request cannot be understood, to whoever may come in at all."""
    try:
        if visitor_of(request) is None:
            await _ask_door(request)
    except ZoneschildError as error:
        return await _answer_ours(request, error)
    return refuse(request, status, code, sentence)


async def _answer_invalid(request: Request, error: RequestValidationError) -> Response:
    """Say which field is wrong and how it should be, never what was sent."""
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path", "header"))
    sentence = words("{field}: {problem}", field=field or "body", problem=str(first["msg"]))
    return await _answer_unread(request, BadQuestionError.status, BadQuestionError.code, sentence)


async def _answer_unstorable(request: Request, _: DataError) -> Response:
    """PostgreSQL takes no zero byte in a text: wherever one was sent, it is the asker's mistake and not ours."""
    return refuse(request, BadQuestionError.status, BadQuestionError.code,
                  words("The request holds a character that no text may hold."))


async def _answer_http(request: Request, error: HTTPException) -> Response:
    if error.status_code in (NotFoundError.status, 405) and not is_api(request):
        await find_visitor(request, None)  # no route was found, so nobody has asked yet who is here
    if error.status_code == NotFoundError.status:
        return refuse(request, 404, NotFoundError.code, words("There is nothing at this address."))
    if error.status_code == 405:
        return refuse(request, 405, "wrong-method", words("This address does not take that kind of request."))
    if error.status_code == 413:
        return refuse_length(request)
    return await _answer_unread(request, error.status_code, "refused",
                                words("The request could not be understood."))

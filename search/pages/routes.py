"""The front door, and the choices of language and look."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from search.access import MaybeVisitor
from search.doors import open_to_all
from search.pages.language import DUTCH
from search.pages.links import local_path
from search.pages.look import DENSITIES, DENSITY_COOKIE, THEME_COOKIE, THEMES
from search.pages.rendering import LANGUAGE_COOKIE
from search.program import Program, RunningProgram
from services.roles import Act

router = APIRouter(include_in_schema=False)
_YEAR_SECONDS = 365 * 24 * 3600


@router.get("/", dependencies=[open_to_all("leads to the log-in, or to what the role begins with")])
async def show_front_door(visitor: MaybeVisitor) -> Response:
    """Lead to the log-in; who may look things up to the search, everybody else to the overview.

    A dispatcher too: at three in the morning the urgent form is the first thing that is needed (decision 0114).
    """
    if visitor is None:
        return RedirectResponse("/login", 303)
    return RedirectResponse("/reads" if visitor.may(Act.ask_reads) else "/overview", 303)


@router.post("/language", dependencies=[open_to_all("sets a cookie of the visitor's own")])
async def choose_language(program: RunningProgram, language: Annotated[str, Form()] = DUTCH,
                          following: Annotated[str, Form(alias="next")] = "/") -> Response:
    """Remember the visitor's language and return to the page they were on."""
    response = RedirectResponse(local_path(following), 303)
    if language in program.pages.languages:
        _remember(program, response, LANGUAGE_COOKIE, language)
    return response


@router.post("/look", dependencies=[open_to_all("sets cookies of the visitor's own")])
async def choose_look(program: RunningProgram, theme: Annotated[str, Form()] = "", density: Annotated[str, Form()] = "",
                      following: Annotated[str, Form(alias="next")] = "/") -> Response:
    """Remember light or dark, and how close together things stand, and return to the page they were on."""
    response = RedirectResponse(local_path(following), 303)
    if theme in THEMES:
        _remember(program, response, THEME_COOKIE, theme)
    if density in DENSITIES:
        _remember(program, response, DENSITY_COOKIE, density)
    return response


def _remember(program: Program, response: Response, cookie: str, value: str) -> None:
    response.set_cookie(cookie, value, max_age=_YEAR_SECONDS, path="/", httponly=True, samesite="strict",
                        secure=program.settings.search_https)

"""The demo's story and its guided tour, public, and only there when a story file is set."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from search.doors import open_to_all
from search.pages.language import words
from search.pages.rendering import show_page
from search.program import RunningProgram
from search.story.schemas import Logins, Story
from search.story.tour import TOUR_COOKIE, at_stop, read_story
from services.errors import NotFoundError

pages = APIRouter(include_in_schema=False)
Step = Annotated[int, Query(ge=1, le=99)]
_WHY = "the demo's invented tale"


@pages.get("/story", dependencies=[open_to_all(_WHY)])
async def show_story(request: Request, program: RunningProgram) -> Response:
    """Show roles with a log-in of one click, cases with their answers, and searches of one click."""
    return show_page(request, "story.html", **await _told(program))


@pages.get("/story/tour", dependencies=[open_to_all(_WHY)])
async def show_stop(request: Request, program: RunningProgram, step: Step = 1) -> Response:
    """Show one stop of the tour and remember it, so that the bar goes along to the pages it leads to."""
    told = await _told(program)
    stop = at_stop(told["story"], step)
    if stop is None:
        return RedirectResponse("/story", 303)
    case = next(case for case in told["story"].cases if case.id == stop.stop.case)
    response = show_page(request, "story_stop.html", at=stop, case=case, **told)
    response.set_cookie(TOUR_COOKIE, str(step), path="/", httponly=True, samesite="strict",
                        secure=program.settings.search_https)
    return response


@pages.post("/story/tour/end", dependencies=[open_to_all("forgets a cookie of the visitor's own")])
async def end_tour() -> Response:
    """Leave the tour."""
    response = RedirectResponse("/story", 303)
    response.delete_cookie(TOUR_COOKIE, path="/", httponly=True, samesite="strict")
    return response


async def _told(program: RunningProgram) -> dict[str, Any]:
    file = program.settings.story_file
    story = await asyncio.to_thread(read_story, file) if file else None
    if file is None or story is None:
        raise NotFoundError(words("There is nothing at this address."))
    password = await asyncio.to_thread(_read_password, file.with_name("logins.json"))
    return {"story": story, "password": password, "roles": _by_username(story)}


def _by_username(story: Story) -> dict[str, Any]:
    return {role.username: role for role in story.roles}


def _read_password(file: Path) -> str | None:
    try:
        return Logins.model_validate_json(file.read_bytes()).password
    except (FileNotFoundError, ValidationError):
        return None

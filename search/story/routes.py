"""The demo's story, public, and only there when a story file is set."""

import asyncio
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ValidationError

from search.doors import open_to_all
from search.pages.language import words
from search.pages.rendering import language_of, show_page
from search.program import RunningProgram
from search.story.schemas import Localised, Logins, Story
from services.errors import NotFoundError

pages = APIRouter(include_in_schema=False)


@pages.get("/story", dependencies=[open_to_all("the demo's invented tale")])
async def show_story(request: Request, program: RunningProgram) -> Response:
    """Show roles with a log-in of one click, cases with their answers, and searches of one click."""
    file = program.settings.story_file
    story = await asyncio.to_thread(_read_story, file) if file else None
    if file is None or story is None:
        raise NotFoundError(words("There is nothing at this address."))
    password = await asyncio.to_thread(_read_password, file.with_name("logins.json"))
    language = language_of(request).code

    def localise(text: Localised) -> str:
        return text if isinstance(text, str) else text.get(language) or text.get("nl") or next(iter(text.values()), "")

    return show_page(request, "story.html", story=story, password=password, localise=localise,
                     roles={role.username: role for role in story.roles})


def _read_story(file: Path) -> Story | None:
    """Read the story; while the demo is still being prepared there is none."""
    try:
        return Story.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None


def _read_password(file: Path) -> str | None:
    try:
        return Logins.model_validate_json(file.read_bytes()).password
    except (FileNotFoundError, ValidationError):
        return None

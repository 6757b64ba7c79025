"""The guided five minutes: at which stop of the tour a browser is."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from search.story.schemas import Story, StoryStop

TOUR_COOKIE = "zoneschild_tour"


@dataclass(frozen=True, slots=True)
class Touring:
    """A stop, its number from 1, and how many there are."""

    stop: StoryStop
    number: int
    total: int


def read_story(file: Path) -> Story | None:
    """Read the story; while the demo is still being prepared there is none."""
    try:
        return Story.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None


def touring(file: Path | None, cookies: Mapping[str, str]) -> Touring | None:
    """Return where on the tour a browser is, None when it is on none; reads the story's small file on every page."""
    step = cookies.get(TOUR_COOKIE, "")
    if file is None or not (step.isascii() and step.isdigit()):
        return None
    story = read_story(file)
    return at_stop(story, int(step[:3])) if story else None


def at_stop(story: Story, number: int) -> Touring | None:
    """Return one stop by its number, None when there is no such stop."""
    return Touring(story.tour[number - 1], number, len(story.tour)) if 1 <= number <= len(story.tour) else None

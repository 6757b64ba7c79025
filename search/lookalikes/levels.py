"""The levels of look-alikes: from which probability on a text counts as the plate asked for."""

from dataclasses import dataclass

from search.pages.language import Words, words
from services.errors import BadQuestionError


@dataclass(frozen=True, slots=True)
class Level:
    """A level: its name in addresses, the probability that it asks for, and what it is called."""

    code: str
    least: float
    label: Words


LEVELS = {level.code: level for level in (
    Level("certain", 0.9, words("almost certain")),
    Level("likely", 0.5, words("likely")),
    Level("possible", 0.1, words("possible")),
)}


def parse_level(text: str) -> Level | None:
    """Return the level that an address names, None for an empty one; raises BadQuestionError for another."""
    if not text:
        return None
    if text not in LEVELS:
        raise BadQuestionError(words("alike: there is no level {level}; there are: {levels}", level=text[:40],
                                     levels=list(LEVELS)))
    return LEVELS[text]

"""The levels of look-alikes in words, and as addresses have them."""

from dataclasses import dataclass

from search.pages.language import Words, words
from services.errors import BadQuestionError
from services.lookalikes.levels import LEAST


@dataclass(frozen=True, slots=True)
class Level:
    """A level: its name in addresses, the probability that it asks for, and what it is called."""

    code: str
    least: float
    label: Words


LEVELS = {level.code: level for level in (
    Level("certain", LEAST["certain"], words("almost certain")),
    Level("likely", LEAST["likely"], words("likely")),
    Level("possible", LEAST["possible"], words("possible")),
)}


def parse_level(key: str, text: str) -> float | None:
    """Return the probability that an address asks for by a level's name or as a number; None when it asks for none.

    Raises BadQuestionError for anything else.
    """
    if not text:
        return None
    if text in LEVELS:
        return LEVELS[text].least
    try:
        least = float(text.replace(",", "."))
    except ValueError:
        least = 0.0
    if not 0.0 < least <= 1.0:
        raise BadQuestionError(words("{key}: write a level ({levels}) or a probability above 0 and up to 1", key=key,
                                     levels=list(LEVELS)))
    return least

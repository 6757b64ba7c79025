"""Places and cameras that begin with what is being written last in the box (pure)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from search.asking.phrases import fold, words_of
from search.asking.writing import quote
from search.asking.zone import Zone
from search.cameras.places import Place
from search.pages.language import Words, words

MOST = 8
_SHORTEST, _SHORTEST_IN_NAME = 2, 3
KINDS = {
    "municipality": words("Municipality"), "road": words("Road"), "site": words("Site"), "camera": words("Camera"),
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What may have been meant by the last words: the text that takes their place, and what it is."""

    text: str
    label: str
    kind: Words


@dataclass(frozen=True, slots=True)
class Suggested:
    """Suggestions, and up to which character the text before them stays."""

    keep: int = 0
    items: tuple[Suggestion, ...] = ()


def suggest(text: str, zone: Zone, places: Iterable[Place]) -> Suggested:
    """Return what the last one, two or three words may become; nothing where they are a whole name already."""
    names = list(_names(places))
    for number in (3, 2, 1):
        match = re.search(rf"(?:[^\s,;]+[\s]+){{{number - 1}}}[^\s,;]+\Z", text)
        found = _beginning_with(match[0], names) if match else []
        if match and found:
            whole = len(found) == 1 and fold(found[0][1]) == fold(match[0])
            items = () if whole else tuple(_suggestion(zone, *name) for name in found)
            return Suggested(match.start(), items)
    return Suggested()


def _names(places: Iterable[Place]) -> Iterator[tuple[str, str, str]]:
    """Yield each name once: the filter's key, the name that it takes, and what is shown of it."""
    found = list(places)
    for key in ("municipality", "road", "site"):
        for name in sorted({getattr(place, key) for place in found if getattr(place, key)}):
            yield key, name, name
    for code, name in sorted({(place.code, place.name) for place in found}):
        yield "camera", code, name


def _beginning_with(written: str, names: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    start = fold(written)
    if len(start) < _SHORTEST:
        return []
    inside = f" {' '.join(words_of(written))}"
    fitting = (name for name in names if fold(name[1]).startswith(start) or (
        len(start) >= _SHORTEST_IN_NAME and name[0] == "camera" and inside in f" {' '.join(words_of(name[2]))}"))
    return list(islice(fitting, MOST))


def _suggestion(zone: Zone, key: str, name: str, label: str) -> Suggestion:
    """Return a suggestion whose text is the name alone where the box understands it as just that."""
    plain = zone.names.get(" ".join(fold(name).split())) == (key, (name,))
    return Suggestion(name if plain else f"{key}:{quote(name)}", label, KINDS[key])

"""What the zone calls its places: municipalities, roads, sites, codes and names of cameras (pure)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile

from search.asking.phrases import Phrases, fold, words_of
from search.cameras.places import Place

MOST_CAMERAS = 60
"""A word that is in the names of more cameras says nothing."""
_NOT_A_NAME = frozenset(
    {"richting", "grens", "komende", "oprit", "afrit", "rondrit", "voor", "van", "naar", "met", "langs"})
_ROAD = re.compile(r"[nearb]\d{1,4}[a-z]?\Z")
_SHAPE = str.maketrans({**dict.fromkeys("0123456789", "9"), **dict.fromkeys("abcdefghijklmnopqrstuvwxyz", "a")})

Named = tuple[str, tuple[str, ...]]
"""A filter by its key, and the names that it then has."""


@dataclass(frozen=True, slots=True)
class Zone:
    """The names of a zone by how they are written, folded."""

    names: Mapping[str, Named]
    """Whole names: a municipality, a road, a site, a camera's code; and the roads that begin with the same number."""
    towards: Mapping[str, tuple[str, ...]]
    """The codes of the cameras whose traffic drives towards a place."""
    cameras: tuple[tuple[str, str], ...]
    """Each camera's name as words with a blank on each side, and its code."""
    codes: frozenset[tuple[str, str]]
    """The beginnings and shapes of the codes: what is written so and is not among them is a mistake, and no plate."""
    longest: int
    """Of how many words its longest name is."""

    def name_at(self, phrases: Phrases, start: int) -> tuple[Named, int] | None:
        """Return the place that is named from a word on, with the number of the word behind it; the longest name."""
        for end in range(min(start + self.longest, len(phrases.tokens)), start, -1):
            found = self.names.get(" ".join(token.folded for token in phrases.tokens[start:end]))
            if found:
                return found, end
        return None

    def camera_names_at(self, phrases: Phrases, start: int) -> tuple[Named, int] | None:
        """Return the cameras in whose names the words from one on stand, as many words as do."""
        best: tuple[Named, int] | None = None
        wanted: list[str] = []
        for end in range(start + 1, len(phrases.tokens) + 1):
            wanted += words_of(phrases.tokens[end - 1].raw)
            codes = self._named(wanted)
            if not codes:
                break
            if not _says_nothing(wanted) and len(codes) <= MOST_CAMERAS:
                best = ("camera", codes), end
        return best

    def _named(self, wanted: list[str]) -> tuple[str, ...]:
        text = f" {' '.join(wanted)} "
        return tuple(code for name, code in self.cameras if text in name)

    def is_like_a_name(self, folded: str) -> bool:
        """Tell whether a word is written like a road or a camera of the zone, though there is none of that name."""
        shape = fold(folded).translate(_SHAPE)
        return bool(_ROAD.match(folded)) or (_letters(folded), shape) in self.codes


def _says_nothing(wanted: list[str]) -> bool:
    return all(word in _NOT_A_NAME or word.isdecimal() or len(word) < len("abc") for word in wanted)


def _letters(folded: str) -> str:
    return "".join(takewhile(str.isalpha, folded))


def know_zone(places: Iterable[Place]) -> Zone:
    """Return what a zone calls the places where its cameras stand and stood."""
    found = list(places)
    names: dict[str, Named] = {}
    # Later ones win: whoever writes a municipality's name means it, also where a road is called so.
    for key, attribute in (("camera", "code"), ("site", "site"), ("road", "road"), ("municipality", "municipality")):
        for value in dict.fromkeys(getattr(place, attribute) for place in found if getattr(place, attribute)):
            names[" ".join(fold(value).split())] = (key, (value,))
    names = {**_sites_by_code(found), **_numbered_roads(found), **names}
    codes = dict.fromkeys((place.name, place.code) for place in found)
    return Zone(names, _towards(found), tuple((f" {' '.join(words_of(name))} ", code) for name, code in codes),
                frozenset((_letters(fold(text)), fold(text).translate(_SHAPE))
                          for place in found for text in (place.code, place.site) if text and _letters(fold(text))),
                max((len(name.split()) for name in names), default=1))


def _numbered_roads(found: Iterable[Place]) -> dict[str, Named]:
    """Return the roads by their number: of "E314", all that begin with it."""
    roads: dict[str, dict[str, None]] = {}
    for place in found:
        first = fold(place.road or "").split(maxsplit=1)[:1]
        if place.road and first and _ROAD.match(first[0]):
            roads.setdefault(first[0], {})[place.road] = None
    return {number: ("road", tuple(sorted(names))) for number, names in roads.items()}


def _sites_by_code(found: Iterable[Place]) -> dict[str, Named]:
    """Return the cameras whose codes differ in their last letter alone, by what they share."""
    sites: dict[str, dict[str, None]] = {}
    for place in found:
        shared = fold(place.code)[:-1]
        if shared and shared[-1].isdecimal() and place.code[-1].isalpha():
            sites.setdefault(shared, {})[place.code] = None
    return {shared: ("camera", tuple(codes)) for shared, codes in sites.items()}


def _towards(found: Iterable[Place]) -> dict[str, tuple[str, ...]]:
    codes: dict[str, dict[str, None]] = {}
    for place in found:
        for name in _goals(fold(place.direction or "")):
            codes.setdefault(name, {})[place.code] = None
    return {name: tuple(those) for name, those in codes.items()}


def _goals(direction: str) -> list[str]:
    words = direction.split()
    return [" ".join(words[words.index("richting") + 1:])] if "richting" in words[:-1] else []

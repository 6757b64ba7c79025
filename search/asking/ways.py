"""The ways to read words in the box, in the order in which they are tried, each with its reason (pure)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from search.asking import lexicon
from search.asking.meanings import Alike, Goal, Known, Meaning, Nothing, Sets
from search.asking.moments import read_time
from search.asking.phrases import Phrases, any_of
from search.asking.plates import Remembered, read_plate, read_word
from search.reads.filters import FILTERS
from search.reads.values import Span
from services.errors import BadQuestionError
from services.patterns import Pattern, parse_pattern

Found = tuple[Meaning | None, int]
"""What words mean and the number of the word behind them; a meaning of None says that they are understood by nobody."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to read, and why it comes before those behind it."""

    read: Callable[[Phrases, int, Known], Found | None]
    why: str


_BY_KEY = {filter_.key: filter_ for filter_ in FILTERS}


def _keyed(phrases: Phrases, place: int, _known: Known) -> Found | None:
    key, colon, text = phrases.tokens[place].raw.partition(":")
    filter_ = _BY_KEY.get(key.lower())
    if not colon or filter_ is None:
        return None
    try:
        value = filter_.parse([text.strip('"')])
    except BadQuestionError:
        return None, place + 1
    return (Sets({filter_.attribute: value}) if value not in (None, (), "") else None), place + 1


_ALIKE = re.compile(rf"(?:{any_of(lexicon.ALIKE_BEFORE)}) ")


def _alike(phrases: Phrases, place: int, _known: Known) -> Found | None:
    token = phrases.tokens[place]
    if token.raw[:1] in {"~", "\u2248"}:
        found = read_word(token.raw[1:])
        return (Alike(found), place + 1) if isinstance(found, Pattern) and found.exact else None
    match = _ALIKE.match(phrases.line, phrases.starts[place])
    start = phrases.token_ending_at(match.end() - 1) if match else None
    plate = read_plate(phrases, start) if start is not None and start < len(phrases.tokens) else None
    if plate and isinstance(plate[0], Pattern) and plate[0].exact:
        return Alike(plate[0]), plate[1]
    return (Alike(), place + 1) if token.folded in lexicon.ALIKES else None


_PIECE = re.compile(rf"({any_of(lexicon.PIECE_BEFORE)}) (\S+)")


def _piece(phrases: Phrases, place: int, _known: Known) -> Found | None:
    match = _PIECE.match(phrases.line, phrases.starts[place])
    end = phrases.token_ending_at(match.end()) if match else None
    if match is None or end is None or not re.fullmatch(r"[a-z0-9?.-]{1,9}", match[2]):
        return None
    try:
        return parse_pattern(lexicon.PIECE_BEFORE[match[1]].format(match[2])), end
    except ValueError:
        return None


def _phrase_in(table: Mapping[str, Any], phrases: Phrases, place: int) -> tuple[Any, int] | None:
    """Return the value of the longest phrase of a table that begins at a word, and the number of the word behind it."""
    for end in range(min(place + _LONGEST, len(phrases.tokens)), place, -1):
        value = table.get(" ".join(token.folded for token in phrases.tokens[place:end]))
        if value is not None:
            return value, end
    return None


_LONGEST = 6


def _phrase(phrases: Phrases, place: int, _known: Known) -> Found | None:
    found = _phrase_in(lexicon.PHRASES, phrases, place)
    return (Sets({found[0][0]: found[0][1]}), found[1]) if found else None


_TOWARDS = dict.fromkeys(lexicon.TOWARDS, 1)


def _towards(phrases: Phrases, place: int, known: Known) -> Found | None:
    before = _phrase_in(_TOWARDS, phrases, place)
    if before is None or before[1] >= len(phrases.tokens):
        return None
    start = before[1] + (phrases.tokens[before[1]].folded in {"het", "le", "la", "l'", "the"})
    heading = _phrase_in(lexicon.HEADINGS, phrases, start)
    if heading:
        return Sets({"heading": (heading[0],)}), heading[1]
    goal = _phrase_in(known.zone.towards, phrases, start)
    return (Goal(goal[0]), goal[1]) if goal else None


_FAST = ("sneller dan|harder dan|boven de|boven|meer dan|plus de|plus vite que|au-dessus de|faster than|above|"
         "more than|over|>")
_SLOW = "trager dan|onder de|onder|minder dan|moins de|moins vite que|en dessous de|slower than|below|under|less than|<"
_KM = r"(?: ?km/?[uh]?)"
_SPEED = re.compile(rf"(?:({_FAST})|({_SLOW})) ?(\d{{2,3}}){_KM}?(?!\S)|(\d{{1,3}}) ?- ?(\d{{1,3}}){_KM}(?!\S)")
_LANE = re.compile(r"(?:rijstrook|rijvak|strook|bande|voie|lane) (\d|1\d|20)(?!\S)")


def _measure(phrases: Phrases, place: int, _known: Known) -> Found | None:
    lane = _LANE.match(phrases.line, phrases.starts[place])
    if lane:
        return Sets({"lane": (int(lane[1]),)}), place + 2
    match = _SPEED.match(phrases.line, phrases.starts[place])
    end = phrases.token_ending_at(match.end()) if match else None
    span = _speed(match) if match else None
    return (Sets({"speed": span}), end) if span and end else None


def _speed(match: "re.Match[str]") -> Span | None:
    least, most = (float(match[3]), None) if match[1] else (None, float(match[3])) if match[2] else (
        float(match[4]), float(match[5]))
    ends = [end for end in (least, most) if end is not None]
    return Span(least, most) if ends == sorted(ends) and ends[-1] <= _FASTEST else None


_FASTEST = 300


def _place(phrases: Phrases, place: int, known: Known) -> Found | None:
    found = known.zone.name_at(phrases, place)
    return (Sets({found[0][0]: found[0][1]}), found[1]) if found else None


def _make(phrases: Phrases, place: int, _known: Known) -> Found | None:
    """Read a make with the model behind it, or a model that is called like nothing else."""
    make = _phrase_in(lexicon.MAKES, phrases, place)
    if make and phrases.tokens[place].folded in lexicon.IN_CAPITALS and not phrases.tokens[place].raw.isupper():
        return None
    model = _phrase_in({**lexicon.MODELS, **lexicon.MODELS_BEHIND_MAKE} if make else lexicon.MODELS, phrases,
                       make[1] if make else place)
    sets = {**({"make": (make[0],)} if make else {}), **({"model": (model[0],)} if model else {})}
    return (Sets(sets), (model or make or (0, 0))[1]) if sets else None


def _van(phrases: Phrases, place: int, _known: Known) -> Found | None:
    """Read "van": a vehicle behind an English colour, a make or an article, before a preposition, or at the end."""
    if phrases.tokens[place].folded != lexicon.VAN:
        return None
    before = phrases.tokens[place - 1].folded if place else ""
    behind = phrases.tokens[place + 1].folded if place + 1 < len(phrases.tokens) else ""
    english = before in lexicon.ENGLISH_COLOURS | {"the", "a", "dark", "light"} or before in lexicon.MAKES
    return (Sets({"type": ("van",)}), place + 1) if english or not behind or behind in _ENGLISH_BEHIND else None


_ENGLISH_BEHIND = frozenset({"near", "at", "on", "with", "from", "towards", "yesterday", "today", "last", "this"})


def _vehicle(phrases: Phrases, place: int, _known: Known) -> Found | None:
    for key, table in (("colour", lexicon.COLOURS), ("type", lexicon.TYPES), ("country", lexicon.COUNTRIES)):
        found = _phrase_in(table, phrases, place)
        if found:
            return Sets({key: (found[0],)}), found[1]
    return None


def _country_code(phrases: Phrases, place: int, _known: Known) -> Found | None:
    token = phrases.tokens[place]
    code = token.folded.upper()
    if code not in lexicon.COUNTRY_CODES:
        return None
    plate_behind = place + 1 < len(phrases.tokens) and phrases.tokens[place + 1].folded in lexicon.PLATE_WORDS
    shouted = not any(character.islower() for other in phrases.tokens for character in other.raw)
    meant = token.raw.isupper() or (plate_behind and token.folded not in lexicon.FILLERS)
    if not meant or (shouted and token.folded in lexicon.FILLERS and not plate_behind):
        return None
    return Sets({"country": (code,)}), place + 1 + plate_behind


def _time(phrases: Phrases, place: int, known: Known) -> Found | None:
    found = read_time(phrases, phrases.starts[place], known.now)
    end = phrases.token_ending_at(found[1]) if found else None
    return (found[0], end) if found and end else None


def _camera_name(phrases: Phrases, place: int, known: Known) -> Found | None:
    found = known.zone.camera_names_at(phrases, place)
    if found is None or all(token.folded in lexicon.FILLERS for token in phrases.tokens[place:found[1]]):
        return None
    return Sets({"camera": found[0][1]}), found[1]


def _no_such_place(phrases: Phrases, place: int, known: Known) -> Found | None:
    return (None, place + 1) if known.zone.is_like_a_name(phrases.tokens[place].folded) else None


def _plate(phrases: Phrases, place: int, _known: Known) -> Found | None:
    found: tuple[Pattern | Remembered, int] | None = read_plate(phrases, place)
    return found


def _filler(phrases: Phrases, place: int, _known: Known) -> Found | None:
    return (Nothing(), place + 1) if phrases.tokens[place].folded in lexicon.FILLERS else None


WAYS = (
    Way(_keyed, "`road:N75` says itself which filter is meant"),
    Way(_alike, "'lijkt op 3ABC123' is about the plate that follows, which would be the plate itself otherwise"),
    Way(_piece, "'begint met 1AB' is a pattern, and '1AB' would be a piece that somebody remembers"),
    Way(_phrase, "'niet gelezen' and 'zonder plaat' are filters, though they begin with a negation"),
    Way(_towards, "'richting Genk' is where the traffic drives to, and Genk would be where the camera stands"),
    Way(_measure, "'50-70 km/u' is a speed, and '10-20' would be hours"),
    Way(_place, "a name of the zone is meant as such: N75 is no piece of a plate, BRE01A no plate, As no English word"),
    Way(_make, "'Audi A4' is a model; 'A4' alone a piece of a plate; 'Van Hool' no preposition"),
    Way(_van, "'red van' is a vehicle, 'van 20 tot 23u' and 'auto van gisteren' hold the Dutch preposition"),
    Way(_vehicle, "colours, types and countries are words of their own; 'car' is the English one, in French 'autocar'"),
    Way(_country_code, "NL in capitals, or 'nl' in front of 'plaat', is a country; 'de' in small letters an article"),
    Way(_time, "'hier' is French: who searches here is here anyway; '8-10' are hours, a date is written 8/10"),
    Way(_camera_name, "'Peerderbaan' stands in the names of cameras, in those of many or few"),
    Way(_no_such_place, "'N20' is a road without a camera: an answer about a plate would look like one about it"),
    Way(_plate, "what is complete is a plate, with ? * [ ] a pattern, and a shorter piece what a witness remembers"),
    Way(_filler, "articles and prepositions ask for nothing; everything else that is left is told as not understood"),
)

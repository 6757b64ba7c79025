"""The filters of the search, one row each: address key, name, how it is read and written, its SQL and its sentence."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_

from search.filtering import in_use, write_in_full, write_pairs
from search.lookalikes.levels import LEVELS, parse_level
from search.pages import vocabulary
from search.pages.language import Words, words
from search.reads import conditions, places, values
from search.reads.conditions import Condition, Known
from search.reads.places import Holds
from search.reads.values import Hours, Point, Span
from services.errors import BadQuestionError
from services.lookalikes.witness import normalise_remembered
from services.patterns import Pattern, parse_pattern
from services.plates import MAX_PLATE_LENGTH
from services.schema import reads

MAX_PLATES = 50
MOST_NAMES = 200
YES_OR_NO = {"yes": words("yes"), "no": words("no")}
DAYS = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter; `parse` gives an empty value when nothing is asked, `write` is its inverse.

    A filter has a condition on reads, or `holds` on places, or neither where another one speaks for it.
    """

    key: str
    attribute: str
    label: Words
    parse: Callable[[Sequence[str]], Any]
    write: Callable[[Any], list[str]]
    sentence: Callable[[Any], Words]
    condition: Condition | None = None
    holds: Holds | None = None
    named: bool = False
    """Whether its values are names, each of which has to be known."""
    choices: Mapping[str, Words] = field(default_factory=dict)
    """What there is to choose from, by code."""
    single: bool = False
    """Whether one of them is chosen at most."""


@dataclass(frozen=True, slots=True)
class PlaceWanted:
    """What one filter asks of places; `names` each have to be known."""

    key: str
    holds: Holds
    value: Any
    names: tuple[str, ...]


def _parse_plates(texts: Sequence[str]) -> tuple[Pattern, ...]:
    parts = values.split(texts)
    if len(parts) > MAX_PLATES:
        raise BadQuestionError(words("plate: at most {most} plates at once", most=MAX_PLATES))
    try:
        return tuple(dict.fromkeys(parse_pattern(part) for part in parts))
    except ValueError:
        raise BadQuestionError(words(
            "plate: write letters and digits, ? for one unknown character, [AB] for one of these and * for any number "
            "of any; at most {most} characters", most=MAX_PLATE_LENGTH)) from None


def _parse_witness(texts: Sequence[str]) -> str:
    text = values.last(texts)
    try:
        return normalise_remembered(text) if text else ""
    except ValueError:
        raise BadQuestionError(words(
            "witness: write the letters and digits that are remembered, ? for an unknown one; at most {most} "
            "characters", most=MAX_PLATE_LENGTH)) from None


def _level(key: str, label: Words, sentence: Callable[[float], Words]) -> Filter:
    return Filter(key, key, label, lambda texts: parse_level(key, values.last(texts)),
                  lambda level: [] if level is None else [f"{level:g}"], sentence,
                  choices={f"{level.least:g}": level.label for level in LEVELS.values()}, single=True)


def _instant(key: str, fold: int, label: Words, say: Callable[[datetime], Words], condition: Condition) -> Filter:
    return Filter(key, "from_" if key == "from" else key, label, values.parse_instant(key, fold=fold),
                  values.write_instant, say, condition)


def _names(key: str, label: Words, say: Callable[[Any], Words], *, condition: Condition | None = None,
           holds: Holds | None = None) -> Filter:
    return Filter(key, key, label, values.parse_names(key, MOST_NAMES), list, say, condition, holds,
                  named=holds is not None)


def _flag(key: str, label: Words, say: Callable[[bool], Words], condition: Condition | None) -> Filter:
    return Filter(key, key, label, values.parse_flag(key), values.write_flag, say, condition, choices=YES_OR_NO,
                  single=True)


def _choice(key: str, label: Words, table: dict[str, Words], **how: Any) -> Filter:
    return Filter(key, key, label, values.parse_choices(key, table), list,
                  lambda codes: words("{label}: {parts}", label=label, parts=[table[code] for code in codes]),
                  choices=table, **how)


# In the hour that occurs twice in October, "from" means the first and "until" the second, so that nothing is lost.
FILTERS: tuple[Filter, ...] = (
    Filter("plate", "plate", words("Plate"), _parse_plates, lambda plates: list(map(str, plates)),
           lambda plates: words("plate {plates}", plates=list(map(str, plates)))),
    _level("alike", words("Look-alikes"),
           lambda level: words("and look-alikes from a probability of {level}", level=f"{level:g}")),
    Filter("witness", "witness", words("As remembered"), _parse_witness, lambda text: [text] if text else [],
           lambda text: words("a plate that is remembered as {text}", text=text)),
    _level("level", words("How close to what is remembered"),
           lambda level: words("at least {level} times as probable as the likeliest", level=f"{level:g}")),
    _instant("from", 0, words("From"), lambda instant: words("from {instant}", instant=instant),
             lambda instant, _: reads.c.captured_at >= instant),
    _instant("until", 1, words("Until"), lambda instant: words("until {instant}", instant=instant),
             lambda instant, _: reads.c.captured_at < instant),
    Filter("hours", "hours", words("Part of the day"), values.parse_hours, values.write_one,
           lambda hours: (words("every night {hours}", hours=str(hours)) if hours.over_midnight
                          else words("every day {hours}", hours=str(hours))),
           conditions.at_hours),
    _choice("weekday", words("Days of the week"), vocabulary.WEEKDAYS),
    _names("camera", words("Camera"), lambda codes: words("camera {codes}", codes=codes), holds=places.named("code")),
    _names("site", words("Site"), lambda names: words("site {names}", names=names), holds=places.named("site")),
    _names("municipality", words("Municipality"), lambda names: words("in {names}", names=names),
           holds=places.named("municipality")),
    _names("road", words("Road"), lambda names: words("on the {names}", names=names), holds=places.named("road")),
    _choice("heading", words("Driving towards"), vocabulary.HEADINGS, holds=places.heads),
    Filter("area", "area", words("Area"), values.parse_area, values.write_area,
           lambda corners: words("in an area of {corners} corners", corners=len(corners)), holds=places.lies_within),
    _choice("direction", words("Direction"), vocabulary.DIRECTIONS, condition=conditions.among(reads.c.direction)),
    Filter("lane", "lane", words("Lane"), values.parse_lanes, lambda lanes: list(map(str, lanes)),
           lambda lanes: words("lane {lanes}", lanes=list(map(str, lanes))), conditions.among(reads.c.lane)),
    Filter("speed", "speed", words("Speed"), values.parse_span("speed", 300), values.write_one,
           lambda span: words("speed {span}", span=values.span_words(span, "km/h")),
           conditions.within(reads.c.speed_kmh)),
    _names("country", words("Country"), lambda codes: words("country {codes}", codes=codes),
           condition=lambda codes, _: reads.c.country.in_([code.upper() for code in codes])),
    _names("make", words("Make"), lambda names: words("make {names}", names=names),
           condition=conditions.called(reads.c.make)),
    _names("model", words("Model"), lambda names: words("model {names}", names=names),
           condition=conditions.called(reads.c.model)),
    _choice("colour", words("Colour"), vocabulary.COLOURS),
    _flag("colour_unknown", words("Also without colour"),
          lambda also: words("or without colour") if also else words("the colour being known"), None),
    _choice("type", words("Type"), vocabulary.VEHICLE_TYPES, condition=conditions.among(reads.c.vehicle_type)),
    Filter("confidence", "confidence", words("Certainty"), values.parse_span("confidence", 1), values.write_one,
           lambda span: words("certainty {span}", span=values.span_words(span, "")),
           conditions.within(reads.c.confidence)),
    _flag("read", words("Plate read"), lambda read: words("with a plate") if read else words("without a plate"),
          conditions.is_read),
    _flag("first", words("First time in the zone"),
          lambda first: words("for the first time in the zone") if first else words("not for the first time"),
          conditions.is_first),
    _flag("late", words("Arrived late"), lambda late: words("arrived late") if late else words("not arrived late"),
          lambda late, _: reads.c.late == late),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the reads; an attribute for each filter."""

    plate: tuple[Pattern, ...] = ()
    alike: float | None = None
    witness: str = ""
    level: float | None = None
    from_: datetime | None = None
    until: datetime | None = None
    hours: Hours | None = None
    weekday: tuple[str, ...] = ()
    camera: tuple[str, ...] = ()
    site: tuple[str, ...] = ()
    municipality: tuple[str, ...] = ()
    road: tuple[str, ...] = ()
    heading: tuple[str, ...] = ()
    area: tuple[Point, ...] = ()
    direction: tuple[str, ...] = ()
    lane: tuple[int, ...] = ()
    speed: Span | None = None
    country: tuple[str, ...] = ()
    make: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    colour: tuple[str, ...] = ()
    colour_unknown: bool | None = None
    type: tuple[str, ...] = ()
    confidence: Span | None = None
    read: bool | None = None
    first: bool | None = None
    late: bool | None = None

    def chosen(self) -> Iterator[tuple[Filter, Any]]:
        """Return the filters that are in use, each with its value."""
        return in_use(FILTERS, self)

    def pairs(self) -> list[tuple[str, str]]:
        """Return the question as pairs for an address."""
        return write_pairs(self.chosen())

    def in_full(self) -> dict[str, list[str]]:
        """Return the question for the audit, by address key."""
        return write_in_full(self.chosen())

    def sentence(self) -> Words:
        """Return the question in words."""
        parts = [filter_.sentence(value) for filter_, value in self._said()]
        return words("Passages: {parts}", parts=parts) if parts else words("All passages")

    def _said(self) -> Iterator[tuple[Filter, Any]]:
        """Yield what the question says: of a colour also that none will do, though nobody had to ask for it."""
        yield from replace(self, colour_unknown=self._or_no_colour()).chosen()

    def _or_no_colour(self) -> bool | None:
        return self.colour_unknown is not False if self.colour else None

    def places(self) -> list[PlaceWanted]:
        """Return what is asked of the places of cameras."""
        return [PlaceWanted(filter_.key, filter_.holds, value, value if filter_.named else ())
                for filter_, value in self.chosen() if filter_.holds]

    def conditions(self, known: Known) -> list[ColumnElement[bool]]:
        """Return the question as SQL conditions."""
        found = [filter_.condition(value, known) for filter_, value in self.chosen() if filter_.condition]
        if known.plates is not None:
            found.append(known.plates)
        if known.stays is not None:
            found.append(conditions.at_stays(known.stays))
        if self.weekday:
            found.append(conditions.on_days([DAYS[day] for day in self.weekday], self.hours))
        if self.colour:
            found.append(self._of_colour())
        return found

    def _of_colour(self) -> ColumnElement[bool]:
        """Cameras see no colours at night: what has none may be of any, unless only known colours are wanted."""
        known = reads.c.colour.in_(self.colour)
        return or_(known, reads.c.colour.is_(None)) if self._or_no_colour() else known


def parse_asked(pairs: Sequence[tuple[str, str]], *, beside: frozenset[str]) -> Asked:
    """Read the filters from an address; keys in `beside` belong to somebody else.

    Raises BadQuestionError: a filter that is silently dropped would answer another, broader question.
    """
    given: dict[str, list[str]] = {}
    for key, text in pairs:
        given.setdefault(key, []).append(text)
    keys = [filter_.key for filter_ in FILTERS]
    unknown = sorted(given.keys() - set(keys) - beside)
    if unknown:
        raise BadQuestionError(
            words("there is no filter {unknown}; there are: {keys}", unknown=unknown[0][:40], keys=keys))
    asked = Asked(**{filter_.attribute: filter_.parse(given.get(filter_.key, [])) for filter_ in FILTERS})
    for wrong, sentence in _CONTRADICTIONS:
        if wrong(asked):
            raise BadQuestionError(sentence)
    return asked


MOST_ALIKE = 5
"""So many plates may be asked for with their look-alikes at once: each looks up some thousand texts."""

_CONTRADICTIONS: tuple[tuple[Callable[[Asked], bool], Words], ...] = (
    (lambda asked: bool(asked.from_ and asked.until and asked.until <= asked.from_),
     words("until: must be later than from")),
    (lambda asked: asked.alike is not None and (not asked.plate or not all(plate.exact for plate in asked.plate)),
     words("alike: look-alikes are looked for of whole plates; give one without ?, * or [ ]")),
    (lambda asked: asked.alike is not None and len(asked.plate) > MOST_ALIKE,
     words("alike: at most {most} plates at once", most=MOST_ALIKE)),
    (lambda asked: bool(asked.witness and asked.plate),
     words("witness: ask for what is remembered or for a plate, not for both")),
    (lambda asked: asked.level is not None and not asked.witness,
     words("level: belongs to what a witness remembers; give witness too")),
    (lambda asked: asked.colour_unknown is not None and not asked.colour,
     words("colour_unknown: belongs to a colour; give colour too")),
    (lambda asked: asked.read is False and bool(asked.plate or asked.witness or asked.first is not None),
     words("read: what has no plate cannot be looked for by its plate")),
)

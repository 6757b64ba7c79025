"""Everything that the vehicle page is made of, from one answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, islice
from urllib.parse import urlencode
from uuid import UUID

from search.answers import Answer
from search.cameras.completeness import in_words as say_completeness
from search.grants import LIFETIME
from search.journeys.asked import AskedJourneys
from search.journeys.exports import FORMATS
from search.journeys.finding import JourneysFound
from search.journeys.habits import Habits, habits_of
from search.journeys.playing import playing_of
from search.journeys.seen import Seen
from search.journeys.showing import Shown, show_journeys
from search.journeys.strip import Row, strip_of
from search.map.zone import Zone
from search.pages.language import Language, Words
from search.program import Program
from search.reads.addresses import Links
from search.reads.filters import Asked
from search.reads.pictures import address_pictures
from services.clock import epoch_ms, utc_now
from services.patterns import parse_pattern

MOST_PICTURED = 150
"""Reads whose pictures one page is granted: the addresses of more would outweigh all else that it says."""

WEEKDAYS = tuple(date(2026, 11, 23) + timedelta(days=number) for number in range(7))
"""A Monday and the days after it: a language names days by their dates."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle in a period, as its page tells of it."""

    shown: Shown
    habits: Habits
    strip: tuple[Row, ...]
    pictures: Mapping[UUID, Mapping[str, str]]
    playing: Mapping[str, object]
    completeness: Words
    country: str | None
    files: Mapping[str, str]
    same_plate: str
    zone: Zone


def view_vehicle(program: Program, language: Language, answer: Answer[JourneysFound], asked: AskedJourneys,
                 wanted: UUID | None, zone: Zone) -> Vehicle:
    """Return what the page shows of an answer; the journey of the read `wanted` is the chosen one."""
    found, now = answer.value, utc_now()
    shown = show_journeys(found, wanted)
    reads = [seen for told in found.journeys for seen in told.reads if seen.probability is None]
    playing = {**playing_of(found, language.say), "until": epoch_ms(now + LIFETIME)}
    return Vehicle(
        shown, habits_of(found), strip_of(found, asked.from_, min(asked.until, now)),
        {seen.read_id: address_pictures(program, seen, answer.consultation) for seen in _pictured(shown)}, playing,
        say_completeness(found.completeness, now, asked.until), reads[-1].country if reads else None,
        {kind: f"/journeys.{kind}?{urlencode(asked.pairs())}" for kind in FORMATS},
        Links(Asked(plate=(parse_pattern(asked.plate),))).first, zone)


def _pictured(shown: Shown) -> Iterable[Seen]:
    """Return whose pictures are shown: the chosen journey's first, then the newest."""
    chosen = shown.chosen
    others = (journey for journey in shown.journeys if not journey.chosen)
    journeys = [chosen, *others] if chosen else []
    return islice(chain.from_iterable((read.seen for read in journey.reads) for journey in journeys), MOST_PICTURED)

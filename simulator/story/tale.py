"""What a story is made of: texts in three languages, searches with their answers, live events, roles and cases."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import msgspec

from services.clock import ZONE
from services.plates import normalise
from simulator.faults import Outage, Sighting
from simulator.story_events import Event


class Text(msgspec.Struct, frozen=True):
    """One text in the three languages of the product."""

    nl: str
    fr: str
    en: str

    def fill(self, **facts: object) -> "Text":
        """Return the text with its {names} replaced by facts."""
        return Text(self.nl.format(**facts), self.fr.format(**facts), self.en.format(**facts))


class Role(msgspec.Struct, frozen=True):
    """One demo user and what they do here."""

    username: str
    name: str
    role: str
    title: Text
    card: Text


class Consultation(msgspec.Struct, frozen=True):
    """What the user fills in before searching; the reason is in Dutch, the zone's language."""

    purpose: str
    file_number: str
    reason: str


class Search(msgspec.Struct, frozen=True):
    """One click: a search's address, and what it finds, in words and as a number."""

    label: Text
    path: str
    expected: Text
    expected_reads: int


class Look(msgspec.Struct, frozen=True):
    """One click on a page that needs no consultation: its address, and what stands there."""

    label: Text
    path: str
    expected: Text


class PastConsultation(msgspec.Struct, frozen=True):
    """A consultation of the made-up past, with its one question for a plate and how many reads that found."""

    username: str
    name: str
    purpose: str
    file_kind: str
    file_number: str
    reason: str
    at: datetime
    plate: str
    found: int


class DecisionMade(msgspec.Struct, frozen=True):
    """A decision of the procureur that one colleague registered and another compared with its document."""

    reference: str
    file_number: str
    magistrate: str
    decided_on: str
    reasons: str
    plates: tuple[str, ...]
    since: datetime
    until: datetime
    expires_at: datetime
    registered_by: str
    compared_by: str


class ListMade(msgspec.Struct, frozen=True):
    """A list of what is watched for, and who confirmed it where its category needs that."""

    code: str
    name: str
    category: str
    state: str
    confirmed_by: str = ""
    document: str = ""


class GroupMade(msgspec.Struct, frozen=True):
    """A group of named people, the only ones who may see what is discreet."""

    code: str
    name: str
    usernames: tuple[str, ...]


class Watched(msgspec.Struct, frozen=True):
    """An entry that one colleague made and another validated; for how many days it is watched for."""

    list: str
    plate: str
    measure: str
    reason: str
    file_number: str
    made_by: str
    validated_by: str
    days: int = 14
    level: str = ""
    group: str = ""
    discreet: bool = False


class ActionMade(msgspec.Struct, frozen=True):
    """An ANPR-actie that runs when the demo starts; of each camera, how soon and how late a vehicle is at the place."""

    name: str
    place: str
    file_number: str
    lists: tuple[str, ...]
    cameras: tuple[tuple[str, int, int], ...]
    teams: tuple[str, ...]
    made_by: str
    hours: int = 8


@dataclass(frozen=True, slots=True)
class Case:
    """One case: what the page shows, and what happened in the past and will happen in the demo."""

    id: str
    role: str
    title: Text
    text: Text
    consultation: Consultation | None
    """What is stated before the searches; without searches nothing is."""
    searches: tuple[Search, ...]
    sightings: tuple[Sighting, ...]
    looks: tuple[Look, ...] = ()
    past: tuple[PastConsultation, ...] = ()
    decisions: tuple[DecisionMade, ...] = ()
    live: tuple[Event, ...] = ()
    silences: tuple[Outage, ...] = ()
    watched: tuple[Watched, ...] = ()
    actions: tuple[ActionMade, ...] = ()


class CasePage(msgspec.Struct, frozen=True):
    """The part of a case that the page shows."""

    id: str
    role: str
    title: Text
    text: Text
    consultation: Consultation | None
    searches: tuple[Search, ...]
    looks: tuple[Look, ...]


class Stop(msgspec.Struct, frozen=True):
    """One stop of the guided tour: whose turn it is, of which case, what is done there, and what to look for."""

    case: str
    role: str
    title: Text
    see: Text
    path: str
    consults: bool
    """Whether the case's consultation is opened before."""


class Story(msgspec.Struct, frozen=True):
    """`story.json`: search reads it for its page, the live simulator for its events, the demo for all that was done."""

    anchor: str
    roles: tuple[Role, ...]
    cases: tuple[CasePage, ...]
    live: tuple[Event, ...]
    past: tuple[PastConsultation, ...]
    decisions: tuple[DecisionMade, ...]
    groups: tuple[GroupMade, ...]
    lists: tuple[ListMade, ...]
    watched: tuple[Watched, ...]
    actions: tuple[ActionMade, ...]
    tour: tuple[Stop, ...]


def page_of(case: Case) -> CasePage:
    """Return what the page shows of `case`."""
    return CasePage(case.id, case.role, case.title, case.text, case.consultation, case.searches, case.looks)


def search_path(*, plate: str | None = None, cameras: tuple[str, ...] = (), start: datetime, end: datetime) -> str:
    """Return the address of a search between two instants, written in Brussels time to the minute, `end` excluded."""
    keys = [f"plate={plate.replace('?', '%3F')}"] if plate else []
    keys += [f"camera={camera}" for camera in cameras]
    keys += [f"from={start.astimezone(ZONE):%Y-%m-%dT%H:%M}", f"until={end.astimezone(ZONE):%Y-%m-%dT%H:%M}"]
    return "/reads?" + "&".join(keys)


def searched_plates(cases: Iterable[Case]) -> re.Pattern[str]:
    """Return what matches every normalised plate that a case searches for or plays with."""
    patterns: set[str] = set()
    for case in cases:
        for search in case.searches:
            patterns.update(parse_qs(urlsplit(search.path).query).get("plate", []))
        patterns.update(one.plate for one in case.past)
        patterns |= {normalise(one.plate) or "" for one in case.watched}
        patterns |= {normalise(event.truth_plate) or "" for event in case.live}
    return re.compile("|".join(sorted(pattern.replace("?", ".") for pattern in patterns)))

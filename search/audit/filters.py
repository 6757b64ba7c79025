"""The filters of the audit, one row each: address key, name, how it is read and written, its SQL and its sentence."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement

from search.audit import conditions
from search.audit.conditions import Condition
from search.audit.wording import ACTIONS
from search.filtering import in_use, write_in_full, write_pairs
from search.pages import vocabulary
from search.pages.language import Words, words
from search.reads import values
from services.audit import Action
from services.errors import BadQuestionError
from services.plates import normalise
from services.schema_people import audit

_NOT_ONE = frozenset("?*[],;")
MOST_CHARACTERS = 100
YES_OR_NO = {"yes": words("yes"), "no": words("no")}


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter; `parse` gives an empty value when nothing is asked, `write` is its inverse."""

    key: str
    attribute: str
    label: Words
    parse: Callable[[Sequence[str]], Any]
    write: Callable[[Any], list[str]]
    sentence: Callable[[Any], Words]
    condition: Condition
    choices: Mapping[str, Words] = field(default_factory=dict)
    """What there is to choose from, by code."""
    hint: str = ""


def parse_plate(texts: Sequence[str]) -> str:
    """Return the plate that is asked for, as the audit keeps it; raises BadQuestionError for a pattern or several."""
    text = values.last(texts)
    plate = normalise(text) if not _NOT_ONE & set(text) else None
    if text and plate is None:
        raise BadQuestionError(words("plate: write one plate in full"))
    return plate or ""


def _parse_text(key: str) -> Callable[[Sequence[str]], str]:
    def parse(texts: Sequence[str]) -> str:
        text = " ".join(values.last(texts).split())
        if len(text) > MOST_CHARACTERS or not text.isprintable():
            raise BadQuestionError(words("{key}: this is none", key=key))
        return text
    return parse


def _parse_consultation(texts: Sequence[str]) -> UUID | None:
    text = values.last(texts)
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadQuestionError(words("consultation: write its number as the audit shows it")) from None


def _text(key: str, label: Words, say: Callable[[Any], Words], condition: Condition, hint: str = "") -> Filter:
    return Filter(key, key, label, _parse_text(key), lambda text: [text] if text else [], say, condition, hint=hint)


def _choice(key: str, label: Words, table: Mapping[str, Words], condition: Condition,
            say: Callable[[Any], Words]) -> Filter:
    return Filter(key, key, label, values.parse_choices(key, table), list, say, condition, choices=table)


def _instant(key: str, fold: int, label: Words, say: Callable[[datetime], Words], condition: Condition) -> Filter:
    return Filter(key, "from_" if key == "from" else key, label, values.parse_instant(key, fold=fold),
                  values.write_instant, say, condition, hint="23/11/2026 14:05")


def _flag(key: str, label: Words, yes: Words, no: Words, condition: Condition) -> Filter:
    return Filter(key, key, label, values.parse_flag(key), values.write_flag, lambda flag: yes if flag else no,
                  condition, choices=YES_OR_NO)


FILTERS: tuple[Filter, ...] = (
    _text("person", words("Person"), lambda name: words("by {name}", name=name), conditions.by_person, "an.peeters"),
    _choice("role", words("Role"), {role.value: name for role, name in vocabulary.ROLES.items()},
            conditions.among(audit.c.role),
            lambda codes: words("in the role of {roles}", roles=[vocabulary.ROLES[code] for code in codes])),
    _choice("action", words("What was done"), {action.value: ACTIONS.get(action, Words(action)) for action in Action},
            conditions.among(audit.c.action),
            lambda codes: words("done: {actions}", actions=[ACTIONS.get(code, code) for code in codes])),
    _instant("from", 0, words("From"), lambda instant: words("from {instant}", instant=instant), conditions.since),
    _instant("until", 1, words("Until"), lambda instant: words("until {instant}", instant=instant), conditions.before),
    Filter("plate", "plate", words("Plate"), parse_plate, lambda plate: [plate] if plate else [],
           lambda plate: words("about plate {plate}", plate=plate), conditions.about_plate),
    _text("file", words("File number"), lambda number: words("in file {file}", file=number), conditions.of_file),
    Filter("consultation", "consultation", words("Consultation"), _parse_consultation, values.write_one,
           lambda number: words("of consultation {number}", number=str(number)), conditions.of_consultation),
    _flag("denied", words("Denied"), words("denied"), words("not denied"), conditions.is_denied),
    _flag("urgent", words("Urgent"), words("urgent"), words("not urgent"), conditions.is_urgent),
    _flag("exported", words("As a file"), words("as a file"), words("not as a file"), conditions.is_exported),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the audit; an attribute for each filter."""

    person: str = ""
    role: tuple[str, ...] = ()
    action: tuple[str, ...] = ()
    from_: datetime | None = None
    until: datetime | None = None
    plate: str = ""
    file: str = ""
    consultation: UUID | None = None
    denied: bool | None = None
    urgent: bool | None = None
    exported: bool | None = None

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
        parts = [filter_.sentence(value) for filter_, value in self.chosen()]
        return words("Audit: {parts}", parts=parts) if parts else words("The whole audit")

    def conditions(self, now: datetime) -> list[ColumnElement[bool]]:
        """Return the question as SQL conditions."""
        return [filter_.condition(value, now) for filter_, value in self.chosen()]


def parse_asked(pairs: Sequence[tuple[str, str]], *, beside: frozenset[str] = frozenset()) -> Asked:
    """Read the filters from an address; keys in `beside` belong to somebody else.

    Raises BadQuestionError: a filter that is silently dropped would answer another, broader question.
    """
    given: dict[str, list[str]] = {}
    for key, text in pairs:
        given.setdefault(key, []).append(text)
    keys = [filter_.key for filter_ in FILTERS]
    if unknown := sorted(given.keys() - set(keys) - beside):
        raise BadQuestionError(
            words("there is no filter {unknown}; there are: {keys}", unknown=unknown[0][:40], keys=keys))
    asked = Asked(**{filter_.attribute: filter_.parse(given.get(filter_.key, [])) for filter_ in FILTERS})
    if asked.from_ and asked.until and asked.until <= asked.from_:
        raise BadQuestionError(words("until: must be later than from"))
    return asked

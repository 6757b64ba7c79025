"""The filters of the list of rejects, one row each, and where a page of it ended."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, tuple_

from search.pages.language import Words, words
from services.clock import epoch_ms, from_epoch_ms, midnight
from services.errors import BadQuestionError
from services.replaying import ReplayOutcome
from services.schema import rejects

_REASON = re.compile(r"[a-z0-9-]{1,40}\Z")
_CURSOR = re.compile(r"(\d{1,14})-([0-9a-f]{32})\Z")

IS_OPEN = rejects.c.replay_outcome.is_distinct_from(ReplayOutcome.taken)
STATES: dict[str, tuple[Words, ColumnElement[bool]]] = {
    "open": (words("still open"), IS_OPEN),
    "waiting": (words("waiting"), rejects.c.replay_asked_at.is_not(None)),
    "taken": (words("taken"), rejects.c.replay_outcome == ReplayOutcome.taken),
}
"""What may have become of a reject: its name, and which rows it is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rejects are asked for."""

    reason: str = ""
    day: date | None = None
    state: str = ""

    def pairs(self) -> list[tuple[str, str]]:
        """Return the filters in use as pairs for an address."""
        return [(key, str(value)) for key, value, _ in self._chosen()]

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the filters in use as SQL."""
        return [condition(value) for _, value, condition in self._chosen()]

    def _chosen(self) -> Iterator[tuple[str, Any, Callable[[Any], ColumnElement[bool]]]]:
        for key, (_, condition) in FILTERS.items():
            if value := getattr(self, key):
                yield key, value, condition


def _parse_reason(text: str) -> str:
    if not _REASON.match(text):
        raise BadQuestionError(words("reason: write a code such as unknown-camera"))
    return text


def _parse_day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
        _on_day(day)
    except (ValueError, OverflowError):
        raise BadQuestionError(words("day: write a day as 2026-11-23")) from None
    return day


def _parse_state(text: str) -> str:
    if text not in STATES:
        raise BadQuestionError(words("state: one of {states}", states=list(STATES)))
    return text


def _on_day(day: date) -> ColumnElement[bool]:
    return and_(rejects.c.received_at >= midnight(day), rejects.c.received_at < midnight(day + timedelta(days=1)))


FILTERS: dict[str, tuple[Callable[[str], Any], Callable[[Any], ColumnElement[bool]]]] = {
    "reason": (_parse_reason, lambda reason: rejects.c.reason == reason),
    "day": (_parse_day, _on_day),
    "state": (_parse_state, lambda state: STATES[state][1]),
}
"""By address key: how it is read, and its SQL."""


def parse_asked(pairs: Sequence[tuple[str, str]], *, beside: frozenset[str]) -> Asked:
    """Read the filters from an address; keys in `beside` belong to somebody else. Raises BadQuestionError."""
    values = {key: text.strip() for key, text in pairs if key not in beside and text.strip()}
    if unknown := sorted(values.keys() - FILTERS.keys()):
        raise BadQuestionError(words("there is no filter {unknown}; there are: {keys}", unknown=unknown[0][:40],
                                     keys=list(FILTERS)))
    return Asked(**{key: FILTERS[key][0](text) for key, text in values.items()})


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page, by the two columns that order the list."""

    received_at: datetime
    digest: bytes

    def write(self) -> str:
        """Return the cursor as text for an address."""
        return f"{epoch_ms(self.received_at)}-{self.digest.hex()}"

    def following(self, received_at: ColumnElement[datetime], digest: ColumnElement[bytes]) -> ColumnElement[bool]:
        """Return the condition that goes on after this row, newest first."""
        return tuple_(received_at, digest) < tuple_(self.received_at, self.digest)


def read_cursor(text: str) -> Cursor:
    """Return the cursor that `text` holds; raises BadQuestionError when we did not write it."""
    match = _CURSOR.match(text)
    if match is None:
        raise BadQuestionError(words("after: take this value from the previous answer, or leave it out to begin anew"))
    return Cursor(from_epoch_ms(int(match[1])).astimezone(UTC), bytes.fromhex(match[2]))

"""From what somebody states to an entry that may be watched for: checked, or everything that it lacks (R8; pure)."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.decision_rule import is_writing, tidy_text
from services.lookalikes.levels import LEAST
from services.patterns import ALPHABET, parse_pattern
from services.plates import normalise
from services.reasons import is_empty
from services.watchlists.audiences import Audience
from services.watchlists.categories import USUAL, Category
from services.watchlists.coverage import write_hours
from services.watchlists.limits import LIMITS, highest_priority
from services.watchlists.states import BACKDATED

LEAST_KNOWN = 4
"""So many characters a pattern must name: with fewer it watches for everybody."""

FEWEST_CHARACTERS = 2
"""Of a plate in full; the shortest Belgian ones are `A1`."""

LOWEST_PRIORITY = 4
ANY_COUNTRY = "any"
"""What is written where the country is not known: that it was left out by mistake cannot be told otherwise."""

_SEPARATORS = re.compile(r"[ .·-]")
_PATTERN_SIGNS = frozenset("?*[]")
_SIGNS = frozenset(ALPHABET) | _PATTERN_SIGNS
_COUNTRY = re.compile(r"[A-Z]{2}\Z")


class Lacking(StrEnum):
    """What an entry can lack; what stands before the point is the field of the draft."""

    plate = "plate"                            # it is none, and no pattern either
    plate_vague = "plate.vague"                # a pattern that names too few characters
    plate_pattern = "plate.pattern"            # a pattern, or look-alikes, where the category has none
    country = "country"
    measure = "measure"
    reason = "reason"
    reason_empty = "reason.empty"              # words that say nothing of the case
    legal_basis = "legal_basis"
    authority = "authority"
    file_number = "file_number"
    requester = "requester"
    since = "since"
    since_before = "since.before"              # what lies before is a search (R9)
    until = "until"
    until_past = "until.past"                  # before its beginning, or before now
    until_long = "until.long"
    cameras = "cameras"                        # there is no such camera
    municipalities = "municipalities"          # none of the cameras stands there
    hours = "hours"
    level = "level"
    audience = "audience"
    audience_roles = "audience.roles"          # discreet, and not a group of named people
    audience_strange = "audience.strange"      # discreet, and whoever states it is not of the group
    priority = "priority"
    priority_high = "priority.high"
    discreet_must = "discreet.must"
    discreet_never = "discreet.never"

    @property
    def field(self) -> str:
        """The field of the draft that it is about."""
        return self.value.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry as somebody or a delivery states it; an empty text is one that was not stated."""

    plate: str = ""
    """Or a pattern as services.patterns reads it."""
    country: str = ""
    """ISO 3166-1 alpha-2, or ANY_COUNTRY."""
    measure: str = ""
    reason: str = ""
    legal_basis: str = ""
    authority: str = ""
    file_number: str = ""
    requester: str = ""
    since: datetime | None = None
    until: datetime | None = None
    cameras: tuple[str, ...] = ()
    """Codes; together with the municipalities they are the area, without either it is everywhere."""
    municipalities: tuple[str, ...] = ()
    days: tuple[int, ...] = ()
    """0 is Monday; none is every day."""
    first_hour: int | None = None
    last_hour: int | None = None
    """The last excluded, 0 to 24; both absent is the whole day."""
    level: str = ""
    """Of look-alikes; none: only the plate itself."""
    audience: str = ""
    """A group's code; the list's own when none is stated."""
    priority: int | None = None
    discreet: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """What a draft is held against: its list, the groups and cameras that there are, and who states it."""

    category: Category
    priority: int
    audience_id: int
    legal_basis: str
    authority: str
    audiences: Mapping[str, Audience]
    cameras: Mapping[str, int]
    municipalities: Mapping[str, frozenset[int]]
    mine: frozenset[int]
    """The groups of whoever states it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """An entry that lacks nothing; the names are the columns of `watch_entries`."""

    plate: str
    pattern: bool
    country: str | None
    least_probability: float | None
    measure: str
    reason: str
    legal_basis: str
    authority: str
    file_number: str
    requester: str
    since: datetime
    until: datetime
    cameras: tuple[int, ...] | None
    hours: str | None
    audience_id: int
    priority: int
    discreet: bool


@dataclass(frozen=True, slots=True)
class Incomplete:
    """An entry that is refused, with everything that it lacks."""

    lacking: tuple[Lacking, ...]


def check(draft: Draft, ground: Ground, now: datetime, begun: datetime | None = None) -> Checked | Incomplete:
    """Return the entry that a draft states, or everything that it lacks.

    `begun` is when an earlier version of the same entry began: that beginning may stay, however long ago.
    """
    case = _Case.of(draft, ground, now, begun)
    lacking = tuple(what for what, is_so in _RULES if is_so(case))
    return Incomplete(lacking) if lacking else case.checked()


def read_watched(written: str) -> tuple[str, int | None] | None:
    """Return the plate that was written, or the pattern and how many characters it names; None when it is neither.

    Of a plate the second is None. A sign that could be a slip is never dropped: that would watch for another plate.
    """
    text = _SEPARATORS.sub("", unicodedata.normalize("NFKC", written).upper())
    if not _SIGNS.issuperset(text):
        return None
    if not _PATTERN_SIGNS.isdisjoint(text):
        return _read_pattern(text)
    return (text, None) if len(text) >= FEWEST_CHARACTERS and normalise(text) == text else None


def _read_pattern(text: str) -> tuple[str, int | None] | None:
    try:
        pattern = parse_pattern(text)
    except ValueError:
        return None
    return str(pattern), None if pattern.exact else sum(slot is not None and len(slot) == 1 for slot in pattern.slots)


@dataclass(frozen=True, slots=True)
class _Case:
    """A draft that is being checked, as far as it can be read."""

    draft: Draft
    ground: Ground
    now: datetime
    begun: datetime | None
    watched: tuple[str, int | None] | None
    audience: Audience | None
    legal_basis: str
    authority: str
    reason: str
    file_number: str

    @classmethod
    def of(cls, draft: Draft, ground: Ground, now: datetime, begun: datetime | None) -> "_Case":
        return cls(draft, ground, now, begun, read_watched(draft.plate), _audience(draft, ground),
                   _tidy(draft.legal_basis) or ground.legal_basis, _tidy(draft.authority) or ground.authority,
                   tidy_text(draft.reason), _tidy(draft.file_number))

    @property
    def is_vague(self) -> bool:
        return bool(self.draft.level) or (self.watched is not None and self.watched[1] is not None)

    @property
    def priority(self) -> int:
        return self.ground.priority if self.draft.priority is None else self.draft.priority

    @property
    def hours_are_wrong(self) -> bool:
        days, first, last = self.draft.days, self.draft.first_hour, self.draft.last_hour
        return ((first is None) != (last is None) or not all(0 <= day <= 6 for day in days)
                or not all(hour is None or 0 <= hour <= 24 for hour in (first, last)))

    @property
    def ends_late(self) -> bool:
        since, until = self.draft.since, self.draft.until
        return (since is not None and until is not None
                and until - max(since, self.now) > LIMITS[self.ground.category].longest)

    @property
    def begins_early(self) -> bool:
        since = self.draft.since
        return since is not None and since < self.now - BACKDATED and since != self.begun

    def checked(self) -> Checked:
        draft, audience, watched = self.draft, self.audience, self.watched
        if audience is None or watched is None or draft.since is None or draft.until is None:
            raise AssertionError("an incomplete entry is no entry")
        return Checked(
            watched[0], watched[1] is not None, None if draft.country == ANY_COUNTRY else draft.country,
            LEAST[draft.level] if draft.level else None, _tidy(draft.measure), self.reason, self.legal_basis,
            self.authority, self.file_number, _tidy(draft.requester), draft.since, draft.until, self._area(),
            self._hours(), audience.audience_id, self.priority, draft.discreet)

    def _area(self) -> tuple[int, ...] | None:
        if not self.draft.cameras and not self.draft.municipalities:
            return None
        named = {self.ground.cameras[code] for code in self.draft.cameras}
        return tuple(sorted(named.union(*(self.ground.municipalities[name] for name in self.draft.municipalities))))

    def _hours(self) -> str | None:
        first, last = self.draft.first_hour, self.draft.last_hour
        if not self.draft.days and first is None:
            return None
        return write_hours(self.draft.days or range(7), first or 0, 24 if last is None else last)


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _audience(draft: Draft, ground: Ground) -> Audience | None:
    if draft.audience:
        return ground.audiences.get(draft.audience)
    return next((one for one in ground.audiences.values() if one.audience_id == ground.audience_id), None)


def _not_said(text: str, most: int, least: int = 3) -> bool:
    return not is_writing(text, least, most)


_RULES: tuple[tuple[Lacking, Callable[[_Case], bool]], ...] = (
    (Lacking.plate, lambda case: case.watched is None),
    (Lacking.plate_vague, lambda case: (
        case.watched is not None and case.watched[1] is not None and case.watched[1] < LEAST_KNOWN)),
    (Lacking.plate_pattern, lambda case: case.is_vague and not LIMITS[case.ground.category].vague),
    (Lacking.country, lambda case: case.draft.country != ANY_COUNTRY and not _COUNTRY.match(case.draft.country)),
    (Lacking.measure, lambda case: _not_said(_tidy(case.draft.measure), 300)),
    (Lacking.reason, lambda case: _not_said(case.reason, 1000, 10)),
    (Lacking.reason_empty, lambda case: len(case.reason) >= 10 and is_empty(case.reason, case.file_number)),
    (Lacking.legal_basis, lambda case: _not_said(case.legal_basis, 300)),
    (Lacking.authority, lambda case: _not_said(case.authority, 120)),
    (Lacking.file_number, lambda case: (
        _not_said(case.file_number, 60) or not any(map(str.isdigit, case.file_number)))),
    (Lacking.requester, lambda case: _not_said(_tidy(case.draft.requester), 120)),
    (Lacking.since, lambda case: case.draft.since is None),
    (Lacking.since_before, lambda case: case.begins_early),
    (Lacking.until, lambda case: case.draft.until is None),
    (Lacking.until_past, lambda case: (
        case.draft.until is not None and case.draft.until <= max(case.draft.since or case.now, case.now))),
    (Lacking.until_long, lambda case: case.ends_late),
    (Lacking.cameras, lambda case: not case.ground.cameras.keys() >= set(case.draft.cameras)),
    (Lacking.municipalities, lambda case: not case.ground.municipalities.keys() >= set(case.draft.municipalities)),
    (Lacking.hours, lambda case: case.hours_are_wrong),
    (Lacking.level, lambda case: bool(case.draft.level) and case.draft.level not in LEAST),
    (Lacking.audience, lambda case: case.audience is None),
    (Lacking.audience_roles, lambda case: (
        case.draft.discreet and case.audience is not None and not case.audience.is_named)),
    (Lacking.audience_strange, lambda case: (
        case.draft.discreet and case.audience is not None and case.audience.is_named
        and case.audience.audience_id not in case.ground.mine)),
    (Lacking.priority, lambda case: not 1 <= case.priority <= LOWEST_PRIORITY),
    (Lacking.priority_high, lambda case: 1 <= case.priority < highest_priority(case.ground.category)),
    (Lacking.discreet_must, lambda case: USUAL[case.ground.category].discreet and not case.draft.discreet),
    (Lacking.discreet_never, lambda case: case.draft.discreet and not LIMITS[case.ground.category].discreet),
)
"""Everything that an entry can lack, and when it does; all of it is told at once."""

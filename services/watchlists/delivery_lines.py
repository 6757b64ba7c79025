"""From lines of a delivery to rows of the staging tables, each checked by the rules of any entry (R8; pure).

A million lines cannot be a million drafts: what many lines say alike (everything but key, plate and file number) is
checked once and staged once, as a *term* that the lines point to. Only plates that are none, and patterns, are checked
one by one.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple

from services.clock import midnight, typed_instant
from services.watchlists.delivery_files import OPERATIONS, TEXTS, Layout, Line, Operation
from services.watchlists.drafting import ANY_COUNTRY, Checked, Draft, Ground, Incomplete, check, read_watched

STAGED = ("part", "line", "key", "operation", "plate", "pattern", "file_number", "term")
"""Columns of a staged line, in the order in which they are copied."""
TERMS = ("term", "country", "measure", "reason", "legal_basis", "authority", "file_number", "requester", "since",
         "until")
"""Columns of a term, likewise."""

MOST_PATTERNS = 1_000
"""Of one delivery: whatever follows reads holds all of them in memory, and against every read."""
MOST_TERMS_REMEMBERED = 50_000
LONGEST_KEY = 80
PASTED = "="
"""Begins the key of what was pasted, and of nothing that a delivering party calls anything."""

_ADD = Operation.add.value
_SHARED = tuple(name for name in TEXTS if name != "file_number")
_STAND_IN = "1AAA111"
"""A plate of which nothing is wrong, where only the rest is checked."""
_DIGITS = str.maketrans("123456789", "000000000")
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_NULL = r"\N"
_BELGIAN = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T]+(\d{1,2}):(\d\d))?\Z", re.ASCII)


class Fault(StrEnum):
    """What can be wrong with a line beside what an entry can lack (services.watchlists.drafting.Lacking)."""

    unreadable = "line.unreadable"    # quotes that do not match, or longer than any line
    cells = "line.cells"              # more or fewer cells than the header names
    key = "line.key"                  # none, too long, or not to be printed
    operation = "line.operation"
    doubled = "line.doubled"          # the key stands in an earlier line of the same whole list
    unknown = "line.unknown"          # to be changed or removed, and not there
    patterns = "line.patterns"        # one more than a delivery may hold


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that is not taken: part, line, and what is wrong with it, separated by commas. Never what it says."""

    part: int
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class _Term:
    number: int
    why: str
    """What is wrong with it; nothing when nothing is."""
    country: str


@dataclass(slots=True)
class Staging:
    """Turns lines into rows for COPY; `staged`, `terms` and `refused` are taken away by the caller as they fill."""

    ground: Ground
    rest: Draft
    """What counts where a line says nothing."""
    now: datetime
    staged: list[str] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    lines: int = 0
    _known: dict[tuple[tuple[str, ...], str], _Term] = field(default_factory=dict)
    _patterns: int = 0
    _terms: int = 0

    def reader(self, layout: Layout, *, pasted: bool = False) -> Callable[[Line], None]:
        """Return what takes one line of a part with this layout."""
        places, width, pick = layout.places, layout.width, _picker(layout)
        key_at, operation_at, file_at = (places.get(name) for name in ("source_key", "operation", "file_number"))
        plate_at = places["plate"]

        def take(line: Line) -> None:
            self.lines += 1
            cells = line.cells
            if cells is None:
                self._refuse(line, Fault.unreadable, "")
                return
            key = "" if key_at is None or key_at >= len(cells) else cells[key_at].strip()
            if len(cells) != width:
                self._refuse(line, Fault.cells, key)
            elif key_at is not None and not _is_key(key):
                self._refuse(line, Fault.key, "")
            else:
                said = _Said(key, cells[plate_at], "" if file_at is None else cells[file_at].strip(), pick(cells))
                if operation_at is None:
                    self._add(line, said, _ADD, pasted=pasted)
                else:
                    self._change(line, said, cells[operation_at])
        return take

    def _change(self, line: Line, said: "_Said", word: str) -> None:
        operation = OPERATIONS.get(word.strip().lower())
        if operation is None:
            self._refuse(line, Fault.operation, said.key)
        elif operation is Operation.remove:
            self.staged.append(_bare(line, said.key, Operation.remove))
        else:
            self._add(line, said, operation.value)

    def _add(self, line: Line, said: "_Said", operation: str, *, pasted: bool = False) -> None:
        term, watched = self._term(said), read_watched(said.plate)
        key = said.key or f"{PASTED if pasted else ''}{term.country}:{watched[0] if watched else ''}"
        if watched is None or watched[1] is not None or term.why:
            why = self._faults(said.plate, watched, term)
            if why or watched is None:
                self._refuse(line, why, key if said.key or watched else "")
                return
        text = said.file_number
        self.staged.append(
            f"{line.part}\t{line.number}\t{_escaped(key)}\t{operation}\t{watched[0]}\t"
            f"{'f' if watched[1] is None else 't'}\t{_escaped(' '.join(text.split())) if text else _NULL}\t"
            f"{term.number}\n")

    def _faults(self, plate: str, watched: tuple[str, int | None] | None, term: "_Term") -> str:
        """Return all that is wrong with a plate or pattern and its term; a plate that was read as one lacks nothing."""
        is_pattern = watched is not None and watched[1] is not None
        why = ",".join(filter(None, (self._plate_lacks(plate) if watched is None or is_pattern else "", term.why)))
        if not why and is_pattern:
            self._patterns += 1
            return Fault.patterns if self._patterns > MOST_PATTERNS else ""
        return why

    def _refuse(self, line: Line, why: str, key: str) -> None:
        """Keep that a line is refused; its key, where it can be read, is still there: nothing of it ends."""
        self.refused.append(Refusal(line.part, line.number, str(why)))
        if _is_key(key.removeprefix(PASTED)):
            self.staged.append(_bare(line, key, Operation.refused))

    def _plate_lacks(self, plate: str) -> str:
        outcome = check(replace(self.rest, plate=plate), self.ground, self.now)
        return ",".join(code for code in outcome.lacking if code.field == "plate") if isinstance(
            outcome, Incomplete) else ""

    def _term(self, said: "_Said") -> _Term:
        # Digits of a file number are looked at only for being digits, so that one number stands for all of its shape.
        shape = (said.texts, said.file_number.translate(_DIGITS))
        term = self._known.get(shape)
        if term is None:
            if len(self._known) >= MOST_TERMS_REMEMBERED:
                self._known.clear()
            term = self._known[shape] = self._new_term(said)
        return term

    def _new_term(self, said: "_Said") -> _Term:
        draft = self._draft(said)
        outcome = check(replace(draft, plate=_STAND_IN), self.ground, self.now)
        if isinstance(outcome, Checked):
            self._terms += 1
            self.terms.append(_written(self._terms, outcome, begins_later=outcome.since > self.now))
        return _Term(self._terms, _why(outcome), draft.country)

    def _draft(self, said: "_Said") -> Draft:
        """Return what a line states, without its plate; where it says nothing, the rest of the delivery counts."""
        rest = self.rest
        country, measure, reason, legal_basis, authority, requester, since, until = (
            text.strip() for text in said.texts)
        begins = read_moment(since, ends=False) if since else rest.since or self.now
        return replace(
            rest, country=_read_country(country) if country else rest.country, measure=measure or rest.measure,
            reason=reason or rest.reason, legal_basis=legal_basis or rest.legal_basis,
            authority=authority or rest.authority, file_number=said.file_number or rest.file_number,
            requester=requester or rest.requester, until=read_moment(until, ends=True) if until else rest.until,
            # Whoever delivers says since when something is so; it is watched for from now on, as what lies before is
            # a search (R9).
            since=begins and max(begins, self.now))


class _Said(NamedTuple):
    """What a line says: `texts` are its cells of _SHARED, an empty one where it has no such column."""

    key: str
    plate: str
    file_number: str
    texts: tuple[str, ...]


def _read_country(written: str) -> str:
    return ANY_COUNTRY if written.lower() == ANY_COUNTRY else written.upper()


def _picker(layout: Layout) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Return what picks the cells of _SHARED out of a line; an empty text stands for a column that is not there."""
    places = [layout.places.get(name) for name in _SHARED]
    if all(place is None for place in places):
        nothing = ("",) * len(_SHARED)
        return lambda _: nothing
    picked = itemgetter(*(layout.width if place is None else place for place in places))
    return lambda cells: picked([*cells, ""])


def _bare(line: Line, key: str, operation: Operation) -> str:
    """Return the row of a line that puts no entry."""
    return f"{line.part}\t{line.number}\t{_escaped(key)}\t{operation.value}\t{_NULL}\tf\t{_NULL}\t{_NULL}\n"


def _escaped(text: str) -> str:
    """Return a text that can be printed, for COPY."""
    return text.replace("\\", r"\\") if "\\" in text else text


def _is_key(key: str) -> bool:
    return 0 < len(key) <= LONGEST_KEY and key.isprintable() and not key.startswith(PASTED)


def _why(outcome: Checked | Incomplete) -> str:
    return ",".join(outcome.lacking) if isinstance(outcome, Incomplete) else ""


def _written(number: int, term: Checked, *, begins_later: bool) -> str:
    values = (str(number), term.country, term.measure, term.reason, term.legal_basis, term.authority,
              term.file_number, term.requester, term.since.isoformat() if begins_later else None,
              term.until.isoformat())
    return "\t".join(_NULL if value is None else value.translate(_ESCAPES) for value in values) + "\n"


def read_moment(written: str, *, ends: bool) -> datetime | None:
    """Return the instant that a cell writes, in Brussels' time: `2026-12-31`, `31/12/2026 14:05`, ISO 8601; or None.

    A day alone is its beginning, or its end where it `ends` something.
    """
    try:
        found = _read_belgian(written) or _read_iso(written)
        if isinstance(found, datetime):
            return found
        return midnight(found + timedelta(days=ends))
    except (ValueError, OverflowError):
        return None


def _read_belgian(written: str) -> date | datetime | None:
    match = _BELGIAN.match(written)
    if match is None:
        return None
    day, month, year, hour, minute = match.groups()
    if hour is None:
        return date(int(year), int(month), int(day))
    return typed_instant(f"{year}-{int(month):02}-{int(day):02}T{int(hour):02}:{minute}")


def _read_iso(written: str) -> date | datetime:
    return date.fromisoformat(written) if len(written) <= 10 else typed_instant(written)



"""Verifying the audit: every row against its seals, and the table against what was copied of it outside.

Rows are streamed, so that a table of any length takes the same memory; findings are sentences that name numbers and
times.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.audit import Action
from services.audit_anchors import Anchor, Digest, what_is_wrong
from services.audit_chain import START, Finding, Head, Row, Sealer, Wrong
from services.audit_heads import Copy, Damaged
from services.audit_rows import line_of, rows_after, rows_of_action
from services.clock import iso_ms

MOST_TOLD = 100
"""How many findings are told; more are counted."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """The anchors to hold against the rows, oldest first, and the public key with which they must be signed."""

    anchors: tuple[Anchor, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Located:
    """A finding with the times between which it lies, as far as the rows tell."""

    finding: Finding
    since: datetime | None = None
    until: datetime | None = None

    def __str__(self) -> str:
        """Say it in one sentence."""
        first, last = self.finding.first, self.finding.last
        rows = f"row {first}" if first == last else f"rows {first} to {last}"
        return _SENTENCES[self.finding.wrong].format(rows=rows, first=first, was="was" if first == last else "were",
                                                     time=_in_words(self.since, self.until))


_SENTENCES: Mapping[Wrong, str] = {
    Wrong.changed: "{rows} {was} changed ({time}): not what was sealed",
    Wrong.foreign: "{rows} {was} not written by Zoneschild, or changed and sealed anew without the key ({time})",
    Wrong.misplaced: "{rows} {was} moved ({time}): sealed, but not for the place behind the row before",
    Wrong.removed: "{rows} {was} removed ({time})",
    Wrong.cut: "{rows} {was} cut from the end ({time})",
    Wrong.replaced: "{rows} {was} replaced, and perhaps rows before ({time}): not what was copied outside",
    Wrong.begun_late: "{rows} {was} removed from the beginning ({time}), and no expiry of the audit says so",
}


def _in_words(since: datetime | None, until: datetime | None) -> str:
    if since is None and until is None:
        return "time unknown"
    if since == until:
        return iso_ms(since) if since else ""
    return " ".join([*([f"after {iso_ms(since)}"] if since else []), *([f"before {iso_ms(until)}"] if until else [])])


@dataclass(frozen=True, slots=True)
class Report:
    """What verifying found; nothing wrong when `wrong` is empty."""

    wrong: tuple[str, ...]
    more: int
    """How many findings are not told."""
    findings: tuple[Located, ...]
    first: Head
    last: Head
    last_at: datetime | None
    copied_up_to: Copy | None
    anchored_up_to: Anchor | None

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong


async def verify(connection: AsyncConnection, sealer: Sealer, heads: Iterable[Copy | Damaged] | None,
                 anchors: Anchors | None, since: Anchor | None = None) -> Report:
    """Hold the audit against its seals, the copies of its head and its anchors; None where there are none.

    `since` begins behind the rows of an anchor, for speed alone. The copies are read before the first row is, as rows
    may be added meanwhile.
    """
    copies = Copies.read(heads) if heads is not None else None
    checking = _Checking(sealer, copies, list(anchors.anchors) if anchors else [])
    if since is not None:
        checking.begin(since.head, None)
    async for rows in rows_after(connection, since.last if since else None):
        if checking.begins is None:
            await _find_beginning(connection, checking, rows[0])
        checking.take(rows)
    checking.end()
    return checking.report(anchors)


async def _find_beginning(connection: AsyncConnection, checking: "_Checking", first: Row) -> None:
    """Accept a table that begins late where a sealed row says that what was before has expired."""
    if first.audit_id <= 1:
        checking.begin(Head(), None)
        return
    async for rows in rows_of_action(connection, Action.audit_expired):
        for row in rows:
            if (head := _expired_up_to(row)) and head.audit_id == first.audit_id - 1 and checking.sealer.is_sealed(row):
                checking.begin(head, None)
                return
    checking.begin(None, first)


def _expired_up_to(row: Row) -> Head | None:
    try:
        return Head(int(row.columns["filters"]["up_to"]), bytes.fromhex(row.columns["filters"]["link"]))
    except (TypeError, KeyError, ValueError):
        return None


@dataclass(slots=True)
class Copies:
    """The copies of the head, in the order of the file, and what is wrong with them by themselves."""

    copies: list[Copy]
    wrong: list[str]

    @classmethod
    def read(cls, heads: Iterable[Copy | Damaged]) -> "Copies":
        """Read the file; one copy for each row, the latest for one that was copied twice."""
        copies: list[Copy] = []
        wrong: list[str] = []
        for item in heads:
            if isinstance(item, Damaged):
                wrong.append(f"line {item.line} of the file of heads was not written by Zoneschild, or lines before it "
                             "are gone")
            else:
                copies.append(item)
        return cls(copies, wrong)

    def rewound(self) -> Iterator[tuple[Copy, Copy]]:
        """Yield the copies behind which one of an earlier row, or another one of the same row, follows."""
        for before, after in pairwise(self.copies):
            if after.head.audit_id < before.head.audit_id or (
                    after.head.audit_id == before.head.audit_id and after.head != before.head):
                yield before, after


@dataclass(slots=True)
class _Checking:
    """What is known while the rows come by."""

    sealer: Sealer
    copies: Copies | None
    anchors: list[Anchor]
    found: list[Located] = field(default_factory=list)
    count: int = 0
    begins: Head | None = None
    last: Head = field(default_factory=Head)
    last_at: datetime | None = None
    said_anchored: dict[int, str] = field(default_factory=dict)
    wrong_anchors: list[str] = field(default_factory=list)
    _expected: dict[int, list[Copy]] = field(default_factory=dict)
    _digest: Digest | None = None

    def begin(self, head: Head | None, first: Row | None) -> None:
        """Begin behind `head`; None: the rows before `first` are gone without a word."""
        if head is None and first is not None:
            self._note(Located(Finding(Wrong.begun_late, 1, first.audit_id - 1), None, first.columns["at"]))
            head = Head(first.audit_id - 1, START)
        self.begins = self.last = head or Head()
        for copy in self.copies.copies if self.copies else ():
            if copy.head.audit_id > self.begins.audit_id:
                self._expected.setdefault(copy.head.audit_id, []).append(copy)
        # An anchor whose first rows have expired is told by its signature alone.
        self.anchors = [anchor for anchor in self.anchors if anchor.first > self.begins.audit_id]

    def take(self, rows: Sequence[Row]) -> None:
        """Check a batch."""
        times = {row.audit_id: row.columns["at"] for row in rows} | {self.last.audit_id: self.last_at}
        for finding in self.sealer.check(rows, self.last):
            if not self._begins_unlinked(finding):
                self._note(_located(finding, times))
        for row in rows:
            self._hold_against_copies(row)
            self._hold_against_anchors(row)
        self.last = max(self.last, Head(rows[-1].audit_id, rows[-1].link_seal), key=lambda head: head.audit_id)
        self.last_at = rows[-1].columns["at"] or self.last_at

    def end(self) -> None:
        """Tell what should have come after the last row."""
        if self.begins is None:
            self.begin(Head(), None)
        for before, after in self.copies.rewound() if self.copies else ():
            self._note(Located(Finding(Wrong.cut, min(after.head.audit_id + 1, before.head.audit_id),
                                       before.head.audit_id), before.at, after.at))
        beyond = [copies[-1] for number, copies in self._expected.items() if number > self.last.audit_id]
        if beyond:
            newest = max(beyond, key=lambda copy: copy.head.audit_id)
            self._note(Located(Finding(Wrong.cut, self.last.audit_id + 1, newest.head.audit_id), self.last_at, None))
        for anchor in self.anchors:
            self._end_anchor(anchor)

    def report(self, anchors: Anchors | None) -> Report:
        """Put together what was found."""
        wrong = [*map(str, self.found), *(self.copies.wrong if self.copies else ()), *self.wrong_anchors]
        if anchors is not None:
            wrong += what_is_wrong(anchors.anchors, anchors.key)
            wrong += self._missing_anchors(anchors.anchors)
        begins = self.begins or Head()
        told = wrong[:MOST_TOLD]
        return Report(tuple(told), self.count - len(self.found) + len(wrong) - len(told), tuple(self.found),
                      Head(begins.audit_id + 1), self.last, self.last_at,
                      self.copies.copies[-1] if self.copies and self.copies.copies else None,
                      anchors.anchors[-1] if anchors and anchors.anchors else None)

    def _note(self, located: Located) -> None:
        """Keep a finding; one that goes on where the last one ended makes that one longer."""
        before = self.found[-1] if self.found else None
        wrong, first = located.finding.wrong, located.finding.first
        if before and (before.finding.wrong, before.finding.last + 1) == (wrong, first):
            longer = Finding(wrong, before.finding.first, located.finding.last)
            self.found[-1] = replace(before, finding=longer, until=located.until)
            return
        self.count += 1
        if len(self.found) < MOST_TOLD:
            self.found.append(located)

    def _begins_unlinked(self, finding: Finding) -> bool:
        """Tell whether this only repeats that the table begins late: its first row has nothing to be linked to."""
        return (self.begins is not None and self.begins.link_seal == START and self.begins.audit_id > 0
                and finding == Finding(Wrong.misplaced, self.begins.audit_id + 1, self.begins.audit_id + 1))

    def _hold_against_copies(self, row: Row) -> None:
        for copy in self._expected.pop(row.audit_id, ()):
            if copy.head.link_seal != row.link_seal:
                self._note(Located(Finding(Wrong.replaced, row.audit_id, row.audit_id), row.columns["at"], copy.at))

    def _hold_against_anchors(self, row: Row) -> None:
        if row.columns["action"] == Action.audit_anchored and isinstance(filters := row.columns["filters"], dict):
            self._note_anchored(filters)
        while self.anchors and self.anchors[0].last < row.audit_id:
            self._end_anchor(self.anchors.pop(0))
        if self.anchors and self.anchors[0].first <= row.audit_id:
            self._digest = self._digest or Digest(self.anchors[0].previous)
            self._digest.take(line_of(row))

    def _end_anchor(self, anchor: Anchor) -> None:
        digest, self._digest = self._digest, None
        if digest is None or digest.text() != anchor.digest:
            self.wrong_anchors.append(f"rows {anchor.first} to {anchor.last} are not those that the anchor of "
                                      f"{anchor.day} was made of: some were changed, removed or replaced")

    def _note_anchored(self, filters: Mapping[str, Any]) -> None:
        if isinstance(last := filters.get("last"), int):
            self.said_anchored[last] = str(filters.get("first"))

    def _missing_anchors(self, anchors: Sequence[Anchor]) -> Iterator[str]:
        """Yield which anchors were made, by the audit's own word, and are not in the folder; older ones may be away."""
        there = {anchor.last for anchor in anchors}
        for last, first in self.said_anchored.items():
            if last not in there and (not anchors or last > anchors[0].last):
                yield f"the anchor of rows {first} to {last} is missing from the folder"


def _located(finding: Finding, times: Mapping[int, datetime | None]) -> Located:
    if finding.wrong is Wrong.removed:
        return Located(finding, times.get(finding.first - 1), times.get(finding.last + 1))
    return Located(finding, times.get(finding.first), times.get(finding.first))

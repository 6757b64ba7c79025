"""Checking exported rows against anchors, as an outsider does: no database, no secret, a public key alone."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.audit_anchors import Anchor, Digest, what_is_wrong
from services.errors import ConfigurationError


@dataclass(slots=True)
class Checked:
    """What an outsider can say of some rows."""

    wrong: list[str] = field(default_factory=list)
    rows: int = 0
    vouched: int = 0
    """How many of the rows an anchor vouches for."""


def check(anchors: Sequence[Anchor], rows: Path, key: str) -> Checked:
    """Hold a file of exported rows against anchors, which must lie in the order of their rows.

    Raises ConfigurationError when the file cannot be read or holds something else.
    """
    checked = Checked(list(what_is_wrong(anchors, key)))
    waiting, digest, taken = list(anchors), None, 0
    for number, line in _lines(rows):
        checked.rows += 1
        while waiting and waiting[0].last < number:
            _close(checked, waiting.pop(0), digest, taken)
            digest, taken = None, 0
        if waiting and waiting[0].first <= number:
            digest = digest or Digest(waiting[0].previous)
            digest.take(line)
            taken += 1
    for anchor in waiting:
        _close(checked, anchor, digest, taken)
        digest, taken = None, 0
    return checked


def _close(checked: Checked, anchor: Anchor, digest: Digest | None, taken: int) -> None:
    """Judge an anchor's rows when all have been seen; an anchor of which there are none says nothing of this file."""
    if digest is None:
        return
    if digest.text() == anchor.digest:
        checked.vouched += taken
    elif taken < anchor.last - anchor.first + 1:
        missing = anchor.last - anchor.first + 1 - taken
        checked.wrong.append(f"of rows {anchor.first} to {anchor.last}, which the anchor of {anchor.day} vouches for "
                             f"as a whole, {missing} are not in the file")
    else:
        checked.wrong.append(f"rows {anchor.first} to {anchor.last} are not those that the anchor of {anchor.day} was "
                             "made of")


def _lines(rows: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with rows.open("rb") as file:
            for place, line in enumerate(file, 1):
                yield _number(line, place, rows), line
    except OSError as error:
        raise ConfigurationError(f"{rows} cannot be read: {error.strerror}") from None


def _number(line: bytes, place: int, rows: Path) -> int:
    try:
        return int(json.loads(line)["number"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ConfigurationError(f"line {place} of {rows} is no row of an audit") from None

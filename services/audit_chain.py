"""The audit's seals, pure: each row is sealed with a key that the database never holds, and chained to the one before.

Two seals of 16 bytes. The content's stands for the row's columns wherever it stands; the link's stands for the row's
number, its content's seal and the link before it. So a row that was changed is told from one that was moved. BLAKE2b in
keyed mode (RFC 7693) is the keyed hash.
"""

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from hashlib import blake2b
from typing import Any
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
SEAL_BYTES = 16
START = bytes(SEAL_BYTES)
"""The link before the first row."""

CONTENT = ("at", "action", "user_id", "username", "role", "client_address", "consultation_id", "question", "filters",
           "decision", "result_count", "read_ids")
"""The columns that are sealed, in this order."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the audit with its seals."""

    audit_id: int
    columns: Mapping[str, Any]
    content_seal: bytes
    link_seal: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row: its number and its link; before the first row zero and START."""

    audit_id: int = 0
    link_seal: bytes = START


class Wrong(StrEnum):
    """What can be found wrong with a row, or with the place where one should be."""

    changed = "changed"      # its columns are not those that were sealed
    foreign = "foreign"      # it was not written by this product: inserted, or changed and sealed anew without the key
    misplaced = "misplaced"  # it is sealed, but does not follow the row before it: moved, or its neighbour is
    removed = "removed"      # rows between two others are gone
    cut = "cut"              # rows that were there are gone from the end
    replaced = "replaced"    # the row that was the newest is not the one that was copied outside
    begun_late = "begun-late"  # the first rows are gone, and no expiry of the audit says so


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, with the first and last number that it is about."""

    wrong: Wrong
    first: int
    last: int


class Sealer:
    """Seals rows and checks seals with one secret key."""

    def __init__(self, key: bytes) -> None:
        master = blake2b(key).digest()
        self._content_key = blake2b(master, person=b"audit-content").digest()
        self._link_key = blake2b(master, person=b"audit-link").digest()

    def content(self, columns: Mapping[str, Any]) -> bytes:
        """Return the seal of a row's columns."""
        return blake2b(canonical(columns), key=self._content_key, digest_size=SEAL_BYTES).digest()

    def link(self, audit_id: int, content_seal: bytes, previous: bytes) -> bytes:
        """Return the seal that binds a row to its number and to the row before it."""
        return blake2b(audit_id.to_bytes(8) + content_seal + previous, key=self._link_key,
                       digest_size=SEAL_BYTES).digest()

    def check(self, rows: Iterable[Row], begins_after: Head) -> Iterator[Finding]:
        """Hold rows, in the order of their numbers, against their seals; yield what is wrong.

        Each row is held against the stored link before it, so that one wrong row is one finding.
        """
        previous = begins_after
        for row in rows:
            if row.audit_id <= previous.audit_id:  # a number that another row has, or one below the first
                yield Finding(Wrong.misplaced, row.audit_id, row.audit_id)
                continue
            follows = row.audit_id == previous.audit_id + 1
            if not follows:
                yield Finding(Wrong.removed, previous.audit_id + 1, row.audit_id - 1)
            if (wrong := self._wrong(row, previous if follows else None)) is not None:
                yield Finding(wrong, row.audit_id, row.audit_id)
            previous = Head(row.audit_id, row.link_seal)

    def is_sealed(self, row: Row) -> bool:
        """Tell whether a row's columns are those that were sealed."""
        try:
            return hmac.compare_digest(self.content(row.columns), row.content_seal)
        except (ValueError, TypeError, RecursionError):  # values that the product cannot have written
            return False

    def _wrong(self, row: Row, previous: Head | None) -> Wrong | None:
        """Judge one row; without its predecessor, its link cannot be held against anything."""
        link = previous is None or hmac.compare_digest(
            self.link(row.audit_id, row.content_seal, previous.link_seal), row.link_seal)
        return _VERDICTS[self.is_sealed(row), link]


# (the content's seal is right, the link's seal is right)
_VERDICTS = {(True, True): None, (False, True): Wrong.changed, (True, False): Wrong.misplaced,
             (False, False): Wrong.foreign}


def canonical(columns: Mapping[str, Any]) -> bytes:
    """Return the one way to write a row's columns: compact JSON with sorted keys, the same before and after storing.

    JSONB keeps no difference between 1.0 and 1, nor between a tuple and a list; so neither does this.
    """
    return _ENCODER.encode([_plain(columns[name]) for name in CONTENT]).encode()


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_AS_IT_IS = frozenset({str, int, bool, type(None)})


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_IT_IS:  # nearly all: a million rows are verified in one go
        return value
    if kind is dict:
        return {str(name): _plain(item) for name, item in value.items()}
    if kind is list:
        return [_plain(item) for item in value]
    return _plain_of_rarer(value)


def _plain_of_rarer(value: Any) -> Any:
    match value:
        case datetime():
            return (value - _EPOCH) // _MICROSECOND  # PostgreSQL's own precision
        case UUID():
            return value.hex
        case float() if value.is_integer():
            return int(Decimal(repr(value)))  # as PostgreSQL keeps it: its shortest digits, then noughts
        case Mapping():
            return _plain(dict(value))
        case tuple():
            return _plain(list(value))
        case _:
            return value

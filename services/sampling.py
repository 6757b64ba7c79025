"""The monthly sample of consultations, pure: drawn by the audit's seal, so that nobody chooses or foresees it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import blake2b
from uuid import UUID

from services.clock import midnight


class Finding(StrEnum):
    """What the review of a consultation found."""

    in_order = "in-order"
    to_discuss = "to-discuss"
    not_in_order = "not-in-order"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A consultation under which something was asked in the month, and whose it is."""

    consultation_id: UUID
    user_id: int


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in Brussels, named by its first day."""

    first: date

    @property
    def begins(self) -> datetime:
        """Its first instant."""
        return midnight(self.first)

    @property
    def ends(self) -> datetime:
        """The instant at which it is over."""
        return midnight(self.following.first)

    @property
    def following(self) -> "Month":
        """The month after it."""
        return Month(date(self.first.year + self.first.month // 12, self.first.month % 12 + 1, 1))

    @property
    def previous(self) -> "Month":
        """The month before it."""
        return Month(date(self.first.year - (self.first.month == 1), (self.first.month - 2) % 12 + 1, 1))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


def read_month(text: str) -> Month:
    """Return the month written as 2026-11; raises ValueError for anything else."""
    if len(text) != len("2026-11") or not text.isascii():
        raise ValueError("a month is written as 2026-11")
    month = Month(date.fromisoformat(f"{text}-01"))
    _ = month.begins, month.ends  # the first and the last year have no neighbours
    return month


def draw(month: Month, seal: bytes, candidates: Iterable[Candidate], size: int) -> list[UUID]:
    """Return up to `size` consultations, drawn by the link seal of the month's last audit row.

    Every officer who asked anything comes once before anybody comes twice, whoever asks much or little. The same month
    and seal draw the same; a larger sample only adds to a smaller one.
    """
    tickets = sorted((_ticket(month, seal, candidate.consultation_id), candidate) for candidate in set(candidates))
    turns: dict[int, int] = defaultdict(int)
    drawn = []
    for ticket, candidate in tickets:
        drawn.append((turns[candidate.user_id], ticket, candidate.consultation_id))
        turns[candidate.user_id] += 1
    return [consultation_id for _, _, consultation_id in sorted(drawn)[:size]]


def _ticket(month: Month, seal: bytes, consultation_id: UUID) -> bytes:
    return blake2b(str(month).encode() + consultation_id.bytes, key=seal, digest_size=16).digest()

"""What one message may hold, and the error of a body that cannot be read."""

from dataclasses import dataclass, field

from ingest.rows import Reason
from ingest.sightings import Problem

MAX_DEPTH = 32
MAX_NODES = 50_000
"""Values and elements of one message; the richest metadata frame has some hundred."""

MAX_FORM_FIELDS = 100
MAX_DOCUMENTS = 500
"""Documents that follow one another in one body, as reads of a batch."""

MAX_FORGIVEN = 2 * 1024 * 1024
"""Characters of one message that relaxed.py reads: two pictures of 700 kB and what is said of them."""

MAX_TOKENS = 100_000
"""Texts, numbers and marks that relaxed.py reads of one message."""

MAX_TEXT = 4096
"""Longest text that any value but a picture is read from; what follows is not looked at."""


class UnreadableError(Exception):
    """The body is none of the forms, or breaks off; carries the reason."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail

    def problem(self) -> Problem:
        """Return this as the value that a profile yields."""
        return Problem(self.reason, self.detail)


@dataclass(slots=True)
class Tally:
    """Counts what one message holds over all its parts and fields, and gathers the documents in it that are broken."""

    nodes: int = 0
    forgiven: int = 0
    tokens: int = 0
    broken: list[bytes] = field(default_factory=list)

    def count(self, depth: int, nodes: int = 1) -> None:
        """Count values at a depth; raises UnreadableError when they are more or lie deeper than may be."""
        self.nodes += nodes
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise UnreadableError(Reason.too_deep, f"more than {MAX_DEPTH} levels or {MAX_NODES} values")

    def may_forgive(self, characters: int) -> bool:
        """Tell whether a text may be read a second time, by a reader that is slower: so much of a message may."""
        self.forgiven += characters
        return self.forgiven <= MAX_FORGIVEN

    def foresee(self, most: int) -> None:
        """Refuse a body by what its punctuation says, before anything is built from it."""
        if self.nodes + most > 4 * MAX_NODES:
            raise UnreadableError(Reason.too_deep, f"more than {MAX_NODES} values")

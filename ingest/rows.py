"""What a message becomes: a row to store, a heartbeat, or a reject; values, never exceptions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from services.clock import from_epoch_ms, monday_of
from services.hits.matching import MatchedAs
from services.images import Kind


class Reason(StrEnum):
    """Why a message, or one read of a batch, was not stored."""

    unknown_topic = "unknown-topic"
    unknown_gateway = "unknown-gateway"
    gateway_disabled = "gateway-disabled"
    bad_settings = "bad-settings"
    unknown_camera = "unknown-camera"
    camera_not_live = "camera-not-live"
    too_large = "too-large"
    too_deep = "too-deep"
    wrong_encoding = "wrong-encoding"
    not_json = "not-json"
    not_xml = "not-xml"
    bad_multipart = "bad-multipart"
    unknown_format = "unknown-format"
    wrong_shape = "wrong-shape"
    no_camera = "no-camera"
    no_time = "no-time"
    too_old = "too-old"
    in_the_future = "in-the-future"
    bad_image = "bad-image"
    refused_by_store = "refused-by-store"


# msgspec structs rather than dataclasses: ten thousand a second are made, and these are made in C.
class Row(msgspec.Struct, gc=False):
    """One read on its way into `reads`; the fields up to `clock_basis` are its columns, in writer.py's order."""

    captured_ms: int
    received_ms: int
    read_id: str  # 32 hexadecimal digits
    camera_id: int
    confidence: float | None
    speed_kmh: float | None
    gateway_id: int
    lane: int | None
    images: int
    images_pending: bool
    late: bool
    superseded: bool
    clock_synchronised: bool | None
    plate: str
    plate_raw: str | None
    country: str | None
    country_raw: str | None
    direction: str | None
    facing: str | None
    make: str | None
    model: str | None
    colour: str | None
    vehicle_type: str | None
    confidence_raw: str | None = None
    clock_basis: str | None = None
    passage_key: bytes | None = None
    revision: int = 0
    pictures: tuple[tuple[Kind, bytes], ...] = ()
    neighbour_keys: tuple[bytes, ...] = ()
    """Of a source that uses its numbers again: the keys that its passage has if it began a span earlier or later."""
    span_ms: int = 0
    copied: bool = False  # from the live session: the durable one brings the message itself


class Beat(msgspec.Struct, frozen=True, gc=False):
    """A heartbeat: of a camera, or of the gateway itself."""

    gateway_id: int
    camera_id: int | None
    received_ms: int
    complete_until_ms: int | None


class Rejected(msgspec.Struct, frozen=True, gc=False):
    """What could not be stored, with its reason; a body older than reads may be is counted and not kept."""

    gateway_id: int
    reason: Reason
    detail: str  # already masked
    topic: str
    body: bytes
    received_ms: int
    keep_body: bool = True
    captured_ms: int | None = None  # where it is known: its body then goes when its read would have gone
    headers: tuple[tuple[str, str], ...] = ()


class Trial(msgspec.Struct, frozen=True, gc=False):
    """A read of a gateway in state proef: `found` is what `python -m ingest decode` would print, as JSON."""

    gateway_id: int
    received_ms: int
    captured_ms: int
    digest: bytes
    found: bytes


class Passed(msgspec.Struct, frozen=True, gc=False):
    """A message of a kind that holds no read: counted."""

    gateway_id: int
    received_ms: int
    reason: str


class Answer(msgspec.Struct, gc=False):
    """What came of one message that waits for an answer (the push door)."""

    mid: int
    reads: int = 0
    heartbeats: int = 0
    ignored: int = 0
    rejected: list[tuple[str, str]] = msgspec.field(default_factory=list)  # reason and masked detail


Outcome = Row | Beat | Rejected | Trial | Passed


class Raising(StrEnum):
    """What comes of reads that match an entry of a watchlist."""

    as_read = "as-read"
    late = "late"        # a reject decoded again: whoever sees the hit can no longer act on it
    nothing = "nothing"  # backfilled history


class Raised(NamedTuple):
    """An alert that was raised: whether it may be told of at all (R11), how sure it is, whether it came late."""

    discreet: bool
    matched_as: MatchedAs
    late: bool


@dataclass(slots=True)
class Batch:
    """What goes into one transaction, and the alerts that came of it."""

    rows: list[Row] = field(default_factory=list)
    beats: list[Beat] = field(default_factory=list)
    rejects: list[Rejected] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    raising: Raising = Raising.as_read
    raised: list[Raised] = field(default_factory=list)

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> "Batch":
        """Sort outcomes by what they are."""
        batch = cls()
        batch.add(outcomes)
        return batch

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Sort further outcomes in."""
        places: dict[type, list[Any]] = {
            Row: self.rows, Beat: self.beats, Rejected: self.rejects, Trial: self.trials, Passed: self.passed}
        for outcome in outcomes:
            places[type(outcome)].append(outcome)

    def mondays(self) -> set[date]:
        """Return the Mondays of the weeks that the batch writes to."""
        hours = {row.captured_ms // 3_600_000 for row in self.rows}
        return {monday_of(from_epoch_ms(hour * 3_600_000)) for hour in hours}

"""What a message becomes: a row to store, a heartbeat, or a reject; values, never exceptions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import msgspec

from services.clock import from_epoch_ms, monday_of
from services.images import Kind


class Reason(StrEnum):
    """Why a message, or one read of a batch, was not stored."""

    unknown_topic = "unknown-topic"
    unknown_gateway = "unknown-gateway"
    unknown_camera = "unknown-camera"
    too_large = "too-large"
    not_json = "not-json"
    wrong_shape = "wrong-shape"
    too_old = "too-old"
    in_the_future = "in-the-future"
    bad_image = "bad-image"
    refused_by_store = "refused-by-store"


# msgspec structs rather than dataclasses: ten thousand a second are made, and these are made in C.
class Incoming(msgspec.Struct, frozen=True, gc=False):
    """One message as the broker handed it over; `mid` and `connection` say what to acknowledge where."""

    topic: str
    payload: bytes
    received_ms: int
    mid: int = 0
    connection: int = 0


class Row(msgspec.Struct, gc=False):
    """One read on its way into `reads`; the fields up to `vehicle_type` are its columns, in writer.py's order."""

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
    passage_key: bytes | None = None
    revision: int = 0
    pictures: tuple[tuple[Kind, bytes], ...] = ()


class Beat(msgspec.Struct, frozen=True, gc=False):
    """A camera's heartbeat."""

    gateway_id: int
    camera_id: int
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


Outcome = Row | Beat | Rejected


@dataclass(slots=True)
class Batch:
    """What goes into one transaction."""

    rows: list[Row] = field(default_factory=list)
    beats: list[Beat] = field(default_factory=list)
    rejects: list[Rejected] = field(default_factory=list)

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> "Batch":
        """Sort outcomes by what they are."""
        batch = cls()
        for outcome in outcomes:
            if isinstance(outcome, Row):
                batch.rows.append(outcome)
            elif isinstance(outcome, Beat):
                batch.beats.append(outcome)
            else:
                batch.rejects.append(outcome)
        return batch

    def mondays(self) -> set[date]:
        """Return the Mondays of the weeks that the batch writes to."""
        hours = {row.captured_ms // 3_600_000 for row in self.rows}
        return {monday_of(from_epoch_ms(hour * 3_600_000)) for hour in hours}

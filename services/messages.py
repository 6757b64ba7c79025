"""Canonical message v1: the contract between gateways and ingest (docs/asyncapi.yaml is its published form).

Topics: `anpr/v1/<gateway>/reads` carries one read or a batch, `anpr/v1/<gateway>/heartbeats` one heartbeat.
The topic says who speaks; the body never does.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

TOPIC_ROOT = "anpr/v1"
TOPIC_FILTER = f"{TOPIC_ROOT}/+/#"
FEEDBACK_ROOT = "anpr/feedback"
HITS_ROOT = "anpr/hits"
"""Below it hits are published to whom the broker lets hear them (docs/channels.md)."""
PUSH_ROOT = "push"
"""First part of a push's path, as `anpr/v1` is of a topic: `/push/<gateway>`."""

READS = "reads"
HEARTBEATS = "heartbeats"

MAX_BATCH_READS = 500
MAX_MESSAGE_BYTES = 8 * 1024 * 1024

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Word = Annotated[str, msgspec.Meta(max_length=64)]
Fraction = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class Image(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One picture of the passage: the cut-out of the plate or the whole scene."""

    kind: Literal["plate", "overview"]
    data: bytes  # base64 in JSON


class Vehicle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """What the camera thinks of the vehicle; every member may be missing (night cameras see no colour)."""

    make: Word | None = None
    model: Word | None = None
    colour: Word | None = None
    type: Word | None = None


class Passage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """The source's own number for one passing vehicle; a higher revision corrects a lower one."""

    id: Name
    revision: Annotated[int, msgspec.Meta(ge=0, le=32767)] = 0


class Read(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One plate seen by one camera once.

    `camera` is the gateway's own name for the camera; `captured_at` is the camera's clock with its offset;
    `confidence` is 0 to 1; `speed_kmh` is kilometres an hour; `plate` is the text as read, or absent when none was.
    """

    camera: Name
    captured_at: Instant
    plate: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    country: Word | None = None
    confidence: Fraction | None = None
    direction: Literal["towards", "away"] | None = None
    facing: Literal["front", "rear"] | None = None
    lane: Annotated[int, msgspec.Meta(ge=0, le=99)] | None = None
    speed_kmh: Annotated[float, msgspec.Meta(ge=0, le=400)] | None = None
    vehicle: Vehicle | None = None
    passage: Passage | None = None
    clock_synchronised: bool | None = None
    images: Annotated[list[Image], msgspec.Meta(max_length=4)] = msgspec.field(default_factory=list)


class Heartbeat(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A camera lives, and all its reads up to `complete_until` have been sent (absent: not known)."""

    camera: Name
    sent_at: Instant
    complete_until: Instant | None = None


class Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Several reads in one message; each is judged on its own, so one bad read does not spoil the others."""

    reads: Annotated[list[msgspec.Raw], msgspec.Meta(min_length=1, max_length=MAX_BATCH_READS)]


class RejectNotice(msgspec.Struct, frozen=True, gc=False):
    """Why messages of a gateway were not taken, and how many since the last feedback; `detail` is of the latest."""

    reason: str
    detail: str
    messages: int


class Feedback(msgspec.Struct, frozen=True, gc=False):
    """What came of a gateway's messages, published on `anpr/feedback/<gateway>` at most once a second.

    `messages` counts those handled since `since`, the start of this ingest process: a gateway that drains a backlog
    keeps no more than a few thousand beyond it on their way. The other counts are since the last feedback.
    """

    since: Instant
    at: Instant
    messages: int
    stored: int = 0
    doubled: int = 0
    superseded: int = 0
    trial: int = 0
    ignored: int = 0
    rejected: int = 0
    rejects: list[RejectNotice] = []


_encoder = msgspec.json.Encoder()


def encode(message: Read | Heartbeat | Feedback) -> bytes:
    """Write one message as JSON."""
    return _encoder.encode(message)


def encode_batch(reads: list[bytes]) -> bytes:
    """Write already encoded reads as one batch message."""
    return b'{"reads":[' + b",".join(reads) + b"]}"


def reads_topic(gateway: str) -> str:
    """Return the topic on which `gateway` sends its reads."""
    return f"{TOPIC_ROOT}/{gateway}/{READS}"


def heartbeats_topic(gateway: str) -> str:
    """Return the topic on which `gateway` sends its heartbeats."""
    return f"{TOPIC_ROOT}/{gateway}/{HEARTBEATS}"


def feedback_topic(gateway: str) -> str:
    """Return the topic on which `gateway` hears what came of its messages."""
    return f"{FEEDBACK_ROOT}/{gateway}"

"""What a profile finds in a message, before it is judged: sightings, heartbeats, what is ignored, and problems."""

import msgspec

from ingest.rows import Reason
from services.images import Kind


class Sighting(msgspec.Struct, gc=False):
    """One read as its source tells of it: normalised by the gateway's settings, with the raw values beside.

    `cameras` are the names under which the source may be registered, the most exact first. `plate` is the text as sent.
    `passage` is shared by the several messages of one passing car; a higher `revision` corrects a lower one. `key` is
    the source's own id of this one message, where it has one. `body` is the part of the message that tells of this
    read, None when that is all of it.
    """

    cameras: tuple[str, ...]
    captured_ms: int
    plate: str | None = None
    country: str | None = None       # ISO 3166-1 alpha-2
    country_raw: str | None = None
    confidence: float | None = None  # 0 to 1
    confidence_raw: str | None = None
    direction: str | None = None     # towards, away
    facing: str | None = None        # front, rear
    lane: int | None = None
    speed_kmh: float | None = None
    make: str | None = None
    model: str | None = None
    colour: str | None = None
    vehicle_type: str | None = None
    passage: str | None = None
    revision: int = 0
    key: str | None = None
    clock_synchronised: bool | None = None
    clock_basis: str | None = None   # None: an instant was sent; else services/decoding.py's word for what was done
    images: tuple[tuple[Kind, bytes], ...] = ()
    body: bytes | None = None
    passage_span_ms: int = 0         # how long the passage's id stands for one car; 0: for good


class Heartbeat(msgspec.Struct, frozen=True, gc=False):
    """A sign of life; without cameras it is the gateway's own.

    `of_device`: it names the device that sent it; where that is no camera, as a recorder is none, it is the gateway's.
    """

    cameras: tuple[str, ...] = ()
    complete_until_ms: int | None = None
    of_device: bool = False


class Ignored(msgspec.Struct, frozen=True, gc=False):
    """A message of a kind that holds no read, such as motion or a camera's status: counted, answered, not kept."""

    reason: str


class Problem(msgspec.Struct, frozen=True, gc=False):
    """What a message could not be read for. `detail` never quotes the sender's values."""

    reason: Reason
    detail: str
    body: bytes | None = None
    captured_ms: int | None = None


Finding = Sighting | Heartbeat | Ignored | Problem

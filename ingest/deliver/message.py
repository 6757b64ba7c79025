"""What a channel is sent, and how it is written as JSON: docs/channels.md describes it, a test compares."""

from uuid import UUID

import msgspec

from services.hits.following import Disposition, HitState
from services.hits.matching import MatchedAs

VERSION = 1


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What happened; instants are ISO 8601 in UTC."""

    number: int
    kind: str
    """services.hits.events.EventKind, or `test`."""
    at: str


class Camera(msgspec.Struct, frozen=True, kw_only=True):
    """Where the vehicle was last seen; degrees of WGS 84."""

    code: str
    name: str
    lat: float | None
    lon: float | None


class Vehicle(msgspec.Struct, frozen=True, kw_only=True):
    """What the camera thinks of the vehicle."""

    make: str | None
    model: str | None
    colour: str | None
    type: str | None


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One list on which the plate stands, and what its entry asks for."""

    code: str
    name: str
    category: str
    measure: str
    authority: str
    legal_basis: str
    file_number: str
    matched_as: MatchedAs
    withdrawn: bool


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """The hit as it stands when the message is made."""

    hit_id: int
    plate: str
    country: str | None
    priority: int
    possible: bool
    matched_as: MatchedAs
    probability: float | None
    discreet: bool
    late: bool
    sightings: int
    first_captured_at: str
    captured_at: str
    camera: Camera
    direction: str | None
    vehicle: Vehicle
    images: int
    state: HitState
    disposition: Disposition | None
    lists: tuple[Listed, ...]
    page: str | None


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message; `message_id` stays the same when it is sent again."""

    version: int
    message_id: UUID
    test: bool
    event: Event
    hit: Hit


def as_json(message: Message) -> bytes:
    """Return a message as every channel but a mailbox gets it."""
    return msgspec.json.encode(message)


def invented(message_id: UUID, at: str, page: str | None) -> Message:
    """Return a message of invented content, to see whether a channel works."""
    return Message(
        version=VERSION, message_id=message_id, test=True, event=Event(number=0, kind="test", at=at),
        hit=Hit(hit_id=0, plate="3ABC123", country="BE", priority=4, possible=False, matched_as=MatchedAs.exact,
                probability=None, discreet=False, late=False, sightings=1, first_captured_at=at, captured_at=at,
                camera=Camera(code="TEST", name="Testcamera", lat=None, lon=None), direction="towards",
                vehicle=Vehicle(make="Volkswagen", model="Golf", colour="grey", type="car"), images=0,
                state=HitState.open, disposition=None, page=page, lists=(
                    Listed(code="test", name="Testlijst", category="investigation", measure="Geen: dit is een test",
                           authority="Zoneschild", legal_basis="", file_number="TEST", matched_as=MatchedAs.exact,
                           withdrawn=False),)))

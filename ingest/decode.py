"""Topic and bytes → rows, heartbeats or rejects. Pure: what it knows of gateways and time is handed to it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from ingest.rejects import masked_detail
from ingest.rows import Beat, Incoming, Outcome, Reason, Rejected, Row
from services import messages, plates
from services.clock import epoch_ms
from services.identity import Identity, read_id_hex
from services.images import MAX_IMAGE_BYTES, Kind, content_type
from services.registry import UNKNOWN_GATEWAY_ID, Gateway
from services.retention_rule import FUTURE, cut_off

LATE = timedelta(seconds=60)
"""A read that arrives later than this after its capture is marked late (docs/law.md: never shown as live)."""

_TOPIC = re.compile(rf"{messages.TOPIC_ROOT}/([^/]+)/([^/]+)\Z")
_ALPHA2 = re.compile(r"[A-Za-z]{2}\Z")
_BATCH = re.compile(rb'\s*\{\s*"reads"\s*:')  # a batch has this member only, so it comes first
_ZERO = b"\\u0000"  # PostgreSQL keeps no zero byte in a text

_read = msgspec.json.Decoder(messages.Read)
_batch = msgspec.json.Decoder(messages.Batch)
_heartbeat = msgspec.json.Decoder(messages.Heartbeat)
_UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)  # the last for thousands of brackets


@dataclass(frozen=True, slots=True)
class Window:
    """The capture times that are taken now, in milliseconds since 1970."""

    oldest_ms: int
    newest_ms: int

    @classmethod
    def at(cls, now: datetime) -> "Window":
        """Return the window [cut-off, now + 5 minutes]."""
        return cls(epoch_ms(cut_off(now)), epoch_ms(now + FUTURE))


@dataclass(frozen=True, slots=True)
class Decoder:
    """Decodes messages against the gateways known and the window that holds at this moment."""

    identity: Identity
    gateways: Mapping[str, Gateway]
    window: Window

    def decode(self, message: Incoming) -> Iterator[Outcome]:
        """Yield what `message` holds; a batch's reads are judged one by one."""
        match = _TOPIC.match(message.topic)
        if match is None:
            yield self._reject(message, UNKNOWN_GATEWAY_ID, Reason.unknown_topic,
                               "topics are anpr/v1/<gateway>/reads and anpr/v1/<gateway>/heartbeats")
            return
        gateway = self.gateways.get(match[1])
        if gateway is None:
            yield self._reject(message, UNKNOWN_GATEWAY_ID, Reason.unknown_gateway, "this gateway is not registered")
        elif len(message.payload) > messages.MAX_MESSAGE_BYTES:
            yield self._reject(message, gateway.gateway_id, Reason.too_large,
                               f"{len(message.payload)} bytes; at most {messages.MAX_MESSAGE_BYTES} are taken")
        elif match[2] == messages.READS:
            yield from self._reads(message, gateway)
        elif match[2] == messages.HEARTBEATS:
            yield self._beat(message, gateway)
        else:
            yield self._reject(message, gateway.gateway_id, Reason.unknown_topic,
                               "the topic ends in reads or heartbeats")

    def _reads(self, message: Incoming, gateway: Gateway) -> Iterator[Outcome]:
        body = message.payload
        if _BATCH.match(body) is None:
            yield from self._one(message, gateway, body)
            return
        try:
            batch = _batch.decode(body)
        except _UNDECODABLE as error:
            yield self._undecodable(message, gateway, body, error)
            return
        for raw in batch.reads:
            yield from self._one(message, gateway, bytes(raw))

    def _one(self, message: Incoming, gateway: Gateway, body: bytes) -> Iterator[Outcome]:
        try:
            read = _read.decode(body)
        except _UNDECODABLE as error:
            yield self._undecodable(message, gateway, body, error)
            return
        captured_ms = epoch_ms(read.captured_at)
        camera_id = gateway.cameras.get(read.camera)
        problem = self._problem(captured_ms, camera_id, body)
        if problem is not None or camera_id is None:
            reason, detail = problem or (Reason.unknown_camera, "")
            # What is older than the law allows may not be kept as a reject either: counted, its body dropped.
            yield self._reject(message, gateway.gateway_id, reason, detail, body, captured_ms)
            return
        pictures, refused = _pictures(read.images) if read.images else ((), "")
        if refused:
            yield self._reject(message, gateway.gateway_id, Reason.bad_image, refused, body, captured_ms)
        yield self._row(message, gateway, camera_id, captured_ms, read, pictures)

    def _problem(self, captured_ms: int, camera_id: int | None, body: bytes) -> tuple[Reason, str] | None:
        if captured_ms < self.window.oldest_ms:
            return Reason.too_old, "captured longer ago than reads may be kept"
        if captured_ms > self.window.newest_ms:
            return Reason.in_the_future, f"captured_at lies {_ahead(captured_ms, self.window)} ahead: check the clock"
        if camera_id is None:
            return Reason.unknown_camera, "this gateway has no camera of that name"
        if _ZERO in body:
            return Reason.wrong_shape, "a text holds the character zero"
        return None

    def _row(self, message: Incoming, gateway: Gateway, camera_id: int, captured_ms: int,
             read: messages.Read, pictures: tuple[tuple[Kind, bytes], ...]) -> Row:
        plate = plates.normalise(read.plate)
        country = read.country.upper() if read.country and _ALPHA2.match(read.country) else None
        vehicle = read.vehicle or _NO_VEHICLE
        passage = read.passage
        if passage is None:
            key = self.identity.digest(gateway.name, read.camera, str(captured_ms), read.plate or "", str(read.lane))
        else:
            key = self.identity.digest(gateway.name, read.camera, "passage", passage.id)
        return Row(
            captured_ms, message.received_ms, read_id_hex(captured_ms, key), camera_id,
            # Rounded to what cameras can mean; a number too small for the database's `real` becomes 0.
            None if read.confidence is None else round(read.confidence, 4),
            None if read.speed_kmh is None else round(read.speed_kmh, 1),
            gateway.gateway_id, read.lane, sum(kind for kind, _ in pictures), False,
            message.received_ms - captured_ms > _LATE_MS, False, read.clock_synchronised,
            plate or plates.unread(camera_id), read.plate if read.plate != plate else None,
            country, read.country if read.country != country else None, read.direction, read.facing,
            vehicle.make, vehicle.model, vehicle.colour, vehicle.type,
            None if passage is None else key, 0 if passage is None else passage.revision, pictures)

    def _beat(self, message: Incoming, gateway: Gateway) -> Beat | Rejected:
        try:
            beat = _heartbeat.decode(message.payload)
        except _UNDECODABLE as error:
            return self._undecodable(message, gateway, message.payload, error)
        camera_id = gateway.cameras.get(beat.camera)
        if camera_id is None:
            return self._reject(message, gateway.gateway_id, Reason.unknown_camera,
                                "this gateway has no camera of that name")
        # Never in the future, and never before 1970, since Python cannot read back the year before 1.
        until = None if beat.complete_until is None else max(0, min(epoch_ms(beat.complete_until), message.received_ms))
        return Beat(gateway.gateway_id, camera_id, message.received_ms, until)

    def _undecodable(self, message: Incoming, gateway: Gateway, body: bytes, error: Exception) -> Rejected:
        shaped = isinstance(error, msgspec.ValidationError)
        reason = Reason.wrong_shape if shaped else Reason.not_json
        return self._reject(message, gateway.gateway_id, reason, masked_detail(str(error)), body)

    def _reject(self, message: Incoming, gateway_id: int, reason: Reason, detail: str, body: bytes | None = None,
                captured_ms: int | None = None) -> Rejected:
        return Rejected(gateway_id, reason, detail, message.topic, message.payload if body is None else body,
                        message.received_ms, reason not in _BODY_NOT_KEPT, captured_ms)


_BODY_NOT_KEPT = {Reason.too_old, Reason.bad_image}
_LATE_MS = LATE // timedelta(milliseconds=1)
_NO_VEHICLE = messages.Vehicle()


def _ahead(captured_ms: int, window: Window) -> str:
    return str(timedelta(milliseconds=captured_ms - window.newest_ms) + FUTURE).split(".", maxsplit=1)[0]


def _pictures(images: list[messages.Image]) -> tuple[tuple[tuple[Kind, bytes], ...], str]:
    """Return the pictures that are pictures, one of a kind, and a sentence on those that are not."""
    good: dict[Kind, bytes] = {}
    refused = ""
    for image in images:
        if len(image.data) > MAX_IMAGE_BYTES:
            refused = f"an image of {len(image.data)} bytes; at most {MAX_IMAGE_BYTES} are taken"
        elif content_type(image.data) is None:
            refused = "an image that is neither JPEG nor PNG by its first bytes"
        else:
            good[Kind[image.kind]] = image.data
    return tuple(good.items()), refused

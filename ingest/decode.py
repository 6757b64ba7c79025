"""A message → rows, heartbeats, trials or rejects. Pure: what it knows of gateways and time is handed to it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import structs

from ingest.incoming import Door, Incoming, sender_and_path
from ingest.printing import as_json
from ingest.profiles.table import compiled
from ingest.rows import Answer, Batch, Beat, Outcome, Passed, Reason, Rejected, Row, Trial
from ingest.sightings import Finding, Heartbeat, Ignored, Problem, Sighting
from services import messages, plates
from services.clock import epoch_ms
from services.errors import ConfigurationError
from services.identity import Identity, read_id_hex
from services.images import MAX_IMAGE_BYTES, Kind, content_type
from services.registry import UNKNOWN_GATEWAY_ID, Gateway, State
from services.retention_rule import FUTURE, cut_off

LATE = timedelta(seconds=60)
"""A read that arrives later than this after its capture is marked late (docs/law.md: never shown as live)."""

_ZERO = b"\\u0000"  # PostgreSQL keeps no zero byte in a text
_TEXTS = ("plate", "country_raw", "confidence_raw", "make", "model", "colour", "vehicle_type")


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
        sender = sender_and_path(message.topic)
        if sender is None:
            yield _reject(message, UNKNOWN_GATEWAY_ID, Problem(
                Reason.unknown_topic, "topics are anpr/v1/<gateway>/reads and anpr/v1/<gateway>/heartbeats"))
            return
        gateway = self.gateways.get(sender[0])
        if gateway is None:
            yield _reject(message, UNKNOWN_GATEWAY_ID, _STRANGER)
        elif gateway.state is State.disabled:
            yield _reject(message, gateway.gateway_id, _DISABLED)
        elif len(message.payload) > messages.MAX_MESSAGE_BYTES:
            yield _reject(message, gateway.gateway_id, Problem(
                Reason.too_large, f"{len(message.payload)} bytes; at most {messages.MAX_MESSAGE_BYTES} are taken"))
        else:
            yield from self._read(message, gateway, sender[1])

    def _read(self, message: Incoming, gateway: Gateway, path: str) -> Iterator[Outcome]:
        try:
            profile = compiled(gateway.profile, gateway.decoding)
        except ConfigurationError as error:
            yield _reject(message, gateway.gateway_id, Problem(Reason.bad_settings, str(error)[:300]))
            return
        for finding in profile.read(message, path):
            if isinstance(finding, Sighting):
                yield from self._judge(message, gateway, finding)
            else:
                yield self._others(message, gateway, finding)

    def _others(self, message: Incoming, gateway: Gateway, finding: Finding) -> Outcome:
        if isinstance(finding, Ignored):
            return Passed(gateway.gateway_id, message.received_ms, finding.reason)
        if isinstance(finding, Heartbeat):
            return self._beat(message, gateway, finding)
        assert isinstance(finding, Problem)  # noqa: S101  # the rest of the union
        return _reject(message, gateway.gateway_id, finding)

    def _judge(self, message: Incoming, gateway: Gateway, seen: Sighting) -> Iterator[Outcome]:
        name, camera_id = _known_camera(gateway, seen.cameras)
        lawful = camera_id is None or gateway.may_take(camera_id, seen.captured_ms)
        problem = self._problem(seen, camera_id, refused=not lawful and gateway.state is not State.proef)
        if problem is not None or camera_id is None:
            # What is older than the law allows, and what a camera without papers saw, may not be kept as a reject
            # either: counted, its body dropped.
            yield _reject(message, gateway.gateway_id, problem or _NO_SUCH_CAMERA, seen, lawful=lawful)
            return
        pictures, refused = check_pictures(seen.images) if seen.images else ((), "")
        if refused:
            yield _reject(message, gateway.gateway_id, Problem(Reason.bad_image, refused), seen)
        row = self._row(message, gateway, (name, camera_id), seen, pictures)
        if gateway.state is State.proef:
            yield self._trial(row, message, seen if lawful else shape_of(seen))
        else:
            yield row

    def _problem(self, seen: Sighting, camera_id: int | None, *, refused: bool) -> Problem | None:
        if seen.captured_ms < self.window.oldest_ms:
            return _TOO_OLD
        if refused:
            return _NOT_LIVE
        if seen.captured_ms > self.window.newest_ms:
            ahead = timedelta(milliseconds=seen.captured_ms - self.window.newest_ms) + FUTURE
            return Problem(Reason.in_the_future,
                           f"captured_at lies {str(ahead).split('.', maxsplit=1)[0]} ahead: check the clock")
        if camera_id is None:
            return _NO_SUCH_CAMERA
        if (seen.body is not None and _ZERO in seen.body) or (seen.body is None and _holds_zero(seen)):
            return Problem(Reason.wrong_shape, "a text holds the character zero")
        return None

    def _row(self, message: Incoming, gateway: Gateway, camera: tuple[str, int], seen: Sighting,
             pictures: tuple[tuple[Kind, bytes], ...]) -> Row:
        plate, (name, camera_id), captured_ms = plates.normalise(seen.plate), camera, seen.captured_ms
        neighbours: tuple[bytes, ...] = ()
        if seen.passage is not None:
            key, *rest = self._passage_keys(gateway.name, name, seen)
            neighbours = tuple(rest)
        elif seen.key is not None:
            key = self.identity.digest(gateway.name, name, "key", seen.key)
        else:
            key = self.identity.digest(gateway.name, name, str(captured_ms), seen.plate or "", str(seen.lane))
        return Row(
            captured_ms, message.received_ms, read_id_hex(captured_ms, key), camera_id,
            # Rounded to what cameras can mean; a number too small for the database's `real` becomes 0.
            None if seen.confidence is None else round(seen.confidence, 4),
            None if seen.speed_kmh is None else round(seen.speed_kmh, 1),
            gateway.gateway_id, seen.lane, sum(kind for kind, _ in pictures), False,
            message.received_ms - captured_ms > _LATE_MS, False, seen.clock_synchronised,
            plate or plates.unread(camera_id), plates.shorten_sent(seen.plate, plate),
            seen.country, seen.country_raw if seen.country_raw != seen.country else None, seen.direction, seen.facing,
            seen.make, seen.model, seen.colour, seen.vehicle_type, seen.confidence_raw, seen.clock_basis,
            None if seen.passage is None else key, seen.revision, pictures, neighbours, seen.passage_span_ms)

    def _passage_keys(self, gateway: str, camera: str, seen: Sighting) -> Iterator[bytes]:
        """Yield the passage's key; where ids are used again, also those of the spans before and after its own."""
        passage = seen.passage or ""
        if not seen.passage_span_ms:
            yield self.identity.digest(gateway, camera, "passage", passage)
            return
        span = seen.captured_ms // seen.passage_span_ms
        for place in (span, span - 1, span + 1):
            yield self.identity.digest(gateway, camera, "passage", passage, str(place))

    def _trial(self, row: Row, message: Incoming, seen: Sighting) -> Trial:
        digest = self.identity.digest_bytes(f"{message.topic}\0{row.read_id}", row.plate.encode())
        return Trial(row.gateway_id, row.received_ms, row.captured_ms, digest, as_json(seen))

    def _beat(self, message: Incoming, gateway: Gateway, beat: Heartbeat) -> Outcome:
        if not beat.cameras:
            return Beat(gateway.gateway_id, None, message.received_ms, None)
        _, camera_id = _known_camera(gateway, beat.cameras)
        if camera_id is None and beat.of_device:
            return Beat(gateway.gateway_id, None, message.received_ms, None)
        if camera_id is None:
            return _reject(message, gateway.gateway_id, _NO_SUCH_CAMERA)
        # Never in the future, and never before 1970, since Python cannot read back the year before 1.
        until = beat.complete_until_ms
        until = None if until is None else max(0, min(until, message.received_ms))
        return Beat(gateway.gateway_id, camera_id, message.received_ms, until)


def shape_of(seen: Sighting) -> Sighting:
    """Return a sighting of which every text that may tell of a vehicle shows its shape alone: 9AAA999."""
    masked: dict[str, str | None] = {
        name: plates.mask(text) for name in (*_TEXTS, "passage") if (text := getattr(seen, name)) is not None}
    if plates.normalise(seen.plate) is None:
        masked["plate"] = seen.plate  # nothing was read, and so it must look
    return structs.replace(seen, **masked)


def decode_all(decoder: Decoder, incoming: Iterable[Incoming]) -> Batch:
    """Decode messages into one batch.

    A copy from the live session gives its fresh reads alone: the durable session brings the message itself. A push gets
    an answer.
    """
    batch = Batch()
    for message in incoming:
        outcomes = list(decoder.decode(message))
        if message.door is Door.live:
            outcomes = [*_fresh_copies(outcomes)]
        elif message.door is Door.push:
            batch.answers.append(_answer(message, outcomes))
        batch.add(outcomes)
    return batch


def _fresh_copies(outcomes: Iterable[Outcome]) -> Iterator[Row]:
    for outcome in outcomes:
        if isinstance(outcome, Row) and not outcome.late:
            outcome.copied = True
            yield outcome


def check_pictures(images: tuple[tuple[Kind, bytes], ...]) -> tuple[tuple[tuple[Kind, bytes], ...], str]:
    """Return the pictures that are pictures, one of a kind, and a sentence on those that are not."""
    good: dict[Kind, bytes] = {}
    refused = ""
    for kind, content in images:
        if len(content) > MAX_IMAGE_BYTES:
            refused = f"an image of {len(content)} bytes; at most {MAX_IMAGE_BYTES} are taken"
        elif content_type(content) is None:
            refused = "an image that is neither JPEG nor PNG by its first bytes"
        else:
            good[kind] = content
    return tuple(good.items()), refused


_STRANGER = Problem(Reason.unknown_gateway, "this gateway is not registered")
_DISABLED = Problem(Reason.gateway_disabled, "this gateway has been disabled")
_TOO_OLD = Problem(Reason.too_old, "captured longer ago than reads may be kept")
_NO_SUCH_CAMERA = Problem(Reason.unknown_camera, "this gateway has no camera of that name")
_NOT_LIVE = Problem(Reason.camera_not_live, "this camera is not live, or was not when it saw this")
_BODY_NOT_KEPT = {Reason.too_old, Reason.bad_image, Reason.camera_not_live}
_LATE_MS = LATE // timedelta(milliseconds=1)


def _known_camera(gateway: Gateway, names: tuple[str, ...]) -> tuple[str, int | None]:
    for name in names:
        if (camera_id := gateway.cameras.get(name)) is not None:
            return name, camera_id
    return "", None


def _holds_zero(seen: Sighting) -> bool:
    return any("\0" in (getattr(seen, text) or "") for text in _TEXTS)


def _reject(message: Incoming, gateway_id: int, problem: Problem, seen: Sighting | None = None, *,
            lawful: bool = True) -> Rejected:
    body = problem.body if seen is None else seen.body
    return Rejected(gateway_id, problem.reason, problem.detail, message.topic,
                    message.payload if body is None else body, message.received_ms,
                    lawful and problem.reason not in _BODY_NOT_KEPT,
                    problem.captured_ms if seen is None else seen.captured_ms, message.headers)


def _count_into(answer: Answer, outcome: Outcome) -> None:
    if isinstance(outcome, Rejected):
        answer.rejected.append((outcome.reason, outcome.detail))
    else:
        place = _COUNTED[type(outcome)]
        setattr(answer, place, getattr(answer, place) + 1)


_COUNTED: dict[type, str] = {Row: "reads", Trial: "reads", Beat: "heartbeats", Passed: "ignored"}


def _answer(message: Incoming, outcomes: list[Outcome]) -> Answer:
    answer = Answer(message.mid)
    for outcome in outcomes:
        _count_into(answer, outcome)
    return answer



"""`canonical`: our own message v1 (docs/asyncapi.yaml), for gateways that can be programmed. The hot path."""

import re
from collections.abc import Callable, Iterator

import msgspec

from ingest.incoming import Door, Incoming
from ingest.rejects import masked_detail
from ingest.rows import Reason
from ingest.sightings import Finding, Heartbeat, Problem, Sighting
from services import messages
from services.clock import epoch_ms
from services.decoding import DecodingSettings
from services.images import Kind

_BATCH = re.compile(rb'\s*\{\s*"reads"\s*:')  # a batch has this member only, so it comes first
_HEARTBEAT = re.compile(rb'"sent_at"\s*:')
_ALPHA2 = re.compile(r"[A-Za-z]{2}\Z")

_read = msgspec.json.Decoder(messages.Read)
_batch = msgspec.json.Decoder(messages.Batch)
_heartbeat = msgspec.json.Decoder(messages.Heartbeat)
_UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)  # the last for thousands of brackets
_NO_VEHICLE = messages.Vehicle()

Read = Callable[[Incoming, str], Iterator[Finding]]


def reader(settings: DecodingSettings) -> Read:  # noqa: ARG001  # the format leaves nothing to be set
    """Return the function that reads canonical messages."""
    return read


def read(message: Incoming, path: str) -> Iterator[Finding]:
    """Yield what a message holds; a batch's reads are judged one by one."""
    kind = path
    if message.door is Door.push and path not in (messages.READS, messages.HEARTBEATS):
        kind = messages.HEARTBEATS if _HEARTBEAT.search(message.payload[:400]) else messages.READS
    if kind == messages.READS:
        yield from _reads(message.payload)
    elif kind == messages.HEARTBEATS:
        yield _beat(message.payload)
    else:
        yield Problem(Reason.unknown_topic, "the topic ends in reads or heartbeats")


def _reads(body: bytes) -> Iterator[Finding]:
    if _BATCH.match(body) is None:
        yield _one(body)
        return
    try:
        batch = _batch.decode(body)
    except _UNDECODABLE as error:
        yield _problem(body, error)
        return
    for raw in batch.reads:
        yield _one(bytes(raw))


def _one(body: bytes) -> Finding:
    try:
        sent = _read.decode(body)
    except _UNDECODABLE as error:
        return _problem(body, error)
    vehicle = sent.vehicle or _NO_VEHICLE
    passage, country = sent.passage, sent.country
    return Sighting(
        (sent.camera,), epoch_ms(sent.captured_at), sent.plate,
        country.upper() if country and _ALPHA2.match(country) else None, country, sent.confidence, None,
        sent.direction, sent.facing, sent.lane, sent.speed_kmh, vehicle.make, vehicle.model, vehicle.colour,
        vehicle.type, passage.id if passage else None, passage.revision if passage else 0, None,
        sent.clock_synchronised, None,
        tuple((Kind[image.kind], image.data) for image in sent.images) if sent.images else (), body)


def _beat(body: bytes) -> Finding:
    try:
        beat = _heartbeat.decode(body)
    except _UNDECODABLE as error:
        return _problem(body, error)
    return Heartbeat((beat.camera,), None if beat.complete_until is None else epoch_ms(beat.complete_until))


def _problem(body: bytes, error: Exception) -> Problem:
    shaped = isinstance(error, msgspec.ValidationError)
    return Problem(Reason.wrong_shape if shaped else Reason.not_json, masked_detail(str(error)), body)

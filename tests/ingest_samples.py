"""Invented messages of two gateways, for the tests of ingest: what they send, and what ingest makes of it."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.decode import Decoder, Window
from ingest.incoming import Incoming
from ingest.rows import Batch, Outcome
from services.clock import epoch_ms, iso_ms
from services.identity import Identity
from services.registry import Gateway

NOW = datetime(2026, 11, 23, 10, 15, 30, 123_000, UTC)
KEY = b"a key for tests, 32 bytes or more"
IDENTITY = Identity(KEY)
GATEWAYS = {"houthalen": Gateway(7, "houthalen", {"cam1": 11, "cam2": 12}), "genk": Gateway(8, "genk", {"cam1": 21})}
NOT_LIVE = Gateway(7, "houthalen", {"cam1": 11, "cam2": 12}, not_live={11: [(-2**62, 2**62)]})
PNG = b"\x89PNG\r\n\x1a\n an invented picture"
JPEG = b"\xff\xd8\xff an invented picture"
TOPIC = "anpr/v1/houthalen/reads"
BEATS = "anpr/v1/houthalen/heartbeats"


def read(moment: datetime = NOW, **members: Any) -> dict[str, Any]:
    """Return a read of cam1 as JSON members; name others to change or add them."""
    return {"camera": "cam1", "captured_at": iso_ms(moment), "plate": "3-ABC-123", **members}


def reading(plate: str, moment: datetime, passage: str = "p1", *, revision: int = 0,
            confidence: float | None = None, **members: Any) -> dict[str, Any]:
    """Return one of the several messages of one passing car."""
    return read(moment, plate=plate, passage={"id": passage, "revision": revision}, confidence=confidence, **members)


def picture(kind: str, content: bytes) -> dict[str, str]:
    """Return a picture as JSON members."""
    return {"kind": kind, "data": base64.b64encode(content).decode()}


def body(message: object) -> bytes:
    """Write a message as JSON."""
    return json.dumps(message).encode()


def incoming(message: object, topic: str = TOPIC, received_at: datetime = NOW + timedelta(seconds=1),
             mid: int = 0) -> Incoming:
    """Return a message as the broker hands it over; bytes are taken as they are, all else is written as JSON."""
    payload = message if isinstance(message, bytes) else body(message)
    return Incoming(topic, payload, epoch_ms(received_at), mid)


def decode(*messages: Incoming, now: datetime = NOW, gateways: dict[str, Gateway] | None = None) -> list[Outcome]:
    """Decode messages against the sample gateways at `now`."""
    decoder = Decoder(IDENTITY, GATEWAYS if gateways is None else gateways, Window.at(now))
    return [outcome for message in messages for outcome in decoder.decode(message)]


def decode_batch(*messages: Incoming, now: datetime = NOW, gateways: dict[str, Gateway] | None = None) -> Batch:
    """Decode messages and sort what comes of them."""
    return Batch.of(decode(*messages, now=now, gateways=gateways))

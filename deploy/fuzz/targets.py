"""What is fuzzed: a name, the function that takes any bytes, the samples it starts from and the words it may use.

A target ends quietly for whatever bytes it gets; an exception or a broken promise is a finding.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from ingest import envelopes, mqtt_packets
from ingest.decode import Decoder, Window, decode_all
from ingest.incoming import Door, Incoming, sender_and_path
from ingest.mapping import multipart, parts
from ingest.profiles.mapped import shipped
from ingest.profiles.table import FAULT, PROFILES, compiled
from ingest.rejects import reject_values
from ingest.rows import Batch, Rejected, Row
from services.clock import epoch_ms
from services.identity import Identity
from services.registry import Gateway

FIXTURES = Path(__file__).resolve().parents[2] / "tests" / "fixtures" / "profiles"

_NOW = datetime(2026, 11, 23, 10, 15, 30, tzinfo=UTC)
_WINDOW = Window.at(_NOW)
_IDENTITY = Identity(b"a key for fuzzing, 32 bytes or more")
_GATEWAY = "houthalen"
_SUFFIXES = (".json", ".xml", ".http", ".mqtt")
_NO_SAMPLES = ("settings.json", "expected.json")
_WORD = re.compile(rb"[A-Za-z_][\w-]{2,30}")


class BrokenPromiseError(Exception):
    """Nothing was raised, but what came of the bytes is not what the function promises."""


@dataclass(frozen=True, slots=True)
class Target:
    """`attempt` takes any bytes; `seeds` are inputs to start from, `words` what may be written into them."""

    name: str
    attempt: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...] = ()


class _Everywhere(dict[str, int]):
    """A register in which every camera is known, so that whatever is found becomes a row."""

    def get(self, name: str, default: Any = None) -> int:  # noqa: ARG002
        return 11


def targets() -> dict[str, Target]:
    """Return every target by its name: the profiles, the shipped mappings, and what reads the forms around them."""
    found = [*_profile_targets(), *_mapping_targets(),
             Target("multipart", _split_multipart, tuple(_multiparts())),
             Target("envelopes", _read_envelope, tuple(as_input(file) for file in samples())),
             Target("mqtt-packets", _read_packets, tuple(_packets()))]
    return {target.name: target for target in found}


def samples(profile: str = "*") -> list[Path]:
    """Return the sample files of a profile, or of all."""
    return sorted(file for file in FIXTURES.glob(f"{profile}/*.*")
                  if file.suffix in _SUFFIXES and not file.name.endswith(_NO_SAMPLES))


def as_input(file: Path) -> bytes:
    """Return a sample as an input: one byte tells its form, the file follows."""
    return bytes([_SUFFIXES.index(file.suffix)]) + file.read_bytes()


def _profile_targets() -> Iterator[Target]:
    for name in PROFILES:
        if name != "mapping":
            yield Target(name, partial(_decode, Gateway(7, _GATEWAY, _Everywhere(), profile=name)),
                         tuple(as_input(file) for file in samples(name)))


def _mapping_targets() -> Iterator[Target]:
    """Yield the shipped mappings; each starts from all samples, and may write the words of its mapping into them."""
    for name in shipped():
        decoding = msgspec.json.encode({"mapping": name})
        gateway = Gateway(7, _GATEWAY, _Everywhere(), profile="mapping", decoding=decoding)
        text = (files("ingest.profiles") / "mappings" / f"{name}.json").read_bytes()
        words = tuple(sorted(set(_WORD.findall(text))))
        seeds = (_all_words(words), *map(as_input, samples()))
        yield Target(f"mapping-{name}", partial(_decode, gateway), seeds, words)


def _all_words(words: tuple[bytes, ...]) -> bytes:
    """Return an input that has every word as a member, for mutations to build on."""
    return b"\0" + msgspec.json.encode({word.decode(): "2026-07-01T10:00:00Z" for word in words})


def _as_message(data: bytes) -> Incoming:
    suffix = _SUFFIXES[data[0] % len(_SUFFIXES)] if data else ""
    return envelopes.read_file(f"sample{suffix}", data[1:], _GATEWAY, epoch_ms(_NOW))


def _decode(gateway: Gateway, data: bytes) -> None:
    message = _as_message(data)
    batch = decode_all(Decoder(_IDENTITY, {_GATEWAY: gateway}, _WINDOW), [message])
    _check(batch)
    _, path = sender_and_path(message.topic) or ("", "")
    for answer in batch.answers:
        compiled(gateway.profile, gateway.decoding).reply(path, answer)


def _check(batch: Batch) -> None:
    """Check that the store can take what came of a message."""
    for row in batch.rows:
        _check_row(row)
    for reject in batch.rejects:
        _check_reject(reject)


def _check_row(row: Row) -> None:
    for value in msgspec.structs.astuple(row):
        _expect(not isinstance(value, str) or (_storable(value) and len(value) <= 64), "a text of a row")
    _expect(bool(row.plate), "a row's plate")
    _expect(row.confidence is None or 0 <= row.confidence <= 1, "a row's confidence")
    _expect(row.speed_kmh is None or 0 <= row.speed_kmh <= 400, "a row's speed")
    _expect(row.lane is None or 0 <= row.lane <= 99, "a row's lane")
    _expect(0 <= row.revision <= 32767, "a row's revision")
    _expect(_WINDOW.oldest_ms <= row.captured_ms <= _WINDOW.newest_ms, "a row's time")
    _expect(row.country is None or (len(row.country) == 2 and row.country.isupper()), "a row's country")


def _check_reject(reject: Rejected) -> None:
    _expect(not reject.detail.startswith(FAULT), f"a profile that does not fail: {reject.detail}")
    for value in reject_values(_IDENTITY, reject).values():
        _expect(not isinstance(value, str) or _storable(value), "a text of a reject")


def _storable(text: str) -> bool:
    """Tell whether PostgreSQL takes a text: no zero, nothing that is no UTF-8."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _expect(kept: bool, promise: str) -> None:
    if not kept:
        raise BrokenPromiseError(promise)


def _split_multipart(data: bytes) -> None:
    """Split a body; the first line of the input is its Content-Type."""
    kind, _, body = data.partition(b"\n")
    content_type = kind.decode("latin-1")
    multipart.is_multipart(content_type, body)
    try:
        found = multipart.split(content_type, body)
    except parts.BrokenMultipartError:
        return
    _expect(len(found) <= parts.MAX_PARTS, "the number of parts")
    _expect(sum(len(part.content) for part in found) <= len(body) * 2, "the length of the parts")


def _multiparts() -> Iterator[bytes]:
    yield b'multipart/form-data; boundary="b"\n--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--\r\n'
    for file in samples():
        message = _as_message(as_input(file))
        kind = dict(message.headers).get("content-type", "")
        if multipart.is_multipart(kind, message.payload):
            yield kind.encode("latin-1", "replace") + b"\n" + message.payload


def _read_envelope(data: bytes) -> None:
    """Read a message as a file; what is read once comes back the same from the envelope that is kept of it."""
    for message in (envelopes.read(data[1:], epoch_ms(_NOW)), _as_message(data)):
        kept = envelopes.write(message.topic, message.headers, message.payload)
        again = envelopes.read(kept, epoch_ms(_NOW))
        _expect(again.door is not Door.push or again.payload == message.payload, "the body of a kept push")


def _read_packets(data: bytes) -> None:
    end_before = 0
    try:
        for command, start, end in mqtt_packets.split(data):
            _expect(end_before < start <= end <= len(data), "the bounds of a packet")
            end_before = end
            _publish(command, data[start:end])
    except mqtt_packets.BrokenStreamError:
        pass
    _publish(data[0] if data else 0, data[1:])


def _publish(command: int, body: bytes) -> None:
    for five in (False, True):
        try:
            found = mqtt_packets.publish(command, body, five=five)
        except mqtt_packets.BrokenStreamError:
            continue
        _expect(len(body) >= 2 + int.from_bytes(body[:2], "big"), "the length of a PUBLISH packet's topic")
        _expect(0 <= found.mid <= 0xFFFF, "a packet's number")


def _packets() -> Iterator[bytes]:
    topic = b"\0\x18anpr/v1/houthalen/reads"
    for command, rest in ((0x30, b"{}"), (0x32, b"\0\x01{}"), (0x32, b"\0\x01\0{}"), (0x33, b"\0\x02\x02\x01\x01{}")):
        body = topic + rest
        yield bytes([command, len(body)]) + body
    yield b"\x40\x02\0\x01\xd0\0"

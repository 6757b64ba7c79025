"""Reads as they are left to the follower: packed, since PostgreSQL takes twice as long over four arrays (pure)."""

from collections.abc import Iterator, Sequence

import msgspec

from ingest.alert_rows import ReadKey
from ingest.rows import Row

_ID_BYTES = 16


class _Packed(msgspec.Struct, array_like=True, frozen=True):
    plates: list[str]
    captured_ms: list[int]
    camera_ids: list[int]
    read_ids: bytes


_decoder = msgspec.msgpack.Decoder(_Packed)


def pack(rows: Sequence[Row]) -> bytes:
    """Return plate, capture, camera and id of reads."""
    return msgspec.msgpack.encode(_Packed([row.plate for row in rows], [row.captured_ms for row in rows],
                                          [row.camera_id for row in rows],
                                          bytes.fromhex("".join([row.read_id for row in rows]))))


def unpack(content: bytes) -> Iterator[tuple[ReadKey, int]]:
    """Yield the reads again, each with its camera."""
    packed = _decoder.decode(content)
    for place, (plate, captured_ms, camera_id) in enumerate(zip(packed.plates, packed.captured_ms, packed.camera_ids,
                                                                strict=True)):
        read_id = packed.read_ids[place * _ID_BYTES:(place + 1) * _ID_BYTES]
        yield ReadKey(plate, captured_ms, read_id.hex()), camera_id

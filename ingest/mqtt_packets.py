"""The two things that are read of MQTT's wire format itself, pure: where packets begin and end, and PUBLISH.

MQTT 3.1.1 (OASIS, 2014) and 5.0 (OASIS, 2019), sections 2.1 (fixed header) and 3.3 (PUBLISH).
"""

from collections.abc import Iterator

import msgspec

from services.errors import ZoneschildError

_LONGEST_LENGTH = 4  # bytes that a length may take


class BrokenStreamError(ZoneschildError):
    """What arrives is not MQTT; the connection has to be opened anew."""

    code = "broken-stream"


class Publish(msgspec.Struct, frozen=True, gc=False):
    """A PUBLISH packet; `mid` is 0 when it wants no acknowledgement."""

    topic: str
    payload: bytes
    mid: int
    retained: bool = False


def split(stream: bytes | bytearray) -> Iterator[tuple[int, int, int]]:
    """Yield (first byte, start of the body, end of the body) for every whole packet at the front of `stream`.

    Raises BrokenStreamError when a length is longer than MQTT allows.
    """
    at, size = 0, len(stream)
    while at + 2 <= size:
        length, shift, place = 0, 0, at + 1
        while True:
            digit = stream[place]
            length |= (digit & 127) << shift
            place += 1
            if digit < 128:
                break
            shift += 7
            if shift >= 7 * _LONGEST_LENGTH:
                raise BrokenStreamError("a packet's length takes more than four bytes")
            if place == size:
                return
        if place + length > size:
            return
        yield stream[at], place, place + length
        at = place + length


def publish(command: int, body: bytes, *, five: bool) -> Publish:
    """Take the body of a PUBLISH packet apart; `five` is whether the connection speaks MQTT 5.

    Raises BrokenStreamError when the packet is shorter than what it announces.
    """
    try:
        at = 2 + int.from_bytes(body[:2], "big")
        topic, mid = body[2:at].decode("utf-8", "replace"), 0
        if command & 0b0110:
            mid, at = body[at] << 8 | body[at + 1], at + 2
        if five:
            at = _after_properties(body, at)
    except IndexError:
        at = len(body) + 1
    if at > len(body):
        raise BrokenStreamError("a PUBLISH packet is shorter than it says")
    return Publish(topic, body[at:], mid, bool(command & 1))


def _after_properties(body: bytes, at: int) -> int:
    """Return where the payload begins: behind the properties, whose length stands in front of them."""
    length, shift = 0, 0
    while True:
        digit = body[at]
        length |= (digit & 127) << shift
        at, shift = at + 1, shift + 7
        if digit < 128:
            return at + length
        if shift >= 7 * _LONGEST_LENGTH:
            raise BrokenStreamError("the properties' length takes more than four bytes")

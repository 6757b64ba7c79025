"""Who a read is: ids and keys made with a secret, so that they can be repeated by us and guessed by nobody (pure)."""

from hashlib import blake2b
from uuid import UUID

from services.clock import from_epoch_ms

_VARIANT = "89ab"


class Identity:
    """Makes ids with one secret key; BLAKE2b in keyed mode (RFC 7693) is the keyed hash."""

    def __init__(self, key: bytes) -> None:
        # BLAKE2b takes keys up to 64 bytes; a longer secret is hashed to that length first.
        self._key = key if len(key) <= 64 else blake2b(key).digest()

    def digest(self, *parts: str) -> bytes:
        """Return 16 bytes that stand for `parts`; the zero byte between them cannot occur in a decoded name."""
        return blake2b("\0".join(parts).encode(), key=self._key, digest_size=16).digest()

    def digest_bytes(self, topic: str, body: bytes) -> bytes:
        """Return 16 bytes that stand for one message exactly as it came."""
        return blake2b(topic.encode() + b"\0" + body, key=self._key, digest_size=16).digest()


def read_id_hex(first_captured_ms: int, key: bytes) -> str:
    """Return a read id as 32 hexadecimal digits: 48 bits of milliseconds, then the keyed hash.

    The layout is that of UUID version 8 (RFC 9562, 5.8), so ids sort by time and a look-up needs only one partition.
    """
    digits = key.hex()
    return f"{first_captured_ms:012x}8{digits[:3]}{_VARIANT[int(digits[3], 16) & 3]}{digits[4:19]}"


def captured_ms_of(read_id: UUID) -> int:
    """Return the first capture's milliseconds since 1970 that stand in front of a read id."""
    return read_id.int >> 80


def is_read_id(read_id: UUID) -> bool:
    """Tell whether `read_id` could have been made here: version 8 and a time that a clock can show."""
    try:
        from_epoch_ms(captured_ms_of(read_id))
    except OverflowError:
        return False
    return read_id.version == 8

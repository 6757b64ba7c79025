"""Marks: the numbers of events as a browser holds them. A gap between two numbers would tell of others' hits (R11)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

_PURPOSE = b"hit-marks"
_BLOCK = 16
_NOUGHT = bytes(8)


class Marks:
    """Writes numbers as marks and reads them back; one AES block each, half of it nought, so that none is forged."""

    def __init__(self, secret: bytes) -> None:
        key = blake2b(blake2b(secret).digest(), person=_PURPOSE, digest_size=32).digest()
        # A single block that never holds the same number twice under different meanings: ECB is the block itself.
        self._cipher = Cipher(AES(key), ECB())  # noqa: S305

    def write(self, number: int) -> str:
        """Return the mark of a number."""
        sealing = self._cipher.encryptor()
        return urlsafe_b64encode(sealing.update(number.to_bytes(8) + _NOUGHT)).decode().rstrip("=")

    def read(self, mark: str) -> int | None:
        """Return a mark's number, None for what is none of ours."""
        try:
            block = urlsafe_b64decode(mark.encode() + b"==")
        except ValueError:
            return None
        if len(block) != _BLOCK:
            return None
        number = self._cipher.decryptor().update(block)
        return int.from_bytes(number[:8]) if number[8:] == _NOUGHT else None

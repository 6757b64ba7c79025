"""The keys with which gateways push: made here once, kept as digests alone (pure)."""

import hashlib
import secrets
from dataclasses import dataclass

REALM = "zoneschild"
"""The realm of HTTP authentication; changing it voids every push key."""


@dataclass(frozen=True, slots=True)
class PushDigests:
    """What is kept of a push key: H(gateway:realm:key) as RFC 7616 has it, so that digest can be checked as well.

    Whoever has these can push as the gateway by digest: search cannot read them, and they are no key for anything else.
    """

    sha256: str
    md5: str


def make_key() -> str:
    """Return a new random key of 192 bits that can stand in an address."""
    return secrets.token_urlsafe(24)


def digests(gateway: str, key: str) -> PushDigests:
    """Return what is kept of `key`."""
    secret = f"{gateway}:{REALM}:{key}".encode()
    # MD5 because cameras speak nothing else; the key is random, so the digest cannot be guessed back.
    return PushDigests(hashlib.sha256(secret).hexdigest(), hashlib.md5(secret, usedforsecurity=False).hexdigest())

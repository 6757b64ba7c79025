"""The keys with which gateways push: made once, kept as digests alone, and how a claim to one is checked (pure)."""

import hashlib
import secrets
from dataclasses import dataclass
from hmac import compare_digest

REALM = "zoneschild"
"""The realm of HTTP authentication; changing it voids every push key."""

_SHA256_DIGITS = 64


@dataclass(frozen=True, slots=True)
class PushDigests:
    """What is kept of a push key: H(gateway:realm:key) as RFC 7616 has it, so that digest can be checked as well.

    Whoever has these can push as the gateway by digest: search cannot read them, and they are no key for anything else.
    """

    sha256: str
    md5: str


NOBODY = PushDigests("0" * 64, "0" * 32)
"""Stands in for a gateway that has no key, so that it is refused after the same work; no key is known that fits it."""


@dataclass(frozen=True, slots=True)
class DigestClaim:
    """What a sender says by HTTP digest (RFC 7616, 3.4); `qop` is empty in the older form (RFC 2069)."""

    username: str
    nonce: str
    uri: str
    response: str
    qop: str = ""
    nc: str = ""
    cnonce: str = ""


def make_key() -> str:
    """Return a new random key of 192 bits that can stand in an address."""
    return secrets.token_urlsafe(24)


def digests(gateway: str, key: str) -> PushDigests:
    """Return what is kept of `key`."""
    secret = f"{gateway}:{REALM}:{key}"
    return PushDigests(_sha256(secret), _md5(secret))


def key_matches(kept: PushDigests, gateway: str, key: str) -> bool:
    """Tell, in a time that does not depend on it, whether `key` is the one of which `kept` is kept."""
    return compare_digest(digests(gateway, key).sha256, kept.sha256)


def digest_matches(kept: PushDigests, claim: DigestClaim, method: str) -> bool:
    """Tell whether a claim was made with the key (RFC 7616, 3.4.1), MD5 or SHA-256, with `qop=auth` or without.

    The length of the response tells the algorithm: some devices repeat the name of one and calculate the other.
    """
    hashed, secret = (_sha256, kept.sha256) if len(claim.response) == _SHA256_DIGITS else (_md5, kept.md5)
    middle = [claim.nc, claim.cnonce, claim.qop] if claim.qop else []
    expected = hashed(":".join([secret, claim.nonce, *middle, hashed(f"{method}:{claim.uri}")]))
    right = compare_digest(expected.encode(), claim.response.lower().encode())
    return right and claim.qop in ("", "auth")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _md5(text: str) -> str:
    # MD5 because cameras speak nothing else; the key is random, so the digest cannot be guessed back.
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

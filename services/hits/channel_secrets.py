"""The secrets with which messages to webhooks are signed: made by us, shown once, encrypted at rest."""

import base64
import secrets
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PREFIX = "whsec_"
"""How a secret begins, so that whoever meets it knows what it is (Standard Webhooks)."""

_SECRET_BYTES, _NONCE_BYTES = 32, 12


class ChannelSecrets:
    """Seals secrets with a key of their own, derived from the product's secret; the database never holds it.

    Each sealed secret is bound to its channel: put into another one's row it opens nothing.
    """

    def __init__(self, identity_key: bytes) -> None:
        master = blake2b(identity_key).digest()
        self._cipher = AESGCM(blake2b(master, person=b"channel-secret", digest_size=32).digest())

    def seal(self, channel_id: int, secret: str) -> bytes:
        """Return a channel's secret as it is kept."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), _bound_to(channel_id))

    def open(self, channel_id: int, sealed: bytes) -> str | None:
        """Return a channel's secret; None when it was sealed for another channel, or with another key."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound_to(channel_id)).decode()
        except (InvalidTag, ValueError):
            return None


def _bound_to(channel_id: int) -> bytes:
    return f"channel:{channel_id}".encode()


def new_secret() -> str:
    """Return a fresh secret of 256 bits: `whsec_` and base 64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()

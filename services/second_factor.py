"""The second factor: one-time codes by the clock (TOTP, RFC 6238), their secrets encrypted at rest."""

import hmac
import logging
import secrets
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.schema_people import users

STEP_S = 30
DRIFT_STEPS = 1
"""How many steps a telephone's clock may be ahead or behind."""

_NONCE_BYTES = 12
_ISSUER = "Zoneschild"
_log = logging.getLogger(__name__)


class SecondFactors:
    """Seals secrets with a key of their own, derived from the product's secret; the database never holds it.

    Each sealed secret is bound to whom it belongs to: put into another user's row it opens nothing.
    """

    def __init__(self, identity_key: bytes) -> None:
        master = blake2b(identity_key).digest()
        self._cipher = AESGCM(blake2b(master, person=b"second-factor", digest_size=32).digest())

    def seal(self, user_id: int, secret: str) -> bytes:
        """Return a user's secret as it is kept."""
        return self._seal(secret, _kept_for(user_id))

    def open(self, user_id: int, sealed: bytes) -> str | None:
        """Return a user's secret; None when it was sealed for somebody else, or with another key."""
        return self._open(sealed, _kept_for(user_id))

    def seal_offer(self, user_id: int, session_id: UUID, secret: str) -> str:
        """Return a secret that is offered but not yet confirmed, as the form carries it; good in that session alone."""
        return self._seal(secret, _offered_to(user_id, session_id)).hex()

    def open_offer(self, user_id: int, session_id: UUID, offer: str) -> str | None:
        """Return the secret that was offered; None when it was not offered to this user in this session."""
        try:
            return self._open(bytes.fromhex(offer), _offered_to(user_id, session_id))
        except ValueError:
            return None

    def _seal(self, secret: str, bound_to: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), bound_to)

    def _open(self, sealed: bytes, bound_to: bytes) -> str | None:
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to).decode()
        except (InvalidTag, ValueError):
            return None


def _kept_for(user_id: int) -> bytes:
    return f"kept:{user_id}".encode()


def _offered_to(user_id: int, session_id: UUID) -> bytes:
    return f"offered:{user_id}:{session_id}".encode()


def new_secret() -> str:
    """Return a fresh secret of 160 bits, in base 32 as applications take it."""
    return pyotp.random_base32()


def address_of(secret: str, username: str) -> str:
    """Return the `otpauth:` address that a QR code shows to an application."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=_ISSUER)


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the step, counted from 1970, whose code this is; None when it is none of the steps around `now`."""
    typed = "".join(code.split()).encode()
    present = int(now.timestamp()) // STEP_S
    codes = pyotp.TOTP(secret)
    matching = [step for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1)
                if hmac.compare_digest(codes.generate_otp(step).encode(), typed)]
    return max(matching, default=None)


async def accept_code(connection: AsyncConnection, factors: SecondFactors, user_id: int, code: str,
                      now: datetime) -> bool:
    """Tell whether this is a user's code; it is good once, and so is every earlier one."""
    sealed = await connection.scalar(select(users.c.totp_secret).where(users.c.user_id == user_id))
    secret = factors.open(user_id, bytes(sealed)) if sealed else None
    if secret is None:
        _log.warning("a second factor cannot be opened: is ZONESCHILD_IDENTITY_KEY the one it was made with?")
        return False
    step = matching_step(secret, code, now)
    if step is None:
        return False
    used = users.c.totp_used_step
    accepted = await connection.execute(
        update(users).where(users.c.user_id == user_id, or_(used.is_(None), used < step)).values(totp_used_step=step))
    return accepted.rowcount == 1


async def enrol(connection: AsyncConnection, factors: SecondFactors, user_id: int, secret: str, step: int) -> None:
    """Give a user a second factor, whose code of `step` has just been used."""
    await connection.execute(update(users).where(users.c.user_id == user_id).values(
        totp_secret=factors.seal(user_id, secret), totp_used_step=step))


async def remove(connection: AsyncConnection, user_id: int) -> bool:
    """Take a user's second factor away; tell whether there was one."""
    removed = await connection.execute(
        update(users).where(users.c.user_id == user_id, users.c.totp_secret.is_not(None))
        .values(totp_secret=None, totp_used_step=None))
    return removed.rowcount == 1

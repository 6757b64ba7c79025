"""The passwords with which gateways and programs log in to the broker: made here once, kept as hashes alone (pure)."""

import base64
import hashlib
import secrets

_ITERATIONS = 1000
"""Random passwords of 144 bits need no slow hash, and a broker that is reloaded hashes every connection's again."""

_SALT_BYTES = 12  # Mosquitto takes this length and no other


def make_password() -> str:
    """Return a new random password of 144 bits."""
    return secrets.token_urlsafe(18)


def password_hash(password: str, salt: bytes | None = None) -> str:
    """Return what is kept of a password, as mosquitto_passwd writes it: `$7$rounds$salt$hash`, PBKDF2 with SHA-512."""
    salt = secrets.token_bytes(_SALT_BYTES) if salt is None else salt
    hashed = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS, dklen=64)
    salt_text, hash_text = (base64.b64encode(part).decode() for part in (salt, hashed))
    return f"$7${_ITERATIONS}${salt_text}${hash_text}"

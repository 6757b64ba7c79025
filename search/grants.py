"""Image grants: signed, short-lived links to the pictures that an answer shows.

The answer's own audit row names the reads whose pictures it shows, so that fifty pictures do not write fifty rows. A
grant holds for one picture, one user and one consultation.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from search.pages.language import words
from services.clock import epoch_ms
from services.errors import ForbiddenError
from services.images import Kind

LIFETIME = timedelta(minutes=10)
_PURPOSE = b"image-grants"  # makes the key another one than that of the read ids
_MARK_BYTES = 18  # with expiry and consultation a multiple of three: base64 then has one way to write it
_LENGTH = 8 + 16 + _MARK_BYTES
_MADE_HERE = object()


@dataclass(frozen=True, slots=True)
class Holder:
    """Who may look: a user, within one consultation."""

    user_id: int
    consultation_id: UUID


class Granted:
    """A picture that may be shown: once its consultation proves open (`Grants.check`), or with a hit (`of_hit`)."""

    __slots__ = ("consultation_id", "kind", "read_id")

    def __init__(self, made_here: object, read_id: UUID, kind: Kind, consultation_id: UUID | None) -> None:
        if made_here is not _MADE_HERE:
            raise TypeError("a picture is granted by Grants.check or with a hit alone")
        self.read_id, self.kind, self.consultation_id = read_id, kind, consultation_id

    @classmethod
    def of_hit(cls, alerted: "Alerted", kind: Kind) -> "Granted":
        """Return the grant for a picture of a read that somebody's board shows."""
        return cls(_MADE_HERE, alerted.read_id, kind, None)


@dataclass(frozen=True, slots=True)
class Alerted:
    """A read behind a hit of somebody's own group, as search.hits.queries found it."""

    read_id: UUID


class Grants:
    """Makes and checks grants with a key of its own, derived from the product's secret."""

    def __init__(self, secret: bytes) -> None:
        self._key = blake2b(blake2b(secret).digest(), person=_PURPOSE).digest()

    def grant(self, read_id: UUID, kind: Kind, holder: Holder, now: datetime) -> str:
        """Return the text that lets `holder` fetch one picture until LIFETIME has passed."""
        expiry = (epoch_ms(now + LIFETIME)).to_bytes(8)
        mark = self._mark(read_id, kind, holder, expiry)
        return urlsafe_b64encode(expiry + holder.consultation_id.bytes + mark).decode()

    def check(self, grant: str, read_id: UUID, kind: Kind, user_id: int, now: datetime) -> Granted:
        """Return what `grant` allows; raises ForbiddenError when it is forged, expired or somebody else's."""
        try:
            content = urlsafe_b64decode(grant)
        except ValueError:
            content = b""
        if len(content) != _LENGTH:
            raise ForbiddenError(words("This link to a picture is not one of ours."))
        expiry, consultation, mark = content[:8], UUID(bytes=content[8:24]), content[24:]
        if not hmac.compare_digest(mark, self._mark(read_id, kind, Holder(user_id, consultation), expiry)):
            raise ForbiddenError(words("This link to a picture is not one of ours."))
        if int.from_bytes(expiry) < epoch_ms(now):
            raise ForbiddenError(words("This link to a picture has expired; ask the question again."))
        return Granted(_MADE_HERE, read_id, kind, consultation)

    def _mark(self, read_id: UUID, kind: Kind, holder: Holder, expiry: bytes) -> bytes:
        content = (read_id.bytes + int(kind).to_bytes(1) + holder.user_id.to_bytes(8)
                   + holder.consultation_id.bytes + expiry)
        return blake2b(content, key=self._key, digest_size=_MARK_BYTES).digest()

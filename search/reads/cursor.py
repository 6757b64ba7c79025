"""Where a page of passages ended: an opaque text from which the next page goes on, stable while reads come in."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from search.pages.language import words
from services.clock import epoch_ms, from_epoch_ms
from services.errors import BadQuestionError
from services.plates import MAX_PLATE_LENGTH


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last read shown, by the three columns that order the list."""

    captured_at: datetime
    read_id: UUID
    plate: str
    as_of: datetime | None = None
    """What was received later does not count, so that a vehicle that passes meanwhile is not missed on a later page."""

    def write(self) -> str:
        """Return the cursor as text for an address."""
        as_of = epoch_ms(self.as_of) if self.as_of else 0
        content = (epoch_ms(self.captured_at).to_bytes(8) + self.read_id.bytes + as_of.to_bytes(8)
                   + self.plate.encode())
        return urlsafe_b64encode(content).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    """Return the cursor that `text` holds; raises BadQuestionError when we did not write it."""
    try:
        content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        as_of = int.from_bytes(content[24:32])
        cursor = Cursor(from_epoch_ms(int.from_bytes(content[:8])), UUID(bytes=content[8:24]), content[32:].decode(),
                        from_epoch_ms(as_of) if as_of else None)
    except (ValueError, OverflowError):
        raise not_ours() from None
    # Whatever decodes but was not written by us must not reach the database (a zero byte, an endless plate).
    if not cursor.plate.isprintable() or not 0 < len(cursor.plate) <= MAX_PLATE_LENGTH or cursor.write() != text:
        raise not_ours()
    return cursor


def not_ours() -> BadQuestionError:
    """Return the refusal of an `after` that we did not write."""
    return BadQuestionError(words("after: take this value from the previous answer, or leave it out to begin anew"))

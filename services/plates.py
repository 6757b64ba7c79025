"""Plate texts, pure: normalising and masking; the read text is never thrown away or refused."""

import re
import unicodedata

UNREAD_MARK = "?"
"""First character of the text that stands for a passage without a plate; never in the dictionary."""

MAX_PLATE_LENGTH = 16
"""Longest normalised plate that is taken for one; the longest known European ones have 10 characters."""

_NOT_A_PLATE = frozenset({"UNKNOWN", "NOPLATE", "UNLICENSED", "NOTREAD", "NULL", "NONE"})
_KEPT = re.compile(r"[^A-Z0-9ÄÖÜ]")
_MASK = str.maketrans(
    {**dict.fromkeys("0123456789", "9"), **dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "A"),
     **dict.fromkeys("abcdefghijklmnopqrstuvwxyz", "a")}
)


def normalise(raw: str | None) -> str | None:
    """Return the plate in capitals without separators, or None when `raw` holds no plate.

    `"3-abc-123"` becomes `"3ABC123"`. Words that makers send for "nothing read" ("unknown", "NOPLATE", "-")
    and texts longer than MAX_PLATE_LENGTH give None: the passage is then kept as unread, with its raw text.
    """
    if not raw:
        return None
    plain = raw if raw.isascii() else unicodedata.normalize("NFKC", raw)
    text = _KEPT.sub("", plain.upper())
    if not text or len(text) > MAX_PLATE_LENGTH or text in _NOT_A_PLATE:
        return None
    return text


_PRESENT_BELGIAN = re.compile(r"([0-9])([A-Z]{3})([0-9]{3})\Z")
_AS_USUAL = "-"
"""Stands for a text that was sent as the present Belgian plates are written. No plate is written so."""


def shorten_sent(sent: str | None, plate: str | None) -> str | None:
    """Return what is kept of the text that was sent: nothing where it is the plate, a hyphen for `3-ABC-123`.

    Nine plates in ten are of the present series, and so written by many makers; ten bytes each, in every read.
    """
    if sent is None or sent == plate:
        return None
    return _AS_USUAL if plate is not None and sent == _as_usual(plate) else sent


def sent_in_full(kept: str | None, plate: str) -> str | None:
    """Return the text that was sent, from what `shorten_sent` kept of it; None where it was the plate itself."""
    return _as_usual(plate) or kept if kept == _AS_USUAL else kept


def _as_usual(plate: str) -> str | None:
    match = _PRESENT_BELGIAN.match(plate)
    return "-".join(match.groups()) if match else None


def unread(camera_id: int) -> str:
    """Return the text under which a passage without a plate is stored: the mark and the camera's number."""
    return f"{UNREAD_MARK}{camera_id}"


def is_unread(plate: str) -> bool:
    """Tell whether the stored text `plate` stands for a passage without a plate."""
    return plate.startswith(UNREAD_MARK)


def letters_of(plate: str) -> str:
    """Return the characters of `plate` in order, `"3ABC123"` → `"1233ABC"`: what a witness who mixes them up keeps."""
    return "".join(sorted(plate))


def mask(text: str) -> str:
    """Hide letters and digits but keep the shape, for logs and rejects: `3-ABC-123` becomes `9-AAA-999`."""
    folded = unicodedata.normalize("NFKD", text).translate(_MASK)
    return "".join("A" if ord(c) > 126 and c.isalnum() else c for c in folded if not unicodedata.combining(c))

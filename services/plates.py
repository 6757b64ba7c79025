"""Plate texts, pure: normalising, masking, search patterns; the read text is never thrown away or refused."""

import re
import unicodedata

UNREAD_MARK = "?"
"""First character of the text that stands for a passage without a plate; never in the dictionary."""

MAX_PLATE_LENGTH = 16
"""Longest normalised plate that is taken for one; the longest known European ones have 10 characters."""

_NOT_A_PLATE = frozenset({"UNKNOWN", "NOPLATE", "UNLICENSED", "NOTREAD", "NULL", "NONE"})
_KEPT = re.compile(r"[^A-Z0-9ÄÖÜ]")
_PATTERN_KEPT = re.compile(r"[^A-Z0-9ÄÖÜ?*]")
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


def normalise_pattern(raw: str) -> str:
    """Return a search pattern in capitals without separators; `?` is one character and `*` any number.

    Raises ValueError when nothing is left to search for or the pattern is longer than a plate can be.
    """
    pattern = _PATTERN_KEPT.sub("", unicodedata.normalize("NFKC", raw).upper())
    pattern = re.sub(r"\*+", "*", pattern)
    if not pattern.strip("*"):
        raise ValueError("a plate needs at least one letter, digit or ?")
    if len(pattern.replace("*", "")) > MAX_PLATE_LENGTH:
        raise ValueError(f"a plate has at most {MAX_PLATE_LENGTH} characters")
    return pattern


def is_wildcard(pattern: str) -> bool:
    """Tell whether a normalised pattern can stand for more than one plate."""
    return "?" in pattern or "*" in pattern


def like_pattern(pattern: str) -> str:
    """Turn a normalised pattern into the operand of SQL `LIKE` (`?` → `_`, `*` → `%`); nothing needs escaping."""
    return pattern.replace("?", "_").replace("*", "%")

"""Hashed plates become invented ones and back: files of real reads can be replayed as if they had plates."""

import csv
import re
from collections.abc import Iterable
from pathlib import Path

from services.errors import ConfigurationError
from simulator import plates

COUNTRY = "BE"
_HASH = re.compile(r"[0-9a-fA-F]{24,64}\Z")


def is_hash(text: str) -> bool:
    """Tell whether a plate's text is a hash: longer than any plate, and hexadecimal."""
    return _HASH.match(text) is not None


def invent(hashes: Iterable[str]) -> dict[str, str]:
    """Return an invented plate for every hash, each a different one.

    The hash itself points to its plate; of two hashes that point to the same, the later in sorted order takes the
    next free one. So the plates depend on nothing but the set of hashes.
    """
    size = plates.space(COUNTRY)
    distinct = sorted({text.lower() for text in hashes})
    taken: set[int] = set()
    serials = [_probe(int(text[:15], 16) % size, size, taken) for text in distinct]
    return dict(zip(distinct, plates.write(COUNTRY, serials), strict=True))


def write_mapping(path: Path, mapping: dict[str, str]) -> None:
    """Write which hash became which plate, readable by the owner only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("hash", "plate"), *mapping.items()])
    except OSError as error:
        raise ConfigurationError(f"cannot write the replay's mapping to {path}: {error.strerror}") from None


def _probe(serial: int, size: int, taken: set[int]) -> int:
    while serial in taken:
        serial = (serial + 1) % size
    taken.add(serial)
    return serial

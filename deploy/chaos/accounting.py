"""What was sent against what is stored: lost, doubled, the wrong plate, pictures that are nowhere (pure)."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deploy.chaos.traffic import PICTURES, Reading, picture

Key = tuple[str, int, str]
"""Camera, captured (ms since 1970), plate: what makes a read of this traffic the read that it is."""


@dataclass(frozen=True, slots=True)
class StoredRead:
    """One row of `reads`; `images` are the bits of the pictures that it says it has."""

    camera: str
    captured_ms: int
    plate: str
    superseded: bool
    images: int
    read_id: str


@dataclass(frozen=True, slots=True)
class Account:
    """The result: everything but `sent` should be 0."""

    sent: int
    lost: int
    doubled: int
    strange: int
    """Rows that nobody sent."""
    wrong_plates: int
    """Passages of which every plate is stored, and another than the best one is current."""
    pictures_missing: int
    """Pictures of stored reads that are neither in the store nor in the spool as they were sent."""


def digest(content: bytes) -> bytes:
    """Return what stands for a picture in the account."""
    return hashlib.sha256(content).digest()


def settle(sent: Iterable[Reading], stored: Iterable[StoredRead], pictures: Mapping[tuple[str, int], bytes]) -> Account:
    """Compare. `pictures` is the digest of every picture kept, by read id and kind's bit."""
    wanted: dict[Key, Reading] = {}
    passages: dict[tuple[str, int], list[Reading]] = defaultdict(list)
    for reading in sent:
        key = _key(reading)
        # A plate that a passage sends twice is one row; it has pictures if one of the two had.
        if key not in wanted or reading.pictured:
            wanted[key] = reading
        if reading.passage is not None:
            passages[reading.camera, reading.captured_ms].append(reading)
    rows: dict[Key, StoredRead] = {}
    times: Counter[Key] = Counter()
    current: dict[tuple[str, int], list[str]] = defaultdict(list)
    for row in stored:
        key = _key(row)
        rows[key] = row
        times[key] += 1
        if not row.superseded:
            current[row.camera, row.captured_ms].append(row.plate)
    whole = {place: readings for place, readings in passages.items() if all(_key(one) in rows for one in readings)}
    return Account(
        sent=len(wanted),
        lost=len(wanted.keys() - rows.keys()),
        doubled=times.total() - len(times),
        strange=len(rows.keys() - wanted.keys()),
        wrong_plates=sum(current[place] != [best_plate(readings)] for place, readings in whole.items()),
        pictures_missing=sum(_missing(reading, rows[key], pictures)
                             for key, reading in wanted.items() if reading.pictured and key in rows))


def best_plate(readings: Iterable[Reading]) -> str:
    """Return the plate that must win: of the highest revision, of these the surest."""
    return max(readings, key=lambda one: (one.revision, one.confidence)).plate


def _key(one: Reading | StoredRead) -> Key:
    return one.camera, one.captured_ms, one.plate


def _missing(reading: Reading, row: StoredRead, pictures: Mapping[tuple[str, int], bytes]) -> int:
    return sum(not row.images & bit
               or pictures.get((row.read_id, bit)) != digest(picture(reading.camera, reading.captured_ms, kind))
               for kind, bit in PICTURES.items())

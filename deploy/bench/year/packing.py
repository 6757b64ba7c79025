"""A day's reads and texts as PostgreSQL's COPY wants them, made column by column (pure)."""

from collections.abc import Iterable
from datetime import date

import numpy as np
import numpy.typing as npt

from deploy.bench.year.days import Day, Text
from services.plates import letters_of, shorten_sent

_EPOCH_2000_US = 946_684_800_000_000
NULL = "\\N"
_COPY_HEAD, _COPY_END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_COLUMNS = {"captured_at": ">i8", "received_at": ">i8", "read_id": "V16", "camera": ">i2", "text": ">i4",
            "confidence": ">f4", "speed_kmh": ">f4", "lane": ">i2", "late": "u1", "night": "u1"}
_ROW = np.dtype([("fields", ">i2"), *(
    part for name, kind in _COLUMNS.items() for part in ((f"{name}_size", ">i4"), (name, kind)))])


def pack(day: Day, rng: np.random.Generator) -> bytes:
    """Return the day as PostgreSQL's binary COPY wants it: sixteen bits of field count, each field after its size."""
    rows = np.zeros(len(day), dtype=_ROW)
    rows["fields"] = len(_COLUMNS)
    for name in _COLUMNS:
        rows[f"{name}_size"] = _ROW[name].itemsize
    rows["captured_at"] = day.captured_ms * 1000 - _EPOCH_2000_US
    rows["received_at"] = (day.captured_ms + day.delay_ms) * 1000 - _EPOCH_2000_US
    rows["read_id"] = _read_ids(day.captured_ms, rng)
    for name in ("camera", "text", "confidence", "speed_kmh", "lane", "late", "night"):
        rows[name] = getattr(day, name)
    return _COPY_HEAD + rows.tobytes() + _COPY_END


def _read_ids(captured_ms: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.void]:
    """Return ids of the product's own layout (services.identity), with chance where the keyed hash stands."""
    ids = rng.integers(0, 256, (len(captured_ms), 16), dtype=np.uint8)
    ids[:, :6] = captured_ms.astype(">i8").view(np.uint8).reshape(-1, 8)[:, 2:]
    ids[:, 6] = 0x80 | ids[:, 6] & 0x0F
    ids[:, 8] = 0x80 | ids[:, 8] & 0x3F
    return np.asarray(ids.view("V16").reshape(-1))


def write_texts(texts: Iterable[Text], *, begin: int) -> str:
    """Return the texts as lines of COPY, numbered from `begin`: number, plate, letters, printed, then the vehicle."""
    return "".join("\t".join((str(number), text.plate, letters_of(text.plate),
                              shorten_sent(text.printed, text.plate) or NULL, text.country, text.make, text.model,
                              text.colour, text.type)) + "\n"
                   for number, text in enumerate(texts, begin))


def write_seen(seen: Iterable[tuple[Text, date]]) -> str:
    """Return the texts and the last days on which they were seen as lines of COPY: plate, letters, day."""
    return "".join(f"{text.plate}\t{letters_of(text.plate)}\t{day}\n" for text, day in seen)

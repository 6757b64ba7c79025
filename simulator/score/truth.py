"""What a scored world was really like: the files that a world is written to and the scorers read."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from services.errors import ConfigurationError

RECORDED, TRUTH, TEXTS, WORLD, TAUGHT = "recorded.jsonl", "truth.jsonl", "texts.tsv", "world.json", "taught.json"

Outcome = Literal["read", "misread", "missed", "silent"]


class TruePassage(msgspec.Struct, frozen=True, array_like=True):
    """One passage as it really happened; plates are normalised, instants ISO 8601 in UTC with milliseconds."""

    captured_at: str
    camera: str
    plate: str
    read: str | None
    """What the camera made of it; absent when nobody ever hears of it."""
    outcome: Outcome
    confidence: float
    trip: int
    """0 for a vehicle that is there to be one among many, and passes single cameras."""
    corrected: bool = False
    """Whether a later message of the same passage told the true plate."""

    @property
    def key(self) -> tuple[str, str, str | None]:
        """What tells this passage from all others in an answer: instant, camera and text."""
        return self.captured_at, self.camera, self.read

    @property
    def standing(self) -> str | None:
        """The text that the store shows: the read one, or the true one when it was corrected."""
        return self.plate if self.corrected else self.read


class World(msgspec.Struct, frozen=True):
    """A scored world in figures; instants are ISO 8601 in UTC."""

    seed: int
    plates: int
    """Distinct texts in the dictionary."""
    passages: int
    """Passages that the store is told of."""
    traffic_from: datetime
    traffic_until: datetime
    """Whole trips lie between these two."""
    silent_camera: str
    silent_from: datetime
    silent_until: datetime


def load_world(folder: Path) -> World:
    """Read the figures of a world; raises ConfigurationError when there is none in `folder`."""
    try:
        return msgspec.json.decode((folder / WORLD).read_bytes(), type=World)
    except OSError as error:
        raise ConfigurationError(f"{folder} holds no world ({error.strerror}); `score world` makes one") from None


def load_truth(folder: Path) -> Iterator[TruePassage]:
    """Yield every passage that the truth tells of: all that belong to trips, and all misread ones."""
    decoder = msgspec.json.Decoder(TruePassage)
    with (folder / TRUTH).open("rb") as lines:
        for line in lines:
            yield decoder.decode(line)


def load_texts(folder: Path) -> dict[str, int]:
    """Return every text of the dictionary and how many reads show it."""
    with (folder / TEXTS).open(encoding="ascii") as lines:
        return {text: int(count) for text, count in (line.rstrip("\n").split("\t") for line in lines)}


def load_taught(folder: Path) -> frozenset[str]:
    """Return the plates that the product has learned from: their reads are not scored."""
    file = folder / TAUGHT
    return frozenset(msgspec.json.decode(file.read_bytes(), type=list[str])) if file.exists() else frozenset()

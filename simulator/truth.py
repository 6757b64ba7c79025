"""The ground truth: one JSON line for every passage that truly happened, with what was told of it."""

from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from services.clock import iso_ms
from services.errors import ConfigurationError
from simulator.faults import Sighting


class TrueVehicle(msgspec.Struct, frozen=True):
    """The vehicle as it really was."""

    make: str
    model: str
    colour: str
    type: str


class TruthLine(msgspec.Struct, frozen=True):
    """One passage: first what happened, then what the camera said; instants are ISO 8601 in UTC."""

    passed_at: str
    camera: str
    gateway: str
    plate: str
    """As printed, with separators."""
    country: str
    vehicle: TrueVehicle
    lane: int
    speed_kmh: float
    trip_id: int
    captured_at: str
    """By the camera's clock."""
    read: str | None
    confidence: float
    faults: tuple[str, ...]
    passage_id: str | None
    """`passage.id` of the messages; absent when nothing was sent."""
    sent_at: tuple[str, ...]
    """When each message was due to be sent."""


def line_of(sighting: Sighting, passage_id: str) -> TruthLine:
    """Return the line of the truth for one sighting."""
    passage = sighting.passage
    vehicle = passage.vehicle
    return TruthLine(
        iso_ms(passage.captured_at), passage.camera.code, passage.camera.gateway, vehicle.plate, vehicle.country,
        TrueVehicle(vehicle.make, vehicle.model, vehicle.colour, vehicle.type), passage.lane, passage.speed_kmh,
        passage.trip_id, iso_ms(sighting.captured_at), sighting.plate, sighting.confidence, sighting.faults,
        passage_id if sighting.deliveries else None, tuple(iso_ms(due) for due in sighting.deliveries),
    )


def read_truth(path: Path) -> list[TruthLine]:
    """Return all lines of a ground truth."""
    return [msgspec.json.decode(line, type=TruthLine) for line in path.read_bytes().splitlines()]


class Truth:
    """A file that only grows; every line is written through, so a killed simulator leaves whole lines."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Plates, if invented ones: readable by the owner only, like everything of this kind.
            path.touch(mode=0o600)
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise ConfigurationError(f"cannot write the ground truth to {path}: {error.strerror}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._file.close()

    def write(self, line: TruthLine) -> None:
        """Append one line."""
        self._file.write(msgspec.json.encode(line) + b"\n")

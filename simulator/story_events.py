"""The live events of a story: passages that happen a given time after the start, whatever the traffic does."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from services.errors import BadQuestionError
from services.plates import normalise
from simulator.faults import Sighting
from simulator.network import Network
from simulator.sightings import Look
from simulator.traffic import Passage, Vehicle


class EventVehicle(msgspec.Struct, frozen=True):
    """The vehicle of an event; what is missing was not seen."""

    make: str | None = None
    model: str | None = None
    colour: str | None = None
    type: str | None = None


class Event(msgspec.Struct, frozen=True):
    """One passage of the story, told `after_s` seconds after the start, with the plate as read and as it truly was.

    What a gateway kept while its line was down is told `late_s` seconds after the car passed.
    """

    after_s: float
    camera: str
    plate_raw: str | None = None
    truth_plate: str | None = None
    country: str = "BE"
    vehicle: EventVehicle = EventVehicle()
    confidence: float = 0.95
    direction: Literal["towards", "away"] = "towards"
    lane: int = 1
    speed_kmh: float = 60.0
    facing: Literal["front", "rear"] = "front"
    late_s: float = 0.0


class Story(msgspec.Struct, frozen=True):
    """The part of a story that live traffic plays; the rest belongs to others."""

    live: list[Event] = []


def load_story(path: Path, network: Network) -> list[Event]:
    """Read the live events of the story in `path`, earliest first; every camera must be one of the network's."""
    try:
        story = msgspec.json.decode(path.read_bytes(), type=Story)
    except OSError as error:
        raise BadQuestionError(f"cannot read the story {path}: {error.strerror}") from None
    except msgspec.MsgspecError as error:
        raise BadQuestionError(f"the story {path} cannot be understood: {error}") from None
    unknown = sorted({event.camera for event in story.live} - network.cameras.keys())
    if unknown:
        raise BadQuestionError(f"the story {path} names cameras that do not exist: {', '.join(unknown)}")
    return sorted(story.live, key=lambda event: event.after_s)


def stage(events: list[Event], network: Network, start: datetime) -> Iterator[tuple[Sighting, Look]]:
    """Yield what the cameras see of the story, counted from `start`."""
    for number, event in enumerate(events):
        told_at = start + timedelta(seconds=event.after_s)
        at = told_at - timedelta(seconds=event.late_s)
        seen = event.vehicle
        vehicle = Vehicle(event.truth_plate or event.plate_raw or "", event.country, seen.make or "", seen.model or "",
                          seen.colour or "grey", seen.type or "car")
        passage = Passage(at, network.cameras[event.camera], vehicle, event.lane, event.speed_kmh, -1 - number)
        misread = normalise(event.plate_raw) != normalise(vehicle.plate)
        faults = (*(["misread"] if misread else []), *(["late"] if event.late_s else []))
        sighting = Sighting(passage, at, event.plate_raw, event.confidence, (told_at,), faults)
        yield sighting, Look(event.facing, event.direction)

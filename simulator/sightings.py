"""From what a camera saw to what it sends: canonical messages with their two pictures."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from services import messages
from services.clock import to_milliseconds
from simulator.faults import Sighting
from simulator.sun import is_night

Facing = Literal["front", "rear"]


class Painter(Protocol):
    """What draws the two pictures of a passage: `simulator.render.render_passage`, or nothing at all."""

    def __call__(  # noqa: PLR0913, PLR0917 -- the contract with the pictures: one argument a fact of the passage
        self, plate_text: str, country: str, colour: str | None, vehicle_type: str, camera_name: str,
        captured_at: datetime, facing: Facing, night: bool, seed: int,
    ) -> tuple[bytes, bytes]:
        """Return two JPEGs: the plate and the overview."""
        ...


@dataclass(frozen=True, slots=True)
class Look:
    """How the camera looks at the vehicle; `direction` is relative to the camera."""

    facing: Facing
    direction: Literal["towards", "away"]


def look_at(sighting: Sighting) -> Look:
    """Return from which side the vehicle is taken: motorcycles bear one plate, at the rear, like section cameras."""
    passage = sighting.passage
    if passage.camera.kind == "trajectory-section" or passage.vehicle.type == "motorcycle":
        return Look("rear", "away")
    return Look("front", "towards")


def compose(sighting: Sighting, passage_id: str, look: Look, pictures: tuple[bytes, bytes] | None) -> bytes:
    """Return the message that tells of `sighting`; the same arguments always give the same bytes."""
    passage = sighting.passage
    vehicle = passage.vehicle
    night = is_night(passage.captured_at, passage.camera.lat, passage.camera.lon)
    images = [] if pictures is None else [messages.Image("plate", pictures[0]), messages.Image("overview", pictures[1])]
    return messages.encode(messages.Read(
        camera=passage.camera.code, captured_at=to_milliseconds(sighting.captured_at), plate=sighting.plate,
        country=vehicle.country, confidence=sighting.confidence, direction=look.direction, facing=look.facing,
        lane=passage.lane, speed_kmh=passage.speed_kmh,
        vehicle=messages.Vehicle(vehicle.make, vehicle.model, None if night else vehicle.colour, vehicle.type),
        passage=messages.Passage(passage_id), clock_synchronised="drift" not in sighting.faults, images=images,
    ))


def paint(painter: Painter, sighting: Sighting, look: Look, seed: int) -> tuple[bytes, bytes]:
    """Return the pictures of what really passed, whatever the camera read."""
    passage = sighting.passage
    night = is_night(passage.captured_at, passage.camera.lat, passage.camera.lon)
    return painter(passage.vehicle.plate, passage.vehicle.country, None if night else passage.vehicle.colour,
                   passage.vehicle.type, passage.camera.name, sighting.captured_at, look.facing, night, seed)

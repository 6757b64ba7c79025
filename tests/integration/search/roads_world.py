"""An invented road in the tests' zone: four cameras in a row, both ways, five kilometres and five minutes apart."""

import json
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from tests.integration.search.world import World

PLATE = "3ABC123"
SITES = "WXYZ"


def add_road(world: World) -> dict[str, int]:
    """Add cameras W, X, Y and Z going east (`…A`) and west (`…B`) with the legs between them; return their numbers."""
    numbers = {f"{site}A": world.add_camera(f"{site}A", f"Weg {site}") for site in SITES}
    numbers |= {f"{site}B": world.add_camera(f"{site}B", f"Weg {site} terug") for site in SITES}
    for code, number in numbers.items():
        world.run("UPDATE cameras SET lat = 51.0, lon = %s, speed_limit_kmh = 70 WHERE camera_id = %s",
                  longitude(code), number)
    world.run("DELETE FROM camera_places WHERE until IS NOT NULL")
    world.run("UPDATE camera_places SET since = '2000-01-01T00:00Z'")
    for start, end in pairwise(SITES):
        add_leg(world, numbers[f"{start}A"], numbers[f"{end}A"], start, end)
        add_leg(world, numbers[f"{end}B"], numbers[f"{start}B"], end, start)
    return numbers


def longitude(code: str) -> float:
    """Return where a camera stands: 0.0714 degrees are five kilometres there."""
    return 5.5 + 0.0714 * SITES.index(code[0])


def add_leg(world: World, start: int, end: int, begins: str, ends: str) -> None:
    world.run("INSERT INTO camera_legs VALUES (%s, %s, 5, 5, %s)", start, end,
              json.dumps([[longitude(begins), 51.0], [longitude(ends), 51.0]]))


def drive(world: World, numbers: dict[str, int], start: datetime, *codes: str, plate: str = PLATE,
          minutes: float = 5.0) -> list[UUID]:
    """Let a vehicle pass these cameras, one every `minutes`; return the ids of its reads."""
    return [world.add_read(plate, start + timedelta(minutes=minutes * step), numbers[code])
            for step, code in enumerate(codes)]


def add_silence(world: World, camera: int, since: datetime, until: datetime | None, basis: str = "heartbeat") -> None:
    world.run("INSERT INTO camera_silences (camera_id, since, until, basis) VALUES (%s, %s, %s, %s)",
              camera, since, until, basis)

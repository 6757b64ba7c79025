"""One vehicle on the real roads: which cameras see it, when, and how that becomes messages and live events."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from services.clock import to_milliseconds
from services.plates import normalise
from simulator.faults import Sighting
from simulator.network import Camera, Network
from simulator.sightings import look_at
from simulator.story_events import Event, EventVehicle
from simulator.traffic import Passage
from simulator.vehicles import Vehicle

_SURE = 0.97


def drive(network: Network, vehicle: Vehicle, nodes: tuple[str, ...], start: datetime,
          rng: np.random.Generator) -> list[Sighting]:
    """Return what cameras see when `vehicle` passes `nodes`, the first one at `start`, in the roads' usual times."""
    sightings: list[Sighting] = []
    moment = start
    trip = int(rng.integers(1, 2**31))
    for before, here in pairwise(("", *nodes)):
        if before:
            moment += timedelta(minutes=network.edge(before, here).minutes * float(rng.uniform(0.97, 1.06)))
        if here in network.cameras:
            sightings.append(_see(network.cameras[here], vehicle, to_milliseconds(moment), trip, rng))
    return sightings


def shift(sighting: Sighting, by: timedelta) -> Sighting:
    """Return the same sighting, so much later."""
    moment = to_milliseconds(sighting.captured_at + by)
    passage = replace(sighting.passage, captured_at=moment)
    return replace(sighting, passage=passage, captured_at=moment, deliveries=(moment,))


def spoil(sighting: Sighting, read: str, confidence: float) -> Sighting:
    """Return the same passage with another text read; `confidence` is 0 to 1."""
    return replace(sighting, plate=read, confidence=confidence, faults=("misread",))


def live_events(sightings: list[Sighting], start: datetime, late: timedelta = timedelta()) -> tuple[Event, ...]:
    """Return sightings after `start`, the begin of the demo, as live events.

    Those of a gateway whose line was down passed so much earlier than they are told.
    """
    return tuple(_event(sighting, start, late) for sighting in sightings)


def _see(camera: Camera, vehicle: Vehicle, moment: datetime, trip: int, rng: np.random.Generator) -> Sighting:
    speed = round(camera.speed_limit_kmh * float(rng.normal(0.97, 0.05)), 1)
    confidence = round(_SURE + float(rng.uniform(-0.03, 0.025)), 3)
    passage = Passage(moment, camera, vehicle, 1, speed, trip)
    return Sighting(passage, moment, normalise(vehicle.plate), confidence, (moment,))


def _event(sighting: Sighting, start: datetime, late: timedelta) -> Event:
    passage, vehicle, look = sighting.passage, sighting.passage.vehicle, look_at(sighting)
    return Event(
        after_s=round((sighting.captured_at - start).total_seconds(), 3), camera=passage.camera.code,
        plate_raw=sighting.plate, truth_plate=vehicle.plate, country=vehicle.country,
        vehicle=EventVehicle(vehicle.make, vehicle.model, vehicle.colour, vehicle.type),
        confidence=sighting.confidence, direction=look.direction, lane=passage.lane, speed_kmh=passage.speed_kmh,
        facing=look.facing, late_s=late.total_seconds(),
    )

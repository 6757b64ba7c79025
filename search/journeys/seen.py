"""The reads of which journeys are made: when and where, how sure the plate is, and how far its clock can be trusted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from search.journeys.network import Point
from services.clock_rule import ClockClass, clock_class
from services.images import Kind
from services.lookalikes.explaining import Reason


@dataclass(frozen=True, slots=True)
class Place:
    """Where a camera stood at the time of a read; `current` tells whether it stands there still."""

    camera_id: int
    code: str
    name: str
    municipality: str | None = None
    road: str | None = None
    direction: str | None = None
    lat: float | None = None
    lon: float | None = None
    current: bool = True

    @property
    def point(self) -> Point | None:
        """Longitude and latitude, None when nobody knows."""
        return None if self.lat is None or self.lon is None else (self.lon, self.lat)


@dataclass(frozen=True, slots=True)
class Look:
    """What a camera said of a vehicle beside its plate."""

    make: str | None = None
    model: str | None = None
    colour: str | None = None
    vehicle_type: str | None = None


class Fit(StrEnum):
    """How a read lies to the exact reads."""

    between = "between"        # by a camera on the way between two of them, in time
    next = "next"              # by the camera before the first or after the last one of a journey, in time
    near = "near"              # by one further on, where the next one missed it
    habit = "habit"            # by a camera that it passes at that hour of other days
    elsewhere = "elsewhere"    # at another time, when nothing is known of the vehicle


@dataclass(frozen=True, slots=True)
class Seen:
    """One read of a journey; `probability` (0 to 1) says how surely it is the vehicle, None for the very plate."""

    read_id: UUID
    captured_at: datetime
    plate: str
    country: str | None
    place: Place
    probability: float | None = None
    clock_offset_ms: int | None = None
    """How far the camera's clock was ahead when it was measured last before the read; None when it never was."""
    clock_synchronised: bool | None = None
    on_plate_alone: float | None = None
    """The probability before time and place were looked at."""
    fit: Fit | None = None
    """How a look-alike read lies to the exact ones."""
    reasons: tuple[Reason, ...] = ()
    """By which mistakes its text may have been made of the plate asked for."""
    look: Look = Look()
    images: int = 0
    """Bits of services.images.Kind: which pictures there are."""

    def pictures(self) -> list[Kind]:
        """Return which pictures there are."""
        return [kind for kind in Kind if self.images & kind]

    @property
    def at(self) -> datetime:
        """When the vehicle passed: the capture, put right where the camera's clock is known to be seconds off.

        Below a second the capture itself is better than the measurement, which counts the way of the message too.
        """
        if self.clock_offset_ms is None or clock_class(self.clock_offset_ms) is not ClockClass.excluded:
            return self.captured_at
        return self.captured_at - timedelta(milliseconds=self.clock_offset_ms)

    @property
    def clock_trusted(self) -> bool:
        """Whether its time may be compared with another camera's to tell a speed (R15: not beyond a second)."""
        measured = self.clock_offset_ms is not None and clock_class(self.clock_offset_ms) is not ClockClass.excluded
        return measured and self.clock_synchronised is not False

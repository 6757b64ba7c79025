"""The vehicles' shapes as tables: the line from near bumper over the roof to the far end, lamps, windows, plate."""

from dataclasses import dataclass, field
from typing import Literal

Facing = Literal["front", "rear"]

Station = tuple[float, float, float, str]
"""Metres from the near end, height, half width, and of what the surface up to the next station is made."""

Patch = tuple[float, float, float, float, str]
"""On the near face: left and right (metres from the middle, drawn on both sides when left > 0), bottom, top, what."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of vehicle seen from one end; lengths in metres."""

    profile: tuple[Station, ...]
    patches: tuple[Patch, ...]
    plate_height: float
    plate_side: float = 0.0
    bow: float = 0.12
    belt: float = 0.92
    mirrors: tuple[float, float, float] | None = None  # along, height, half width
    wheels: tuple[float, ...] = field(default=())
    wheel_radius: float = 0.32
    square_plate: bool = False


_CAR_FRONT = Shape(
    profile=((0.10, 0.20, 0.80, "plastic"), (0.02, 0.34, 0.86, "paint"), (0.00, 0.56, 0.88, "paint"),
             (0.05, 0.70, 0.88, "paint"), (0.22, 0.82, 0.85, "paint"), (0.60, 0.90, 0.83, "paint"),
             (1.10, 0.97, 0.80, "glass"), (1.82, 1.40, 0.60, "paint"), (2.15, 1.46, 0.57, "paint"),
             (3.20, 1.42, 0.56, "glass"), (3.85, 1.02, 0.74, "paint"), (4.20, 0.50, 0.80, "paint")),
    patches=((-0.62, 0.62, 0.24, 0.36, "void"), (-0.46, 0.46, 0.52, 0.69, "grille"),
             (0.48, 0.83, 0.58, 0.73, "headlamp"),
             (0.56, 0.78, 0.30, 0.40, "void"), (-0.06, 0.06, 0.58, 0.67, "chrome")),
    plate_height=0.44, mirrors=(1.35, 1.02, 0.93), wheels=(0.85, 3.45))

_CAR_REAR = Shape(
    profile=((0.12, 0.24, 0.80, "plastic"), (0.01, 0.40, 0.86, "paint"), (0.00, 0.60, 0.88, "paint"),
             (0.08, 0.66, 0.87, "paint"), (0.14, 0.96, 0.83, "paint"), (0.18, 1.00, 0.80, "glass"),
             (0.62, 1.38, 0.63, "paint"), (0.80, 1.45, 0.59, "paint"), (2.10, 1.48, 0.58, "glass"),
             (2.90, 1.00, 0.78, "paint"), (4.10, 0.70, 0.80, "paint"), (4.25, 0.40, 0.78, "paint")),
    patches=((-0.70, 0.70, 0.24, 0.36, "void"), (0.52, 0.84, 0.72, 0.92, "tail lamp"),
             (-0.34, 0.34, 0.70, 0.90, "recess"),
             (0.60, 0.78, 0.42, 0.46, "reflector"), (-0.10, 0.10, 0.91, 0.95, "chrome")),
    plate_height=0.80, mirrors=(2.75, 1.02, 0.93), wheels=(0.75, 3.35), bow=0.09)

_VAN_FRONT = Shape(
    profile=((0.08, 0.24, 0.90, "plastic"), (0.00, 0.40, 0.97, "plastic"), (0.00, 0.62, 0.99, "paint"),
             (0.04, 0.92, 0.98, "paint"), (0.20, 1.10, 0.95, "paint"), (0.62, 1.28, 0.93, "glass"),
             (1.30, 1.98, 0.84, "paint"), (1.50, 2.14, 0.80, "paint"), (1.90, 2.24, 0.80, "paint"),
             (5.20, 2.26, 0.82, "paint")),
    patches=((-0.70, 0.70, 0.28, 0.42, "void"), (-0.54, 0.54, 0.64, 0.86, "grille"),
             (0.58, 0.93, 0.72, 1.00, "headlamp"),
             (-0.08, 0.08, 0.72, 0.83, "chrome"), (0.62, 0.86, 0.36, 0.48, "void")),
    plate_height=0.52, belt=1.22, mirrors=(0.85, 1.42, 1.16), wheels=(0.95, 4.25), wheel_radius=0.35, bow=0.10)

_VAN_REAR = Shape(
    profile=((0.06, 0.30, 0.94, "plastic"), (0.00, 0.48, 0.97, "plastic"), (0.05, 0.54, 0.97, "paint"),
             (0.05, 1.30, 0.96, "paint"), (0.08, 2.05, 0.90, "paint"), (0.18, 2.20, 0.84, "paint"),
             (0.40, 2.26, 0.82, "paint"), (5.20, 2.20, 0.80, "paint")),
    patches=((0.05, 0.66, 1.36, 1.92, "window"), (0.82, 0.95, 0.72, 1.24, "tail lamp"),
             (-0.012, 0.012, 0.55, 2.16, "seam"),
             (0.68, 0.80, 0.52, 0.55, "reflector"), (-0.20, -0.06, 1.08, 1.13, "handle"),
             (0.775, 0.79, 0.56, 2.1, "seam")),
    plate_height=0.74, plate_side=-0.38, belt=1.22, wheels=(0.95, 4.25), wheel_radius=0.35, bow=0.03)

_TRUCK_FRONT = Shape(
    profile=((0.04, 0.28, 1.20, "plastic"), (0.00, 0.46, 1.24, "paint"), (0.00, 0.90, 1.25, "paint"),
             (0.02, 1.55, 1.24, "paint"), (0.06, 1.72, 1.23, "glass"), (0.20, 2.58, 1.18, "paint"),
             (0.28, 2.72, 1.16, "paint"), (0.80, 3.45, 1.10, "paint"), (1.90, 3.60, 1.10, "tarp"),
             (2.00, 3.98, 1.25, "tarp"), (8.00, 4.00, 1.25, "tarp")),
    patches=((-0.95, 0.95, 0.36, 0.48, "void"), (-0.82, 0.82, 0.86, 1.46, "grille"),
             (0.84, 1.18, 0.62, 0.84, "headlamp"),
             (-0.16, 0.16, 1.48, 1.60, "chrome"), (0.02, 0.60, 1.60, 1.63, "wiper")),
    plate_height=0.56, belt=1.70, bow=0.14, mirrors=(0.40, 2.20, 1.48), wheels=(1.40, 5.6, 7.0), wheel_radius=0.50)

_TRUCK_REAR = Shape(
    profile=((0.00, 1.10, 1.25, "tarp"), (0.00, 2.50, 1.25, "tarp"), (0.00, 3.86, 1.25, "tarp"),
             (0.03, 3.95, 1.25, "tarp"),
             (7.00, 3.98, 1.25, "tarp")),
    patches=((-1.20, 1.20, 1.02, 1.14, "steel"), (-1.10, 1.10, 0.46, 0.60, "steel"),
             (-0.62, 0.62, 0.60, 1.04, "void"),
             (-0.015, 0.015, 1.16, 3.84, "seam"), (0.34, 0.38, 1.16, 3.84, "steel"),
             (0.86, 0.90, 1.16, 3.84, "steel"),
             (0.70, 1.14, 0.78, 0.98, "tail lamp"), (0.55, 1.16, 1.16, 1.26, "reflector"),
             (1.21, 1.245, 1.14, 3.88, "steel"),
             (-1.22, 1.22, 3.84, 3.92, "steel")),
    plate_height=0.78, belt=1.10, bow=0.0, wheels=(1.1, 2.4, 6.0), wheel_radius=0.50)

_BUS_FRONT = Shape(
    profile=((0.06, 0.30, 1.20, "plastic"), (0.00, 0.46, 1.26, "paint"), (0.00, 0.90, 1.27, "paint"),
             (0.02, 1.12, 1.26, "glass"), (0.12, 2.50, 1.24, "void"), (0.16, 2.84, 1.22, "paint"),
             (0.30, 3.05, 1.16, "paint"), (0.60, 3.12, 1.14, "paint"), (11.5, 3.12, 1.14, "paint")),
    patches=((-0.9, 0.9, 0.34, 0.44, "void"), (0.82, 1.16, 0.56, 0.82, "headlamp"),
             (-0.70, 0.70, 2.58, 2.78, "display"),
             (-0.20, 0.20, 0.90, 1.00, "chrome"), (0.05, 0.75, 1.14, 1.17, "wiper")),
    plate_height=0.58, belt=1.15, bow=0.22, mirrors=(0.05, 2.30, 1.50), wheels=(2.6, 8.6), wheel_radius=0.48)

_BUS_REAR = Shape(
    profile=((0.06, 0.32, 1.20, "plastic"), (0.00, 0.50, 1.26, "paint"), (0.00, 1.60, 1.26, "paint"),
             (0.03, 2.80, 1.23, "paint"), (0.20, 3.05, 1.16, "paint"), (0.60, 3.12, 1.14, "paint"),
             (11.5, 3.12, 1.14, "paint")),
    patches=((-0.86, 0.86, 1.84, 2.56, "window"), (-0.80, 0.80, 0.92, 1.50, "louvre"),
             (1.02, 1.20, 0.80, 1.45, "tail lamp"),
             (-0.62, 0.62, 2.64, 2.78, "display"), (0.90, 1.12, 0.54, 0.58, "reflector"),
             (-0.95, 0.95, 0.36, 0.44, "void")),
    plate_height=0.72, belt=1.30, bow=0.08, wheels=(3.2, 9.2), wheel_radius=0.48)

# Only a motorcycle's rear carries a plate, so both ends are drawn as the rear.
_MOTORCYCLE = Shape(
    profile=((0.10, 0.62, 0.14, "plastic"), (0.06, 0.78, 0.17, "paint"), (0.10, 0.88, 0.16, "plastic"),
             (0.85, 0.86, 0.17, "paint"), (1.00, 0.98, 0.22, "paint"), (1.35, 1.02, 0.22, "plastic"),
             (1.60, 1.05, 0.18, "plastic"), (1.80, 0.70, 0.16, "plastic")),
    patches=((-0.12, 0.12, 0.76, 0.83, "tail lamp"),),
    plate_height=0.62, belt=0.70, bow=0.0, wheels=(0.45, 1.85), wheel_radius=0.31, mirrors=(1.45, 1.14, 0.40),
    square_plate=True)

SHAPES: dict[tuple[str, Facing], Shape] = {
    ("car", "front"): _CAR_FRONT, ("car", "rear"): _CAR_REAR,
    ("van", "front"): _VAN_FRONT, ("van", "rear"): _VAN_REAR,
    ("truck", "front"): _TRUCK_FRONT, ("truck", "rear"): _TRUCK_REAR,
    ("bus", "front"): _BUS_FRONT, ("bus", "rear"): _BUS_REAR,
    ("motorcycle", "front"): _MOTORCYCLE, ("motorcycle", "rear"): _MOTORCYCLE,
}

DISTANCE_M = {"car": 14.2, "van": 15.6, "truck": 20.5, "bus": 19.5, "motorcycle": 13.0}
"""Where a vehicle's near end stands when the camera takes its overview, metres along the road."""

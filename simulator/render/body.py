"""Drawing one vehicle from its shape: far parts first, every strip lit by how it lies, then lamps and windows."""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from simulator.render.camera import Camera, Points, fill_px, flat, upright
from simulator.render.paint import Colour, material, shaded
from simulator.render.shapes import Patch, Shape, Station

Picture = npt.NDArray[np.uint8]

_ACROSS = np.array([-1.0, -0.9, -0.65, -0.3, 0.0, 0.3, 0.65, 0.9, 1.0])
_STEPS = 3
_GLOSS = {"glass": 0.5, "paint": 0.22}


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A shape that stands on the road, its near end `distance_m` away and `side_m` beside the lane's middle."""

    shape: Shape
    paint: Colour
    distance_m: float
    side_m: float
    night: bool

    def place(self, points: Points) -> Points:
        """Turn vehicle coordinates (right, from the near end, up) into those of the road."""
        return np.add(points, (self.side_m, self.distance_m, 0.0))

    def colour(self, name: str) -> Colour:
        """Return the colour of the material `name` of this vehicle."""
        return self.paint if name == "paint" else material(name, night=self.night)


def draw_vehicle(picture: Picture, camera: Camera, vehicle: Vehicle) -> None:
    """Draw the whole vehicle without its plate."""
    _draw_shadow(picture, camera, vehicle)
    _draw_sides(picture, camera, vehicle)
    seen_behind = vehicle.shape.mirrors is not None and vehicle.shape.mirrors[0] > 2.0
    if seen_behind:
        _draw_mirrors(picture, camera, vehicle)
    stations = vehicle.shape.profile
    for lower, upper in reversed(list(pairwise(stations))):
        _draw_strip(picture, camera, vehicle, (lower, upper))
    for patch in vehicle.shape.patches:
        _draw_patch(picture, camera, vehicle, patch)
    if not seen_behind:
        _draw_mirrors(picture, camera, vehicle)


def plate_corners(camera: Camera, vehicle: Vehicle, width_m: float, height_m: float) -> Points:
    """Return where the plate's corners fall, in pixels: top left, top right, bottom right, bottom left."""
    u, z = vehicle.shape.plate_side, vehicle.shape.plate_height
    across = np.array([-1, 1, 1, -1]) * width_m / 2 + u
    up = np.array([1, 1, -1, -1]) * height_m / 2 + z
    along = np.full(4, float(_near_along(vehicle.shape, np.array([z]))[0]) - 0.03)
    return camera.project(vehicle.place(np.stack([across, along, up], axis=1)))


@cache
def _near_face(shape: Shape) -> tuple[list[float], list[float]]:
    rising = [station for station in shape.profile if station[0] < 0.30]
    return [station[1] for station in rising], [station[0] for station in rising]


def _near_along(shape: Shape, heights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """How far behind the foremost point the near face lies at each height, metres."""
    return np.interp(heights, *_near_face(shape))


def _edge(shape: Shape, station: Station) -> Points:
    """The curved line across the vehicle at one station: corners lie further back and, on the roof, lower."""
    along, height, half, _ = station
    bend = shape.bow * max(0.3, 1.0 - along / 2.5) * np.abs(_ACROSS) ** 3
    crown = 0.05 * _ACROSS**2 if along > 0.3 else 0.0 * _ACROSS
    return np.stack([_ACROSS * half, along + bend, height - crown], axis=1)


def _draw_strip(picture: Picture, camera: Camera, vehicle: Vehicle, ends: tuple[Station, Station]) -> None:
    lower, upper = (_edge(vehicle.shape, station) for station in ends)
    kind = ends[0][3]
    run, rise = ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]
    lying = max(0.0, run) / (np.hypot(run, rise) + 1e-6)
    light = 0.62 + 0.46 * lying
    steps = 1 if ends[1][0] > 2.2 else _STEPS
    rows = [camera.project(vehicle.place(lower + (upper - lower) * step / steps)) for step in range(steps + 1)]
    if rows[-1][4, 1] >= rows[0][4, 1]:
        return  # slopes away from the camera
    gloss = 0.0 if vehicle.night else _GLOSS.get(kind, 0.1)
    for step in reversed(range(steps)):
        lit = light * (1 + gloss * (step / steps - 0.3))
        fill_px(picture, np.vstack([rows[step], rows[step + 1][::-1]]), shaded(vehicle.colour(kind), lit))
    if kind == "glass" and ends[0][0] < 1.5:
        _draw_screen(picture, vehicle, rows)


def _draw_screen(picture: Picture, vehicle: Vehicle, rows: list[Points]) -> None:
    """Draw the pillars beside a screen and the sky that it mirrors; who sits behind it is never drawn."""
    for side in (slice(0, 2), slice(-2, None)):
        pillar = np.vstack([rows[0][side], rows[-1][side][::-1]])
        fill_px(picture, pillar, shaded(vehicle.paint, 0.62))
    if not vehicle.night:
        low, high = rows[0], rows[-1]
        glare = np.array([low[2] * 0.7 + low[3] * 0.3, low[4], high[4] * 0.4 + high[5] * 0.6, high[3]])
        layer = picture.copy()
        fill_px(layer, glare, (150, 138, 124))
        left, top = np.floor(glare.min(axis=0)).astype(int).clip(0)
        right, bottom = np.ceil(glare.max(axis=0)).astype(int) + 1
        box = (slice(top, bottom), slice(left, right))
        picture[box] = cv2.addWeighted(picture[box], 0.72, layer[box], 0.28, 0)


def _draw_sides(picture: Picture, camera: Camera, vehicle: Vehicle) -> None:
    """Draw the side that the camera sees; it stands beside the lane, so that is never both."""
    shape = vehicle.shape
    side = 1.0 if camera.side_m > vehicle.side_m else -1.0
    if not shape.square_plate:
        first, last = shape.profile[0], shape.profile[-1]
        outline = [(side * half, along + shape.bow * (along < 1.0), height)
                   for along, height, half, _ in shape.profile]
        outline += [(side * last[2], last[0], first[1]), (side * first[2], first[0] + 0.15, first[1])]
        camera.fill(picture, vehicle.place(np.array(outline)), shaded(vehicle.colour(last[3]), 0.58))
        _draw_side_windows(picture, camera, vehicle, side)
    _draw_wheels(picture, camera, vehicle, side)


def _draw_side_windows(picture: Picture, camera: Camera, vehicle: Vehicle, side: float) -> None:
    """Draw the windows between belt line and roof; only what is a car all the way has them down to its end."""
    roof = [station for station in vehicle.shape.profile if station[1] > vehicle.shape.belt + 0.2]
    if len(roof) < 3 or vehicle.shape.belt > 1.0:
        return
    low = vehicle.shape.belt + 0.08
    above = [(side * (station[2] + 0.02), station[0] + 0.06, station[1] - 0.07) for station in roof]
    below = [(side * 0.79, roof[-1][0] + 0.42, low), (side * 0.79, max(0.35, roof[0][0] - 0.45), low)]
    camera.fill(picture, vehicle.place(np.array(above + below)), vehicle.colour("glass"))
    middle = (roof[0][0] + roof[-1][0]) / 2
    post = [(side * 0.79, middle, low), (side * 0.6, middle, 1.42),
            (side * 0.6, middle + 0.08, 1.42), (side * 0.79, middle + 0.08, low)]
    camera.fill(picture, vehicle.place(np.array(post)), shaded(vehicle.paint, 0.5))


def _draw_wheels(picture: Picture, camera: Camera, vehicle: Vehicle, side: float) -> None:
    shape = vehicle.shape
    half, radius = shape.profile[0][2], shape.wheel_radius
    turn = np.linspace(0, 2 * np.pi, 20)
    for along in reversed(shape.wheels):
        for across, size, name in ((half, 1.0, "tyre"), (half + 0.02, 0.62, "rim")):
            circle = np.stack([np.full(20, side * across), along + size * radius * np.cos(turn),
                               radius + size * radius * np.sin(turn)], axis=1)
            camera.fill(picture, vehicle.place(circle), vehicle.colour(name))
    # Seen from the end, the tyres are two dark blocks under the bumper.
    near = shape.wheels[0] - radius * 0.6
    width = 0.09 if shape.square_plate else 0.11
    for middle in (0.0,) if shape.square_plate else (-half + 0.14, half - 0.14):
        top = 2 * radius if shape.square_plate else shape.profile[0][1] + 0.1
        block = upright(middle - width, middle + width, near, 0.0, top)
        camera.fill(picture, vehicle.place(block), vehicle.colour("tyre"))


def _draw_shadow(picture: Picture, camera: Camera, vehicle: Vehicle) -> None:
    """Darken the road under the vehicle, softly."""
    half, far = vehicle.shape.profile[0][2] + 0.12, vehicle.shape.profile[-1][0]
    pixels = camera.project(vehicle.place(flat(-half, half + 0.1, -0.1, far)))
    left, top = np.maximum(pixels.min(axis=0).astype(int) - 16, 0)
    right, bottom = np.minimum(pixels.max(axis=0).astype(int) + 16, picture.shape[1::-1])
    light = np.full((bottom - top, right - left), 255, np.uint8)
    fill_px(light, pixels - [left, top], (60.0,))
    light = np.asarray(cv2.blur(light, (19, 15)), np.uint8)
    ground = picture[top:bottom, left:right]
    sheet = light if picture.ndim == 2 else cv2.merge([light, light, light])
    picture[top:bottom, left:right] = cv2.multiply(ground, sheet, scale=1 / 255)


def _draw_patch(picture: Picture, camera: Camera, vehicle: Vehicle, patch: Patch) -> None:
    """Draw one lamp, window or seam on the near face, on both sides when it does not cross the middle."""
    left, right, bottom, top, name = patch
    steps = np.linspace(left, right, 5)
    for side in (1.0, -1.0) if left > 0 else (1.0,):
        u = np.concatenate([steps, steps[::-1]]) * side
        z = np.array([bottom] * 5 + [top] * 5)
        along = _near_along(vehicle.shape, z) - 0.01
        bend = vehicle.shape.bow * np.abs(u / vehicle.shape.profile[1][2]) ** 3
        points = np.stack([u, along + bend, z], axis=1)
        camera.fill(picture, vehicle.place(points), vehicle.colour(name))
        if name.endswith("lamp"):
            _draw_lamp(picture, camera, vehicle, points, name)


def _draw_lamp(picture: Picture, camera: Camera, vehicle: Vehicle, points: Points, name: str) -> None:
    """Draw the lit part inside a lamp's housing."""
    middle = points.mean(axis=0)
    camera.fill(picture, vehicle.place((points - middle) * 0.62 + middle), vehicle.colour(f"lit {name}"))


def _draw_mirrors(picture: Picture, camera: Camera, vehicle: Vehicle) -> None:
    if vehicle.shape.mirrors is None:
        return
    along, height, half = vehicle.shape.mirrors
    tall = 0.09 if height < 1.3 else 0.16 if height < 2 else 0.30
    for side in (-1.0, 1.0):
        box = [(side * (half + du), along, height + dz)
               for du, dz in ((-0.1, -tall), (0.08, -tall * 0.8), (0.09, tall * 0.8), (-0.1, tall))]
        name = "paint" if vehicle.shape.belt < 1 else "plastic"
        camera.fill(picture, vehicle.place(np.array(box)), shaded(vehicle.colour(name), 0.7))

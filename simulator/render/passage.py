"""The two pictures of one passage: the cut-out of the plate and the overview."""

from datetime import datetime

import cv2
import numpy as np
import numpy.typing as npt

from simulator.render.body import Vehicle, draw_vehicle, plate_corners
from simulator.render.camera import HEIGHT_PX, WIDTH_PX, Camera
from simulator.render.film import add_bloom, add_noise, draw_caption, jpeg
from simulator.render.paint import paint_of
from simulator.render.plate import draw_plate
from simulator.render.scene import backdrop, camera_at, site_of
from simulator.render.shapes import DISTANCE_M, SHAPES, Facing

Picture = npt.NDArray[np.uint8]

CROP_PX = (240, 56)
SQUARE_CROP_PX = (160, 112)
_CROP_QUALITY, _OVERVIEW_QUALITY = 82, 66
_HIDDEN_GREYS = 26


def render_passage(  # noqa: PLR0913, PLR0917 -- the contract with live and story: one argument a fact of the passage
    plate_text: str, country: str, colour: str | None, vehicle_type: str, camera_name: str, captured_at: datetime,
    facing: Facing, night: bool, seed: int,
) -> tuple[bytes, bytes]:
    """Return two JPEGs: the plate (about 240 by 56 pixels) and the overview (960 by 540).

    `night` gives infrared: grey, dark, with a plate that throws the light back. The same arguments always give the
    same bytes. An unknown `vehicle_type` is drawn as a car, an unknown `colour` as a grey one.
    """
    rng = np.random.default_rng(seed)
    kind = vehicle_type if (vehicle_type, facing) in SHAPES else "car"
    shape = SHAPES[kind, facing]
    site = site_of(camera_name)
    camera = camera_at(site)
    vehicle = Vehicle(shape, paint_of(colour, night=night, rng=rng), DISTANCE_M[kind] + rng.uniform(-0.5, 0.5),
                      rng.uniform(-0.28, 0.28), night)
    plate = draw_plate(plate_text, country, "square" if shape.square_plate else "long")
    picture = backdrop(site, night=night).copy()
    draw_vehicle(picture, camera, vehicle)
    if kind == "motorcycle":
        _hide_rider(picture, camera, vehicle, rng)
    picture = _lay_plate(picture, camera, vehicle, plate)
    return _crop(plate, vehicle, rng), _overview(picture, camera_name, captured_at, vehicle, rng)


def _overview(picture: Picture, camera_name: str, captured_at: datetime, vehicle: Vehicle,
              rng: np.random.Generator) -> bytes:
    picture = np.asarray(cv2.GaussianBlur(picture, (3, 3), 0.6), np.uint8)
    if vehicle.night:
        picture = add_bloom(picture)
    picture = add_noise(picture, rng)
    draw_caption(picture, camera_name, captured_at)
    return jpeg(picture, _OVERVIEW_QUALITY)


def _lit(plate: Picture, *, night: bool) -> Picture:
    """Return the plate as the sensor sees it: in infrared grey, its foil far brighter than anything round it."""
    if not night:
        return np.asarray(cv2.convertScaleAbs(plate, alpha=0.93), np.uint8)
    grey = cv2.cvtColor(plate, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.convertScaleAbs(grey, alpha=1.06, beta=6), np.uint8)


def _lay_plate(picture: Picture, camera: Camera, vehicle: Vehicle, plate: Picture) -> Picture:
    """Lay the flat plate on its place on the vehicle, in perspective."""
    height, width = plate.shape[:2]
    corners = plate_corners(camera, vehicle, width / 1000, height / 1000)
    shown = max(16, int((corners[1, 0] - corners[0, 0]) * 1.6))
    size = (shown, max(6, shown * height // width))
    small = np.asarray(cv2.resize(_lit(plate, night=vehicle.night), size, interpolation=cv2.INTER_AREA), np.uint8)
    # Only the neighbourhood of the plate is warped: the whole picture would cost ten times as much.
    left, top = np.floor(corners.min(axis=0)).astype(int) - 3
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 4
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, WIDTH_PX), min(bottom, HEIGHT_PX)
    target = (corners - [left, top]).astype(np.float32)
    part = picture[top:bottom, left:right]
    laid = _warp(small, target, part)
    picture[top:bottom, left:right] = laid
    return picture


def _warp(flat: Picture, target: npt.NDArray[np.float32], ground: Picture) -> Picture:
    """Return `ground` with `flat` warped onto the four `target` corners."""
    height, width = flat.shape[:2]
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - np.float32(0.5)
    matrix = cv2.getPerspectiveTransform(source, target)
    size = (ground.shape[1], ground.shape[0])
    laid = ground.copy()
    cv2.warpPerspective(flat, matrix, size, laid, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT)
    return laid


def _crop(plate: Picture, vehicle: Vehicle, rng: np.random.Generator) -> bytes:
    """Return the plate's cut-out: a little askew, a little soft, with the bodywork round it."""
    wide, tall = SQUARE_CROP_PX if vehicle.shape.square_plate else CROP_PX
    seen = _lit(plate, night=vehicle.night)
    height, width = seen.shape[:2]
    share = 0.90 * min(wide / width, tall / height)
    size = (int(width * share), int(height * share))
    small = np.asarray(cv2.resize(seen, size, interpolation=cv2.INTER_AREA), np.uint8)
    ground = np.empty((tall, wide) if vehicle.night else (tall, wide, 3), np.uint8)
    ground[:] = np.multiply(vehicle.paint, 0.7).astype(np.uint8)[0 if vehicle.night else slice(None)]
    ground[tall * 3 // 4 :] = ground[tall * 3 // 4 :] // 2
    half = np.array([small.shape[1] / 2, small.shape[0] / 2])
    corners = np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]]) * half + [wide / 2, tall / 2]
    corners += rng.uniform(-1.4, 1.4, 2) + rng.uniform(-0.8, 0.8, (4, 2))
    corners[:, 1] += (corners[:, 0] - wide / 2) * rng.uniform(-0.022, 0.022)
    laid = _warp(small, corners.astype(np.float32), ground)
    soft = np.asarray(cv2.GaussianBlur(laid, (3, 3), float(rng.uniform(0.45, 0.85))), np.uint8)
    return jpeg(add_noise(soft, rng), _CROP_QUALITY)


def _hide_rider(picture: Picture, camera: Camera, vehicle: Vehicle, rng: np.random.Generator) -> None:
    """Cover the place of the rider with coarse blocks: the simulator draws no people, not even from behind."""
    corners = camera.project(vehicle.place(np.array([[-0.38, 1.0, 1.72], [0.38, 1.0, 0.86]])))
    (left, top), (right, bottom) = np.rint(corners).astype(int)
    rows, columns = 9, 8
    rise, run = np.mgrid[0:rows, 0:columns]
    inside = np.abs(run - 3.5) < np.where(rise < 3, 1.6, 3.2)
    dark = rng.integers(28, 28 + _HIDDEN_GREYS, (rows, columns)) // (2 if vehicle.night else 1)
    coarse = np.where(inside, dark, 0).astype(np.uint8)
    blocks = cv2.resize(coarse, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST)
    mask = blocks > 0
    region = picture[top:bottom, left:right]
    region[mask] = blocks[mask] if picture.ndim == 2 else np.repeat(blocks[mask][:, None], 3, axis=1)

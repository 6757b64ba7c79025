"""The place that a camera looks at, drawn once and kept: road with lane marks, verge, trees, posts, sky or night."""

from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import cv2
import numpy as np
import numpy.typing as npt

from simulator.render.camera import HEIGHT_PX, WIDTH_PX, Camera, flat, upright
from simulator.render.paint import Colour

Picture = npt.NDArray[np.uint8]

LANE_M = 3.3
_ASPHALT, _PATH, _MARK = (104, 102, 100), (92, 96, 122), (214, 216, 216)
_GRASS, _POST, _STEEL = (62, 100, 84), (222, 224, 224), (150, 150, 148)


@dataclass(frozen=True, slots=True)
class Site:
    """One of the places: on which side the pole stands, how many lanes, and what lies beside the road."""

    camera: Camera
    lanes: int
    path: bool
    rail: bool
    trees: int


def _pole(side_m: float, height_m: float, pitch_deg: float) -> Camera:
    return Camera(side_m=side_m, height_m=height_m, pitch_deg=pitch_deg, target_m=16.0, focal_px=1780.0)


_SITES = (
    Site(_pole(3.4, 4.4, 8.7), lanes=2, path=True, rail=False, trees=9),
    Site(_pole(-3.0, 4.7, 9.3), lanes=2, path=False, rail=True, trees=14),
    Site(_pole(2.8, 4.2, 8.2), lanes=2, path=False, rail=False, trees=5),
    Site(_pole(3.8, 4.6, 9.1), lanes=3, path=False, rail=True, trees=12),
    Site(_pole(-3.6, 4.3, 8.4), lanes=3, path=True, rail=False, trees=7),
    Site(_pole(3.1, 4.6, 9.0), lanes=2, path=True, rail=True, trees=11),
)


def site_of(camera_name: str) -> int:
    """Return which of the places this camera looks at; a name always gives the same one."""
    return crc32(camera_name.encode()) % len(_SITES)


def camera_at(site: int) -> Camera:
    """Return the camera of one place."""
    return _SITES[site].camera


@lru_cache(maxsize=2 * len(_SITES))
def backdrop(site: int, *, night: bool) -> Picture:
    """Return the empty road of one place, to be copied: colour by day, one grey channel in infrared."""
    if night:
        return _infrared(backdrop(site, night=False))
    place = _SITES[site]
    rng = np.random.default_rng(1000 + site)
    picture = _sky()
    _draw_far_wood(picture, place, rng)
    _draw_ground(picture, place, rng)
    _draw_marks(picture, place)
    _draw_wood(picture, place, rng)
    _draw_roadside(picture, place)
    return picture


def _sky() -> Picture:
    rows = np.linspace(0, 1, HEIGHT_PX)[:, None, None]
    top, low = np.array([226.0, 214, 202]), np.array([238.0, 234, 228])
    sky = np.broadcast_to(top + (low - top) * np.minimum(rows * 6, 1), (HEIGHT_PX, WIDTH_PX, 3))
    return sky.astype(np.uint8, order="C")


def _horizon(camera: Camera) -> int:
    return int(camera.project(np.array([[0.0, 4000.0, 0.0]]))[0, 1])


def _draw_far_wood(picture: Picture, place: Site, rng: np.random.Generator) -> None:
    """Draw the wood edge on the horizon as a heap of soft discs."""
    horizon = _horizon(place.camera)
    for _ in range(360):
        at = (int(rng.uniform(-20, WIDTH_PX + 20)), int(horizon + 12 - rng.uniform(0, 30)))
        cv2.circle(picture, at, int(rng.uniform(5, 15)), _leaf(rng.uniform(0.68, 1.08)), -1, cv2.LINE_AA)
    low = max(8, horizon + 30)
    picture[:low] = cv2.GaussianBlur(picture[:low], (7, 7), 0)


def _draw_wood(picture: Picture, place: Site, rng: np.random.Generator) -> None:
    """Draw trees and bushes on both verges, far ones first."""
    left = 1.65 - place.lanes * LANE_M
    for along in np.sort(rng.uniform(26, 150, place.trees * 4))[::-1]:
        side = rng.uniform(left - 16, left - 5) if rng.random() < 0.55 else rng.uniform(8, 20)
        if rng.random() < 0.6:
            _draw_tree(picture, place, (side, along), rng)
        else:
            _draw_crown(picture, place, (side, along, 0.5), rng.uniform(0.5, 1.0), rng)


def _draw_tree(picture: Picture, place: Site, foot: tuple[float, float], rng: np.random.Generator) -> None:
    side, along = foot
    half, tall = rng.uniform(0.12, 0.22), rng.uniform(2.2, 3.6)
    place.camera.fill(picture, upright(side - half, side + half, along, 0.0, tall), (46, 60, 74))
    _draw_crown(picture, place, (side, along, tall + 1.2), rng.uniform(1.4, 2.2), rng)


def _draw_crown(picture: Picture, place: Site, middle: tuple[float, float, float], size_m: float,
                rng: np.random.Generator) -> None:
    x, y = place.camera.project(np.array([middle]))[0]
    size = size_m * place.camera.focal_px / middle[1]
    if y < -1.5 * size:
        return
    turn, away, thick, tint = rng.random((4, 80))
    at_x = x + size * np.sqrt(away) * np.cos(2 * np.pi * turn)
    at_y = y + 0.75 * size * np.sqrt(away) * np.sin(2 * np.pi * turn)
    radii = np.maximum(2, size * (0.06 + 0.13 * thick)).astype(int)
    light = (0.75 + 0.45 * tint) * np.linspace(0.75, 1.1, 80)  # the last leaves drawn are the nearest to the sun
    for disc in zip(at_x.astype(int).tolist(), at_y.astype(int).tolist(), radii.tolist(), light.tolist(), strict=True):
        cv2.circle(picture, disc[:2], disc[2], _leaf(disc[3]), -1, cv2.LINE_AA)


def _leaf(light: float) -> Colour:
    return (44 * light, 82 * light, 66 * light)


def _draw_ground(picture: Picture, place: Site, rng: np.random.Generator) -> None:
    left = 1.75 - place.lanes * LANE_M - 0.25
    picture[max(0, _horizon(place.camera)) :] = _GRASS
    _area(picture, place, (left - 0.7, 2.5), (92, 108, 112))
    _area(picture, place, (left, 1.95), _ASPHALT)
    if place.path:
        _area(picture, place, (3.4, 5.2), _PATH)
    _draw_grain(picture, place, rng)


def _area(picture: Picture, place: Site, sides_m: tuple[float, float], colour: Colour, far_m: float = 600.0) -> None:
    left, right = sides_m
    along = np.geomspace(4.0, far_m, 12)
    points = np.concatenate([np.stack([np.full(12, left), along, np.zeros(12)], axis=1),
                             np.stack([np.full(12, right), along[::-1], np.zeros(12)], axis=1)])
    place.camera.fill(picture, points, colour)


def _draw_grain(picture: Picture, place: Site, rng: np.random.Generator) -> None:
    """Lay speckle over the ground in its own perspective: fine near, smooth far, streaked along the wheel tracks."""
    metres = np.array([[-16.0, 5], [16, 5], [16, 75], [-16, 75]])
    pixels = place.camera.project(np.column_stack([metres, np.zeros(4)])).astype(np.float32)
    tile = rng.normal(0, 1, (1400, 640)).astype(np.float32)
    patches = cv2.resize(rng.normal(0, 5, (70, 40)).astype(np.float32), (640, 1400))
    tile = cv2.GaussianBlur(tile, (3, 7), 0) * 20 + patches
    columns = np.linspace(-16, 16, 640)
    for track in (-0.8, 0.8, -0.8 - LANE_M, 0.8 - LANE_M):
        tile -= 7 * np.exp(-((columns - track) / 0.28) ** 2)
    corners = np.array([[0, 0], [639, 0], [639, 1399], [0, 1399]], np.float32)
    grain = cv2.warpPerspective(tile, cv2.getPerspectiveTransform(corners, pixels), (WIDTH_PX, HEIGHT_PX),
                                flags=cv2.INTER_AREA)
    picture[:] = np.clip(picture + grain[:, :, None], 0, 255)


def _draw_marks(picture: Picture, place: Site) -> None:
    edge_left = 1.65 - place.lanes * LANE_M
    for side in (1.65, edge_left):
        _area(picture, place, (side - 0.07, side + 0.07), _MARK, 300.0)
    for lane in range(1, place.lanes):
        side = 1.65 - lane * LANE_M
        for along in np.arange(6.0, 160.0, 12.5):
            place.camera.fill(picture, flat(side - 0.06, side + 0.06, along, along + 2.5), _MARK)


def _draw_roadside(picture: Picture, place: Site) -> None:
    """Draw guard rail and the white posts with their black band and reflector."""
    if place.rail:
        side = 1.2 - place.lanes * LANE_M
        for low, high, grey in ((0.45, 0.60, 0.8), (0.60, 0.75, 1.0)):
            along = np.geomspace(8.0, 300.0, 24)
            rail = np.concatenate([np.stack([np.full(24, side), along, np.full(24, low)], axis=1),
                                   np.stack([np.full(24, side), along[::-1], np.full(24, high)], axis=1)])
            place.camera.fill(picture, rail, tuple(part * grey for part in _STEEL))
    for post in (95.0, 70.0, 45.0, 20.0):
        _draw_post(picture, place, 2.6, post)
        if not place.rail:
            _draw_post(picture, place, 0.9 - place.lanes * LANE_M, post)


def _draw_post(picture: Picture, place: Site, side: float, along: float) -> None:
    parts = ((0.0, 0.9, 0.06, _POST), (0.62, 0.82, 0.062, (30, 30, 30)), (0.66, 0.78, 0.03, (60, 80, 240)))
    for low, high, half, colour in parts:
        place.camera.fill(picture, upright(side - half, side + half, along, low, high), colour)


def _infrared(picture: Picture) -> Picture:
    """Turn a day into what the camera's infrared lamp shows: a pool of light, marks that throw it back, dark beyond."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    down, right = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX].astype(np.float32)
    pool = np.exp(-(((right - WIDTH_PX / 2) / 430) ** 2) - ((down - HEIGHT_PX * 0.72) / 250) ** 2)
    bright = np.where(grey > 190, 1.5, 1.0) * (down > 60)
    lit = np.clip(grey * bright * (0.34 * pool + 0.015) + 4, 0, 255)
    return np.asarray(lit, np.uint8)

"""The camera on its pole: where a point of the road, in metres, falls in the picture, in pixels."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
"""One point a row: metres to the right of the lane's middle, along the road away from the camera, up."""

WIDTH_PX, HEIGHT_PX = 960, 540
SUBPIXEL_BITS = 4


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera at (side_m, 0, height_m), looking at the lane's middle at `target_m`, `pitch_deg` down."""

    side_m: float
    height_m: float
    pitch_deg: float
    target_m: float
    focal_px: float

    def project(self, points: Points) -> Points:
        """Return pixel coordinates (right, down), one row a point; points must lie before the lens."""
        seen = (points - (self.side_m, 0.0, self.height_m)) @ _turned(self)
        return seen[:, :2] * (self.focal_px / seen[:, 2:]) + (WIDTH_PX / 2, HEIGHT_PX / 2)

    def fill(self, picture: npt.NDArray[np.uint8], points: Points, colour: tuple[float, ...]) -> None:
        """Fill the polygon through `points` (metres) with `colour`."""
        fill_px(picture, self.project(points), colour)


@cache
def _turned(camera: Camera) -> Points:
    """The matrix whose columns are the picture's right, its down and the line of sight, in metres of the road."""
    yaw = np.arctan2(-camera.side_m, camera.target_m)
    pitch = np.radians(camera.pitch_deg)
    sight = np.array([np.sin(yaw) * np.cos(pitch), np.cos(yaw) * np.cos(pitch), -np.sin(pitch)])
    right = np.array([np.cos(yaw), -np.sin(yaw), 0.0])
    return np.column_stack([right, np.cross(sight, right), sight])


def fill_px(picture: npt.NDArray[np.uint8], pixels: Points, colour: tuple[float, ...]) -> None:
    """Fill the polygon through `pixels` with soft edges."""
    scaled = np.rint(pixels * (1 << SUBPIXEL_BITS)).astype(np.int32)
    cv2.fillPoly(picture, [scaled], colour, cv2.LINE_AA, SUBPIXEL_BITS)


def upright(left: float, right: float, along: float, low: float, high: float) -> Points:
    """Return the corners of a standing rectangle that faces the camera, metres."""
    return np.array([(left, along, low), (right, along, low), (right, along, high), (left, along, high)])


def flat(left: float, right: float, near: float, far: float) -> Points:
    """Return the corners of a rectangle that lies on the road, metres."""
    return np.array([(left, near, 0.0), (right, near, 0.0), (right, far, 0.0), (left, far, 0.0)])

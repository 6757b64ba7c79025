"""What the camera adds: noise, softness, bloom, the line of text in the picture, and JPEG."""

from datetime import datetime
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from services.clock import ZONE
from simulator.render.camera import HEIGHT_PX, WIDTH_PX

Picture = npt.NDArray[np.uint8]
_SPARE = 64


@lru_cache(maxsize=2)
def _noise(channels: int) -> tuple[Picture, Picture]:
    """One sheet of sensor noise, larger than a picture: each picture takes another cut-out, which costs nothing.

    What brightens and what darkens lie apart, because OpenCV is four times as fast when all numbers are bytes.
    """
    rng = np.random.default_rng(7)
    sheet = rng.normal(0, 1, (HEIGHT_PX + _SPARE, WIDTH_PX + _SPARE)).astype(np.float32)
    sheet = cv2.GaussianBlur(sheet, (3, 3), 0.7) * (9.0 if channels == 1 else 6.5)
    sheet = np.repeat(np.rint(sheet)[:, :, None], channels, axis=2).squeeze()
    return np.maximum(sheet, 0).astype(np.uint8), np.maximum(-sheet, 0).astype(np.uint8)


def add_noise(picture: Picture, rng: np.random.Generator) -> Picture:
    """Return `picture` with sensor noise."""
    height, width = picture.shape[:2]
    top, left = rng.integers(0, _SPARE, 2)
    channels = picture.shape[2] if picture.ndim == 3 else 1
    brighter, darker = (sheet[top : top + height, left : left + width] for sheet in _noise(channels))
    return np.asarray(cv2.subtract(cv2.add(picture, brighter), darker), np.uint8)


def add_bloom(picture: Picture) -> Picture:
    """Return the grey `picture` with light spilling round lamps and plates, as at night."""
    small = cv2.resize(picture, (WIDTH_PX // 4, HEIGHT_PX // 4), interpolation=cv2.INTER_AREA)
    lit = np.where(small > 150, small, 0).astype(np.uint8)
    halo = cv2.GaussianBlur(lit, (0, 0), 4.5)
    return np.asarray(cv2.scaleAdd(cv2.resize(halo, (WIDTH_PX, HEIGHT_PX)), 0.55, picture), np.uint8)


def draw_caption(picture: Picture, camera_name: str, captured_at: datetime) -> None:
    """Write the camera's name and the local time on a dark line along the lower edge."""
    line = picture[HEIGHT_PX - 26 :]
    line[:] = line // 4
    local = captured_at.astimezone(ZONE)
    text = f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 100_000}"
    white: tuple[float, ...] = (235,) if picture.ndim == 2 else (235, 235, 235)
    ascii_name = camera_name.encode("ascii", "replace").decode()[:80]
    cv2.putText(picture, ascii_name, (10, HEIGHT_PX - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.48, white, 1, cv2.LINE_AA)
    cv2.putText(picture, text, (WIDTH_PX - 196, HEIGHT_PX - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.48, white, 1, cv2.LINE_AA)


def jpeg(picture: Picture, quality: int) -> bytes:
    """Return `picture` as JPEG of `quality` 0 to 100."""
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return data.tobytes()

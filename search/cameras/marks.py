"""Cameras as marks on the map, by how they fare (pure)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from urllib.parse import quote

from markupsafe import Markup

from search.cameras.health import NAMES, Health, health_of
from search.cameras.queries import Camera
from search.map.marks import Mark
from search.pages.language import Words

SHAPES = {
    Health.silent: "M-1-1H1V1H-1z",
    Health.late: "M0-1.25L1.2.95H-1.2z",
    Health.clock: "M0-1.3L1.3 0L0 1.3L-1.3 0z",
    Health.unheard: "M-1.1-.4H-.4V-1.1H.4V-.4H1.1V.4H.4V1.1H-.4V.4H-1.1z",
    Health.off: "M-1 0a1 1 0 1 0 2 0a1 1 0 1 0-2 0zM-.5 0a.5 .5 0 1 1 1 0a.5 .5 0 1 1-1 0z",
    Health.live: "M-1 0a1 1 0 1 0 2 0a1 1 0 1 0-2 0z",
}
"""What each state looks like, as the path of a drawing around its middle: who sees no colours tells them apart."""


SIGNS = {health: Markup(f'<svg class="sign {health}" viewBox="-1.5 -1.5 3 3" aria-hidden="true" '  # noqa: S704
                        f'data-state="{health}"><path d="{shape}"/></svg>') for health, shape in SHAPES.items()}
"""The same as small drawings that stand in a line of text."""


def camera_address(code: str) -> str:
    """Return the address of a camera's page; a code may hold strokes."""
    return f"/cameras/{quote(code, safe='')}"


def camera_marks(found: Iterable[Camera], now: datetime, say: Callable[[Words], str]) -> Iterator[Mark]:
    """Yield a mark for each camera that has a place, with its state in the reader's words."""
    for camera in found:
        if camera.lon is not None and camera.lat is not None:
            health = health_of(camera, now)
            yield Mark(camera.code, camera.name, camera.lon, camera.lat, camera.heading_deg,
                       camera_address(camera.code), health.value, told=say(NAMES[health]))

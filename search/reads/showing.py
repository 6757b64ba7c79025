"""An answer as the page shows it beside its passages: drawn over time, and counted by camera for list and map."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from search.cameras.queries import Camera
from search.map.marks import Mark
from search.reads.addresses import Links
from search.reads.histogram import Histogram, draw_histogram
from search.reads.queries import Read
from search.reads.spread import Spread


@dataclass(frozen=True, slots=True)
class CameraCount:
    """How many of an answer's passages one camera took, and the same question for that camera alone."""

    camera: Camera
    count: int
    share: float
    """Of the camera with the most, above 0 to 1."""
    address: str

    def mark(self) -> Mark | None:
        """Return it for the map; None where it is not known where the camera stands."""
        camera = self.camera
        if camera.lon is None or camera.lat is None:
            return None
        return Mark(camera.code, camera.name, camera.lon, camera.lat, camera.heading_deg, self.address,
                    count=self.count)


@dataclass(frozen=True, slots=True)
class ShownSpread:
    """How an answer lies over time and over cameras, drawn."""

    histogram: Histogram
    cameras: tuple[CameraCount, ...]

    @property
    def spread(self) -> Spread:
        """What was counted."""
        return self.histogram.spread

    @property
    def marks(self) -> list[Mark]:
        """The cameras that have a place, for the map; the most first, so that the small ones lie on top."""
        return [mark for counted in self.cameras if (mark := counted.mark())]


    @property
    def bars_of_cameras(self) -> dict[str, list[int]]:
        """Of each camera on what bars it has passages and how many, by turns: so that a window counts by camera."""
        codes = {one.camera.camera_id: one.camera.code for one in self.cameras}
        found: dict[str, list[int]] = {code: [] for code in codes.values()}
        for place, bar in enumerate(self.spread.bars):
            for number, count in bar.by_camera.items():
                if number in codes:
                    found[codes[number]] += [place, count]
        return found


def show_spread(spread: Spread, links: Links, cameras: Sequence[Camera], now: datetime) -> ShownSpread:
    """Draw an answer's spread; a camera that is known no more is left out."""
    known = {camera.camera_id: camera for camera in cameras}
    narrow = links.narrowing("camera")
    most = max(spread.by_camera.values(), default=1)
    counts = tuple(CameraCount(known[number], count, count / most, narrow(known[number].code))
                   for number, count in spread.by_camera.items() if number in known)
    return ShownSpread(draw_histogram(spread, links, now), counts)


def apart(items: Sequence[Read]) -> tuple[tuple[Read, ...], tuple[Read, ...]]:
    """Return the reads of the plate that was asked for, and those that may be it: look-alikes, what is remembered."""
    return (tuple(read for read in items if read.probability is None),
            tuple(read for read in items if read.probability is not None))

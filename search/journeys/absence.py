"""What did not happen: cameras on the way that read nothing, and whether they were silent (pure).

No read is no proof. A camera misses one vehicle in twenty or so, and one that was silent saw nobody at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from search.cameras.completeness import PastSilence
from search.journeys.legs import Judged
from search.journeys.network import Network


@dataclass(frozen=True, slots=True)
class Unread:
    """A camera that the way passes and that read nothing; the vehicle came by between `earliest` and `latest`."""

    camera_id: int
    earliest: datetime
    latest: datetime
    silence: PastSilence | None
    """When it was silent in that time; None: it missed the vehicle, or the vehicle went another way."""


Silences = Mapping[int, Sequence[PastSilence]]


def by_camera(silences: Iterable[PastSilence]) -> Silences:
    """Return silences by camera."""
    found: dict[int, list[PastSilence]] = defaultdict(list)
    for silence in silences:
        found[silence.camera_id].append(silence)
    return found


def unread_on(leg: Judged, network: Network, silences: Silences) -> tuple[Unread, ...]:
    """Return the cameras that a leg passes without a read, in the order of the way."""
    if leg.route is None:
        return ()
    return tuple(_unread(leg, camera, network, silences) for camera in leg.route.passed)


def _unread(leg: Judged, camera: int, network: Network, silences: Silences) -> Unread:
    """Say when the vehicle can have passed: not before it could get there, nor later than it had to be on its way.

    Where the leg was driven faster than anybody should be able to, both bounds meet in the middle.
    """
    earliest = leg.before.at + _least(network, leg.before.place.camera_id, camera)
    latest = leg.after.at - _least(network, camera, leg.after.place.camera_id)
    if latest < earliest:
        earliest = latest = latest + (earliest - latest) / 2
    found = [silence for silence in silences.get(camera, ()) if _overlaps(silence, earliest, latest)]
    longest = max(found, key=lambda silence: _shared(silence, earliest, latest)) if found else None
    return Unread(camera, earliest, latest, longest)


def _least(network: Network, start: int, end: int) -> timedelta:
    return timedelta(seconds=network.least_seconds(start, end) or 0.0)


def _overlaps(silence: PastSilence, since: datetime, until: datetime) -> bool:
    """Tell whether a camera was silent at some moment between the two."""
    return silence.since <= until and (silence.until is None or silence.until > since)


def _shared(silence: PastSilence, since: datetime, until: datetime) -> timedelta:
    """Return how much of a time was silent."""
    return min(silence.until or until, until) - max(silence.since, since)

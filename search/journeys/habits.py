"""Where and when a vehicle comes, and where it stops, as the passages of one answer tell (pure)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from search.journeys.finding import JourneysFound
from search.journeys.legs import Judged
from search.journeys.seen import Look, Place, Seen
from services.clock import ZONE

MOST_CAMERAS = 8
"""Beyond the first few, a vehicle's cameras are no habit."""
MOST_STOPS = 12
HOURS = 24


@dataclass(frozen=True, slots=True)
class UsualCamera:
    """One camera: how often it read the vehicle, on how many days, and how often in each hour of the day."""

    place: Place
    count: int
    days: int
    hours: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Habits:
    """What the passages of a period have in common."""

    cameras: tuple[UsualCamera, ...]
    others: int
    """How many cameras read it beside those."""
    municipalities: tuple[tuple[str, int], ...]
    week: tuple[tuple[int, ...], ...]
    """Passages by day of the week (Monday first) and hour, Brussels."""
    stops: tuple[Judged, ...]
    """The longest ones, longest first."""
    look: Look
    """What most passages say of it."""
    agreeing: int
    """How many passages say so."""
    reads: int
    days: int
    """On how many days it passed."""

    @property
    def busiest(self) -> int:
        """The most passages in one hour of the week."""
        return max((count for hours in self.week for count in hours), default=0)


def habits_of(found: JourneysFound) -> Habits:
    """Return the habits of a vehicle: of all that is taken for it, not of what was ruled out."""
    reads = [seen for told in found.journeys for seen in told.reads]
    by_camera: dict[int, list[Seen]] = defaultdict(list)
    for seen in reads:
        by_camera[seen.place.camera_id].append(seen)
    often = sorted(by_camera.values(), key=lambda here: (-len(here), here[0].place.code))
    towns = Counter(seen.place.municipality for seen in reads if seen.place.municipality)
    stops = sorted((leg for told in found.journeys for leg in told.stops), key=_length, reverse=True)
    look, agreeing = _usual_look(reads)
    return Habits(tuple(_usual(here) for here in often[:MOST_CAMERAS]), max(len(often) - MOST_CAMERAS, 0),
                  tuple(towns.most_common()), _week(reads), tuple(stops[:MOST_STOPS]), look, agreeing, len(reads),
                  _days(reads))


def _length(stop: Judged) -> timedelta:
    return stop.stop or timedelta()


def _usual(here: Sequence[Seen]) -> UsualCamera:
    hours = Counter(seen.captured_at.astimezone(ZONE).hour for seen in here)
    return UsualCamera(here[-1].place, len(here), _days(here), tuple(hours[hour] for hour in range(HOURS)))


def _days(reads: Iterable[Seen]) -> int:
    return len({seen.captured_at.astimezone(ZONE).date() for seen in reads})


def _week(reads: Iterable[Seen]) -> tuple[tuple[int, ...], ...]:
    local = (seen.captured_at.astimezone(ZONE) for seen in reads)
    counts = Counter((instant.weekday(), instant.hour) for instant in local)
    return tuple(tuple(counts[day, hour] for hour in range(HOURS)) for day in range(7))


def _usual_look(reads: Sequence[Seen]) -> tuple[Look, int]:
    """Return what most reads of the very plate say, each word weighed apart; cameras differ in what they see."""
    exact = [seen.look for seen in reads if seen.probability is None] or [seen.look for seen in reads]
    names = Counter((look.make, look.model) for look in exact if look.make)
    (make, model), agreeing = names.most_common(1)[0] if names else ((None, None), 0)
    return Look(make, model, _most(look.colour for look in exact),
                _most(look.vehicle_type for look in exact)), agreeing


def _most(values: Iterable[str | None]) -> str | None:
    counted = Counter(value for value in values if value)
    return counted.most_common(1)[0][0] if counted else None

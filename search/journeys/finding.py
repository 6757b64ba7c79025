"""One question for journeys, from the reads to everything that is told of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from search.answers import Found, Permitted
from search.cameras.completeness import Completeness, complete_until, silent_between
from search.journeys.absence import Silences, Unread, by_camera, unread_on
from search.journeys.asked import AskedJourneys
from search.journeys.assembling import Journey, assemble
from search.journeys.fitting import Fitted, Surroundings, fit_alikes
from search.journeys.legs import Judged, Parting, Roads
from search.journeys.queries import Gathered, gather_reads
from search.journeys.roads import RoadsCache
from search.journeys.seen import Place, Seen
from services.clock import utc_now
from services.gate import Permission, time_in
from services.lookalikes.model import Model
from services.retention_rule import FUTURE


@dataclass(frozen=True, slots=True)
class ToldLeg:
    """One leg of a journey and the cameras on its way that read nothing."""

    judged: Judged
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class ToldJourney:
    """One journey with all that is told of it."""

    journey: Journey
    legs: tuple[ToldLeg, ...]

    @property
    def reads(self) -> tuple[Seen, ...]:
        """Its reads in order."""
        return self.journey.reads

    @property
    def conflicts(self) -> bool:
        """Whether it cannot be the vehicle of the journey that was under way."""
        return self.journey.begins is Parting.impossible

    @property
    def stops(self) -> tuple[Judged, ...]:
        """The legs on which the vehicle stood still."""
        return tuple(leg.judged for leg in self.legs if leg.judged.stop is not None)


@dataclass(frozen=True, slots=True)
class JourneysFound:
    """The answer to one question for journeys."""

    journeys: tuple[ToldJourney, ...]
    fitted: Fitted
    cut: bool
    """Whether there were more reads than one answer holds; the newest are in it."""
    roads: Roads
    places: Mapping[int, Place]
    completeness: tuple[Completeness, ...]
    earlier: bool = False
    """Whether the plate was read before the period, in the time that may be seen."""


async def find_journeys(permitted: Permitted, asked: AskedJourneys, roads_cache: RoadsCache,
                        model: Model) -> Found[JourneysFound]:
    """Return the journeys of a plate in a period; the reads of the trace are all that it shows, oldest first."""
    roads = await roads_cache.get(permitted.connection)
    gathered = await gather_reads(permitted, asked, model)
    fitted = _fit(gathered, asked, roads, permitted.permission)
    exact = [seen for seen in gathered.reads if seen.probability is None]
    journeys = assemble((*exact, *fitted.probable), roads)
    silences = await _silences_on(permitted, journeys)
    complete = await complete_until(permitted.connection, earliest=permitted.permission.earliest)
    told = tuple(_tell(journey, roads, silences) for journey in journeys)
    found = JourneysFound(told, fitted, gathered.cut, roads, gathered.places.current, tuple(complete),
                          gathered.earlier)
    return Found(found, tuple(_shown(found)))


def _fit(gathered: Gathered, asked: AskedJourneys, roads: Roads, permission: Permission) -> Fitted:
    alikes = [seen for seen in gathered.reads if seen.probability is not None]
    if not alikes or asked.alike is None:
        return Fitted((), (), 0)
    exact = [seen for seen in gathered.reads if seen.probability is None]
    # What lies between the month and a time that a decision opens is not seen, and says nothing of what passes when.
    period = time_in(permission.spans_of(asked.plate), asked.from_, min(asked.until, utc_now() + FUTURE))
    surroundings = Surroundings(exact, assemble(exact, roads), roads, period)
    return fit_alikes(alikes, surroundings, roads, asked.alike)


async def _silences_on(permitted: Permitted, journeys: Sequence[Journey]) -> Silences:
    passed = [leg for journey in journeys for leg in journey.legs if leg.route and leg.route.passed]
    if not passed:
        return {}
    cameras = {camera for leg in passed if leg.route for camera in leg.route.passed}
    since, until = min(leg.before.at for leg in passed), max(leg.after.at for leg in passed)
    return by_camera(await silent_between(permitted.connection, sorted(cameras), since, until))


def _tell(journey: Journey, roads: Roads, silences: Silences) -> ToldJourney:
    return ToldJourney(journey, tuple(ToldLeg(leg, unread_on(leg, roads.network, silences)) for leg in journey.legs))


def _shown(found: JourneysFound) -> Iterable[UUID]:
    yield from (seen.read_id for told in found.journeys for seen in told.reads)
    yield from (out.read.read_id for out in found.fitted.ruled_out)



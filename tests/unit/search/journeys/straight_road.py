"""An invented road for the tests: cameras 1 to 5 going east, 11 to 15 beside them going west, five minutes apart."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from search.journeys.absence import unread_on
from search.journeys.assembling import assemble
from search.journeys.finding import JourneysFound, ToldJourney, ToldLeg
from search.journeys.fitting import Fitted
from search.journeys.legs import Roads
from search.journeys.network import Leg, Network, Node
from search.journeys.seen import Place, Seen
from search.journeys.times import Hour, LegTimes

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
STEP = 0.0714
"""Degrees of longitude between two cameras: five kilometres at this latitude."""


def place(camera: int, *, current: bool = True, lon: float | None = None) -> Place:
    return Place(camera, f"C{camera}", f"Camera {camera}", lat=51.0, lon=lon or 5.0 + STEP * (camera % 10),
                 current=current)


def network(fastest_s: float | None = None) -> Network:
    cameras = [*range(1, 6), *range(11, 16)]
    east = [Leg(n, n + 1, 5.0, 5.0, ((5 + STEP * n, 51.0), (5 + STEP * (n + 1), 51.0)), fastest_s)
            for n in range(1, 5)]
    west = [Leg(n + 1, n, 5.0, 5.0, ((5 + STEP * (n - 9), 51.0), (5 + STEP * (n - 10), 51.0)))
            for n in range(11, 15)]
    return Network([Node(camera, 51.0, 5.0 + STEP * (camera % 10), 70) for camera in cameras], [*east, *west])


def roads(*hours: Hour, fastest_s: float | None = None) -> Roads:
    made = network(fastest_s)
    return Roads(made, LegTimes(made, hours))


def seen(minute: float, camera: int, *, start: datetime = START, **more: object) -> Seen:
    """A read so many minutes after `start`."""
    at = start + timedelta(minutes=minute)
    given = {"place": place(camera), "read_id": UUID(int=int((minute + 100_000) * 1000) + camera), **more}
    return Seen(captured_at=at, plate="3ABC123", country="BE", **given)


def found(*reads: Seen) -> JourneysFound:
    """The answer that these reads give, with nothing silent."""
    made = roads()
    journeys = tuple(ToldJourney(journey, tuple(ToldLeg(leg, unread_on(leg, made.network, {})) for leg in journey.legs))
                     for journey in assemble(reads, made))
    places = {camera: place(camera) for camera in made.network.nodes}
    return JourneysFound(journeys, Fitted((), (), 0), False, made, places, ())

"""Journeys as the page shows them: each with its map, its reads and what lies between them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from search.journeys.absence import Unread
from search.journeys.drawing import Map, draw
from search.journeys.finding import JourneysFound, ToldJourney, ToldLeg
from search.journeys.legs import Parting, Verdict
from search.journeys.seen import Place, Seen
from search.journeys.wording import PARTINGS, VERDICTS, why_probable, why_ruled_out
from search.map.flat import all_roads
from search.pages.language import Words, words
from services.clock import ZONE, local_day


@dataclass(frozen=True, slots=True)
class Between:
    """What lies between two reads, in words."""

    took: timedelta
    usual: timedelta | None
    km: float | None
    verdict: Words
    stop: timedelta | None
    remarkable: bool
    unread: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class ShownRead:
    """One read of a journey with what lies before it, and why it is taken for the vehicle."""

    seen: Seen
    before: Between | None
    why: Words | None


@dataclass(frozen=True, slots=True)
class ShownJourney:
    """One journey of the page."""

    reads: tuple[ShownRead, ...]
    begins: Words
    conflicts: bool
    gap: timedelta | None
    took: timedelta
    km: float
    map: Map | None


@dataclass(frozen=True, slots=True)
class Shown:
    """All journeys, newest first, the roads behind their maps, and the reads that cannot be the vehicle."""

    journeys: tuple[ShownJourney, ...]
    roads: tuple[str, ...]
    ruled_out: tuple[tuple[Seen, Words], ...]


def show_journeys(found: JourneysFound) -> Shown:
    """Return everything that the page says of an answer."""
    journeys = tuple(_journey(told, found) for told in reversed(found.journeys))
    roads = all_roads(found.roads.network) if any(journey.map for journey in journeys) else ()
    return Shown(journeys, roads, tuple((out.read, why_ruled_out(out)) for out in found.fitted.ruled_out))


def _journey(told: ToldJourney, found: JourneysFound) -> ShownJourney:
    journey, reads = told.journey, tuple(_reads(told, found))
    judged = [leg.judged for leg in told.legs]
    return ShownJourney(
        reads, PARTINGS[journey.begins], journey.begins is Parting.impossible,
        timedelta(seconds=journey.after.took_s) if journey.after else None,
        journey.reads[-1].at - journey.reads[0].at, sum(leg.route.km for leg in judged if leg.route),
        draw(journey.reads, judged, found.roads.network))


def _reads(told: ToldJourney, found: JourneysFound) -> Iterable[ShownRead]:
    for seen, leg in zip(told.reads, (None, *told.legs), strict=True):
        yield ShownRead(seen, _between(leg, found) if leg else None, why_probable(seen))


def _between(leg: ToldLeg, found: JourneysFound) -> Between:
    judged = leg.judged
    return Between(
        timedelta(seconds=judged.took_s), timedelta(seconds=judged.usual_s) if judged.usual_s is not None else None,
        judged.route.km if judged.route else None, VERDICTS[judged.verdict], judged.stop,
        judged.verdict is not Verdict.drove, tuple(unread_in_words(unread, found.places[unread.camera_id])
                                                   for unread in leg.unread))


def unread_in_words(unread: Unread, place: Place) -> Words:
    """Say of a camera on the way why it may have read nothing."""
    silence = unread.silence
    if silence is None:
        return words("camera {camera} read nothing here: it missed the vehicle, or another way was taken",
                     camera=place.name)
    since = _short(silence.since, unread.earliest)
    if silence.until is None:
        return words("camera {camera} is silent since {since}", camera=place.name, since=since)
    return words("camera {camera} was silent from {since} until {until}", camera=place.name, since=since,
                 until=_short(silence.until, unread.earliest))


def _short(instant: datetime, beside: datetime) -> datetime | str:
    """Return the time of day alone when it is of the day that is spoken of."""
    return f"{instant.astimezone(ZONE):%H:%M}" if local_day(instant) == local_day(beside) else instant

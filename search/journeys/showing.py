"""Journeys as the page shows them: each with its map, its reads and what lies between them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from search.journeys.drawing import Map, draw, pieces_of
from search.journeys.finding import JourneysFound, ToldJourney, ToldLeg
from search.journeys.legs import Parting, Verdict
from search.journeys.seen import Place, Seen
from search.journeys.wording import PARTINGS, VERDICTS, length_in_words, unread_in_words, why_probable, why_ruled_out
from search.map.flat import FlatPoint, all_roads, flatten, written
from search.pages.language import Words

_DOUBTFUL = (Verdict.turned, Verdict.unknown)


@dataclass(frozen=True, slots=True)
class ShownUnread:
    """A camera on the way that read nothing, in words, and where it stands on the flat map."""

    said: Words
    code: str
    silent: bool
    spot: FlatPoint | None


@dataclass(frozen=True, slots=True)
class Between:
    """What lies between two reads, in words."""

    took: timedelta
    usual: timedelta | None
    km: float | None
    verdict: Words
    stop: Words | None
    remarkable: bool
    doubtful: bool
    unread: tuple[ShownUnread, ...]


@dataclass(frozen=True, slots=True)
class ShownRead:
    """One read of a journey with what lies before it, and why it is taken for the vehicle."""

    seen: Seen
    before: Between | None
    why: Words | None


@dataclass(frozen=True, slots=True)
class ShownJourney:
    """One journey of the page; `number` counts from 0, the oldest."""

    number: int
    reads: tuple[ShownRead, ...]
    begins: Words
    conflicts: bool
    gap: Words | None
    took: Words | None
    km: float
    stops: int
    probable: int
    doubtful: int
    silent: int
    """How many passages are only probable, legs doubtful, and cameras on the way were silent."""
    map: Map | None
    chosen: bool

    @property
    def read_id(self) -> UUID:
        """By which it is named in addresses: its first read."""
        return self.reads[0].seen.read_id

    @property
    def first(self) -> Seen:
        """Its first read."""
        return self.reads[0].seen

    @property
    def last(self) -> Seen:
        """Its last read."""
        return self.reads[-1].seen

    @property
    def unread(self) -> tuple[ShownUnread, ...]:
        """All cameras on its way that read nothing, each once."""
        found = {unread.code: unread for read in self.reads if read.before for unread in read.before.unread}
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Shown:
    """All journeys, newest first, the roads behind their maps, and the reads that cannot be the vehicle."""

    journeys: tuple[ShownJourney, ...]
    roads: tuple[str, ...]
    pieces: Mapping[str, str]
    """Every piece of road that was driven, as points of an SVG polyline, by name."""
    ruled_out: tuple[tuple[Seen, Words], ...]
    hand: ShownRead | None
    """The passage at hand."""

    @property
    def chosen(self) -> ShownJourney | None:
        """The journey that the map shows first."""
        return next((journey for journey in self.journeys if journey.chosen), None)


def show_journeys(found: JourneysFound, wanted: UUID | None = None) -> Shown:
    """Return everything that the page says of an answer; the journey that holds the read `wanted` is chosen, else the
    newest."""
    holding = [number for number, told in enumerate(found.journeys) if wanted in {seen.read_id for seen in told.reads}]
    chosen = holding[0] if holding else len(found.journeys) - 1
    journeys = tuple(_journey(number, told, found, chosen == number) for number, told in enumerate(found.journeys))
    drawn = any(journey.map for journey in journeys)
    pieces = pieces_of((leg.judged for told in found.journeys for leg in told.legs), found.roads.network)
    hand = next((read for read in journeys[chosen].reads if read.seen.read_id == wanted),
                journeys[chosen].reads[0]) if journeys else None
    return Shown(journeys[::-1], all_roads(found.roads.network) if drawn else (),
                 {name: written(line) for name, line in pieces.items()},
                 tuple((out.read, why_ruled_out(out)) for out in found.fitted.ruled_out), hand)


def _journey(number: int, told: ToldJourney, found: JourneysFound, chosen: bool) -> ShownJourney:
    journey, reads = told.journey, tuple(_reads(told, found))
    judged = [leg.judged for leg in told.legs]
    return ShownJourney(
        number, reads, PARTINGS[journey.begins], journey.begins is Parting.impossible,
        length_in_words(timedelta(seconds=journey.after.took_s)) if journey.after else None,
        length_in_words(journey.reads[-1].at - journey.reads[0].at) if judged else None,
        sum(leg.route.km for leg in judged if leg.route), len(told.stops),
        sum(seen.probability is not None for seen in told.reads), sum(leg.verdict in _DOUBTFUL for leg in judged),
        len({unread.camera_id for leg in told.legs for unread in leg.unread if unread.silence}),
        draw(journey.reads, judged, found.roads.network, journey.after), chosen)


def _reads(told: ToldJourney, found: JourneysFound) -> Iterable[ShownRead]:
    for seen, leg in zip(told.reads, (None, *told.legs), strict=True):
        yield ShownRead(seen, _between(leg, found.places) if leg else None, why_probable(seen))


def _between(leg: ToldLeg, places: Mapping[int, Place]) -> Between:
    judged = leg.judged
    return Between(
        timedelta(seconds=judged.took_s), timedelta(seconds=judged.usual_s) if judged.usual_s is not None else None,
        judged.route.km if judged.route else None, VERDICTS[judged.verdict],
        length_in_words(judged.stop) if judged.stop else None,
        judged.verdict is not Verdict.drove, judged.verdict in _DOUBTFUL, tuple(_unread(leg, places)))


def _unread(leg: ToldLeg, places: Mapping[int, Place]) -> Iterable[ShownUnread]:
    for unread in leg.unread:
        place = places[unread.camera_id]
        yield ShownUnread(unread_in_words(unread, place), place.code, unread.silence is not None,
                          flatten(place.point) if place.point else None)

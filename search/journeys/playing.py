"""What the page's scripts are given to play journeys: times, places, pieces of road, what is said of gaps."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

from search.journeys.drawing import name_of, pieces_of
from search.journeys.finding import JourneysFound, ToldJourney, ToldLeg
from search.journeys.network import Point
from search.journeys.seen import Place, Seen
from search.journeys.wording import length_in_words, unread_in_words
from search.pages.language import Words, words
from services.clock import epoch_ms

Say = Callable[[Words | str], str]

_PLACES = 5
"""Digits of a degree: one metre."""


def playing_of(found: JourneysFound, say: Say) -> dict[str, object]:
    """Return everything that moves, oldest journey first; instants in milliseconds, lengths of time too."""
    legs = [leg.judged for told in found.journeys for leg in told.legs]
    pieces = {name: [_rounded(point) for point in line]
              for name, line in pieces_of(legs, found.roads.network).items()}
    return {"pieces": pieces, "journeys": [_journey(told, before, found.places, say)
                                           for before, told in pairwise((None, *found.journeys)) if told]}


def _later(before: Seen, after: Seen) -> Words:
    gap = after.at - before.at
    return words("{length} later", length=length_in_words(gap)) if gap > timedelta() else words("meanwhile")


def _journey(told: ToldJourney, before: ToldJourney | None, places: Mapping[int, Place], say: Say,
             ) -> dict[str, object]:
    after = told.journey.after
    return {"id": str(told.reads[0].read_id),
            "later": say(_later(before.reads[-1], told.reads[0])) if before else "",
            "refused": _line([after.before, after.after]) if told.conflicts and after else [],
            "reads": [_read(seen) for seen in told.reads], "legs": [_leg(leg, places, say) for leg in told.legs]}


def _read(seen: Seen) -> dict[str, object]:
    return {"id": str(seen.read_id), "t": epoch_ms(seen.at), "probable": seen.probability is not None,
            "at": _rounded(seen.place.point) if seen.place.point else None}


def _leg(leg: ToldLeg, places: Mapping[int, Place], say: Say) -> dict[str, object]:
    judged, stop = leg.judged, leg.judged.stop
    route = [name_of(pair) for pair in judged.route.pairs()] if judged.route else []
    return {"verdict": judged.verdict, "pieces": route, "line": [] if route else _line([judged.before, judged.after]),
            "stop": _ms(stop) if stop else 0,
            "later": say(words("{length} later", length=length_in_words(stop))) if stop else "",
            "unread": list(_unread(leg, places, say))}


def _unread(leg: ToldLeg, places: Mapping[int, Place], say: Say) -> Iterator[dict[str, object]]:
    for unread in leg.unread:
        place = places[unread.camera_id]
        if place.point:
            yield {"at": _rounded(place.point), "code": place.code, "silent": unread.silence is not None,
                   "said": say(unread_in_words(unread, place))}


def _line(reads: Sequence[Seen]) -> list[list[float]]:
    points = [seen.place.point for seen in reads]
    return [_rounded(point) for point in points if point] if all(points) else []


def _rounded(point: Point | Iterable[float]) -> list[float]:
    return [round(degrees, _PLACES) for degrees in point]


def _ms(length: timedelta) -> int:
    return round(length.total_seconds() * 1000)

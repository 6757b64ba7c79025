"""The guided five minutes: the stops of the tour, each a person, a page and what to look for there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from simulator.story import tour_texts as texts
from simulator.story.tale import Case, Stop, Text


@dataclass(frozen=True, slots=True)
class _Planned:
    case: str
    texts: tuple[Text, Text]
    search: int | None = None
    """Which of the case's searches it shows; without one, its first look."""
    journeys: bool = False
    """Whether it shows the journeys of the vehicle instead of its passages."""
    role: str = ""
    """Whose turn it is, if not that of the case's own person."""


_STOPS = (
    _Planned("stolen-car-n76", texts.BOARD),
    _Planned("hit-and-run-bree", texts.HALF_A_PLATE, search=1),
    _Planned("silent-camera", texts.JOURNEY, search=0, journeys=True),
    _Planned("discreet-car", texts.DISCREET),
    _Planned("action-n715", texts.ACTION),
    _Planned("ex-partner", texts.AUDIT),
)


def plan_tour(cases: Iterable[Case]) -> tuple[Stop, ...]:
    """Return the stops in the order in which they are walked; raises KeyError for a case that there is not."""
    by_id = {case.id: case for case in cases}
    return tuple(_stop(planned, by_id) for planned in _STOPS)


def _stop(planned: _Planned, cases: Mapping[str, Case]) -> Stop:
    case = cases[planned.case]
    title, see = planned.texts
    return Stop(case.id, planned.role or case.role, title, see, _path(planned, case), planned.search is not None)


def _path(planned: _Planned, case: Case) -> str:
    if planned.search is None:
        return case.looks[0].path
    path = case.searches[planned.search].path
    if not planned.journeys:
        return path
    asked = parse_qs(urlsplit(path).query)
    return "/journeys?" + "&".join(f"{key}={asked[key][0]}" for key in ("plate", "from", "until"))

"""The guided five minutes."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from simulator.network import load_network
from simulator.story.cases import tell
from simulator.story.roles import ROLES
from simulator.story.tour import plan_tour

ANCHOR = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_every_stop_is_somebodys_and_leads_where_its_case_leads() -> None:
    cases = {case.id: case for case in tell(ANCHOR, load_network(), 1)}
    stops = plan_tour(cases.values())
    assert len({stop.role for stop in stops}) >= 5, "the tour meets most of the people"
    for stop in stops:
        case = cases[stop.case]
        assert stop.role in {role.username for role in ROLES}
        assert stop.consults == stop.path.startswith(("/reads", "/journeys"))
        if stop.consults:
            assert case.consultation is not None
        else:
            assert stop.path in {look.path for look in case.looks}


def test_a_journey_is_asked_of_the_plate_and_period_of_its_search() -> None:
    stop = next(stop for stop in plan_tour(tell(ANCHOR, load_network(), 1)) if stop.path.startswith("/journeys"))
    asked = parse_qs(urlsplit(stop.path).query)
    assert asked.keys() == {"plate", "from", "until"}
    assert "?" not in asked["plate"][0]

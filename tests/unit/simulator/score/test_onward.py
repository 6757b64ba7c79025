"""Next cameras beside the truth: what is asked, and how what was offered is judged."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from simulator.faults import Sighting
from simulator.network import load_network
from simulator.score.api import Onward
from simulator.score.measures import Judged
from simulator.score.onward import Asked, Offered, ask_of, nearest, say
from simulator.traffic import Passage
from simulator.vehicles import draw_vehicles

NETWORK = load_network()
START = datetime(2026, 11, 23, 7, tzinfo=UTC)
CAMERAS = tuple(NETWORK.cameras.values())[:4]
(VEHICLE,) = draw_vehicles(np.random.default_rng(1), np.arange(1), 1)


def _sighting(place: int, *faults: str, trip: int = 1) -> Sighting:
    moment = START + timedelta(minutes=5 * place)
    return Sighting(Passage(moment, CAMERAS[place], VEHICLE, 1, 50.0, trip), moment, "3ABC123", 0.9, (moment,), faults)


def test_of_each_right_read_it_is_known_what_the_vehicle_passed_next_and_what_read_it_next() -> None:
    codes = [camera.code for camera in CAMERAS]
    first, second = list(ask_of([_sighting(0), _sighting(1, "miss"), _sighting(2, "misread"), _sighting(3)]))
    assert first == Asked(codes[0], START, None, codes[1], codes[3], START + timedelta(minutes=15))
    assert second == Asked(codes[3], START + timedelta(minutes=15), codes[0], None, None, None)


def test_a_trip_ends_where_the_next_begins() -> None:
    one, other = ask_of([_sighting(0), _sighting(1, trip=2)])
    assert (one.seen, other.before) == (None, None)


def _offered(seen: str | None, passed: str | None, minutes: float = 5) -> Offered:
    asked = Asked("A", START, None, passed, seen, START + timedelta(minutes=minutes) if seen else None)
    return Offered(asked, [Onward(code, chance, 240, 360) for code, chance in
                           (("B", 0.5), ("C", 0.2), ("D", 0.1), ("E", 0.05))])


def test_what_was_offered_is_judged_by_what_read_the_plate_and_ranked_by_what_was_passed() -> None:
    offered = _offered("C", "E")
    assert list(offered.judged())[:2] == [Judged(0.5, False), Judged(0.2, True)]
    assert (offered.holds(3), offered.holds(4)) == (False, True)


@pytest.mark.parametrize(("minutes", "held"), [(3, False), (5, True), (7, False)])
def test_a_time_holds_from_the_soonest_to_the_latest(minutes: float, held: bool) -> None:
    assert _offered("C", "C", minutes).in_time() is held
    assert _offered("Z", "Z", minutes).in_time() is None


def test_figures_count_trips_that_go_on_and_trips_that_end() -> None:
    offered = [_offered("B", "B"), _offered("E", "E"), _offered(None, None)]
    found = {row.name: row.value for row in say("n", offered, None)}
    assert found["n, next camera among the first 1"] == found["n, next camera among the first 3"] == 0.5
    assert found["n, seen next at none that was offered"] == pytest.approx(1 / 3)
    assert found["n, probability left for elsewhere"] == pytest.approx(0.15)


def test_a_map_alone_names_the_nearest_by_road() -> None:
    edges = sorted((edge for edge in NETWORK.edges_from("GNK02A") if edge.end in NETWORK.cameras),
                   key=lambda edge: edge.minutes)
    asked = [Asked("GNK02A", START, None, edge.end, None, None) for edge in edges]
    assert nearest(asked, NETWORK) == min(3, len(edges)) / len(edges)

"""The quickest ways between cameras, and the shortest times in which anybody could drive them."""

import pytest

from search.journeys.network import DARING, Leg, Network, Node, kilometres, least_straight
from tests.unit.search.journeys.straight_road import network


def test_a_route_passes_the_cameras_between_its_ends() -> None:
    route = network().route(1, 4)
    assert route is not None
    assert (route.cameras, route.passed, route.km, route.minutes) == ((1, 2, 3, 4), (2, 3), 15.0, 15.0)


def test_there_is_no_route_against_the_traffic_nor_from_a_camera_to_itself() -> None:
    assert network().route(3, 1) is None
    assert network().route(3, 3) is None


def test_the_quicker_of_two_ways_is_taken_though_it_is_the_longer() -> None:
    ways = Network([], [Leg(1, 2, 3, 9), Leg(2, 4, 3, 9), Leg(1, 3, 10, 6), Leg(3, 4, 10, 6)])
    route = ways.route(1, 4)
    assert route is not None
    assert (route.cameras, route.km) == ((1, 3, 4), 20)


def test_nobody_is_faster_than_one_and_a_half_times_the_limit_unless_somebody_was() -> None:
    assert network().least_seconds(1, 2) == pytest.approx(5 / (70 * DARING) * 3600)
    assert network(fastest_s=120).least_seconds(1, 2) == 120
    assert network(fastest_s=400).least_seconds(1, 2) == pytest.approx(5 / (70 * DARING) * 3600)


def test_who_turns_round_at_a_site_loses_no_time() -> None:
    assert network().least_seconds(2, 12) == 0
    assert network().least_seconds(2, 11) == network().least_seconds(12, 11)


def test_cameras_that_no_road_joins_have_no_shortest_time() -> None:
    islands = Network([Node(1, 51.0, 5.0), Node(2, 52.0, 5.0)], [])
    assert islands.least_seconds(1, 2) is None


def test_distances_are_those_of_the_globe() -> None:
    assert kilometres((5.0, 51.0), (5.0, 52.0)) == pytest.approx(111.2, abs=0.1)
    assert kilometres((5.0, 51.0), (5.0714, 51.0)) == pytest.approx(5.0, abs=0.01)
    assert least_straight((5.0, 51.0), (5.0, 52.0)) == pytest.approx(111.2 / 180 * 3600, rel=0.001)


def test_cameras_further_on_leave_out_the_next_one() -> None:
    assert [(camera, minutes) for camera, _, minutes in network().beyond_next(1)] == [(3, 10.0), (4, 15.0)]
    assert [(camera, minutes) for camera, _, minutes in network().before_previous(4)] == [(2, 10.0), (1, 15.0)]

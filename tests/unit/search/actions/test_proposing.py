"""The cameras that an action can use, and the minutes from each, follow from the road network."""

from datetime import UTC, datetime

from search.actions.memory import MOST_BOARDS, LastShown
from search.actions.proposing import FARTHEST_S, propose
from search.actions.wording import arrival
from search.journeys.legs import Roads
from search.journeys.network import Leg, Network, Node
from search.journeys.times import Hour, LegTimes
from tests.integration.search.world import new_read_id

AT = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def roads(*hours: Hour) -> Roads:
    """A street of four cameras towards the place 9, the last of them far away."""
    network = Network([Node(number) for number in (1, 2, 3, 4, 9)], [
        Leg(1, 9, 2, 2), Leg(2, 1, 3, 3), Leg(3, 2, 20, 20), Leg(9, 4, 1, 1)])
    return Roads(network, LegTimes(network, hours))


def test_cameras_that_lead_there_are_proposed_the_nearest_first() -> None:
    assert propose(roads(), 9, [1, 2, 3, 4, 9], AT) == {1: (120, 210), 2: (300, 510)}
    assert all(latest <= FARTHEST_S for _, latest in propose(roads(), 9, [1, 2, 3], AT).values())


def test_measured_times_take_the_place_of_those_without_queues() -> None:
    measured = Hour(1, 9, 15, 40, 95.0, 150.0, 200.0)  # 15:00 in Brussels
    network = Network([Node(1), Node(9)], [Leg(1, 9, 2, 2, (), 95.0)])
    assert propose(Roads(network, LegTimes(network, [measured])), 9, [1], AT) == {1: (90, 210)}


def test_arrival_is_told_in_whole_minutes_earlier_rather_than_later() -> None:
    def told(first: float, last: float) -> str:
        return str(arrival(AT, AT.fromtimestamp(AT.timestamp() + first, UTC), AT.fromtimestamp(
            AT.timestamp() + last, UTC)))
    assert [told(150, 240), told(60, 61), told(59, 61), told(-30, 1), told(-60, 0)] == [
        "in 2 to 4 min", "in 1 to 2 min", "any moment, at most 2 min", "any moment, at most 1 min",
        "must have passed"]


def test_a_board_remembers_what_it_showed_and_forgets_the_oldest_boards() -> None:
    shown, car = LastShown(), frozenset({(1, new_read_id(AT))})
    assert shown.new(1, 1, car) == car
    shown.keep(1, 1, car)
    assert shown.new(1, 1, car) == frozenset()
    assert shown.new(2, 1, car) == shown.new(1, 2, car) == car
    for user in range(2, MOST_BOARDS + 2):
        shown.keep(user, 1, car)
    assert shown.new(1, 1, car) == car

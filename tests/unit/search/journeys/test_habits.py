"""Where and when a vehicle comes, as one answer tells."""

from datetime import timedelta

from search.journeys.habits import habits_of
from search.journeys.seen import Look
from tests.unit.search.journeys.straight_road import found, seen

DAY = 24 * 60


def test_the_cameras_that_read_it_most_come_first_with_their_hours() -> None:
    habits = habits_of(found(seen(0, 1), seen(5, 2), seen(DAY, 1), seen(2 * DAY + 60, 1)))
    first, second = habits.cameras
    assert (first.place.code, first.count, first.days, first.hours[10], first.hours[11]) == ("C1", 3, 3, 2, 1)
    assert (second.place.code, second.count) == ("C2", 1)
    assert (habits.reads, habits.days, habits.others) == (4, 3, 0)
    assert (habits.week[0][10], habits.busiest) == (2, 2), "START is a Monday, ten o'clock in Brussels"


def test_stops_are_told_longest_first() -> None:
    habits = habits_of(found(seen(0, 1), seen(20, 2), seen(70, 3)))
    assert [round((stop.stop or timedelta()).total_seconds() / 60) for stop in habits.stops] == [44, 14]


def test_its_look_is_what_most_cameras_say_of_the_very_plate() -> None:
    golf, polo = Look("Volkswagen", "Golf", "grey", "car"), Look("Volkswagen", "Polo", "grey", None)
    habits = habits_of(found(seen(0, 1, look=golf), seen(5, 2, look=polo), seen(10, 3, look=golf),
                             seen(15, 4, look=polo, probability=0.9), seen(20, 5, look=polo, probability=0.9)))
    assert (habits.look, habits.agreeing) == (golf, 2)


def test_nothing_found_has_no_habits() -> None:
    habits = habits_of(found())
    assert (habits.cameras, habits.stops, habits.busiest, habits.look) == ((), (), 0, Look())

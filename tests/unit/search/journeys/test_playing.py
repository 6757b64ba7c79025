"""What the scripts of the vehicle page are given."""

import json

from search.journeys.playing import playing_of
from search.pages.rendering import load_pages
from tests.unit.search.journeys.straight_road import found, seen

say = load_pages().languages["nl"].say


def test_a_piece_of_road_that_is_driven_every_day_is_given_once() -> None:
    given = playing_of(found(*(seen(day * 1440 + 5 * step, 1 + step) for day in range(3) for step in range(2))), say)
    assert list(given["pieces"]) == ["p1-2"]
    assert [leg["pieces"] for journey in given["journeys"] for leg in journey["legs"]] == [["p1-2"]] * 3
    assert json.dumps(given)


def test_what_lies_between_journeys_is_said() -> None:
    given = playing_of(found(seen(0, 1), seen(5, 2), seen(197, 1), seen(1640, 1)), say)
    assert [journey["later"] for journey in given["journeys"]] == ["", "3 u 12 later", "1 d 0 u later"]


def test_a_stop_tells_its_length_and_a_camera_that_read_nothing_stands_on_the_way() -> None:
    [journey] = playing_of(found(seen(0, 1), seen(42, 3)), say)["journeys"]
    [leg] = journey["legs"]
    assert (leg["verdict"], leg["stop"], leg["later"]) == ("stopped", 30 * 60_000, "30 min later")
    assert [(unread["code"], unread["silent"]) for unread in leg["unread"]] == [("C2", False)]


def test_a_journey_that_cannot_be_says_where_the_vehicle_was_then() -> None:
    given = playing_of(found(seen(0, 1), seen(0.5, 4)), say)
    assert [bool(journey["refused"]) for journey in given["journeys"]] == [False, True]
    assert given["journeys"][1]["refused"] == [given["journeys"][0]["reads"][0]["at"],
                                               given["journeys"][1]["reads"][0]["at"]]


def test_where_nothing_was_found_nothing_moves() -> None:
    assert playing_of(found(), say) == {"pieces": {}, "journeys": []}

"""Corrections: the messages of one passing car end as one live read, in whatever order and company they come."""

from datetime import datetime, timedelta
from itertools import count, permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import writer
from services.clock import epoch_ms, from_epoch_ms, utc_now
from services.database import transaction
from services.partitions import Weeks
from services.registry import Gateway
from tests.ingest_samples import IDENTITY, PNG, decode_batch, incoming, picture, reading

Reading = tuple[str | None, int, float | None]
NUMBERS = count()

SCENARIOS: dict[str, list[Reading]] = {
    "a correction": [("3-ABC-123", 0, 0.9), ("3-ABG-123", 1, 0.5)],
    "rising confidence": [("3-ABC-123", 0, 0.5), ("3-ABG-123", 0, 0.7), ("3-ABC-123", 0, 0.9)],
    "first unread": [(None, 0, None), ("3-ABC-123", 0, 0.4), ("3-ABG-123", 0, 0.8)],
    "a tie": [("3-ABC-123", 0, 0.8), ("3-ABG-123", 0, 0.8), ("3-ABQ-123", 0, 0.8)],
    "a tie beyond the store's precision": [("3-ABC-123", 0, 0.123456789), ("3-ABG-123", 0, 0.123456789)],
    "there and back": [("3-ABC-123", 0, 0.9), ("3-ABG-123", 1, 0.9), ("3-ABC-123", 2, 0.9), ("3-ABQ-123", 1, 1.0)],
}


class Car:
    """One passing car in the database of a test."""

    def __init__(self, store: Any, look: Any, moment: datetime) -> None:
        self.store, self.look, self.moment, self.passage = store, look, moment, f"p{next(NUMBERS)}"
        self.captured = moment + timedelta(milliseconds=next(NUMBERS))

    def message(self, one: Reading, **members: Any) -> Any:
        plate, revision, confidence = one
        return incoming(reading(plate, self.captured, self.passage, revision=revision, confidence=confidence,
                                **members))

    def rows(self) -> list[dict[str, Any]]:
        return self.look.all("SELECT * FROM reads WHERE captured_at = %s ORDER BY plate", self.captured)

    def live(self) -> str:
        (live,) = [row["plate"] for row in self.rows() if not row["superseded"]]
        return live


@pytest.fixture
def new_car(store: Any, look: Any, moment: datetime) -> Any:
    return lambda: Car(store, look, moment)


A, B = ("3-ABC-123", 0, 0.9), ("3-ABG-123", 1, 0.5)


@pytest.mark.parametrize("order", [(A, B), (B, A), (A, B, A), (B, A, B, A), (A, A, B, B)])
async def test_the_higher_revision_lives_and_the_lower_stays_superseded(new_car: Any,
                                                                        order: tuple[Reading, ...]) -> None:
    for together in (True, False):
        car = new_car()
        messages = [car.message(one) for one in order]
        for batch in [messages] if together else [[message] for message in messages]:
            await car.store(*batch)
        assert [(row["plate"], row["superseded"]) for row in car.rows()] == [("3ABC123", True), ("3ABG123", False)]
        assert len({row["read_id"] for row in car.rows()}) == 1


@pytest.mark.parametrize("readings", SCENARIOS.values(), ids=SCENARIOS)
async def test_every_order_ends_in_the_same_live_row(new_car: Any, readings: list[Reading]) -> None:
    expected = max(readings, key=lambda one: (one[1], one[2] or 0.0, one[0] or "?"))
    for order in permutations(readings):
        apart, together = new_car(), new_car()
        for one in order:
            await apart.store(apart.message(one))
        await together.store(*(together.message(one) for one in order))
        for car in (apart, together):
            assert car.live() == expected[0].replace("-", "")
            assert len(car.rows()) == len({plate for plate, *_ in readings})


PLATES = st.sampled_from(["3-ABC-123", "3-ABG-123", None])
READINGS = st.tuples(PLATES, st.integers(0, 1), st.none() | st.floats(0.01, 1))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(READINGS, min_size=2, max_size=5), st.data())
async def test_any_split_into_batches_ends_in_the_same_live_row(new_car: Any, readings: list[Reading],
                                                                data: Any) -> None:
    lived = set()
    for _ in range(2):
        car, rest = new_car(), data.draw(st.permutations(readings))
        while rest:
            size = data.draw(st.integers(1, len(rest)))
            await car.store(*(car.message(one) for one in rest[:size]))
            rest = rest[size:]
        lived.add(car.live().replace("11", ""))
    assert len(lived) == 1


async def test_a_later_message_takes_the_first_ones_capture_and_id(new_car: Any, look: Any) -> None:
    car = new_car()
    await car.store(car.message(A))
    later = reading("3-ABG-123", car.captured + timedelta(milliseconds=300), car.passage, revision=1)
    await car.store(incoming(later))
    assert [row["plate"] for row in car.rows()] == ["3ABC123", "3ABG123"]
    assert look.one("SELECT count(*) FROM reads") == 2


async def test_corrections_are_counted_and_redelivered_ones_doubled(new_car: Any, look: Any) -> None:
    car = new_car()
    for one in (A, B, A, B):
        await car.store(car.message(one))
    assert look.counts() == {"stored": 1, "doubled": 2, "superseded": 1, "rejected": 0, "heartbeats": 0}


async def test_two_cars_are_two_reads(new_car: Any) -> None:
    first, second = new_car(), new_car()
    await first.store(first.message(A), second.message(A), second.message(B))
    assert (first.live(), second.live()) == ("3ABC123", "3ABG123")


@pytest.mark.parametrize("together", [True, False])
async def test_pictures_of_a_later_message_are_added(new_car: Any, together: bool) -> None:
    car = new_car()
    messages = [car.message(A), car.message(A, images=[picture("overview", PNG)])]
    for batch in [messages] if together else [[message] for message in messages]:
        await car.store(*batch)
    assert [row["images"] for row in car.rows()] == [2]


async def test_pictures_of_any_message_are_on_every_reading(new_car: Any) -> None:
    car = new_car()
    for message in (car.message(A), car.message(B, images=[picture("plate", PNG)]), car.message(A)):
        await car.store(message)
    assert [row["images"] for row in car.rows()] == [1, 1]


@pytest.mark.parametrize("together", [True, False])
async def test_a_later_message_adds_what_the_first_did_not_know(new_car: Any, together: bool) -> None:
    car = new_car()
    messages = [car.message(("3-ABC-123", 0, 0.9), speed_kmh=50), car.message(("3-ABC-123", 1, 0.8), direction="away"),
                car.message(("3-ABC-123", 0, 0.7), speed_kmh=70, lane=2)]
    for batch in [messages] if together else [[message] for message in messages]:
        await car.store(*batch)
    (row,) = car.rows()
    assert (row["direction"], row["speed_kmh"], row["lane"], round(row["confidence"], 2)) == ("away", 50, 2, 0.8)
    await car.store(*messages)
    assert car.rows() == [row]


def seen_by_axis(captured: datetime, state: str, plate: str, **members: str) -> Any:
    """Return one of the messages that an Axis camera sends of its car number 7."""
    event = {"carID": "7", "carState": state, "plateText": plate, "plateConfidence": "0.9",
             "capture_timestamp": str(epoch_ms(captured)), "camera_info": {"SerialNumber": "cam1"}, **members}
    return incoming(event, "anpr/v1/houthalen/event")


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_the_messages_of_one_car_meet_over_the_border_of_a_span(
        engine: Any, look: Any, moment: datetime, order: tuple[int, int], together: bool) -> None:
    border = from_epoch_ms(epoch_ms(moment) // 600_000 * 600_000)
    axis = {"houthalen": Gateway(7, "houthalen", {"cam1": 11}, profile="axis-lpv")}
    messages = [seen_by_axis(border - timedelta(seconds=1), "new", "3ABC123"),
                seen_by_axis(border + timedelta(seconds=4), "update", "3ABC128", carMoveDirection="in")]
    ordered = [messages[place] for place in order]
    for batch in [ordered] if together else [[message] for message in ordered]:
        await store_as(engine, axis, batch)
    assert [(row["plate"], row["superseded"]) for row in look.reads()] == [("3ABC123", True), ("3ABC128", False)]
    assert len({row["read_id"] for row in look.reads()}) == 1


async def test_a_number_that_is_used_again_after_a_restart_is_another_car(engine: Any, look: Any,
                                                                         moment: datetime) -> None:
    axis = {"houthalen": Gateway(7, "houthalen", {"cam1": 11}, profile="axis-lpv")}
    for minutes, plate in ((0, "3ABC123"), (11, "4DEF456"), (40, "5GHJ789")):
        await store_as(engine, axis, [seen_by_axis(moment + timedelta(minutes=minutes), "new", plate)])
    assert [row["superseded"] for row in look.reads()] == [False, False, False]


async def store_as(engine: Any, gateways: dict[str, Gateway], messages: list[Any]) -> None:
    """Store messages in one transaction, as ingest does for gateways of other profiles."""
    batch = decode_batch(*messages, now=utc_now(), gateways=gateways)
    await Weeks(engine).ensure(batch.mondays())
    async with transaction(engine) as connection:
        await writer.store(connection, IDENTITY, batch)

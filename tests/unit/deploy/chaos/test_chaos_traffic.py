"""The reads of a chaos run: repeatable, every one different, of every kind, at the rate that was asked for."""

from itertools import islice

import msgspec
import pytest

from deploy.chaos.accounting import best_plate
from deploy.chaos.traffic import GATEWAYS, Outgoing, Reading, make_traffic
from services import messages

START_MS, RATE = 1_795_506_641_000, 500


@pytest.fixture(scope="module")
def sent() -> list[Outgoing]:
    return list(islice(make_traffic(7, RATE, START_MS), 20_000))


@pytest.fixture(scope="module")
def readings(sent: list[Outgoing]) -> list[Reading]:
    return [reading for message in sent for reading in message.readings]


def test_the_same_seed_makes_the_same_messages(sent: list[Outgoing]) -> None:
    assert list(islice(make_traffic(7, RATE, START_MS), 100)) == sent[:100]
    assert list(islice(make_traffic(8, RATE, START_MS), 100)) != sent[:100]


def test_messages_come_in_the_order_in_which_they_are_due_at_about_the_rate(sent: list[Outgoing],
                                                                           readings: list[Reading]) -> None:
    due = [message.due_ms for message in sent]
    assert due == sorted(due)
    assert len(readings) / (due[-1] - START_MS) * 1000 == pytest.approx(RATE, rel=0.02)


def test_no_camera_captures_two_cars_in_one_millisecond(readings: list[Reading]) -> None:
    single = [(one.camera, one.captured_ms) for one in readings if one.passage is None]
    passages = {(one.camera, one.captured_ms, one.passage) for one in readings if one.passage is not None}
    cars = single + [car[:2] for car in passages]
    assert len(set(cars)) == len(cars)


def test_about_one_read_in_twenty_has_pictures_and_every_kind_of_message_occurs(sent: list[Outgoing],
                                                                              readings: list[Reading]) -> None:
    assert 0.03 < sum(one.pictured for one in readings) / len(readings) < 0.07
    assert any(len(message.readings) > 1 for message in sent)
    assert any(message.topic.endswith("/heartbeats") for message in sent)
    assert any(one.revision == 2 for one in readings)


def test_corrections_change_plates_and_equal_readings_differ_in_confidence(readings: list[Reading]) -> None:
    passages: dict[str, list[Reading]] = {}
    for one in readings:
        if one.passage:
            passages.setdefault(one.passage, []).append(one)
    assert any(best_plate(group) != group[0].plate for group in passages.values())
    assert all(len({(one.revision, one.confidence) for one in group}) == len(group) for group in passages.values())


def test_every_message_is_canonical_and_says_what_the_truth_says(sent: list[Outgoing]) -> None:
    for message in sent[:2000]:
        if not message.readings:
            assert msgspec.json.decode(message.payload, type=messages.Heartbeat).camera in GATEWAYS[message.gateway]
            continue
        payload = message.payload
        raw = msgspec.json.decode(payload, type=messages.Batch).reads if len(message.readings) > 1 else [payload]
        for one, truth in zip(raw, message.readings, strict=True):
            read = msgspec.json.decode(one, type=messages.Read)
            assert f"{message.gateway}:{read.camera}" == truth.camera
            assert (read.plate or "").replace("-", "") == truth.plate
            assert len(read.images) == 2 * truth.pictured

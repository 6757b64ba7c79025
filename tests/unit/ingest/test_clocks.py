"""Cameras' clocks, measured against a ground truth: the simulator's cameras with clocks that are wrong."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest

from ingest.clocks import WINDOW_MS, Clocks, Offset
from ingest.rows import Row
from services.clock import epoch_ms
from services.clock_rule import clock_class
from services.registry import Gateway
from simulator.faults import Faults, see
from simulator.network import load_network
from simulator.sightings import compose, look_at
from simulator.traffic import Passage, Vehicle
from tests.ingest_samples import decode, incoming

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
START_MS = epoch_ms(START)
CODES = list(load_network().cameras)[:12]
GATEWAY = {"zone": Gateway(1, "zone", {code: number for number, code in enumerate(CODES)})}
OFFSETS_S = dict(zip(CODES, (0.0, 0.0, 0.06, -0.02, 0.3, -0.3, 0.9, 1.5, -5.0, 45.0, 250.0, -3600.0), strict=True))
CLASSES = ("ok", "ok", "ok", "ok", "flagged", "flagged", "flagged", *["excluded"] * 5)
FASTEST_S, USUAL_S = 0.010, 0.050


def live_rows(faults: Faults) -> Iterator[Row]:
    """Half an hour of a road's reads as they arrive, over a way that is fast now and then."""
    rng, cameras = random.Random(4), load_network().cameras
    vehicle = Vehicle("3-ABC-128", "BE", "Volvo", "V60", "grey", "car")
    passages = [Passage(START + timedelta(seconds=8 * turn, milliseconds=place), cameras[code], vehicle, 1, 60.0, turn)
                for turn in range(225) for place, code in enumerate(CODES)]
    arrivals = [(due + timedelta(seconds=FASTEST_S + rng.expovariate(1 / USUAL_S)), seen)
                for seen in see(passages, faults, 1) for due in seen.deliveries]
    for received_at, seen in sorted(arrivals, key=lambda arrival: arrival[0]):
        message = incoming(compose(seen, f"{seen.passage.captured_at}", look_at(seen), None), "anpr/v1/zone/reads",
                           received_at)
        yield from (row for row in decode(message, now=received_at, gateways=GATEWAY) if isinstance(row, Row))


def row(camera_id: int, received_ms: int, way_ms: int) -> Row:
    """A read of which nothing counts but its times."""
    (made,) = decode(incoming({"camera": "cam1", "captured_at": START.isoformat()}), now=START)
    assert isinstance(made, Row)
    made.camera_id, made.received_ms, made.captured_ms = camera_id, received_ms, received_ms - way_ms
    return made


def window(ways_ms: list[int], begin_ms: int = START_MS, step_ms: int = 20_000) -> list[Row]:
    return [row(7, begin_ms + step_ms * place, way_ms) for place, way_ms in enumerate(ways_ms)]


def measure(*windows: list[Row]) -> list[Offset]:
    clocks, measured = Clocks(), []
    for rows in windows:
        clocks.note(rows)
        measured += clocks.measure(rows[0].received_ms + WINDOW_MS)
    return measured


def test_the_simulators_wrong_clocks_are_found_and_the_right_ones_are_not() -> None:
    drifts = MappingProxyType({code: offset for code, offset in OFFSETS_S.items() if offset})
    clocks, now_ms = Clocks(), START_MS
    last: dict[int, Offset] = {}
    for one in live_rows(Faults(drift_s=drifts, late=0.1, duplicate=0.1, misread=0.1)):
        clocks.note([one])
        if one.received_ms - now_ms >= 60_000:
            now_ms = one.received_ms
            last |= {offset.camera_id: offset for offset in clocks.measure(now_ms)}
    assert tuple(clock_class(last[number].offset_ms) for number in range(12)) == CLASSES
    for number, true_s in enumerate(OFFSETS_S.values()):
        assert true_s * 1000 - 60 <= last[number].offset_ms <= true_s * 1000 - FASTEST_S * 1000 + 1
        assert last[number].since_ms - START_MS < 60_000  # one row for all of it


def test_what_comes_out_of_a_backlog_at_once_says_nothing_of_the_clock() -> None:
    assert measure(window([3_600_000 - 10_000 * place for place in range(60)], step_ms=100)) == []


def test_a_backlog_that_drains_for_a_while_says_nothing_either() -> None:
    assert measure(window([600_000 - 40_000 * place for place in range(14)])) == []


def test_one_wild_time_decides_nothing() -> None:
    (offset,) = measure(window([-240_000, *[80] * 9]))
    assert offset.offset_ms == -80


def test_a_few_reads_wait_for_more() -> None:
    clocks = Clocks()
    clocks.note(window([50] * 4))
    assert clocks.measure(START_MS + WINDOW_MS) == []
    clocks.note(window([50], begin_ms=START_MS + WINDOW_MS + 1000))
    (offset,) = clocks.measure(START_MS + 2 * WINDOW_MS)
    assert (offset.samples, offset.since_ms, offset.until_ms) == (5, START_MS, START_MS + WINDOW_MS + 1000)


def test_a_few_reads_do_not_wait_for_ever() -> None:
    clocks, hours_later_ms = Clocks(), START_MS + 2 * 3_600_000
    clocks.note(window([50] * 4))
    assert clocks.measure(hours_later_ms) == []
    clocks.note(window([70] * 5, begin_ms=hours_later_ms))
    (offset,) = clocks.measure(hours_later_ms + WINDOW_MS)
    assert (offset.samples, offset.since_ms) == (5, hours_later_ms)


def test_a_row_goes_on_while_the_offset_stays_and_a_new_one_begins_when_it_moves() -> None:
    steps = (20, 60, -90, 400, 430, 700)  # by how much the way seems to take longer, window by window
    measured = measure(*(window([way] * 9, begin_ms=START_MS + place * WINDOW_MS) for place, way in enumerate(steps)))
    assert [offset.offset_ms for offset in measured] == [-20, -20, -20, -400, -400, -700]
    assert [offset.samples for offset in measured] == [9, 18, 27, 9, 18, 9]


def test_after_a_silence_a_new_row_begins() -> None:
    later = window([20] * 9, begin_ms=START_MS + 2 * 3_600_000)
    assert [offset.samples for offset in measure(window([20] * 9), later)] == [9, 9]


def test_after_a_start_the_last_row_goes_on() -> None:
    clocks = Clocks()
    clocks.remember([Offset(7, START_MS - 600_000, START_MS - 1000, -30, 40)])
    clocks.note(window([20] * 9))
    (offset,) = clocks.measure(START_MS + WINDOW_MS)
    assert offset == Offset(7, START_MS - 600_000, START_MS + 160_000, -30, 49)


def test_a_capture_that_is_our_own_time_of_receipt_says_nothing() -> None:
    rows = window([0] * 9)
    for one in rows:
        one.clock_basis = "received"
    clocks = Clocks()
    clocks.note(rows)
    assert clocks.measure(START_MS + WINDOW_MS) == []


@pytest.mark.parametrize("number", [1000, 20_000])
def test_a_flood_is_measured_by_a_part_of_it(number: int) -> None:
    clocks = Clocks()
    for _ in range(number // 1000):
        clocks.note(window([30] * 1000, step_ms=1))
    (offset,) = clocks.measure(START_MS + WINDOW_MS)
    assert offset.offset_ms == -30
    assert offset.samples <= 500

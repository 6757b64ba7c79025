"""Traffic: its amount, rhythm, order, and vehicles that keep their identity and are in one place at a time."""

import itertools
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from services.clock import epoch_ms, local_day
from simulator.calibrate import Rhythm, load_rhythm
from simulator.network import Network, load_network
from simulator.population import Population, draw_population
from simulator.traffic import Passages, history, trips

MONDAY = date(2026, 10, 5)
READS = 6000


@pytest.fixture(scope="module")
def network() -> Network:
    return load_network()


@pytest.fixture(scope="module")
def rhythm() -> Rhythm:
    return load_rhythm()


@pytest.fixture(scope="module")
def population(network: Network, rhythm: Rhythm) -> Population:
    return draw_population(network, rhythm, np.random.default_rng(11), READS)


@pytest.fixture(scope="module")
def week(network: Network, rhythm: Rhythm, population: Population) -> Passages:
    days = [(MONDAY + timedelta(days=number), READS) for number in range(7)]
    return history(network, rhythm, np.random.default_rng(11), days, population)


def test_a_history_has_as_many_passages_as_asked(week: Passages) -> None:
    assert 7 * READS - 7 * 12 <= len(week) <= 7 * READS


def test_passages_come_in_time_order(week: Passages) -> None:
    assert (np.diff(week.captured_ms) >= 0).all()


def test_every_camera_sees_traffic(week: Passages) -> None:
    assert len(np.unique(week.camera)) == 92


def test_hours_follow_the_surveys_rhythm(week: Passages, rhythm: Rhythm) -> None:
    hours = np.bincount(week.captured_ms // 3_600_000 % 24, minlength=24) / len(week)
    local = np.roll(hours, 2)  # October: Brussels is two hours ahead
    assert np.abs(local - np.array(rhythm.hour_shares)).max() < 0.02


def test_the_same_seed_gives_the_same_world(network: Network, rhythm: Rhythm, week: Passages) -> None:
    again = history(network, rhythm, np.random.default_rng(11),
                    [(MONDAY + timedelta(days=number), READS) for number in range(7)])
    assert again.vehicles == week.vehicles
    assert (again.captured_ms == week.captured_ms).all()


def test_many_are_seen_on_one_day_only_and_some_nearly_every_day(week: Passages) -> None:
    days = defaultdict(set)
    for vehicle, captured in zip(week.vehicle.tolist(), week.captured_ms.tolist(), strict=True):
        days[vehicle].add(captured // 86_400_000)
    counts = [len(seen) for seen in days.values()]
    assert sum(count == 1 for count in counts) / len(counts) > 0.4
    assert sum(count >= 4 for count in counts) > 200


def test_commuters_leave_in_the_morning_and_return_the_other_way(week: Passages, population: Population) -> None:
    commuters = len(population.work_route)
    routes = population.routes
    out = defaultdict(set)
    rows = np.flatnonzero(week.vehicle < commuters)
    for row in rows.tolist():
        out[int(week.vehicle[row])].add(int(week.camera[row]))
    assert len(out) > 0.9 * commuters
    for vehicle, seen in out.items():
        both = [population.work_route[vehicle], routes.back[population.work_route[vehicle]]]
        expected = {int(camera) for route in both
                    for camera in routes.camera[routes.first[route]:routes.first[route] + routes.length[route]]}
        assert seen <= expected


def test_commuters_stay_at_home_at_the_weekend(week: Passages, population: Population) -> None:
    weekday = (week.captured_ms // 86_400_000 + 3) % 7
    commuting = week.vehicle < len(population.work_route)
    assert commuting[weekday < 5].mean() > 3 * commuting[weekday >= 5].mean()


def test_plates_belong_to_one_vehicle_each(week: Passages) -> None:
    assert len({vehicle.plate for vehicle in week.vehicles}) == len(week.vehicles)


def test_no_vehicle_is_on_two_trips_at_once(week: Passages) -> None:
    order = np.lexsort((week.captured_ms, week.vehicle))
    pairs = list(zip(week.vehicle[order].tolist(), week.trip_id[order].tolist(), strict=True))
    runs = [pair for pair, _ in itertools.groupby(pairs)]
    assert len(runs) - len(set(runs)) <= 2  # a driver out past midnight may rarely meet his own next day


def test_consecutive_cameras_of_a_trip_are_neighbours_and_take_at_least_half_the_free_time(
    week: Passages, network: Network,
) -> None:
    neighbours = {(edge.start, edge.end): edge.minutes for edge in network.edges}
    trips_seen = defaultdict(list)
    for passage in itertools.islice(week, 5000):
        trips_seen[passage.trip_id].append(passage)
    legs = [(a, b) for passages in trips_seen.values() for a, b in itertools.pairwise(passages)]
    assert len(legs) > 2000
    for a, b in legs:
        minutes = (b.captured_at - a.captured_at).total_seconds() / 60
        assert minutes > 0.4 * neighbours[a.camera.code, b.camera.code]
        assert a.vehicle == b.vehicle


def test_speeds_lie_around_the_limit(week: Passages) -> None:
    ratio = np.array([passage.speed_kmh / passage.camera.speed_limit_kmh for passage in itertools.islice(week, 3000)])
    assert 0.85 < ratio.mean() < 1.05
    assert ratio.min() > 0.3


def test_live_trips_are_those_of_the_history(network: Network, rhythm: Rhythm, population: Population,
                                             week: Passages) -> None:
    start = datetime(2026, 10, 7, 15, 0, tzinfo=UTC)
    end = start + timedelta(hours=1)
    live = list(trips(network, rhythm, np.random.default_rng(0), start, end, READS, population))
    expected = list(week.between(start, end))
    assert len(live) > 200
    assert live == expected


def test_trips_go_on_over_midnight_in_order(network: Network, rhythm: Rhythm, population: Population) -> None:
    start = datetime(2026, 10, 7, 20, 0, tzinfo=UTC)
    end = start + timedelta(hours=6)
    passages = list(trips(network, rhythm, np.random.default_rng(0), start, end, READS, population))
    moments = [passage.captured_at for passage in passages]
    assert moments == sorted(moments)
    assert {local_day(moment) for moment in moments} == {date(2026, 10, 7), date(2026, 10, 8)}


def test_a_slice_of_time_holds_its_start_and_not_its_end(week: Passages) -> None:
    first = next(iter(week)).captured_at
    assert epoch_ms(first) == week.captured_ms[0]
    assert len(week.between(first, first)) == 0
    assert len(week.between(first, first + timedelta(milliseconds=1))) >= 1

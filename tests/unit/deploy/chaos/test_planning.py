"""Faults are drawn from a seed: repeatable, every kind, bounded, some over others."""

from itertools import pairwise

import pytest

from deploy.chaos.planning import Fault, Kind, ends_s, plan

STALL_S = 20.0


def test_the_same_seed_makes_the_same_faults_and_another_seed_others() -> None:
    assert plan(1, 30, 7, STALL_S) == plan(1, 30, 7, STALL_S)
    assert plan(1, 30, 7, STALL_S) != plan(2, 30, 7, STALL_S)


@pytest.mark.parametrize("seed", range(50))
def test_every_kind_strikes_equally_often_and_none_twice_at_once(seed: int) -> None:
    faults = plan(seed, 3 * len(Kind), 7, STALL_S)
    kinds = [fault.kind for fault in faults]
    assert {kinds.count(kind) for kind in Kind} == {3}
    assert all(later.at_s > earlier.at_s for earlier, later in pairwise(faults))
    for kind in Kind:
        same = [fault for fault in faults if fault.kind is kind]
        assert all(later.at_s > earlier.ends_s for earlier, later in pairwise(same) if earlier.lasts_s)


def test_some_faults_strike_while_another_is_under_way() -> None:
    faults = [fault for seed in range(5) for fault in plan(seed, 30, 7, STALL_S)]
    overlapping = sum(earlier.at_s < later.at_s < earlier.ends_s for earlier, later in pairwise(faults))
    assert 5 < overlapping < 50


def test_stalls_last_as_long_as_asked_and_kills_no_time() -> None:
    lasting = {fault.kind: fault.lasts_s for fault in plan(3, len(Kind), 7, 4.5)}
    assert lasting[Kind.stall_broker] == lasting[Kind.stall_database] == lasting[Kind.fill_images] == 4.5
    assert lasting[Kind.kill_ingest] == lasting[Kind.kill_database] == lasting[Kind.kill_broker] == 0
    assert 0 <= lasting[Kind.kill_both] <= 2


def test_thirty_faults_end_in_less_than_eight_minutes() -> None:
    assert max(ends_s(plan(seed, 30, 7, STALL_S)) for seed in range(200)) < 450


def test_a_plan_ends_with_its_last_fault() -> None:
    faults = [Fault(Kind.stall_broker, 1.0, 20.0), Fault(Kind.kill_ingest, 2.0, 0.0)]
    assert ends_s(faults) == 21.0
    assert ends_s([]) == 0.0

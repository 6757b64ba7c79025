"""Faults: each strikes as often as asked, and leaves the truth alone."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import numpy as np
import pytest

from services.errors import BadQuestionError
from services.plates import normalise
from simulator.faults import FAULTS, Faults, Outage, Sighting, misread, parse_faults, see
from simulator.network import load_network
from simulator.traffic import Passage, Vehicle

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
CAMERA = load_network().cameras["BRE01A"]
COUNT = 4000


def passages(count: int = COUNT) -> list[Passage]:
    vehicle = Vehicle("3-ABC-128", "BE", "Volvo", "V60", "grey", "car")
    return [Passage(START + timedelta(seconds=number), CAMERA, vehicle, 1, 60.0, number) for number in range(count)]


def look(faults: Faults, seed: int = 1) -> list[Sighting]:
    return list(see(passages(), faults, seed))


def test_without_faults_everything_is_read_right_and_sent_once() -> None:
    for sighting in look(Faults()):
        assert sighting.plate == "3ABC128"
        assert sighting.deliveries == (sighting.passage.captured_at,)
        assert sighting.faults == ()
        assert 0 < sighting.confidence <= 1


@pytest.mark.parametrize("name", ["misread", "miss", "duplicate", "late"])
def test_a_fault_strikes_as_often_as_asked(name: str) -> None:
    struck = [sighting for sighting in look(Faults(**{name: 0.1})) if sighting.faults == (name,)]
    assert len(struck) / COUNT == pytest.approx(0.1, abs=0.02)


def test_a_missed_passage_is_never_sent() -> None:
    assert all(sighting.deliveries == () for sighting in look(Faults(miss=1.0)))


def test_a_duplicate_is_sent_twice_within_half_a_minute() -> None:
    for sighting in look(Faults(duplicate=1.0)):
        first, second = sighting.deliveries
        assert timedelta(0) < second - first <= timedelta(seconds=30)


def test_a_late_read_keeps_its_capture_time() -> None:
    for sighting in look(Faults(late=1.0, late_s=100)):
        assert sighting.captured_at == sighting.passage.captured_at
        assert timedelta(seconds=20) <= sighting.deliveries[0] - sighting.captured_at <= timedelta(seconds=100)


def test_a_dead_camera_is_silent_from_the_start_of_its_outage_up_to_its_end() -> None:
    outage = Outage("BRE01A", START + timedelta(seconds=10), START + timedelta(seconds=20))
    silent = [number for number, sighting in enumerate(look(Faults(outages=(outage,)))) if not sighting.deliveries]
    assert silent == list(range(10, 20))


def test_a_drifting_clock_shows_in_the_capture_time_alone() -> None:
    for sighting in look(Faults(drift_s=MappingProxyType({"BRE01A": -45.0}))):
        assert sighting.captured_at - sighting.passage.captured_at == timedelta(seconds=-45)
        assert sighting.deliveries == (sighting.passage.captured_at,)
        assert sighting.faults == ("drift",)


def test_the_same_seed_gives_the_same_faults() -> None:
    faults = Faults(misread=0.1, miss=0.1, duplicate=0.1, late=0.1)
    assert look(faults, 7) == look(faults, 7)
    assert look(faults, 7) != look(faults, 8)


def test_a_misread_is_never_the_truth_and_one_step_away_from_it() -> None:
    rng = np.random.default_rng(2)
    texts = [misread("3ABC123", rng) for _ in range(3000)]
    assert "3ABC123" not in texts
    assert Counter(len(text) for text in texts).keys() == {6, 7, 8}
    assert all(text == normalise(text) for text in texts)


def test_every_kind_of_misread_occurs() -> None:
    rng = np.random.default_rng(2)
    texts = [misread("3HJK456", rng) for _ in range(3000)]
    assert 0.10 < sum(text == "HJK456" for text in texts) / 3000 < 0.25
    assert 0.55 < sum(len(text) == 7 for text in texts) / 3000 < 0.65
    assert sum(len(text) == 8 for text in texts) > 200


def test_a_misread_is_less_sure_of_itself() -> None:
    sure, unsure = (np.mean([sighting.confidence for sighting in look(Faults(misread=share))]) for share in (0.0, 1.0))
    assert unsure < sure - 0.15


def test_the_option_names_every_fault() -> None:
    faults = parse_faults("misread=0.03,miss=0.02,duplicate=0.01,late=0.04,late_s=60,outage=BRE01A@600+1800,"
                          "drift=GNK02A:-45", START)
    assert faults == Faults(0.03, 0.02, 0.01, 0.04, 60.0,
                            (Outage("BRE01A", START + timedelta(minutes=10), START + timedelta(minutes=40)),),
                            MappingProxyType({"GNK02A": -45.0}))
    assert set(FAULTS) == {"misread", "miss", "duplicate", "late", "outage", "drift"}
    assert parse_faults("", START) == Faults()


@pytest.mark.parametrize("text", ["misread=2", "misread=often", "theft=0.1", "outage=BRE01A", "drift=x", "miss"])
def test_a_fault_that_cannot_be_understood_is_named(text: str) -> None:
    with pytest.raises(BadQuestionError, match=text):
        parse_faults(text, START)

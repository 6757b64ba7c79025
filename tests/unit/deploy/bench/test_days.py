"""The year's days: distinct, skewed, on the roads, and in the shares that were asked for."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from deploy.bench.year.days import COUNTRIES, Day, World, block_size, draw_day, last_days, open_world
from services.clock import epoch_ms, midnight
from simulator import plates

DAY = date(2026, 3, 3)
READS = 20_000


@pytest.fixture(scope="module")
def world() -> World:
    return open_world(READS)


@pytest.fixture(scope="module")
def day(world: World) -> Day:
    return draw_day(world, DAY, 5, midnight(DAY + timedelta(days=7)))


def _plates(world: World, day: Day) -> list[str]:
    texts = (*world.residents, *day.texts)
    return [texts[number].plate for number in day.text.tolist()]


def test_a_day_is_the_same_every_time_it_is_drawn(world: World, day: Day) -> None:
    again = draw_day(world, DAY, 5, midnight(DAY + timedelta(days=7)))
    assert again.texts == day.texts
    assert np.array_equal(again.captured_ms, day.captured_ms)


def test_about_an_eighth_of_the_reads_show_a_text_that_only_this_day_knows(world: World, day: Day) -> None:
    assert 0.10 < len(day.texts) / len(day) < 0.15


def test_a_few_vehicles_pass_often_and_most_of_the_new_ones_once_or_along_one_journey(world: World, day: Day) -> None:
    counts = Counter(_plates(world, day))
    assert max(counts.values()) >= 8
    assert sum(count <= 8 for count in counts.values()) > 0.7 * len(counts)


def test_three_in_a_hundred_are_misread_with_less_confidence_and_another_text(world: World, day: Day) -> None:
    texts = (*world.residents, *day.texts)
    misread = np.array([texts[number].printed is None for number in day.text.tolist()])
    assert 0.02 < misread.mean() < 0.04
    assert day.confidence[misread].mean() < day.confidence[~misread].mean() - 0.1


def test_a_text_was_seen_when_a_camera_read_it_and_a_vehicle_that_was_misread_was_not(world: World, day: Day) -> None:
    seen = last_days(day, len(world.residents), DAY)
    assert len(seen) == len(world.residents) + len(day.texts)
    assert set(np.flatnonzero(seen).tolist()) == set(day.text.tolist())
    assert set(seen.tolist()) <= {0, DAY.toordinal(), DAY.toordinal() + 1}


def test_a_tenth_of_the_new_vehicles_are_foreign(world: World) -> None:
    found = Counter(text.country for number in range(3) for text in draw_day(
        world, DAY + timedelta(days=number), number, midnight(DAY + timedelta(days=7))).texts)
    assert 0.08 < 1 - found["BE"] / found.total() < 0.12


def test_vehicles_of_different_days_have_different_plates(world: World, day: Day) -> None:
    following = draw_day(world, DAY + timedelta(days=1), 6, midnight(DAY + timedelta(days=7)))
    new = [{text.plate for text in one.texts if text.printed} for one in (day, following)]
    residents = {text.plate for text in world.residents}
    assert not new[0] & new[1]
    assert not (new[0] | new[1]) & residents


def test_a_whole_year_of_185_million_reads_finds_enough_plates_in_every_country() -> None:
    for country in COUNTRIES:
        assert 366 * block_size(185_000_000 // 365, country) + 100_000 < plates.space(country)


def test_colours_are_missing_at_night(day: Day) -> None:
    noon, night = (epoch_ms(midnight(DAY)) + hours * 3_600_000 for hours in (12, 3))
    assert not day.night[np.abs(day.captured_ms - noon) < 1_800_000].any()
    assert day.night[np.abs(day.captured_ms - night) < 1_800_000].all()


def test_what_is_captured_after_the_week_is_left_out(world: World) -> None:
    end = midnight(DAY) + timedelta(hours=15)
    assert draw_day(world, DAY, 5, end).captured_ms.max() < epoch_ms(end)


def test_one_vehicle_passes_cameras_one_after_another_at_the_pace_of_the_roads(world: World, day: Day) -> None:
    minutes = {(edge.start, edge.end): edge.minutes for edge in world.network.edges}
    codes = list(world.network.cameras)
    strangers = [number for number, count in Counter(day.text.tolist()).items()
                 if number >= len(world.residents) and count > 2]
    legs = []
    for number in strangers[:50]:
        rows = np.flatnonzero(day.text == number)
        passed = [codes[camera] for camera in day.camera[rows].tolist()]
        took = np.diff(day.captured_ms[rows]) / 60_000
        legs += [took[place] / minutes[pair] for place, pair in enumerate(pairwise(passed))
                 if minutes.get(pair)]
    assert len(legs) > 50
    assert np.median(legs) == pytest.approx(1.2, abs=0.4)

"""Reads on this side of the month, beyond the month, and beyond the year."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from services.clock import local_day
from simulator.network import load_network
from simulator.story.cases.old_reads import old_reads
from simulator.story.moments import month_edge


def strict_month_before(now):
    """The later of one calendar month and 30 days back, as the law is read here."""
    months = now.year * 12 + now.month - 2
    day = now.day
    while True:
        try:
            calendar = now.replace(year=months // 12, month=months % 12 + 1, day=day)
            break
        except ValueError:
            day -= 1
    return max(calendar, now - timedelta(days=30))


@pytest.mark.parametrize("day", range(0, 800, 29))
@pytest.mark.parametrize("hour", [0, 7, 12, 22])
def test_on_every_day_one_read_is_shown_one_withheld_and_one_gone(day, hour):
    now = datetime(2026, 1, 1, hour, 30, tzinfo=UTC) + timedelta(days=day)
    case = old_reads(now, load_network(), np.random.default_rng(1))
    gone, withheld, shown = (sighting.captured_at for sighting in case.sightings)
    month, year = strict_month_before(now), now - timedelta(days=365)
    assert gone < year < withheld < month < shown < now
    assert month - withheld > timedelta(days=1)
    assert min(shown - month, year - gone) > timedelta(hours=1)


def test_the_searches_find_the_shown_read_and_withhold_the_other(told):
    case = told.cases["older-than-a-month"]
    everything, old = (told.find(search.path) for search in case.searches)
    edge = strict_month_before(told.anchor)
    assert [read.captured_at >= edge for read in everything] == [False, True]
    assert len([read for read in everything if read.captured_at >= edge]) == case.searches[0].expected_reads == 1
    assert len(old) == 1
    assert case.searches[1].expected_reads == 0


def test_the_read_older_than_a_year_is_in_the_history_to_be_refused(told):
    gone = told.cases["older-than-a-month"].sightings[0]
    assert gone.captured_at in {read.captured_at for read in told.reads if read.camera == "GNK03A"}


@pytest.mark.parametrize(("day", "edge"), [
    (date(2026, 11, 23), date(2026, 10, 24)), (date(2027, 3, 10), date(2027, 2, 10)),
    (date(2027, 3, 31), date(2027, 3, 1)), (date(2026, 7, 15), date(2026, 6, 15)),
    (date(2027, 1, 31), date(2027, 1, 1)),
])
def test_the_month_is_the_stricter_of_calendar_and_thirty_days(day, edge):
    assert month_edge(day) == edge


def test_the_anchor_of_the_tests_lies_on_its_local_day(told):
    assert local_day(told.anchor) == date(2026, 11, 23)

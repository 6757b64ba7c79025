"""How a question goes back in time."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from search.reads.windows import go_back

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_stretches_join_each_other_and_reach_back_to_the_end() -> None:
    stretches = list(go_back(NOW, NOW - timedelta(days=365)))
    assert stretches[0] == (NOW - timedelta(days=7), NOW)
    assert all(later[0] == earlier[1] for later, earlier in pairwise(stretches))
    assert stretches[-1][0] == NOW - timedelta(days=365)
    assert len(stretches) == 6


def test_a_short_period_is_one_stretch_and_an_empty_one_none() -> None:
    assert list(go_back(NOW, NOW - timedelta(hours=1))) == [(NOW - timedelta(hours=1), NOW)]
    assert list(go_back(NOW, NOW)) == []
    assert list(go_back(NOW, NOW + timedelta(hours=1))) == []


def test_what_is_looked_up_once_is_asked_of_all_time_at_once() -> None:
    assert list(go_back(NOW, NOW - timedelta(days=365), at_once=True)) == [(NOW - timedelta(days=365), NOW)]

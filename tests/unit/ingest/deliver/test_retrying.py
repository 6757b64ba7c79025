"""Pauses are doubled, bounded and never the same for all; after a day a message is given up."""

from datetime import UTC, datetime, timedelta

from ingest.deliver.retrying import is_given_up, pause_s

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)


def test_pauses_are_doubled_up_to_a_minute_for_who_is_away_and_a_quarter_of_an_hour_for_who_refuses() -> None:
    assert [pause_s(attempts, away=True, chance=1) for attempts in (1, 2, 3, 8, 50)] == [0.5, 1, 2, 60, 60]
    assert [pause_s(attempts, away=False, chance=1) for attempts in (1, 2, 3, 8, 32_767)] == [0.5, 1, 2, 64, 900]


def test_chance_makes_it_half_as_long_at_most() -> None:
    assert pause_s(3, away=True, chance=0) == 1
    assert pause_s(3, away=True, chance=0.5) == 1.5


def test_a_message_is_given_up_a_day_after_it_was_made() -> None:
    assert not is_given_up(NOW - timedelta(hours=23, minutes=59), NOW)
    assert is_given_up(NOW - timedelta(days=1), NOW)

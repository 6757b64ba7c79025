"""When the durable session counts as behind."""

import pytest

from ingest.lag import Lag


def test_nobody_is_behind_before_there_was_a_sign() -> None:
    assert not Lag().is_behind(0.0)


def test_a_sign_holds_for_three_seconds() -> None:
    lag = Lag()
    lag.note(10.0)
    assert lag.is_behind(12.9)
    assert not lag.is_behind(13.1)


@pytest.mark.parametrize(("waiting_ms", "behind"), [(0, False), (1000, False), (1001, True)])
def test_a_message_that_waits_for_more_than_a_second_is_a_sign(waiting_ms: int, behind: bool) -> None:
    lag = Lag()
    lag.look(waiting_ms, 0.0)
    assert lag.is_behind(0.1) is behind


@pytest.mark.parametrize(("late", "reads", "behind"), [
    (501, 1000, True), (500, 1000, False), (10, 19, True), (9, 9, False), (0, 0, False)])
def test_a_crowd_of_late_reads_is_a_sign_and_a_few_are_not(late: int, reads: int, behind: bool) -> None:
    lag = Lag()
    lag.judge(late, reads, 0.0)
    assert lag.is_behind(0.1) is behind

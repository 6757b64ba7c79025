"""The draw of the monthly sample."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sampling import Candidate, Month, draw, read_month

MONTH = Month(date(2026, 11, 1))
SEAL = bytes(range(16))


def candidates(counts: dict[int, int]) -> list[Candidate]:
    """Return that many consultations of each user."""
    return [Candidate(uuid5(UUID(int=user), str(number)), user)
            for user, count in counts.items() for number in range(count)]


def owners(drawn: list[UUID], pool: list[Candidate]) -> list[int]:
    whose = {candidate.consultation_id: candidate.user_id for candidate in pool}
    return [whose[consultation_id] for consultation_id in drawn]


@given(st.dictionaries(st.integers(1, 40), st.integers(1, 12), min_size=1, max_size=30), st.binary(min_size=16,
       max_size=16), st.integers(5, 60))
def test_everybody_who_asked_comes_once_before_anybody_comes_twice(counts: dict[int, int], seal: bytes,
                                                                   size: int) -> None:
    pool = candidates(counts)
    drawn = draw(MONTH, seal, pool, size)
    assert len(drawn) == len(set(drawn)) == min(size, len(pool))
    assert set(owners(drawn[:len(counts)], pool)) == set(counts) or size < len(counts)
    assert len(set(owners(drawn, pool))) == min(size, len(counts))


def test_the_same_month_and_seal_draw_the_same_in_whatever_order_candidates_come() -> None:
    pool = candidates({1: 30, 2: 4, 3: 1})
    assert draw(MONTH, SEAL, pool, 20) == draw(MONTH, SEAL, reversed(pool), 20)


def test_another_seal_or_month_draws_others() -> None:
    pool = candidates({1: 500})
    drawn = set(draw(MONTH, SEAL, pool, 20))
    assert drawn != set(draw(MONTH, bytes(16), pool, 20))
    assert drawn != set(draw(MONTH.following, SEAL, pool, 20))


def test_a_larger_sample_only_adds() -> None:
    pool = candidates({1: 30, 2: 30})
    assert draw(MONTH, SEAL, pool, 30)[:20] == draw(MONTH, SEAL, pool, 20)


def test_over_many_seals_every_consultation_of_an_officer_is_as_likely() -> None:
    pool = candidates({1: 4, 2: 4})
    counts = dict.fromkeys((candidate.consultation_id for candidate in pool), 0)
    for number in range(2000):
        for consultation_id in draw(MONTH, number.to_bytes(16), pool, 2):
            counts[consultation_id] += 1
    assert all(400 < count < 600 for count in counts.values())


def test_a_month_begins_and_ends_at_midnight_in_brussels() -> None:
    assert (read_month("2026-03").begins, read_month("2026-03").ends) == (
        datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC))
    assert [str(month) for month in (read_month("2026-12").following, read_month("2026-01").previous)] == [
        "2027-01", "2025-12"]


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-1", "26-11-01", "2026-11-01", "0000-01", "9999-12",
                                  "\u0662\u0660\u0662\u0666-11", "2026-W1"])
def test_anything_else_is_no_month(text: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        read_month(text)

"""Revisions, the pure part: which reading of a passage is the best, whatever the order of arrival."""

import struct
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from ingest.revisions import Known, _rank, _sort_out
from ingest.rows import Row
from services.plates import is_unread
from tests.ingest_samples import NOW, decode_batch, incoming, reading

CONFIDENCES = st.none() | st.sampled_from([0.0, 0.5, 0.123456789, 0.12345679, 1.0]) | st.floats(0, 1)
READINGS = st.tuples(st.sampled_from(["3-ABC-123", "3-ABG-123", "4-DEF-456", None]), st.integers(0, 2), CONFIDENCES)


def rows(*readings: tuple[str | None, int, float | None]) -> list[Row]:
    return decode_batch(*(incoming(reading(plate, NOW, revision=revision, confidence=confidence))
                          for plate, revision, confidence in readings)).rows


def best_plate(arrived: list[Row]) -> str:
    key = (arrived[0].camera_id, arrived[0].passage_key)
    passage = Known(arrived[0].captured_ms, arrived[0].read_id, _rank(arrived[0]))
    _sort_out(arrived, {key: passage})
    return passage.best[2]


def test_a_higher_revision_wins_over_a_higher_confidence() -> None:
    assert best_plate(rows(("3-ABC-123", 0, 0.99), ("3-ABG-123", 1, 0.1))) == "3ABG123"


def test_of_equal_revisions_the_higher_confidence_wins_and_none_counts_as_zero() -> None:
    assert best_plate(rows(("3-ABC-123", 0, 0.8), ("3-ABG-123", 0, 0.9))) == "3ABG123"
    assert best_plate(rows(("3-ABC-123", 0, 0.8), ("3-ABG-123", 0, None))) == "3ABC123"


@given(st.lists(READINGS, min_size=2, max_size=4))
def test_the_same_reading_wins_in_every_order(readings: list[tuple[str | None, int, float | None]]) -> None:
    assert len({best_plate(rows(*order)) for order in permutations(readings)}) == 1


@given(READINGS)
def test_a_rank_survives_the_precision_in_which_the_store_keeps_it(one: tuple[str | None, int, float | None]) -> None:
    revision, confidence, plate = _rank(rows(one)[0])
    stored = struct.unpack("f", struct.pack("f", confidence))[0]
    assert (revision, stored, plate) == (revision, confidence, plate)


def test_later_readings_take_the_first_ones_id_and_capture() -> None:
    first, second = rows(("3-ABC-123", 0, None), ("3-ABG-123", 1, None))
    second.captured_ms += 250
    known = {(first.camera_id, first.passage_key): Known(first.captured_ms, first.read_id, _rank(first))}
    sorted_ = _sort_out([first, second], known, {id(first)})
    firsts, further = sorted_.firsts, sorted_.further
    assert (firsts, further) == ([first], [second])
    assert (second.captured_ms, second.read_id) == (first.captured_ms, first.read_id)


@given(st.lists(READINGS, min_size=2, max_size=4))
def test_a_read_plate_beats_an_unread_one(readings: list[tuple[str | None, int, float | None]]) -> None:
    if any(plate for plate, _, _ in readings):
        assert not is_unread(best_plate(rows(*readings)))

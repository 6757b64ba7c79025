"""The account finds what is lost, doubled, never sent, the wrong plate, and pictures that are nowhere."""

from dataclasses import replace

from msgspec.structs import replace as sent_with

from deploy.chaos.accounting import Account, StoredRead, best_plate, digest, settle
from deploy.chaos.traffic import PICTURES, Reading, picture

CAMERA, AT = "chaos-north:cam01", 1_795_506_641_393
READING = Reading(CAMERA, AT, "3ABC123", confidence=0.9)
ROW = StoredRead(CAMERA, AT, "3ABC123", superseded=False, images=0, read_id="a1")
CLEAN = Account(sent=1, lost=0, doubled=0, strange=0, wrong_plates=0, pictures_missing=0)

FIRST = Reading(CAMERA, AT, "3ABD123", "p1", 0, 0.95)
BETTER = Reading(CAMERA, AT, "3ABC123", "p1", 1, 0.90)
SUPERSEDED = StoredRead(CAMERA, AT, "3ABD123", superseded=True, images=0, read_id="a1")


def test_what_was_sent_once_and_is_stored_once_is_clean() -> None:
    assert settle([READING], [ROW], {}) == CLEAN


def test_a_read_without_a_row_is_lost() -> None:
    assert settle([READING, sent_with(READING, plate="4DEF456")], [ROW], {}) == replace(CLEAN, sent=2, lost=1)


def test_a_second_row_of_a_read_is_doubled_whatever_its_id() -> None:
    assert settle([READING], [ROW, replace(ROW, read_id="b2")], {}) == replace(CLEAN, doubled=1)


def test_a_row_that_nobody_sent_is_strange() -> None:
    assert settle([READING], [ROW, replace(ROW, captured_ms=AT + 1)], {}) == replace(CLEAN, strange=1)


def test_a_passage_whose_best_plate_is_current_is_clean() -> None:
    assert settle([FIRST, BETTER], [SUPERSEDED, ROW], {}) == replace(CLEAN, sent=2)


def test_a_passage_with_the_wrong_plate_or_two_current_ones_is_found() -> None:
    wrong = [replace(SUPERSEDED, superseded=False), replace(ROW, superseded=True)]
    assert settle([FIRST, BETTER], wrong, {}).wrong_plates == 1
    assert settle([FIRST, BETTER], [replace(SUPERSEDED, superseded=False), ROW], {}).wrong_plates == 1


def test_a_passage_that_lost_a_reading_counts_as_lost_and_not_as_wrong() -> None:
    assert settle([FIRST, BETTER], [replace(SUPERSEDED, superseded=False)], {}) == replace(CLEAN, sent=2, lost=1)


def test_a_plate_that_its_passage_sends_twice_is_one_row() -> None:
    assert settle([BETTER, sent_with(BETTER, revision=2)], [ROW], {}) == CLEAN


def test_the_highest_revision_wins_and_of_equal_ones_the_surest() -> None:
    assert best_plate([FIRST, BETTER]) == "3ABC123"
    assert best_plate([FIRST, sent_with(BETTER, revision=0)]) == "3ABD123"


def test_pictures_must_be_marked_and_lie_somewhere_as_they_were_sent() -> None:
    sent, row = sent_with(READING, pictured=True), replace(ROW, images=3)
    kept = {("a1", bit): digest(picture(CAMERA, AT, kind)) for kind, bit in PICTURES.items()}
    assert settle([sent], [row], kept) == CLEAN
    assert settle([sent], [replace(row, images=1)], kept).pictures_missing == 1
    assert settle([sent], [row], {}).pictures_missing == 2
    assert settle([sent], [row], kept | {("a1", 1): digest(b"another picture")}).pictures_missing == 1


def test_a_plate_sent_twice_has_the_pictures_that_either_message_had() -> None:
    twice = [sent_with(BETTER, pictured=True), sent_with(BETTER, revision=2)]
    assert settle(twice, [ROW], {}).pictures_missing == 2
    assert settle(twice[::-1], [ROW], {}).pictures_missing == 2

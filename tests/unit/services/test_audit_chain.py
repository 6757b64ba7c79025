"""The audit's seals: one way to write a row, and a name for each thing that can be wrong with one."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit_chain import CONTENT, START, Finding, Head, Row, Sealer, Wrong, canonical

SEALER, STRANGER = Sealer(b"the key with which rows are sealed"), Sealer(b"a key that somebody made up himself")
COLUMNS: dict[str, Any] = {
    "at": datetime(2026, 11, 23, 9, 0, 0, 123456, UTC), "action": "reads-searched", "user_id": 7,
    "username": "an.peeters", "role": "investigator", "client_address": "10.0.0.7",
    "consultation_id": UUID("11111111-2222-3333-4444-555555555555"), "question": "Passages: nummerplaat 3ABC123",
    "filters": {"plate": ["3ABC123"], "limit": 50}, "decision": {"withheld": False, "earliest": "2026-10-24"},
    "result_count": 2, "read_ids": [UUID(int=1), UUID(int=2)]}

texts = st.text(max_size=5)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
kept = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
                    max_leaves=4)


def seal(sealer: Sealer, audit_id: int, previous: bytes, **changes: object) -> Row:
    """Return a row as the product writes it."""
    columns = {**COLUMNS, **changes}
    content = sealer.content(columns)
    return Row(audit_id, columns, content, sealer.link(audit_id, content, previous))


def chain(length: int = 5) -> list[Row]:
    """Return the audit's first rows."""
    rows: list[Row] = []
    for audit_id in range(1, length + 1):
        rows.append(seal(SEALER, audit_id, rows[-1].link_seal if rows else START, question=f"question {audit_id}"))
    return rows


def found(rows: list[Row], begins_after: Head | None = None) -> list[Finding]:
    """Check rows."""
    return list(SEALER.check(rows, begins_after or Head()))


# The canonical form

@given(st.dictionaries(texts, kept, max_size=3))
def test_a_row_is_written_the_same_before_and_after_it_went_through_json(filters: dict[str, Any]) -> None:
    stored = {**COLUMNS, "filters": json.loads(json.dumps(filters))}
    assert canonical(stored) == canonical({**COLUMNS, "filters": filters})


@given(st.integers(-2**52, 2**52) | st.floats(1e15, 1e300).map(lambda number: float(int(number))))
def test_a_whole_number_is_written_the_same_with_and_without_its_nought(number: float) -> None:
    digits = f"{float(number):.0f}" if abs(number) < 2**53 else _expanded(float(number))
    as_stored = {**COLUMNS, "filters": {"number": int(digits)}}
    assert canonical(as_stored) == canonical({**COLUMNS, "filters": {"number": float(number)}})


def _expanded(number: float) -> str:
    """Write a float's shortest digits without exponent, as PostgreSQL's numeric does."""
    mantissa, _, exponent = repr(number).partition("e")
    whole, _, rest = mantissa.partition(".")
    places = int(exponent or 0)
    return whole + rest.rstrip("0").ljust(places, "0") if places else whole


def test_tuples_and_other_time_zones_are_written_as_the_store_returns_them() -> None:
    brussels = timezone(timedelta(hours=1))
    other = {**COLUMNS, "filters": {"limit": 50.0, "plate": ("3ABC123",)}, "at": COLUMNS["at"].astimezone(brussels),
             "read_ids": tuple(COLUMNS["read_ids"])}
    assert canonical(other) == canonical(COLUMNS)


@pytest.mark.parametrize("name", CONTENT)
def test_every_column_is_sealed(name: str) -> None:
    other = {"at": datetime(2026, 11, 23, 9, 0, 0, 123457, UTC), "consultation_id": None, "read_ids": [UUID(int=2)],
             "filters": {}, "decision": {"withheld": True}, "user_id": 8, "result_count": 3}.get(name, "something else")
    assert SEALER.content({**COLUMNS, name: other}) != SEALER.content(COLUMNS)


def test_a_value_that_moves_into_the_next_column_changes_the_seal() -> None:
    assert (SEALER.content({**COLUMNS, "username": "an", "role": ".peetersinvestigator"})
            != SEALER.content({**COLUMNS, "username": "an.peeters", "role": "investigator"}))


def test_what_the_product_cannot_have_written_is_not_sealed() -> None:
    row = chain(1)[0]
    assert not SEALER.is_sealed(replace(row, columns={**row.columns, "filters": {"number": float("nan")}}))
    assert not SEALER.is_sealed(replace(row, columns={**row.columns, "filters": {"set": {1, 2}}}))


# The verdicts

def test_a_chain_that_nobody_touched_is_right() -> None:
    assert found(chain()) == []
    assert found([]) == []


@given(st.integers(1, 5), st.sampled_from(CONTENT))
def test_a_changed_row_is_named_and_no_other(audit_id: int, name: str) -> None:
    rows = chain()
    rows[audit_id - 1] = replace(rows[audit_id - 1], columns={**rows[audit_id - 1].columns, name: None})
    expected = [] if COLUMNS[name] is None else [Finding(Wrong.changed, audit_id, audit_id)]
    assert found(rows) == expected


def test_a_row_sealed_anew_without_the_key_is_foreign() -> None:
    rows = chain()
    rows[2] = seal(STRANGER, 3, rows[1].link_seal, question="nothing of interest")
    assert found(rows) == [Finding(Wrong.foreign, 3, 3), Finding(Wrong.misplaced, 4, 4)]


def test_a_row_inserted_without_the_key_is_foreign_and_its_follower_misplaced() -> None:
    rows = chain(4)
    inserted = seal(STRANGER, 3, rows[1].link_seal)
    moved = [replace(row, audit_id=row.audit_id + 1) for row in rows[2:]]
    assert [finding.wrong for finding in found([*rows[:2], inserted, *moved])] == [
        Wrong.foreign, Wrong.misplaced, Wrong.misplaced]


def test_rows_that_changed_places_are_misplaced() -> None:
    rows = chain()
    rows[1], rows[2] = replace(rows[2], audit_id=2), replace(rows[1], audit_id=3)
    assert found(rows) == [Finding(Wrong.misplaced, number, number) for number in (2, 3, 4)]


def test_a_second_row_of_the_same_number_is_misplaced() -> None:
    rows = chain()
    assert Finding(Wrong.misplaced, 3, 3) in found([*rows[:3], rows[2], *rows[3:]])


def test_rows_removed_between_others_are_named() -> None:
    rows = chain()
    assert found([rows[0], rows[3], rows[4]]) == [Finding(Wrong.removed, 2, 3)]


def test_a_removed_row_whose_gap_was_closed_is_found_at_its_followers() -> None:
    rows = chain()
    closed = [rows[0], *(replace(row, audit_id=row.audit_id - 1) for row in rows[2:])]
    assert found(closed)[0] == Finding(Wrong.misplaced, 2, 2)


def test_removed_rows_at_the_beginning_are_named_unless_an_expiry_says_so() -> None:
    rows = chain()
    assert found(rows[2:]) == [Finding(Wrong.removed, 1, 2)]
    assert found(rows[2:], Head(2, rows[1].link_seal)) == []
    assert found(rows[2:], Head(2, START)) == [Finding(Wrong.misplaced, 3, 3)]


def test_a_chain_of_another_key_is_foreign_from_its_first_row() -> None:
    assert {finding.wrong for finding in STRANGER.check(chain(), Head())} == {Wrong.foreign}


def test_seals_are_sixteen_bytes_and_keys_do_not_stand_in_for_one_another() -> None:
    content = SEALER.content(COLUMNS)
    assert len(content) == len(SEALER.link(1, content, START)) == len(START) == 16
    assert SEALER.link(1, content, START) != SEALER.link(2, content, START) != SEALER.link(2, content, content)

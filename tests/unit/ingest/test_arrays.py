"""Array literals as text; tests/integration/ingest/test_arrays.py has PostgreSQL read them."""

from datetime import date

from ingest import arrays
from ingest.writer import COLUMNS


def test_texts_stand_in_quotes_and_nothing_is_null_but_none() -> None:
    assert arrays.text_array(["a", "", "NULL", None, 'q"q', "b\\b", "{a,b}"]) == (
        r'{"a","","NULL",NULL,"q\"q","b\\b","{a,b}"}')


def test_numbers_booleans_and_days_stand_plain() -> None:
    assert arrays.number_array([1, -2, 0.5, None]) == "{1,-2,0.5,NULL}"
    assert arrays.boolean_array([True, False, None]) == "{t,f,NULL}"
    assert arrays.plain_array([date(2026, 11, 23), None]) == "{2026-11-23,NULL}"
    assert arrays.text_array([]) == "{}"


def test_every_kind_of_column_has_its_literal() -> None:
    assert {kind for _, kind in COLUMNS} <= set(arrays.LITERALS)

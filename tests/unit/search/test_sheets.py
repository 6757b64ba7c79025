"""Tables as CSV that nothing takes for a formula."""

import csv
import io

from search.sheets import cell, write_sheet


def test_a_text_that_a_spreadsheet_takes_for_a_formula_is_marked_and_a_number_is_not() -> None:
    given = ("=1+1", "@x", "-a", "+b", "\tc", "\nd", "  =HYPERLINK(1)", "3ABC123", "a=b", -5.5, None)
    assert [cell(value) for value in given] == [
        "'=1+1", "'@x", "'-a", "'+b", "'\tc", "'\nd", "'  =HYPERLINK(1)", "3ABC123", "a=b", -5.5, ""]


def test_a_sheet_is_read_back_as_it_was_written() -> None:
    written = write_sheet(("a", "b"), [(1, 'quote " and, comma'), (None, "two\nlines")])
    assert list(csv.reader(io.StringIO(written.decode(), newline=""))) == [
        ["a", "b"], ["1", 'quote " and, comma'], ["", "two\nlines"]]

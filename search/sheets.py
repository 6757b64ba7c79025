"""Tables as CSV (RFC 4180, UTF-8) in which no cell is a formula to a spreadsheet."""

import csv
import io
from collections.abc import Iterable

MEDIA_TYPE = "text/csv; charset=utf-8"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_sheet(header: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """Return a table with a header as the bytes of a file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def cell(value: object) -> object:
    """Return a value that no spreadsheet takes for a formula: a text that begins like one gets an apostrophe.

    Blanks in front do not hide it: some programs take them away before they look.
    """
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return value
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text

"""PostgreSQL array literals: a whole column as one parameter, several times cheaper than a list of Python objects."""

from collections.abc import Callable, Iterable
from typing import Any


def plain_array(values: Iterable[Any]) -> str:
    """Write values whose text needs no quotes (uuids, dates) as an array literal; None is NULL."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


number_array = plain_array


def boolean_array(values: Iterable[bool | None]) -> str:
    """Write booleans as an array literal; None is NULL."""
    return "{" + ",".join(["NULL" if value is None else "t" if value else "f" for value in values]) + "}"


def text_array(values: Iterable[str | None]) -> str:
    """Write texts as an array literal: each in quotes, with quotes and backslashes escaped; None is NULL."""
    return "{" + ",".join(["NULL" if value is None else _quoted(value) for value in values]) + "}"


def _quoted(value: str) -> str:
    if "\\" in value or '"' in value:
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{value}"'


LITERALS: dict[str, Callable[[Iterable[Any]], str]] = {
    "bigint": number_array, "int": number_array, "smallint": number_array, "real": number_array,
    "uuid": plain_array, "boolean": boolean_array, "text": text_array,
}

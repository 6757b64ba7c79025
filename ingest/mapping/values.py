"""One value of a document: where a path finds it, and what the verbs make of its text. Compiled once (pure)."""

import re
from collections.abc import Callable
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from ingest.mapping.limits import MAX_TEXT
from ingest.mapping.verbs import Field, Fields, Value
from services.errors import ConfigurationError

NOTHING = frozenset({"", "-", "--", "null", "none"})
"""What makers write for "missing", in small letters."""

_MATCHED = 1000  # characters that a `match` looks at: it may be an expression that takes long over long texts

Context = dict[str, Any]
Find = Callable[[Context], str | None]


def listed(fields: Fields | None) -> list[Field]:
    """Return a mapping's field, its several fields, or none, as a list."""
    return [] if fields is None else fields if isinstance(fields, list) else [fields]


def as_value(field: Field) -> Value:
    """Return a field in its long form."""
    return Value(path=field) if isinstance(field, str) else field


def search_for(path: str) -> Callable[[Context], Any]:
    """Return the function that finds what stands at a path.

    Raises ConfigurationError for a path that is no JMESPath expression.
    """
    try:
        compiled = jmespath.compile(path)
    except JMESPathError as error:
        raise ConfigurationError(f"the mapping's path {path!r} is no JMESPath expression: {error}") from None

    def search(context: Context) -> Any:
        try:
            return compiled.search(context)
        except (JMESPathError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
            return None  # a function that meets another type than it expects finds nothing

    return search


def first_of(finds: list[Find]) -> Find:
    """Return the function that finds what the first of `finds` does that finds anything."""
    return lambda context: next((text for find in finds if (text := find(context)) is not None), None)


def find_for(field: Field) -> Find:
    """Return the function that finds one field's text, None for nothing."""
    value = as_value(field)
    missing = NOTHING | frozenset(value.missing)
    pattern = _pattern(value.match)
    source = _concat(value.concat) if value.concat else _paths(value.path)

    def find(context: Context) -> str | None:
        text = source(context)
        if text is None or text.strip().lower() in missing:
            return None
        if pattern is not None:
            match = pattern.search(text[:_MATCHED])
            text = match[1] if match else None
        if text is not None and value.table is not None:
            stands_for = value.table.get(text.strip().lower(), value.otherwise)
            text = None if stands_for is None else str(stands_for)
        return text

    return find


def _pattern(match: str | None) -> re.Pattern[str] | None:
    if match is None:
        return None
    pattern = regular(match)
    if pattern.groups != 1:
        raise ConfigurationError(f"the mapping's match {match!r} needs one group")
    return pattern


def regular(expression: str) -> re.Pattern[str]:
    """Compile a mapping's regular expression; raises ConfigurationError when it is none."""
    try:
        return re.compile(expression)
    except (re.error, OverflowError, RecursionError) as error:
        raise ConfigurationError(f"the mapping's {expression!r} is no regular expression: {error}") from None


def _paths(path: str | list[str] | None) -> Find:
    searches = [search_for(one) for one in ([path] if isinstance(path, str) else path or [])]

    def find(context: Context) -> str | None:
        for search in searches:
            text = as_text(search(context))
            if text is not None and text.strip().lower() not in NOTHING:
                return text
        return None

    return find


def _concat(paths: list[str]) -> Find:
    searches = [search_for(path) for path in paths]

    def find(context: Context) -> str | None:
        texts = [as_text(search(context)) for search in searches]
        return None if None in texts else "".join(text for text in texts if text is not None)[:MAX_TEXT]

    return find


def plain(value: Any) -> Any:
    """Return what stands for an element with attributes, its text; of a list its first."""
    if isinstance(value, list):
        value = value[0] if value else None
    return value.get("#text") if isinstance(value, dict) else value


def as_text(value: Any) -> str | None:
    """Return a document's value as a text that a database takes: bounded, without zeros and lone surrogates."""
    value = plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 128 else None
    if isinstance(value, float):
        return str(value)
    return _storable(value[:MAX_TEXT]) if isinstance(value, str) else None


def _storable(text: str) -> str:
    if "\0" in text:
        text = text.replace("\0", "")  # texts of fixed length are padded with them
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def cut(text: str | None, most: int) -> str | None:
    """Return a text without spaces around it, of at most so many characters."""
    return None if text is None else text.strip()[:most]


def number(text: str | None) -> float | None:
    """Return the number that a text is, with a point or a comma; None for any other text."""
    try:
        found = float((text or "").strip().replace(",", "."))
    except ValueError:
        return None
    return found if abs(found) < 1e9 else None


def whole(text: str | None, most: int) -> int | None:
    """Return a whole number from 0 to `most`."""
    found = number(text)
    return int(found) if found is not None and 0 <= found <= most else None

"""What a mapping file may say wrongly though it can be read: each mistake is one sentence (pure)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions

from ingest.mapping.instants import EPOCHS
from ingest.mapping.verbs import Fields, Mapping, Message, Value

_FORMATS = ("iso", *EPOCHS, "date-order")
_FIELDS = ("camera", "captured_at", "plate", "country", "confidence", "direction", "facing", "lane", "speed", "make",
           "model", "colour", "vehicle_type", "clock_synchronised", "passage", "revision", "key")


def mistakes(mapping: Mapping) -> Iterator[str]:
    """Yield what is wrong with a mapping, most of which would else show only as reads that are never found."""
    if not mapping.messages:
        yield "it names no messages"
    for number, message in enumerate(mapping.messages, start=1):
        for mistake in _in_message(message):
            yield f"message {number}: {mistake}"


def _in_message(message: Message) -> Iterator[str]:
    if message.kind == "read" and not message.camera:
        yield "a read needs camera"
    if message.kind == "read" and not message.captured_at:
        yield "a read needs captured_at"
    for name in ("when", "for_each"):
        if (path := getattr(message, name)) is not None:
            yield from (f"{name}: {mistake}" for mistake in _in_path(path))
    for name in _FIELDS:
        for value in _values(getattr(message, name)):
            yield from (f"{name}: {mistake}" for mistake in _in_value(value))
    for picture in message.images:
        if (picture.path is None) == (picture.part is None):
            yield "images: a picture has either a path or a part"
        if picture.path is not None:
            yield from (f"images: {mistake}" for mistake in _in_path(picture.path))


def _values(fields: Fields | None) -> list[Value]:
    listed = [] if fields is None else fields if isinstance(fields, list) else [fields]
    return [Value(path=field) if isinstance(field, str) else field for field in listed]


def _in_value(value: Value) -> Iterator[str]:
    if bool(value.path) == bool(value.concat):
        yield "a value has either a path or a concat"
    for path in [value.path] if isinstance(value.path, str) else [*(value.path or []), *(value.concat or [])]:
        yield from _in_path(path)
    if value.table is not None and (word := next((word for word in value.table if word != word.lower()), None)):
        yield f"table: {word!r} must stand in small letters"
    if value.format is not None and not _is_format(value.format):
        yield f"format: {value.format!r} is neither {', '.join(_FORMATS)} nor a form of strptime such as %d.%m.%Y %H:%M"


def _is_format(form: str) -> bool:
    if form in _FORMATS:
        return True
    try:
        datetime.strptime("", form)  # noqa: DTZ007  # nothing is read here
    except ValueError as error:
        return "%" in form and "does not match format" in str(error)
    return False


def _in_path(path: str) -> Iterator[str]:
    try:
        tree = jmespath.compile(path).parsed
    except JMESPathError:
        place = _place(path)
        yield f"{path!r} is no JMESPath expression{f': look at {place!r}' if place else ''}"
        return
    for function in _named(tree, "function_expression"):
        if function not in Functions.FUNCTION_TABLE:
            yield f"{path!r} calls {function}, which JMESPath does not have"
    for name in _named(tree, "field"):
        if name != name.lower():
            yield f"{path!r} must have {name} in small letters, as every name in a document has"


def _place(path: str) -> str:
    """Return what stands where the parser gave up; empty when that is the end."""
    try:
        jmespath.compile(path)
    except JMESPathError as error:
        return path[getattr(error, "lex_position", len(path)):][:20]
    return ""


def _named(node: Any, kind: str) -> Iterator[str]:
    """Yield the names of the functions, or fields, of an expression."""
    if node["type"] == kind:
        yield node["value"]
    for child in node["children"]:
        if isinstance(child, dict):
            yield from _named(child, kind)

"""Walking a document's tree where makers nest, wrap and list the same thing in several ways (pure)."""

from collections import deque
from collections.abc import Iterator
from typing import Any

Branch = dict[str, Any]


def listed(value: Any) -> list[Any]:
    """Return a list of what may be one thing, several or nothing."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def branch(value: Any) -> Branch:
    """Return `value` as a branch: the first one of a list, an empty one for a text or nothing."""
    return next((item for item in listed(value) if isinstance(item, dict)), {})


def branches(tree: Any) -> Iterator[Branch]:
    """Yield every branch of a tree, the outer ones first; the document's limits bound the walk."""
    waiting = deque([tree])
    while waiting:
        here = waiting.popleft()
        if isinstance(here, dict):
            yield here
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)


def under(tree: Any, name: str) -> Iterator[Any]:
    """Yield what stands under `name`, wherever that is in a tree, lists item by item."""
    for here in branches(tree):
        yield from listed(here.get(name))


def text_in(value: Any) -> str | None:
    """Return the text of a value that may be wrapped: in a list, in an element with attributes, or in one more element.

    `#text` and `value` are what converters from XML to JSON call an element's own text.
    """
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        inner = [part for name, part in value.items() if not name.startswith("@")]
        own = next((value[name] for name in ("#text", "value") if name in value), None)
        return text_in(inner[0] if own is None and len(inner) == 1 else own)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None

"""A question that was there, and what was written in the box on top of it (pure)."""

from dataclasses import fields, replace
from typing import Any

from search.reads.filters import Asked

_TOGETHER = (frozenset({"plate", "alike", "witness", "level"}), frozenset({"from_", "until"}),
             frozenset({"colour", "colour_unknown"}))
"""What is written of one of these takes the place of all of them: another plate needs no look-alikes of the old one."""
_EMPTY = Asked()


def add_to(before: Asked, written: Asked) -> Asked:
    """Return a question with what was written taking the place of the same filters, and everything else kept."""
    new = {field.name for field in fields(Asked) if getattr(written, field.name) != getattr(_EMPTY, field.name)}
    taken = new.union(*(group for group in _TOGETHER if group & new))
    changes: dict[str, Any] = {name: getattr(written, name) for name in taken}
    return replace(before, **changes)


def without(asked: Asked, *attributes: str) -> Asked:
    """Return a question without some filters, and without what only belongs to them."""
    gone = {name for attribute in attributes for name in (attribute, *_BELONGING.get(attribute, ()))}
    changes: dict[str, Any] = {name: getattr(_EMPTY, name) for name in gone}
    return replace(asked, **changes)


_BELONGING = {"plate": ("alike",), "witness": ("level",), "colour": ("colour_unknown",)}

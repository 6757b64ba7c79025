"""What every question made of filters does alike: which are in use, and how they are written (pure)."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol, TypeVar


class Writable(Protocol):
    """A filter as far as it is written: its address key, the attribute of its value, and how that is written."""

    @property
    def key(self) -> str:
        """What it is called in an address."""

    @property
    def attribute(self) -> str:
        """What it is called in the question."""

    def write(self, value: Any, /) -> list[str]:
        """Write a value as the texts of an address."""


F = TypeVar("F", bound=Writable)


def in_use(filters: Iterable[F], asked: object) -> Iterator[tuple[F, Any]]:
    """Yield the filters that a question uses, each with its value."""
    for filter_ in filters:
        value = getattr(asked, filter_.attribute)
        if value not in (None, (), ""):
            yield filter_, value


def write_pairs(chosen: Iterable[tuple[Writable, Any]]) -> list[tuple[str, str]]:
    """Return the filters in use as pairs for an address."""
    return [(filter_.key, text) for filter_, value in chosen for text in filter_.write(value)]


def write_in_full(chosen: Iterable[tuple[Writable, Any]]) -> dict[str, list[str]]:
    """Return the filters in use for the audit, by address key."""
    return {filter_.key: filter_.write(value) for filter_, value in chosen}

"""The address is the page: how a question, and the page of its answer, stand in an address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from search.lookalikes.levels import LEVELS
from search.pages.language import Words, words
from search.reads.cursor import Cursor
from search.reads.filters import Asked


class View(StrEnum):
    """As what an answer is looked at."""

    table = "table"
    gallery = "gallery"
    map = "map"


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page of an answer, whether it shows one read a vehicle or every read, and how it is looked at."""

    after: str | None = None
    by_vehicle: bool = False
    view: View = View.table
    counted: bool = False
    """Whether it is told how the answer lies over time and cameras, however long that takes."""

    def in_full(self) -> dict[str, str]:
        """Return it for the audit, by key; as what it is looked at changes nothing of what was told."""
        return {**({"by": "vehicle"} if self.by_vehicle else {}), **({"after": self.after} if self.after else {})}

    def in_address(self) -> dict[str, str]:
        """Return it for an address, by key."""
        return {**self.in_full(), **({"view": self.view.value} if self.view is not View.table else {}),
                **({"spread": "yes"} if self.counted else {})}


def read_paging(given: Mapping[str, str]) -> Paging:
    """Read the paging of an address; a view that there is not is the table."""
    view = given.get("view", "")
    return Paging(given.get("after"), given.get("by") == "vehicle",
                  View(view) if view in View.__members__ else View.table, given.get("spread") == "yes")


def in_words(asked: Asked, how: Paging) -> Words:
    """Return what is asked, and which page of it, in words."""
    question = asked.sentence()
    if how.by_vehicle:
        question = words("{question}; by vehicle", question=question)
    return words("{question}; continued", question=question) if how.after else question


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses around one page of an answer; `following` is where the next begins."""

    asked: Asked
    how: Paging = Paging()
    following: Cursor | None = None

    @property
    def first(self) -> str:
        """The first page of this question."""
        return self._address(replace(self.how, after=None))

    @property
    def query(self) -> str:
        """The question as the query of an address, without its page."""
        return self.first.partition("?")[2]

    def telling(self, unread: Sequence[str]) -> str:
        """Return the first page of this question with the words of it that were not understood, to be told there."""
        if not unread:
            return self.first
        told = urlencode([("unread", words) for words in unread])
        return f"{self.first}{'&' if '?' in self.first else '?'}{told}"

    @property
    def more(self) -> str | None:
        """The next page, None when there is none."""
        return None if self.following is None else self._address(replace(self.how, after=self.following.write()))

    @property
    def other_way(self) -> str:
        """The same question by read instead of by vehicle, or the other way round."""
        return self._address(replace(self.how, after=None, by_vehicle=not self.how.by_vehicle))

    @property
    def views(self) -> dict[View, str]:
        """The same question as each of the views shows it."""
        return {view: self._address(replace(self.how, after=None, view=view)) for view in View}

    @property
    def counted(self) -> str:
        """The same question, told how its answer lies, however long that takes."""
        return self._address(replace(self.how, after=None, counted=True))

    def narrowing(self, *keys: str) -> Callable[..., str]:
        """Return what makes the same question with other values of some keys: hundreds of links stand on a page."""
        how = replace(self.how, after=None, counted=False)
        rest = urlencode([pair for pair in (*self.asked.pairs(), *how.in_address().items()) if pair[0] not in keys])
        return lambda *values: f"/reads?{rest}{'&' if rest else ''}{urlencode(list(zip(keys, values, strict=True)))}"

    def narrowed(self, **changes: Any) -> str:
        """The same question with some of its filters set to something else; what is narrower may be quick again."""
        return Links(replace(self.asked, **changes), replace(self.how, counted=False)).first

    @property
    def with_alikes(self) -> str | None:
        """The same question with the look-alikes of its plate, None where it names no plate or has them already."""
        asked = self.asked
        if asked.alike is not None or len(asked.plate) != 1 or not asked.plate[0].exact:
            return None
        return Links(replace(asked, alike=LEVELS["likely"].least), self.how).first

    def _address(self, how: Paging) -> str:
        pairs = [*self.asked.pairs(), *how.in_address().items()]
        return f"/reads?{urlencode(pairs)}" if pairs else "/reads"

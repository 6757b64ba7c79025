"""The address is the page: how a question, and the page of its answer, stand in an address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from search.lookalikes.levels import LEVELS
from search.pages.language import Words, words
from search.reads.cursor import Cursor
from search.reads.filters import Asked


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page of an answer, and whether it shows one read a vehicle or every read."""

    after: str | None = None
    by_vehicle: bool = False

    def in_full(self) -> dict[str, str]:
        """Return it for the audit and for addresses, by key."""
        return {**({"by": "vehicle"} if self.by_vehicle else {}), **({"after": self.after} if self.after else {})}


def read_paging(given: Mapping[str, str]) -> Paging:
    """Read the paging of an address."""
    return Paging(given.get("after"), given.get("by") == "vehicle")


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
        return self._address({"by": "vehicle"} if self.how.by_vehicle else {})

    @property
    def more(self) -> str | None:
        """The next page, None when there is none."""
        if self.following is None:
            return None
        return self._address(Paging(self.following.write(), self.how.by_vehicle).in_full())

    @property
    def other_way(self) -> str:
        """The same question by read instead of by vehicle, or the other way round."""
        return self._address({} if self.how.by_vehicle else {"by": "vehicle"})

    @property
    def with_alikes(self) -> str | None:
        """The same question with the look-alikes of its plate, None where it names no plate or has them already."""
        asked = self.asked
        if asked.alike is not None or len(asked.plate) != 1 or not asked.plate[0].exact:
            return None
        return Links(replace(asked, alike=LEVELS["likely"].least), self.how).first

    def _address(self, more: Mapping[str, str]) -> str:
        pairs = [*self.asked.pairs(), *more.items()]
        return f"/reads?{urlencode(pairs)}" if pairs else "/reads"

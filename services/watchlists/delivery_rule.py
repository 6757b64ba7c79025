"""When a delivery may be taken, and by whom (pure): its revision follows, it is no wreck, and ending much takes two."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.watchlists.delivery_files import Broken, BrokenDeliveryError, DeliveryKind, Package, Part

MOST_ENDED = 0.2
"""The share of a list's delivered entries that one person may have a delivery end."""


class Outcome(StrEnum):
    """What came of an attempt to take a delivery."""

    done = "done"
    unknown = "unknown"    # there is none that this user may know of
    over = "over"          # it was taken already
    gone = "gone"          # its content is kept for a day
    own = "own"            # the list is kept by hand: whoever handed it in does not take it
    unsaid = "unsaid"      # it ends much, and whoever takes it did not say that they know
    first = "first"        # it ends much: this was the first of two
    another = "another"    # it ends much: another person must agree


@dataclass(frozen=True, slots=True)
class People:
    """Who has to do with a delivery; None where nobody with an account has."""

    made_by: int | None
    agreed_by: int | None
    taker: int | None

    @property
    def first(self) -> int | None:
        """The first of the two who agree to what ends much."""
        return self.made_by if self.made_by is not None else self.agreed_by


def parts_to_take(current: int | None, package: Package) -> tuple[Part, ...]:
    """Return the parts that a list of revision `current` (None: it has none) still lacks.

    Raises BrokenDeliveryError when it lacks none, lacks one between, or when the delivery has no revision.
    """
    if package.kind is DeliveryKind.paste or (package.revision is None and current is None):
        return package.parts
    if package.revision is None:
        raise BrokenDeliveryError(Broken.unnumbered)
    left = tuple(part for part in package.parts if part.revision is not None and part.revision > (current or 0))
    if not left:
        raise BrokenDeliveryError(Broken.old)
    if not left[0].whole and left[0].revision != (current or 0) + 1:
        raise BrokenDeliveryError(Broken.gap)
    return left


def check_counts(counts: Mapping[str, int], *, whole: bool) -> None:
    """Raise BrokenDeliveryError for a delivery that holds nothing, or a whole list of which most is refused."""
    if whole and counts["refused"] * 2 > counts["lines"]:
        raise BrokenDeliveryError(Broken.mostly_refused)
    if whole and counts["lines"] == counts["refused"]:
        raise BrokenDeliveryError(Broken.empty)


def ends_much(counts: Mapping[str, int]) -> bool:
    """Tell whether a delivery ends so much of a list that one person alone may not take it."""
    return counts["ended"] > MOST_ENDED * counts["before"]


def judge(people: People, *, by_hand: bool, much: bool, said: bool) -> Outcome:
    """Return whether a delivery is taken now.

    `by_hand`: its entries are kept by hand, so a second person validates them; `much`: it ends much of the list;
    `said`: whoever takes it says that they know. The console counts as nobody: it never takes either kind.
    """
    if by_hand and (people.taker is None or people.taker == people.made_by):
        return Outcome.own
    if not much:
        return Outcome.done
    if people.taker is None or not said:
        return Outcome.unsaid
    if people.first is None:
        return Outcome.first
    return Outcome.another if people.first == people.taker else Outcome.done

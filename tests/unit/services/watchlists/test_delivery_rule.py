"""A delivery is taken when its revision follows and by people enough."""

import pytest

from services.watchlists.delivery_files import Broken, BrokenDeliveryError, DeliveryKind, Package, Part
from services.watchlists.delivery_rule import Outcome, People, check_counts, ends_much, judge, parts_to_take

AN, ELS, JAN = 1, 2, 3


def package(*revisions: int | None, whole: bool = False, kind: DeliveryKind = DeliveryKind.package) -> Package:
    return Package(kind, b"", tuple(Part(number, whole and number == 1, revision, None, str)
                                    for number, revision in enumerate(revisions, 1)))


@pytest.mark.parametrize(("current", "given", "taken"), [
    (None, package(None, kind=DeliveryKind.full), [None]), (None, package(7, whole=True), [7]),
    (7, package(9, whole=True), [9]), (7, package(8, 9), [8, 9]), (7, package(6, 7, 8), [8]),
    (7, package(7, 8, whole=True), [8]), (None, package(1), [1]), (7, package(None, kind=DeliveryKind.paste), [None])])
def test_what_the_list_lacks_is_taken(current: int | None, given: Package, taken: list[int | None]) -> None:
    assert [part.revision for part in parts_to_take(current, given)] == taken


@pytest.mark.parametrize(("current", "given", "why"), [
    (7, package(7), Broken.old), (7, package(6, whole=True), Broken.old), (7, package(9), Broken.gap),
    (None, package(2), Broken.gap), (7, package(None, kind=DeliveryKind.full), Broken.unnumbered)])
def test_what_does_not_follow_is_refused(current: int | None, given: Package, why: Broken) -> None:
    with pytest.raises(BrokenDeliveryError) as error:
        parts_to_take(current, given)
    assert error.value.why is why


def test_a_fifth_is_not_much_and_all_of_little_is() -> None:
    assert not ends_much({"ended": 2, "before": 10})
    assert ends_much({"ended": 3, "before": 10})
    assert ends_much({"ended": 1, "before": 1})
    assert not ends_much({"ended": 0, "before": 0})


def test_a_whole_list_of_which_most_is_refused_is_a_wreck_and_changes_are_not() -> None:
    for whole in (True, False):
        check_counts({"lines": 4, "refused": 2}, whole=whole)
    check_counts({"lines": 4, "refused": 4}, whole=False)
    with pytest.raises(BrokenDeliveryError):
        check_counts({"lines": 4, "refused": 3}, whole=True)


@pytest.mark.parametrize(("people", "by_hand", "much", "said", "outcome"), [
    (People(AN, None, AN), False, False, False, Outcome.done),
    (People(AN, None, AN), True, False, True, Outcome.own),
    (People(AN, None, ELS), True, False, False, Outcome.done),
    (People(None, None, None), True, False, True, Outcome.own),
    (People(None, None, AN), True, False, False, Outcome.done),
    (People(None, None, None), False, False, False, Outcome.done),
    (People(None, None, None), False, True, True, Outcome.unsaid),
    (People(AN, None, ELS), False, True, False, Outcome.unsaid),
    (People(AN, None, ELS), False, True, True, Outcome.done),
    (People(AN, None, AN), False, True, True, Outcome.another),
    (People(None, None, AN), False, True, True, Outcome.first),
    (People(None, AN, AN), False, True, True, Outcome.another),
    (People(None, AN, JAN), True, True, True, Outcome.done)])
def test_who_may_take_what(people: People, by_hand: bool, much: bool, said: bool, outcome: Outcome) -> None:
    assert judge(people, by_hand=by_hand, much=much, said=said) is outcome

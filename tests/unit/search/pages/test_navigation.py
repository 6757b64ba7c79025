"""The main menu: what each role sees of it, and what goes behind "More"."""

import pytest

from search.pages.navigation import MENU, MOST_SHOWN, menu_of
from services.roles import ALLOWED, Role


@pytest.mark.parametrize("role", Role)
def test_everybody_sees_every_page_that_they_may_open_and_no_other(role: Role) -> None:
    shown, more = menu_of(ALLOWED[role].__contains__)
    assert {row.path for row in [*shown, *more]} == {row.path for row in MENU if row.act in ALLOWED[role]}


@pytest.mark.parametrize("role", Role)
def test_no_more_pages_stand_beside_each_other_than_fit(role: Role) -> None:
    shown, _ = menu_of(ALLOWED[role].__contains__)
    assert len(shown) <= MOST_SHOWN


def test_few_pages_are_all_shown() -> None:
    shown, more = menu_of(lambda act: act in {"see-cameras", "see-gateways"})
    assert [row.path for row in shown] == ["/overview", "/cameras", "/gateways"]
    assert more == []

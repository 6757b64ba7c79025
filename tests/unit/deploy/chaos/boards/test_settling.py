"""The account of boards finds what is lost, doubled, of others or out of order, and when a board was well again."""

import pytest

from deploy.chaos.boards.settling import (
    Account,
    Event,
    alarm_after,
    first_after,
    mine,
    settle,
    settle_alerts,
    settle_cards,
)

CLEAN = Account(wanted=3)


@pytest.mark.parametrize(("heard", "account"), [
    pytest.param("abc", CLEAN, id="everything once"),
    pytest.param("ac", Account(wanted=3, lost=1), id="one lost"),
    pytest.param("abbbc", Account(wanted=3, doubled=2), id="one three times"),
    pytest.param("abcab", Account(wanted=3, doubled=2), id="told again after coming again"),
    pytest.param("abxc", Account(wanted=3, strange=1), id="one of others"),
    pytest.param("acb", Account(wanted=3, disordered=1), id="one too early"),
    pytest.param("abcd", CLEAN, id="one that came meanwhile"),
    pytest.param("abdc", Account(wanted=3, disordered=1), id="one that came meanwhile, too early"),
    pytest.param("", Account(wanted=3, lost=3), id="nothing"),
])
def test_what_was_heard_is_compared_with_what_had_to_be(heard: str, account: Account) -> None:
    assert settle("abc", heard, "d") == account


def test_a_board_shows_every_open_hit_once_and_nothing_else() -> None:
    assert settle_cards({1, 2}, [2, 1]) == Account(wanted=2)
    assert settle_cards({1, 2}, [2, 2, 3]) == Account(wanted=2, lost=1, doubled=1, strange=1)


def test_every_read_that_was_published_alerts_once() -> None:
    assert settle_alerts(["1ABC123", "1ABC124"], ["1ABC124", "1ABC123"]) == Account(wanted=2)
    assert settle_alerts(["1ABC123", "1ABC124"], ["1ABC123", "1ABC123"]) == Account(wanted=2, lost=1, doubled=1)


def test_accounts_add_up() -> None:
    assert Account(1, 1, 0, 2, 1) + Account(3, 0, 4, 0, 1) == Account(4, 1, 4, 2, 2)


def test_an_event_is_for_members_of_its_group_alone() -> None:
    events = [Event(1, 7, "raised", 0, 1), Event(2, 8, "raised", 0, 100)]
    assert mine(events, {1}) == events[:1]


def test_a_board_is_well_again_at_the_first_good_word_after_the_start() -> None:
    assert first_after([(9.0, True), (10.5, False), (12.0, True), (14.0, True)], 10.0) == 2.0
    assert first_after([(9.0, True), (10.5, False)], 10.0) is None


def test_a_banner_counts_while_the_program_is_away() -> None:
    banners = [(3.0, "lost"), (5.0, ""), (17.0, "lost"), (23.0, "")]
    assert alarm_after(banners, 10.0, 22.0) == 7.0
    assert alarm_after(banners, 18.0, 30.0) is None

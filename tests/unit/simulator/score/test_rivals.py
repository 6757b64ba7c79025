"""The usual ways to find look-alike plates."""

from simulator.score.rivals import confusable, one_edit


def test_one_edit_is_a_change_an_addition_or_a_loss() -> None:
    found = one_edit("3ABC123")
    assert {"3ABC128", "3ABC1239", "ABC123", "13ABC123"} <= found
    assert "3ABC123" not in found
    assert "3ABC188" not in found


def test_the_flat_list_knows_nothing_of_places() -> None:
    found = confusable("3ABC123")
    assert {"3A8C123", "8ABC12B", "34BCIZ3"} <= found
    assert "3ABC124" not in found


def test_a_plate_of_many_confusable_letters_is_changed_in_two_places_at_most() -> None:
    found = confusable("0817BTIL0")
    assert "O8I7BTIL0" in found
    assert "O8I7BTILD" not in found

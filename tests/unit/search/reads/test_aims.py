"""What a search aims at: how much of a plate it names, which plates in full, and of how many cameras it asks."""

import pytest

from search.reads.aims import _in_full, known_characters
from search.reads.filters import parse_asked
from services.gate import WHOLE


@pytest.mark.parametrize(("pairs", "known", "in_full"), [
    ([], 0, []),
    ([("plate", "3ABC123")], WHOLE, ["3ABC123"]),
    ([("plate", "A1")], WHOLE, ["A1"]),                                  # short, and still one plate
    ([("plate", "3ABC123,4DEF456")], WHOLE, ["3ABC123", "4DEF456"]),
    ([("plate", "3AB*")], 3, []),
    ([("plate", "3A?C12?")], 5, []),
    ([("plate", "*1*")], 1, []),
    ([("plate", "??1?")], 1, []),
    ([("plate", "[38]ABC123")], 6, []),
    ([("plate", "3ABC123,3*")], 1, []),                                  # the vaguest counts
    ([("plate", "3ABC123"), ("alike", "likely")], WHOLE, []),            # about one plate; its answer shows others
    ([("witness", "AB?1")], 3, []),
    ([("witness", "AB")], 2, []),
    ([("colour", "red")], 0, []),
])
def test_a_question_names_so_much_of_a_plate(pairs: list[tuple[str, str]], known: int, in_full: list[str]) -> None:
    asked = parse_asked(pairs, beside=frozenset())
    assert (known_characters(asked), sorted(_in_full(asked))) == (known, in_full)

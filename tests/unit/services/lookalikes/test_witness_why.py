"""In what a remembered text differs from a plate."""

import pytest

from services.lookalikes.witness_why import Difference, explain


@pytest.mark.parametrize(("told", "difference"), [
    ("3ABC123", Difference("kept")),
    ("ABC123", Difference("kept", forgotten="3")),
    ("3ABC13", Difference("kept", forgotten="2")),
    ("3BAC123", Difference("neighbours")),
    ("123ABC3", Difference("groups")),
    ("C321BA3", Difference("mixed")),
    ("3ABG123", Difference("kept", wrong=(("G", "C"),))),
    ("3AGB123", Difference("neighbours", wrong=(("G", "C"),))),
    ("3A?C123", Difference("kept", forgotten="B")),
    ("K3ABC123", Difference("kept", made_up="K")),
])
def test_a_difference_is_named(told: str, difference: Difference) -> None:
    assert explain(told, "3ABC123") == difference

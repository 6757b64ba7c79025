"""The gate's rules in words."""

import pytest

from search.gate.routes import read_value
from search.gate.wording import RULES
from services.errors import BadQuestionError
from services.gate_rules import CAUTIOUS, LIMITS, NAMES, is_possible


def test_every_rule_of_the_gate_has_words_and_a_unit_where_it_is_counted() -> None:
    assert tuple(RULES) == NAMES
    assert {name for name, described in RULES.items() if described.unit} == set(LIMITS)


@pytest.mark.parametrize("name", NAMES)
def test_every_bound_is_possible_and_what_lies_beyond_is_not(name: str) -> None:
    if name not in LIMITS:
        assert (read_value(name, "yes"), read_value(name, "no")) == (True, False)
        return
    least, most = LIMITS[name]
    assert (read_value(name, str(least)), read_value(name, str(most))) == (least, most)
    assert is_possible(name, getattr(CAUTIOUS, name))
    for wrong in (str(least - 1), str(most + 1), "", "six", "6.5", "1e3", "-1", "٦", "9" * 40):
        with pytest.raises(BadQuestionError):
            read_value(name, wrong)


@pytest.mark.parametrize(("name", "text"), [("offence_threshold", "true"), ("offence_threshold", "1"),
                                            ("nothing", "1"), ("__class__", "1"), ("", "")])
def test_no_other_value_and_no_other_rule_is_taken(name: str, text: str) -> None:
    with pytest.raises(BadQuestionError):
        read_value(name, text)

"""Trees: the same thing nested, listed and wrapped in several ways."""

import pytest

from ingest.mapping.trees import branch, branches, listed, text_in, under


def test_what_may_be_one_several_or_nothing_is_a_list() -> None:
    assert [listed(value) for value in (None, "a", {"a": 1}, ["a", "b"])] == [[], ["a"], [{"a": 1}], ["a", "b"]]


def test_a_branch_is_the_first_of_a_list_and_empty_for_a_text() -> None:
    assert [branch(value) for value in ({"a": 1}, ["text", {"a": 1}, {"b": 2}], "text", None)] == [
        {"a": 1}, {"a": 1}, {}, {}]


def test_branches_come_from_the_outside_inwards() -> None:
    tree = {"outer": [{"inner": {"deep": 1}}], "other": {}}
    assert [sorted(here) for here in branches(tree)] == [["other", "outer"], [], ["inner"], ["deep"]]


def test_what_stands_under_a_name_is_found_at_every_depth_item_by_item() -> None:
    assert list(under({"a": {"item": 1}, "b": [{"item": [2, 3]}]}, "item")) == [1, 2, 3]


@pytest.mark.parametrize(("value", "text"), [
    ("a", "a"), (" a ", "a"), (4, "4"), (0.5, "0.5"), ({"#text": "a", "@likelihood": "1"}, "a"),
    ({"value": "a", "b": 1}, "a"), ({"inner": "a"}, "a"), ({"inner": {"#text": "a"}}, "a"),
    (["a", "b"], "a"), ([], None), ({}, None), ("", None),
    (None, None), (True, None), ({"one": "a", "two": "b"}, None), ({"@likelihood": "1"}, None)])
def test_a_text_is_found_in_its_wrapping(value: object, text: str | None) -> None:
    assert text_in(value) == text

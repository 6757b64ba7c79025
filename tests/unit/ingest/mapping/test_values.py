"""One value of a document: what a path finds, as a text that can be stored, and what the verbs make of it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.mapping.limits import MAX_TEXT
from ingest.mapping.values import as_text, cut, find_for, first_of, number, search_for, whole
from ingest.mapping.verbs import Field, Value
from services.errors import ConfigurationError


def found(field: Field, body: Any) -> str | None:
    return find_for(field)({"body": body, "part": {"picture": b"\xff\xd8\xff"}})


@pytest.mark.parametrize(("value", "text"), [
    ("3ABC123", "3ABC123"), (17, "17"), (0.93, "0.93"), (True, "true"), (False, "false"), (None, None),
    (["a", "b"], "a"), ([], None), ([["a"]], None), ({"#text": "a", "@unit": "km"}, "a"), ({"@unit": "km"}, None),
    ([{"#text": "a"}], "a"), (b"bytes", None), (10**400, None), (-(10**30), "-" + "1" + "0" * 30),
    ("3\0ABC\0\0", "3ABC"), ("\0", ""), ("3\ud800ABC", "3?ABC"), ("Citroën", "Citroën"), ("😀", "😀"),
    ("x" * 9_000_000, "x" * MAX_TEXT), (1e308, "1e+308"), (float("nan"), "nan")])
def test_a_value_becomes_a_text_that_can_be_stored(value: Any, text: str | None) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize("nothing", ["", " ", "-", "--", "NULL", "None", None, [], {}, b"x", "\0"])
def test_what_means_nothing_finds_nothing_and_the_next_path_is_looked_at(nothing: Any) -> None:
    assert found("body.a", {"a": nothing}) is None
    assert found(Value(path=["body.a", "body.b"]), {"a": nothing, "b": "3ABC123"}) == "3ABC123"
    assert found(Value(concat=["body.a", "body.b"]), {"a": nothing if isinstance(nothing, dict) else None,
                                                      "b": "x"}) is None


def test_texts_are_put_together_when_all_are_there() -> None:
    together = Value(concat=["body.date", "'T'", "body.time"])
    assert found(together, {"date": "2026-07-01", "time": "12:00:00"}) == "2026-07-01T12:00:00"
    assert found(together, {"date": "2026-07-01"}) is None


@pytest.mark.parametrize(("text", "result"), [("lane 2", "2"), ("LANE_03", "03"), ("left", None), ("x" * 5000, None)])
def test_of_a_match_the_group_counts(text: str, result: str | None) -> None:
    assert found(Value(path="body.a", match=r"(?i)^lane[ _]?(\d+)$"), {"a": text}) == result


def test_a_table_knows_words_in_any_letters_and_says_what_becomes_of_others() -> None:
    table = Value(path="body.a", table={"in": "towards", "1": 0}, otherwise="away")
    assert [found(table, {"a": word}) for word in (" IN ", 1, "x", None)] == ["towards", "0", "away", None]
    assert found(Value(path="body.a", table={"in": None}), {"a": "in"}) is None


def test_further_words_may_mean_nothing() -> None:
    assert found(Value(path="body.a", missing=["unknown"]), {"a": "Unknown"}) is None


def test_the_first_field_that_finds_anything_wins() -> None:
    find = first_of([find_for("body.a"), find_for(Value(path="body.b", match="^(x)$")), find_for("body.c")])
    assert find({"body": {"a": "-", "b": "y", "c": "z"}}) == "z"
    assert first_of([])({}) is None


@pytest.mark.parametrize(("field", "says"), [
    ("body.[", "no JMESPath"), (Value(path="body", match="("), "no regular expression"),
    (Value(path="body", match="a"), "needs one group"), (Value(path="body", match="(a)(b)"), "needs one group"),
    (Value(concat=["body", "'"]), "no JMESPath"), ("", "no JMESPath")])
def test_a_wrong_path_or_expression_is_refused_when_it_is_compiled(field: Field, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        find_for(field)


PATHS = [
    "body.a", "body[0]", "body[*].a | [0]", "body.*", "body.a || body.b", "body.a && body.b", "!body.a",
    "body[?a > `1`]", "body[?a == 'x'].b", "[body][]", "body[::-1]", "body[-1:]", "body.a.b.c.d", "abs(body)",
    "avg(body)", "ceil(body.a)", "contains(body, 'a')", "ends_with(body, 'a')", "floor(body.a)", "join('|', body)",
    "keys(body)", "length(body)", "map(&a, body)", "max(body)", "max_by(body, &a)", "merge(body, body)",
    "min(body)", "min_by(body, &a)", "not_null(body.a, body)", "reverse(body)", "sort(body)", "sort_by(body, &a)",
    "starts_with(body, 'a')", "sum(body)", "to_array(body)", "to_number(body)", "to_string(body)", "type(body)",
    "values(body)", "to_number(body.a)", "part.picture", "to_string(part)", "length(part.picture)",
    "contains(part.picture, 'a')", "none_such(body)", "join('', [to_string(body), to_string(body.a)])",
    "body[1000000]", "body[5:1:-1]", "{x: body.a}", "[body.a, body.b]"]
LEAVES = (st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=5) |
          st.sampled_from(["9" * 5000, "\ud800", "\0", "-1e999", "1e5"]))
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["a", "b", "#text", "@x"]), inner, max_size=3), max_leaves=12)


@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=25, derandomize=True, deadline=None)
@given(body=TREES)
def test_a_path_meets_any_document_without_failing(path: str, body: Any) -> None:
    text = found(path, body)
    assert text is None or (len(text) <= MAX_TEXT and "\0" not in text and text.encode())


def test_a_path_that_leads_too_deep_finds_nothing() -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    assert search_for("to_string(body)")({"body": deep}) is None


@pytest.mark.parametrize(("text", "result"), [
    ("52", 52.0), (" 52,5 ", 52.5), ("-1", -1.0), ("1e3", 1000.0), ("nan", None), ("inf", None), ("1e999", None),
    ("9" * 4000, None), ("", None), (None, None), ("52 km/h", None), ("0x10", None)])
def test_a_number_is_finite_or_none(text: str | None, result: float | None) -> None:
    assert number(text) == result


@pytest.mark.parametrize(("text", "result"), [
    ("2", 2), ("2.9", 2), ("-1", None), ("100", None), ("99", 99), ("x", None)])
def test_a_whole_number_lies_within_its_limits(text: str, result: int | None) -> None:
    assert whole(text, 99) == result


def test_a_text_is_cut_without_the_spaces_around_it() -> None:
    assert (cut("  abcdef ", 3), cut(None, 3)) == ("abc", None)

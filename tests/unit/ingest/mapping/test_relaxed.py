"""JSON as makers write it is understood where it can mean one thing only; what breaks off stays broken."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.mapping import relaxed
from ingest.mapping.limits import MAX_TOKENS, Tally


def understood(text: str) -> list[object]:
    return [msgspec.json.decode(document) for document in relaxed.documents(text, Tally())]


@pytest.mark.parametrize(("text", "meant"), [
    ('{"a": 1, "b": [1, 2,],}', {"a": 1, "b": [1, 2]}),
    ('{"a": 1 "b": "x" "c": {} "d": [1 2]}', {"a": 1, "b": "x", "c": {}, "d": [1, 2]}),
    ("{'a': 'it\\'s \"so\"', 'b': True, 'c': None, 'd': False}", {"a": 'it\'s "so"', "b": True, "c": None, "d": False}),
    ('{"speed": , "lane": }', {"speed": None, "lane": None}),
    ('{"score": 093, "share": .5, "plus": +1, "address": 10.0.0.1}',
     {"score": "093", "share": ".5", "plus": "+1", "address": "10.0.0.1"}),
    ('{"a": 1e999, "b": NaN, "c": -Infinity, "d": undefined, "e": 1e3}',
     {"a": None, "b": None, "c": None, "d": None, "e": 1000.0}),
    ('{"picture": "AAAA\r\nBBBB", \'tab\': \'\t\'}', {"picture": "AAAA\r\nBBBB", "tab": "\t"}),
    ('{"commas": ",}", "quotes": "\\",]", "colon": ":"}', {"commas": ",}", "quotes": '",]', "colon": ":"}),
    ("{}", {}), ("[]", []), ("{'a': []}", {"a": []})])
def test_what_makers_write_is_understood(text: str, meant: object) -> None:
    assert understood(text) == [meant]


def test_documents_one_behind_the_other_are_several() -> None:
    assert understood("{'a': 1}{\"a\": 2}\n [3]") == [{"a": 1}, {"a": 2}, [3]]


@pytest.mark.parametrize("text", [
    '{"a": 1', '{"a": "1', "{'a", '{"a": 1}}', "]", "[}", "{,}", "[,]", "[,1]", '{"a": 1,, "b": 2}', '{"a":: 1}', ":",
    '"text"', "1", '{"a": tru}', "{plate: 1}", '{"a": 1} text', "{'a': 'it's'}", '{"a": 1},'])
def test_what_could_mean_anything_or_breaks_off_is_not(text: str) -> None:
    with pytest.raises(relaxed.MalformedError):
        understood(text)


def test_a_member_without_its_colon_is_no_json() -> None:
    with pytest.raises(msgspec.DecodeError):
        understood('{"a" 1}')


def test_long_texts_are_left_alone() -> None:
    with pytest.raises(relaxed.MalformedError):
        understood("[" + "1 " * MAX_TOKENS + "]")


TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-9**9, 9**9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3))


@settings(max_examples=200, derandomize=True, deadline=None)
@given(tree=st.lists(TREES, max_size=3))
def test_what_is_json_already_means_the_same(tree: object) -> None:
    assert understood(msgspec.json.encode(tree).decode()) == [tree]


@settings(max_examples=200, derandomize=True, deadline=None)
@given(text=st.text(alphabet="{}[]:,'\"\\ax1 \n", max_size=40))
def test_any_text_is_understood_or_malformed(text: str) -> None:
    try:
        found = list(relaxed.documents(text, Tally()))
    except relaxed.MalformedError:
        return
    assert all(document[:1] in "{[" for document in found)

"""Lines of name=value and event lines become trees, of bounded size whatever the names say."""

import pytest

from ingest.incoming import Incoming
from ingest.mapping import lines
from ingest.mapping.documents import open_document, parse
from ingest.mapping.limits import UnreadableError


def test_names_with_dots_and_places_become_branches_and_lists() -> None:
    assert lines.tree_of("A[0].B.C=1\r\nA[1].B.C=2\nA[0].D[1]=y\nA[0].D[0]=x\nE=f=g\n") == {
        "A": [{"B": {"C": "1"}, "D": ["x", "y"]}, {"B": {"C": "2"}}], "E": "f=g"}


def test_a_place_far_away_takes_no_memory() -> None:
    assert lines.tree_of("A[999999999].B=1\nA[3].B=2") == {"A": [{"B": "2"}, {"B": "1"}]}


def test_a_name_that_is_a_text_and_a_branch_keeps_both() -> None:
    assert lines.tree_of("A=1\nA.B=2") == {"A": {"#text": "1", "B": "2"}} == lines.tree_of("A.B=2\nA=1")


@pytest.mark.parametrize("text", ["plate=3ABC123&camera=kade", "json={\n \"plate\": 1}", "plate=3ABC123", "nothing"])
def test_a_form_is_no_lines(text: str) -> None:
    assert not lines.are_lines(text)


@pytest.mark.parametrize("text", ["a=1\nb=2", "Events[0].Code=A", "\r\nEvents[0].Code=A\r\n\r\nEvents[0].Name=B"])
def test_lines_are_known_by_their_second_or_by_brackets(text: str) -> None:
    assert lines.are_lines(text)


def test_event_lines_are_parted_where_the_next_begins_and_their_data_is_json_over_many_lines() -> None:
    _, tree = parse(b'Code=A;action=Start;index=1\r\nCode=B;action=Pulse;index=0;data={\n  "Lane" : 2\n}\r\n')
    assert tree == [{"code": "A", "action": "Start", "index": "1", "data": ""},
                    {"code": "B", "action": "Pulse", "index": "0", "data": {"lane": 2}}]


def test_an_event_line_needs_no_more_than_its_code_and_one_member() -> None:
    assert parse(b'Code=B; data = {"Lane": 2}')[1] == [{"code": "B", "data": {"lane": 2}}]


def test_an_event_line_whose_json_breaks_off_is_refused() -> None:
    with pytest.raises(UnreadableError):
        parse(b'Code=B;action=Pulse;index=0;data={"Lane": ')


def test_more_lines_than_any_device_sends_are_refused() -> None:
    with pytest.raises(UnreadableError):
        parse(b"a=1\n" * (lines.MAX_LINES + 2))


def test_a_plus_and_a_percent_sign_in_a_line_are_not_decoded_as_in_a_form() -> None:
    assert parse(b"a=1+1\nb=50%25")[1] == {"a": "1+1", "b": "50%25"}


def test_a_lone_word_is_itself() -> None:
    assert parse(b" Heartbeat\r\n") == ("", "Heartbeat")


def test_json_announced_as_multipart_is_read_as_what_it_is() -> None:
    message = Incoming("push/kade", b' {"a": 1}', 0, headers=(("content-type", "multipart/form-data; boundary=x"),))
    assert open_document(message, "").body == {"a": 1}

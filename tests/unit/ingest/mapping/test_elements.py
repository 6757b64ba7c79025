"""XML becomes a tree of bounded size; what is dangerous in XML is refused before anything comes of it."""

from typing import Any

import pytest

from ingest.mapping import elements
from ingest.mapping.limits import MAX_DEPTH, MAX_NODES, Tally, UnreadableError
from ingest.rows import Reason


def read(body: bytes | str) -> tuple[str, Any]:
    return elements.read(body if isinstance(body, bytes) else body.encode(), Tally())


def refused(body: bytes | str) -> Reason:
    with pytest.raises(UnreadableError) as error:
        read(body)
    return error.value.reason


def test_names_are_small_and_lose_their_prefixes_and_dots() -> None:
    assert read('<A:Msg xmlns:A="urn:a" xmlns="urn:b"><b:DeviceNo. A:Unit="km">1</b:DeviceNo.></A:Msg>') == (
        "msg", {"deviceno": {"@unit": "km", "#text": "1"}})


def test_a_prefix_that_is_bound_to_nothing_does_no_harm() -> None:
    assert read("<tt:Frame><tt:Plate>3-ABC-123</tt:Plate></tt:Frame>") == ("frame", {"plate": "3-ABC-123"})


def test_elements_of_one_name_become_a_list_and_empty_ones_an_empty_text() -> None:
    assert read("<a><b>1</b><b/><c> </c><B>2</B></a>") == ("a", {"b": ["1", "", "2"], "c": ""})


def test_text_is_what_stands_before_the_first_child_over_comments_and_sections() -> None:
    assert read("<a> one<!-- - --><![CDATA[<two>]]> &amp;<b/>three</a>") == ("a", {"b": "", "#text": "one<two> &"})


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1252", "UTF-16", "iso-8859-15"])
def test_a_declared_encoding_is_read(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><a>Citroën</a>'
    assert read(text.encode(encoding)) == ("a", "Citroën")


def test_chinese_makers_declare_encodings_that_expat_does_not_know() -> None:
    assert read('<?xml version="1.0" encoding="GB2312"?><a>京A12345</a>'.encode("gbk")) == ("a", "京A12345")


@pytest.mark.parametrize("body", ["\ufeff<a>é</a>".encode(), "<a>é</a>".encode("utf-16"),
                                  "<a>é</a>".encode("utf-16-le"), "\r\n <a>é</a>\r\n\0".encode()])
def test_marks_wide_letters_and_spaces_around_are_read(body: bytes) -> None:
    assert read(body) == ("a", "é")


@pytest.mark.parametrize("body", [
    "<a>é</a>".encode("latin-1"), '<?xml version="1.0" encoding="utf-8"?><a>é</a>'.encode("latin-1"),
    b'<?xml version="1.0" encoding="utf-16"?><a/>', b'<?xml version="1.0" encoding="none-such"?><a/>',
    b'<?xml version="1.0" encoding="hex"?><a/>', b'<?xml version="1.0" encoding="utf-7"?><a/>',
    b'<?xml version="1.0" encoding="windows-1252"?><a>\x81</a>'])
def test_another_encoding_than_declared_or_one_that_is_not_taken_is_said_to_be_that(body: bytes) -> None:
    assert refused(body) is Reason.wrong_encoding


BOMB = ('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">' +
        "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)) + "]><x>&j;</x>")


@pytest.mark.parametrize("body", [
    BOMB, '<!DOCTYPE x SYSTEM "http://kade.example/x.dtd"><x/>',
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>', "<!DOCTYPE x><x/>",
    '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://kade.example/p">%p;]><x/>', BOMB.replace("\n", "").encode("utf-16"),
    "<a>&unknown;</a>", "<a>&#xD800;</a>", "<a>&#0;</a>", "<a><b></a>", "<a>", "<", "<?xml?>", "<!-- -->",
    '<a b="1" b="2"/>', "<1/>", "<several/></several><a/>"])
def test_types_entities_and_what_is_malformed_are_refused(body: bytes | str) -> None:
    assert refused(body) is Reason.not_xml


def test_nothing_is_included_from_elsewhere() -> None:
    body = ('<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/hostname" parse="text"/>'
            '<?xml-stylesheet href="file:///etc/hostname"?></a>')
    assert read(body) == ("a", {"include": {"@href": "file:///etc/hostname", "@parse": "text"}})


@pytest.mark.parametrize("body", [
    "<a>" * (MAX_DEPTH + 2) + "</a>" * (MAX_DEPTH + 2), "<a>" + "<b/>" * MAX_NODES + "</a>", "<a>" * 2_000_000,
    "<a " + " ".join(f'b{n}="1"' for n in range(MAX_NODES)) + "/>",
    "<a>" + "<b c='1'/>" * (MAX_NODES // 2 + 1) + "</a>", "<a/>" * (MAX_NODES + 1)])
def test_more_than_any_camera_sends_is_refused(body: str) -> None:
    assert refused(body) is Reason.too_deep


def test_elements_are_counted_over_the_whole_message() -> None:
    tally = Tally()
    elements.read(b"<a>" + b"<b/>" * (MAX_NODES - 10) + b"</a>", tally)
    with pytest.raises(UnreadableError):
        elements.read(b"<a>" + b"<b/>" * 10 + b"</a>", tally)


@pytest.mark.parametrize("between", ["", "\r\n", '\n<?xml version="1.0"?>\n'])
def test_documents_one_behind_the_other_become_a_list(between: str) -> None:
    assert read(f'<?xml version="1.0"?><M><p>1</p></M>{between}<M><p>2</p></M>') == (
        "m", [{"p": "1"}, {"p": "2"}])


def test_what_a_connection_left_behind_a_document_is_passed_over() -> None:
    assert read("<M><p>1</p></M>\r\n0") == ("m", {"p": "1"})


def test_a_second_document_that_breaks_off_is_refused() -> None:
    assert refused("<M><p>1</p></M><M><p>2</p>") is Reason.not_xml

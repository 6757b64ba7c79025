"""Pictures: parts as they are, base64 in any wrapping, each decoded once; what is none is refused later as that."""

import base64
from typing import Any

import pytest

from ingest.mapping.documents import Document
from ingest.mapping.imagery import NO_PICTURE, picture_for
from ingest.mapping.verbs import Picture
from services.errors import ConfigurationError
from services.images import MAX_IMAGE_BYTES, Kind

JPEG = b"\xff\xd8\xff an invented picture!"
TEXT = base64.b64encode(JPEG).decode()


def pictured(value: Any) -> bytes | None:
    found = picture_for(Picture(kind="plate", path="body.a"))({"body": {"a": value}}, Document())
    return None if found is None else found[1]


@pytest.mark.parametrize("text", [
    TEXT, f"data:image/jpeg;base64,{TEXT}", f"data:image/jpeg;charset=utf-8;base64,{TEXT}", f"data:,{TEXT}",
    TEXT.rstrip("="), "\r\n".join(TEXT[place:place + 8] for place in range(0, len(TEXT), 8)), f"  {TEXT}\n"])
def test_base64_is_decoded_whatever_surrounds_it(text: str) -> None:
    assert pictured(text) == pictured([text]) == pictured({"#text": text}) == JPEG


@pytest.mark.parametrize("value", ["", "-", " null ", None, [], {}, 7, True, {"a": TEXT}])
def test_without_a_text_there_is_no_picture(value: Any) -> None:
    assert pictured(value) is None


@pytest.mark.parametrize("text", ["a picture?", "é" * 20, "=" * 20, "A", "data:image/jpeg;base64,", " " * 8_000_000,
                                  "A" * (2 * MAX_IMAGE_BYTES + 1), "http://kade.example/1.jpg", "\ud800" * 20])
def test_what_is_no_base64_is_no_picture_and_said_to_be_so(text: str) -> None:
    assert pictured(text) == NO_PICTURE


def test_a_part_is_taken_by_its_name_and_bytes_at_a_path_as_they_are() -> None:
    context = {"part": {"plate.jpg": JPEG, "scene.jpg": b"", "scene2.jpg": JPEG + b"2"}, "body": {"a": JPEG}}
    by_name = picture_for(Picture(kind="overview", part="^scene"))
    assert by_name(context, Document()) == (Kind.overview, JPEG + b"2")
    assert picture_for(Picture(kind="plate", part="^other$"))(context, Document()) is None
    assert picture_for(Picture(kind="plate", path="body.a"))(context, Document()) == (Kind.plate, JPEG)


def test_a_picture_that_several_reads_show_is_decoded_once() -> None:
    document, find = Document(body={"a": TEXT}), picture_for(Picture(kind="plate", path="body.a"))
    first, second = (find(document.context(each), document) for each in (1, 2))
    assert first is not None
    assert second is not None
    assert first[1] is second[1]


@pytest.mark.parametrize("picture", [Picture(kind="plate", part="("), Picture(kind="plate", path="["),
                                     Picture(kind="plate")])
def test_a_wrong_description_is_refused_when_it_is_compiled(picture: Picture) -> None:
    with pytest.raises(ConfigurationError):
        picture_for(picture)

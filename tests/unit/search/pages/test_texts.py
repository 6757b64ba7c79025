"""Every sentence has its words in Dutch and French, and every gap is filled in both."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

import search
from search.pages.language import read_texts
from tests.unit.search.pages.catalogue import said

_TEXTS = Path(search.__file__).parent / "pages" / "texts"
_GAPS = re.compile(r"\{\w+\}|%\(\w+\)s")


@pytest.mark.parametrize("code", ["nl", "fr"])
def test_every_sentence_is_translated(code: str) -> None:
    catalog = read_texts(code)
    found = list(said())
    assert len(found) > 200
    assert sorted({msgid for msgid, _ in found if not _is_translated(catalog, msgid)}) == []


def _is_translated(catalog: Catalog, msgid: str) -> bool:
    message = catalog.get(msgid)
    if message is None:
        return False
    return all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)


@pytest.mark.parametrize("code", ["nl", "fr"])
def test_no_translation_is_left_over_and_gaps_are_the_same(code: str) -> None:
    sentences = {msgid for msgid, _ in said()}
    for message in read_texts(code):
        if not message.id:
            continue
        first = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
        assert first in sentences, f"nobody says {first!r}"
        for text in message.string if isinstance(message.string, (tuple, list)) else (message.string,):
            assert set(_GAPS.findall(text)) == set(_GAPS.findall(first)), text


def test_dutch_never_says_kenteken() -> None:
    texts = [file.read_text(encoding="utf-8").lower() for file in _TEXTS.glob("*nl.po")]
    assert texts
    assert not [text for text in texts if "kenteken" in text]

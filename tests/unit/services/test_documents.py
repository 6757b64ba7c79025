"""What a document really is, and the name that is kept of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.documents import content_type, harmless_name


@pytest.mark.parametrize(("content", "kind"), [
    (b"%PDF-1.7\n", "application/pdf"), (b"%PDF-2.0\n", "application/pdf"), (b"\xff\xd8\xff\xe0", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"), (b"", None), (b"%PDF-", None), (b" %PDF-1.7", None),
    (b"<svg/>", None), (b"\x89PNG\r\n\x1a\n", None), (b"GIF89a", None),
])
def test_a_document_is_told_by_how_it_begins(content: bytes, kind: str | None) -> None:
    assert content_type(content) == kind


@given(st.text(max_size=300))
def test_whatever_a_file_was_called_its_kept_name_is_short_plain_and_has_the_right_end(name: str) -> None:
    kept = harmless_name(name, b"%PDF-1.7\n")
    assert kept.endswith(".pdf")
    assert 4 < len(kept) <= 84
    assert kept.isprintable()
    assert not set(kept) & set("/\\<>\"';:&|%\n\r\0")
    assert not kept.startswith((".", " "))

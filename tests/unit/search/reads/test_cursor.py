"""The cursor: ours comes back as it was, nothing else is taken."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.reads.cursor import Cursor, read_cursor
from services.clock import from_epoch_ms
from services.errors import BadQuestionError

INSTANTS = st.integers(946_684_800_000, 4_102_444_800_000).map(from_epoch_ms)
PLATES = st.text("ABCXYZ0123456789ÄÖÜ", min_size=1, max_size=16) | st.just("?12")


@given(INSTANTS, st.uuids(), PLATES)
def test_what_was_written_is_read(instant: datetime, read_id: UUID, plate: str) -> None:
    cursor = Cursor(instant, read_id, plate)
    assert read_cursor(cursor.write()) == cursor


@given(st.text(max_size=80))
def test_anything_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BadQuestionError, match="after: take this value"):
        read_cursor(text)


def test_a_plate_that_cannot_be_is_refused() -> None:
    good = Cursor(datetime(2026, 11, 23, tzinfo=UTC), UUID(int=8), "A")
    for plate in ("", "A" * 17, "A\0", "A\n"):
        with pytest.raises(BadQuestionError):
            read_cursor(Cursor(good.captured_at, good.read_id, plate).write())

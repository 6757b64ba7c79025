"""Which messages look old without being decoded."""

from datetime import timedelta

import pytest

from ingest.lanes import looks_old
from services.clock import epoch_ms
from tests.ingest_samples import NOW, body, read

RECEIVED_MS = epoch_ms(NOW)


@pytest.mark.parametrize(("age_s", "old"), [(0, False), (60, False), (61, True), (86_400, True), (-100, False)])
def test_a_canonical_message_is_old_by_its_first_read(age_s: int, old: bool) -> None:
    one = read(NOW - timedelta(seconds=age_s))
    assert looks_old(body(one), RECEIVED_MS) is old
    assert looks_old(body({"reads": [one, read(NOW)]}), RECEIVED_MS) is old


@pytest.mark.parametrize("payload", [
    b"", b"<EventNotificationAlert/>", b'{"captured_at": "never"}', b'{"captured_at": "2020-01-01T00:00:00"}',
    b'{"captured_at": "\xff\xfe"}'])
def test_of_what_cannot_be_told_nothing_is_said(payload: bytes) -> None:
    assert looks_old(payload, RECEIVED_MS) is False


def test_a_time_behind_a_picture_is_not_looked_for() -> None:
    assert not looks_old(body({"images": [{"data": "A" * 5000}], **read(NOW - timedelta(days=1))}), RECEIVED_MS)

"""Warnings of every batch are said seldom, and add up what was left unsaid."""

import logging

import pytest

from ingest.complaints import Complaint


def test_a_warning_is_said_at_once_and_then_seldom_with_what_was_left_unsaid(
        caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("ingest.complaints.time.monotonic", lambda: now[0])
    complaint = Complaint(logging.getLogger("test"), "%d pictures wait")
    for number, seconds in ((3, 0.0), (4, 0.1), (5, 9.0), (6, 1.0), (7, 20.0)):
        now[0] += seconds
        complaint.say(number)
    assert [record.getMessage() for record in caplog.records] == [
        "3 pictures wait", "15 pictures wait", "7 pictures wait"]

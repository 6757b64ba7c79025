"""The table of profiles, and what the rest of the product knows of it."""

from collections.abc import Iterator

import pytest

from ingest.incoming import Incoming
from ingest.profiles.table import FAULT, PROFILES, compiled, guarded
from ingest.rows import Reason
from ingest.sightings import Finding, Ignored, Problem
from services.decoding import PROFILE_NAMES
from services.errors import ConfigurationError


def test_a_gateway_can_be_given_every_profile_that_ingest_has_and_no_other() -> None:
    assert tuple(PROFILES) == PROFILE_NAMES


def test_a_profile_that_fails_on_a_message_makes_it_a_reject_and_logs_no_word_of_it(
        caplog: pytest.LogCaptureFixture) -> None:
    def failing(message: Incoming, path: str) -> Iterator[Finding]:
        yield Ignored("the first of two")
        raise KeyError(message.payload)

    first, problem = guarded("genetec", failing)(Incoming("push/kade", b"3-ABC-123", 0), "")
    assert first == Ignored("the first of two")
    assert problem == Problem(Reason.unknown_format, f"{FAULT} (KeyError): the profile fails on this message")
    assert "KeyError in profile genetec" in caplog.text
    assert "ABC" not in caplog.text


def test_whoever_takes_a_mapping_for_a_profile_is_told_how_to_take_it() -> None:
    with pytest.raises(ConfigurationError, match=r'^tattile is a mapping: take .* \{"mapping": "tattile"\}$'):
        compiled("tattile", b"{}")

"""Read ids: the same for the same capture, different for every other, never guessable without the key."""

from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity import Identity, captured_ms_of, is_read_id, read_id_hex

MOMENT_MS = 1_795_000_000_123
PARTS = ("houthalen", "cam1", "passage", "4711")


def read_id(key: bytes, *parts: str, moment_ms: int = MOMENT_MS) -> UUID:
    return UUID(read_id_hex(moment_ms, Identity(key).digest(*parts)))


def test_the_same_passage_gives_the_same_id() -> None:
    assert read_id(b"k" * 32, *PARTS) == read_id(b"k" * 32, *PARTS)


@pytest.mark.parametrize("other", [
    ("genk", "cam1", "passage", "4711"), ("houthalen", "cam2", "passage", "4711"),
    ("houthalen", "cam1", "passage", "4712"), ("houthalen", "cam", "1passage", "4711"),
    ("houthalencam1", "", "passage", "4711"),
])
def test_another_gateway_camera_or_passage_gives_another_id(other: tuple[str, ...]) -> None:
    assert read_id(b"k" * 32, *PARTS) != read_id(b"k" * 32, *other)


def test_another_key_gives_another_id() -> None:
    assert read_id(b"k" * 32, *PARTS) != read_id(b"l" * 32, *PARTS)


def test_every_byte_of_a_key_over_64_bytes_counts() -> None:
    long, longer = b"k" * 64, b"k" * 65
    assert len({read_id(key, *PARTS) for key in (long, longer, b"k" * 64 + b"l")}) == 3


@given(st.integers(0, 2**47), st.binary(min_size=16, max_size=16))
def test_an_id_is_a_version_8_uuid_with_the_capture_in_front(moment_ms: int, digest: bytes) -> None:
    made = UUID(read_id_hex(moment_ms, digest))
    assert (made.version, made.variant) == (8, RFC_4122)
    assert captured_ms_of(made) == moment_ms


def test_ids_sort_by_capture() -> None:
    assert read_id(b"k" * 32, "z", moment_ms=MOMENT_MS) < read_id(b"k" * 32, "a", moment_ms=MOMENT_MS + 1)


def test_only_ids_that_could_have_been_made_here_are_taken_for_read_ids() -> None:
    assert is_read_id(read_id(b"k" * 32, *PARTS))
    assert not is_read_id(UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8"))
    assert not is_read_id(UUID("ffffffff-ffff-8fff-bfff-ffffffffffff"))  # a time that no clock can show


def test_one_message_has_one_digest_wherever_topic_and_body_meet() -> None:
    identity = Identity(b"k" * 32)
    assert identity.digest_bytes("a", b"bc") == identity.digest_bytes("a", b"bc")
    assert identity.digest_bytes("a", b"bc") != identity.digest_bytes("ab", b"c")

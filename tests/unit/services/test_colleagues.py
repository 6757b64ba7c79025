"""Hashes of colleagues' plates."""

from datetime import UTC, datetime

from services.colleagues import ColleaguePlate, plate_key, recognise
from services.identity import Identity

IDENTITY = Identity(b"a key of thirty-two bytes or more")


def test_a_plate_is_recognised_by_its_hash_and_only_with_the_same_secret() -> None:
    since = datetime(2026, 11, 1, tzinfo=UTC)
    kept = ColleaguePlate(plate_key(IDENTITY, "3ABC123"), 7, "an.peeters", "An Peeters", since)
    assert recognise(IDENTITY, {"3ABC123", "9XYZ999"}, [kept]) == {"3ABC123": kept}
    assert recognise(Identity(b"another key of thirty-two bytes"), {"3ABC123"}, [kept]) == {}


def test_the_hash_is_that_of_nothing_else() -> None:
    assert plate_key(IDENTITY, "3ABC123") != IDENTITY.digest("plate", "3ABC123")
    assert b"3ABC123" not in plate_key(IDENTITY, "3ABC123")

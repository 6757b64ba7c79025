"""Image grants: keyed, and for exactly one picture, one user and one consultation."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from search.grants import LIFETIME, Granted, Grants, Holder
from services.errors import ForbiddenError
from services.images import Kind

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
READ, CONSULTATION = UUID(int=7), UUID(int=9)
GRANTS = Grants(b"k" * 32)


def _grant(now: datetime = NOW) -> str:
    return GRANTS.grant(READ, Kind.plate, Holder(5, CONSULTATION), now)


def test_a_grant_opens_what_it_was_made_for() -> None:
    granted = GRANTS.check(_grant(), READ, Kind.plate, 5, NOW + LIFETIME)
    assert (granted.read_id, granted.kind, granted.consultation_id) == (READ, Kind.plate, CONSULTATION)


@pytest.mark.parametrize(("read_id", "kind", "user_id", "later"), [
    (UUID(int=8), Kind.plate, 5, timedelta()), (READ, Kind.overview, 5, timedelta()),
    (READ, Kind.plate, 6, timedelta()),
    (READ, Kind.plate, 5, LIFETIME + timedelta(milliseconds=1))])
def test_it_opens_nothing_else(read_id: UUID, kind: Kind, user_id: int, later: timedelta) -> None:
    with pytest.raises(ForbiddenError):
        GRANTS.check(_grant(), read_id, kind, user_id, NOW + later)


def test_every_changed_character_breaks_it() -> None:
    grant = _grant()
    for place, character in enumerate(grant):
        for other in "Ab0_":
            if other != character:
                with pytest.raises(ForbiddenError):
                    GRANTS.check(grant[:place] + other + grant[place + 1:], READ, Kind.plate, 5, NOW)


def test_another_key_and_another_purpose_make_other_grants() -> None:
    assert Grants(b"l" * 32).grant(READ, Kind.plate, Holder(5, CONSULTATION), NOW) != _grant()


def test_a_granted_picture_cannot_be_made_by_hand() -> None:
    with pytest.raises(TypeError, match=r"Grants\.check"):
        Granted(object(), READ, Kind.plate, CONSULTATION)

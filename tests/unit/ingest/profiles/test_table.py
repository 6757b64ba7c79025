"""The table of profiles, and what the rest of the product knows of it."""

from ingest.profiles.table import PROFILES
from services.decoding import PROFILE_NAMES


def test_a_gateway_can_be_given_every_profile_that_ingest_has_and_no_other() -> None:
    assert tuple(PROFILES) == PROFILE_NAMES

"""One-time codes: the standard's own numbers, drift, and secrets that open nothing in another's row."""

from base64 import b32encode
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pyotp
import pytest

from services.second_factor import SecondFactors, address_of, matching_step, new_secret

KEY = b"k" * 32
_RFC = b32encode(b"12345678901234567890").decode()  # RFC 6238, appendix B


@pytest.mark.parametrize(("second", "code"), [
    (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")])
def test_codes_are_those_of_the_standard(second: int, code: str) -> None:
    assert matching_step(_RFC, code, datetime.fromtimestamp(second, UTC)) == second // 30


@pytest.mark.parametrize(("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephones_clock_may_be_one_step_away(steps: int, accepted: bool) -> None:
    now = datetime(2026, 11, 23, 10, 15, 15, tzinfo=UTC)
    code = pyotp.TOTP(_RFC).at(now + timedelta(seconds=30 * steps))
    assert (matching_step(_RFC, code, now) is not None) is accepted


@pytest.mark.parametrize("code", ["", "28708", "2870822", "28708é", "abcdef", "२८७०८२"])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert matching_step(_RFC, code, datetime.fromtimestamp(59, UTC)) is None


def test_a_code_may_be_typed_with_a_space() -> None:
    assert matching_step(_RFC, " 287 082 ", datetime.fromtimestamp(59, UTC)) == 1


def test_a_secret_is_encrypted_and_bound_to_its_user() -> None:
    factors, secret = SecondFactors(KEY), new_secret()
    sealed = factors.seal(7, secret)
    assert secret.encode() not in sealed
    assert factors.seal(7, secret) != sealed, "never twice the same"
    assert factors.open(7, sealed) == secret
    assert factors.open(8, sealed) is None
    assert SecondFactors(b"another" * 8).open(7, sealed) is None
    assert factors.open(7, sealed[:-1] + bytes([sealed[-1] ^ 1])) is None
    assert factors.open(7, b"") is None


def test_an_offer_is_good_in_its_own_session_alone() -> None:
    factors, session, secret = SecondFactors(KEY), uuid4(), new_secret()
    offer = factors.seal_offer(7, session, secret)
    assert factors.open_offer(7, session, offer) == secret
    assert factors.open_offer(8, session, offer) is None
    assert factors.open_offer(7, uuid4(), offer) is None
    assert factors.open(7, bytes.fromhex(offer)) is None, "an offer is not yet a second factor"
    assert [factors.open_offer(7, session, wrong) for wrong in ("", "zz", "00")] == [None] * 3


def test_the_address_names_the_user_and_the_product() -> None:
    assert address_of(_RFC, "an.peeters") == (
        f"otpauth://totp/Zoneschild:an.peeters?secret={_RFC}&issuer=Zoneschild")

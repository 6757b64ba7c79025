"""ID tokens: believed when they are ours, fresh, and signed by the provider; in every other case not."""

import hmac
import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from search.accounts.oidc import Claimed, Expected, TokenRefusedError, check_id_token

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
ISSUER = "https://identity.zone.example"
EXPECTED = Expected(ISSUER, "zoneschild", "the-nonce")
OURS = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})
CURVE = ECKey.generate_key("P-256", {"kid": "2", "use": "sig"})
KEYS = KeySet.import_key_set({"keys": [OURS.as_dict(private=False), CURVE.as_dict(private=False)]})


def claims(**changes: Any) -> dict[str, Any]:
    now = int(NOW.timestamp())
    given = {"iss": ISSUER, "aud": "zoneschild", "sub": "person-7", "nonce": "the-nonce", "iat": now - 5,
             "exp": now + 300, "preferred_username": "an.peeters", **changes}
    return {name: value for name, value in given.items() if value is not None}


def signed(key: Any = OURS, alg: str = "RS256", **changes: Any) -> str:
    return jwt.encode({"alg": alg, "kid": key.kid or "1"}, claims(**changes), key, algorithms=[alg])


def unsigned(alg: str, **changes: Any) -> str:
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
             for part in ({"alg": alg, "kid": "1"}, claims(**changes))]
    return ".".join([*parts, ""])


@pytest.mark.parametrize("token", [
    signed(), signed(CURVE, "ES256"), signed(alg="PS512"), signed(aud=["zoneschild"]),
    signed(aud=["zoneschild", "another"], azp="zoneschild"), signed(exp=int(NOW.timestamp()) - 30)])
def test_a_good_token_says_who_somebody_is(token: str) -> None:
    assert check_id_token(token, KEYS, EXPECTED, NOW) == Claimed(f"{ISSUER}|person-7", "an.peeters")


def test_a_name_may_be_missing() -> None:
    assert check_id_token(signed(preferred_username=None), KEYS, EXPECTED, NOW).username == ""
    assert check_id_token(signed(preferred_username=7), KEYS, EXPECTED, NOW).username == ""


_FORGED = RSAKey.generate_key(2048, {"kid": "1"})


def signed_with_the_public_key() -> str:
    body = unsigned("HS256").rstrip(".")
    seal = hmac.digest(OURS.as_pem(private=False), body.encode(), "sha256")
    return f"{body}.{urlsafe_b64encode(seal).rstrip(b'=').decode()}"


@pytest.mark.parametrize("token", [
    pytest.param(signed(_FORGED), id="signed by somebody else"),
    pytest.param(signed(RSAKey.generate_key(2048, {"kid": "9"})), id="signed with a key that nobody published"),
    pytest.param(signed_with_the_public_key(), id="signed with the public key as if it were secret"),
    pytest.param(unsigned("none"), id="not signed"),
    pytest.param(unsigned("RS256"), id="with an empty signature"),
    pytest.param(signed()[:-6] + "AAAAAA", id="with another signature"),
    pytest.param(signed().split(".")[0] + "." + signed(sub="person-8").split(".")[1] + "." + signed().split(".")[2],
                 id="about somebody else"),
    pytest.param("", id="empty"), pytest.param("a.b.c", id="no token"), pytest.param("é.é.é", id="no ASCII"),
])
def test_a_token_that_the_provider_did_not_sign_is_refused(token: str) -> None:
    with pytest.raises(TokenRefusedError):
        check_id_token(token, KEYS, EXPECTED, NOW)


@pytest.mark.parametrize("change", [
    {"iss": "https://another.example"}, {"iss": None}, {"aud": "another"}, {"aud": None}, {"aud": ["another"]},
    {"aud": ["zoneschild", "another"]}, {"azp": "another"}, {"nonce": "another"}, {"nonce": None},
    {"exp": int((NOW - timedelta(minutes=2)).timestamp())}, {"exp": None}, {"exp": "soon"}, {"iat": None},
    {"iat": int((NOW + timedelta(hours=1)).timestamp())}, {"nbf": int((NOW + timedelta(hours=1)).timestamp())},
    {"sub": None}, {"sub": ""}, {"sub": "x" * 256}, {"sub": 7}], ids=str)
def test_a_token_that_is_not_ours_or_not_fresh_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(TokenRefusedError):
        check_id_token(signed(**change), KEYS, EXPECTED, NOW)


def test_a_refusal_holds_nothing_of_the_token() -> None:
    with pytest.raises(TokenRefusedError) as refused:
        check_id_token(signed(nonce="planted-secret"), KEYS, EXPECTED, NOW)
    assert "planted" not in str(refused.value)

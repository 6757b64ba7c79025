"""The identity provider (OpenID Connect Core 1.0): says who somebody is; what they may do is decided here.

Code flow with PKCE (S256). The ID token is believed when the provider's published keys signed it with an asymmetric
algorithm, for us, for this attempt, and not too long ago.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from search.pages.language import words
from services.clock import utc_now
from services.errors import ProviderAwayError
from services.settings import SearchSettings

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Asymmetric ones alone: whoever checks a signature cannot make it."""
_SCOPE = "openid profile"
_LEEWAY_S = 60
_KEPT = timedelta(hours=1)
_AGAIN_AFTER = timedelta(minutes=1)
_TIMEOUT_S = 10.0
_LONGEST_SUBJECT = 255
_AWAY = words("The identity provider does not answer as it should. Try again, or log in with a password.")


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who somebody is, as the provider says."""

    subject: str
    """Issuer and subject: together they never mean somebody else."""
    username: str
    """What they call themselves there; not to be relied on beyond a first meeting that was announced."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What an ID token must say to be ours."""

    issuer: str
    client_id: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """The secrets of one log-in that has begun."""

    state: str
    nonce: str
    verifier: str


class TokenRefusedError(Exception):
    """An ID token is not to be believed; the text says why, and holds nothing of it."""


@dataclass(frozen=True, slots=True)
class _Published:
    """What a provider says of itself."""

    authorization_endpoint: str
    token_endpoint: str
    keys: KeySet
    read_at: datetime


def check_id_token(token: str, keys: KeySet, expected: Expected, now: datetime) -> Claimed:
    """Return who an ID token speaks of (pure); raises TokenRefusedError."""
    try:
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        jwt.JWTClaimsRegistry(
            now=int(now.timestamp()), leeway=_LEEWAY_S,
            iss={"essential": True, "value": expected.issuer}, aud={"essential": True, "value": expected.client_id},
            nonce={"essential": True, "value": expected.nonce}, exp={"essential": True}, iat={"essential": True},
            sub={"essential": True}).validate(claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise TokenRefusedError(type(error).__name__) from None
    if (isinstance(claims["aud"], list) and len(claims["aud"]) > 1) or "azp" in claims:
        _want(claims.get("azp") == expected.client_id, "azp")
    subject, username = claims["sub"], claims.get("preferred_username")
    _want(isinstance(subject, str) and 0 < len(subject) <= _LONGEST_SUBJECT, "sub")
    return Claimed(f"{expected.issuer}|{subject}", username if isinstance(username, str) else "")


def _want(right: bool, what: str) -> None:
    if not right:
        raise TokenRefusedError(what)


@dataclass(slots=True)
class Provider:
    """One identity provider; what it publishes is read when first needed and kept for an hour."""

    issuer: str
    client_id: str
    client_secret: str
    name: str
    _published: _Published | None = field(default=None, init=False)

    @classmethod
    def of(cls, settings: SearchSettings) -> "Provider":
        """Return the provider that the settings name."""
        return cls(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret.get_secret_value(),
                   settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or "")

    async def address(self, attempt: Attempt, return_address: str) -> str:
        """Return where somebody proves who they are; raises ProviderAwayError."""
        published = await self._current(utc_now())
        return str(prepare_grant_uri(
            published.authorization_endpoint, self.client_id, "code", return_address, _SCOPE, attempt.state,
            nonce=attempt.nonce, code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256"))

    async def identify(self, code: str, attempt: Attempt, return_address: str) -> Claimed:
        """Exchange the code with which somebody came back; raises ProviderAwayError or TokenRefusedError."""
        now = utc_now()
        published = await self._current(now)
        token = await self._exchange(published, code, attempt.verifier, return_address)
        expected = Expected(self.issuer, self.client_id, attempt.nonce)
        try:
            return check_id_token(token, published.keys, expected, now)
        except TokenRefusedError:
            if now - published.read_at < _AGAIN_AFTER:
                raise
        # Its keys may have changed within the hour.
        self._published = None
        return check_id_token(token, (await self._current(now)).keys, expected, now)

    async def _exchange(self, published: _Published, code: str, verifier: str, return_address: str) -> str:
        body = prepare_token_request("authorization_code", "", return_address, code=code, code_verifier=verifier)
        async with _client() as client:
            answer = await _ask(client.post(
                published.token_endpoint, content=body, auth=(quote(self.client_id), quote(self.client_secret)),
                headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}))
        if answer.status_code == httpx.codes.BAD_REQUEST:
            raise TokenRefusedError("the code was used before, or is not ours")
        token = _read_object(answer).get("id_token")
        if not isinstance(token, str):
            raise TokenRefusedError("there is none")
        return token

    async def _current(self, now: datetime) -> _Published:
        if self._published is None or now - self._published.read_at > _KEPT:
            self._published = await self._read(now)
        return self._published

    async def _read(self, now: datetime) -> _Published:
        async with _client() as client:
            said = _read_object(await _ask(client.get(
                self.issuer.rstrip("/") + "/.well-known/openid-configuration")))
            if said.get("issuer") != self.issuer:
                raise ProviderAwayError(_AWAY)
            try:
                keys = _read_object(await _ask(client.get(said["jwks_uri"])))
                return _Published(said["authorization_endpoint"], said["token_endpoint"],
                                  KeySet.import_key_set(keys), now)  # type: ignore[arg-type]
            except (JoseError, KeyError, TypeError, ValueError):
                raise ProviderAwayError(_AWAY) from None


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=_TIMEOUT_S, follow_redirects=False)


async def _ask(asking: Any) -> httpx.Response:
    try:
        answer: httpx.Response = await asking
    except (httpx.HTTPError, httpx.InvalidURL):
        raise ProviderAwayError(_AWAY) from None
    return answer


def _read_object(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        content = answer.json() if answer.status_code == httpx.codes.OK else None
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise ProviderAwayError(_AWAY)
    return content

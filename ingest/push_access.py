"""Who pushes: address and credentials → who it says it is, whether that is so, how long a refusal waits (pure).

The address names the gateway, the credentials prove it: a key in the address, HTTP basic or HTTP digest (RFC 7616).
"""

import base64
import binascii
import hmac
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.request import parse_http_list

from services.messages import PUSH_ROOT
from services.push_keys import NOBODY, REALM, DigestClaim, PushDigests, digest_matches, key_matches

NONCE_LIFETIME_MS = 300_000
_ABSOLUTE = re.compile(r"https?://[^/]*", re.IGNORECASE)
_MOST_PARAMETERS = 20
_MOST_PATH = 1024


@dataclass(frozen=True, slots=True)
class Address:
    """Where a push goes: `/push/<gateway>/<rest>`, with the key as `?key=…` or as `/key/<key>` after the gateway."""

    gateway: str
    rest: str
    path: str
    key: str | None = field(default=None, repr=False)

    @property
    def topic(self) -> str:
        """The push's topic, without its key."""
        return f"{PUSH_ROOT}/{self.gateway}/{self.rest}".rstrip("/")


@dataclass(frozen=True, slots=True)
class KeyClaim:
    """A key and the user named with it: by HTTP basic, or by an address that holds both."""

    user: str
    key: str = field(repr=False)


Claim = KeyClaim | DigestClaim


class Verdict(Enum):
    """What credentials are worth."""

    right = auto()
    stale = auto()    # right, but the server's nonce has grown old: another one, and the sender tries again by itself
    wrong = auto()
    missing = auto()  # how every exchange by digest begins


def read_address(raw_path: str, query: str) -> Address | None:
    """Take a request's target apart; None when it is no push's address. Some devices send it with scheme and host."""
    path = "/" + _ABSOLUTE.sub("", raw_path, count=1).lstrip("/")
    root, _, after = path[1:].partition("/")
    gateway, _, rest = after.partition("/")
    if root != PUSH_ROOT or not gateway or len(path) > _MOST_PATH:
        return None
    first, _, others = rest.partition("/")
    if first == "key":
        key, _, rest = others.partition("/")
        return Address(gateway, rest, f"/{root}/{gateway}/{rest}", unquote(key))
    return Address(gateway, rest, path, _key_in(query))


def _key_in(query: str) -> str | None:
    try:
        return parse_qs(query, max_num_fields=_MOST_PARAMETERS).get("key", [None])[0]
    except ValueError:
        return None


def read_claim(address: Address, authorization: str) -> Claim | None:
    """Return what the sender shows: the key in the address, else what the header Authorization says."""
    if address.key is not None:
        return KeyClaim(address.gateway, address.key)
    scheme, _, words = authorization.strip().partition(" ")
    if not scheme:
        return None
    return _CLAIMS.get(scheme.lower(), _unreadable)(words.strip())


def _unreadable(words: str) -> Claim:  # noqa: ARG001  # the form that every scheme's reader has
    return KeyClaim("", "")


def _basic(words: str) -> Claim:
    try:
        user, _, key = base64.b64decode(words, validate=True).decode("utf-8", "replace").partition(":")
    except (binascii.Error, ValueError):
        return _unreadable(words)
    return KeyClaim(user, key)


def _digest(words: str) -> Claim:
    pairs = (part.partition("=") for part in parse_http_list(words))
    said = {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}
    return DigestClaim(**{name: said.get(name, "") for name in DigestClaim.__dataclass_fields__})


_CLAIMS = {"basic": _basic, "digest": _digest}


class Nonces:
    """Makes the nonces of HTTP digest and knows them again: a time and its signature, nothing to be remembered."""

    def __init__(self, secret: bytes) -> None:
        # From the secret that every ingest process has, so that the one behind the proxy knows the other's nonces.
        self._key = hmac.digest(secret, b"zoneschild push nonces", "sha256")

    def make(self, now_ms: int) -> str:
        """Return a nonce."""
        return self._signed(f"{now_ms:x}")

    def age_ms(self, nonce: str, now_ms: int) -> int | None:
        """Return how old one of our nonces is; None for any other text."""
        time = nonce.partition("-")[0]
        ours = hmac.compare_digest(self._signed(time).encode(), nonce.encode())
        return now_ms - int(time, 16) if ours else None

    def _signed(self, time: str) -> str:
        return f"{time}-{hmac.digest(self._key, time.encode(), 'sha256').hex()[:32]}"


@dataclass(frozen=True, slots=True)
class Access:
    """Judges claims against the digests known."""

    nonces: Nonces

    def judge(self, address: Address, claim: Claim | None, method: str, keys: Mapping[str, PushDigests],
              now_ms: int) -> Verdict:
        """Return what a claim is worth; an unknown gateway costs the same work as a wrong key."""
        if claim is None:
            return Verdict.missing
        kept = keys.get(address.gateway, NOBODY)
        if isinstance(claim, KeyClaim):
            right = key_matches(kept, address.gateway, claim.key) & (claim.user == address.gateway)
            return Verdict.right if right else Verdict.wrong
        right = digest_matches(kept, claim, method) & (claim.username == address.gateway) & _leads_to(claim, address)
        age_ms = self.nonces.age_ms(claim.nonce, now_ms)
        if not right or age_ms is None:
            return Verdict.wrong
        return Verdict.right if 0 <= age_ms <= NONCE_LIFETIME_MS else Verdict.stale

    def challenges(self, now_ms: int, *, stale: bool = False) -> list[str]:
        """Return the values of WWW-Authenticate: MD5 first, as devices with an old libcurl look at the first alone."""
        nonce = self.nonces.make(now_ms)
        tail = ", stale=true" if stale else ""
        return [*(f'Digest realm="{REALM}", qop="auth", algorithm={algorithm}, nonce="{nonce}"{tail}'
                  for algorithm in ("MD5", "SHA-256")), f'Basic realm="{REALM}", charset="UTF-8"']


def _leads_to(claim: DigestClaim, address: Address) -> bool:
    """Tell whether a claim is for this address, or for its end, where a proxy has put the beginning in front."""
    try:
        path = urlsplit(claim.uri).path.lstrip("/")
    except ValueError:
        return False
    return path != "" and address.path.endswith(f"/{path}")


_PLACES = 1024
_HALVED_EVERY_S = 60.0
_FREE_FAILURES = 3
_DELAY_S = 0.25
_LONGEST_DELAY_S = 4.0


class Failures:
    """Counts failed attempts by the gateway that they name, in a fixed number of places; they are forgotten by and by.

    By name and not by the sender's address: behind the zone's proxy everybody has the same.
    """

    def __init__(self) -> None:
        self._places = [(0.0, 0.0)] * _PLACES

    def note(self, gateway: str, now_s: float) -> float:
        """Count one failure; return for how many seconds its answer is to be held back."""
        place = hash(gateway) % _PLACES  # Python's own hash: keyed with chance, so nobody can aim at another's place
        count, since_s = self._places[place]
        count = count * math.exp2((since_s - now_s) / _HALVED_EVERY_S) + 1
        self._places[place] = (count, now_s)
        return min(_LONGEST_DELAY_S, max(0.0, _DELAY_S * (count - _FREE_FAILURES)))

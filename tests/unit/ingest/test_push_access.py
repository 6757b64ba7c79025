"""Who pushes: addresses as devices write them, claims as they make them, and what these are worth."""

import base64
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.push_access import (
    NONCE_LIFETIME_MS,
    Access,
    Address,
    Failures,
    KeyClaim,
    Nonces,
    Verdict,
    read_address,
    read_claim,
)
from services.push_keys import DigestClaim, digests

KEY = "an-invented-key"
KEYS = {"houthalen": digests("houthalen", KEY), "genk": digests("genk", "another-invented-key")}
ACCESS = Access(Nonces(b"a secret of 32 bytes, or of more"))
NOW_MS = 1_795_428_930_123
ADDRESS = Address("houthalen", "reads", "/push/houthalen/reads")


def basic(user: str, key: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{key}".encode()).decode()


def digest(uri: str = "/push/houthalen/reads", key: str = KEY, made_ms: int = NOW_MS, user: str = "houthalen",
           nonce: str = "") -> str:
    """Return the header of a client that calculates as RFC 7616 has it."""
    nonce = nonce or ACCESS.nonces.make(made_ms)
    parts = [hashlib.sha256(text.encode()).hexdigest() for text in (f"{user}:zoneschild:{key}", f"POST:{uri}")]
    response = hashlib.sha256(f"{parts[0]}:{nonce}:00000001:abc:auth:{parts[1]}".encode()).hexdigest()
    return (f'Digest username="{user}", realm="zoneschild", nonce="{nonce}", uri="{uri}", algorithm=SHA-256, '
            f'qop=auth, nc=00000001, cnonce="abc", response="{response}"')


def judged(authorization: str = "", address: Address = ADDRESS) -> Verdict:
    return ACCESS.judge(address, read_claim(address, authorization), "POST", KEYS, NOW_MS)


@pytest.mark.parametrize(("path", "query", "topic", "key"), [
    ("/push/houthalen", "", "push/houthalen", None),
    ("/push/houthalen/", "", "push/houthalen", None),
    ("//push/houthalen/a/b", "", "push/houthalen/a/b", None),
    ("/push/houthalen/NotificationInfo/TollgateInfo", "", "push/houthalen/NotificationInfo/TollgateInfo", None),
    ("/push/houthalen", "key=abc", "push/houthalen", "abc"),
    ("/push/houthalen/x", "a=1&key=a%2Db&key=no", "push/houthalen/x", "a-b"),
    ("/push/houthalen/key/abc", "", "push/houthalen", "abc"),
    ("/push/houthalen/key/a%2Dc/x/y", "key=no", "push/houthalen/x/y", "a-c"),
    ("/push/houthalen/x/key/abc", "", "push/houthalen/x/key/abc", None),
    ("http://example.org:80/push/houthalen/x", "", "push/houthalen/x", None),
    ("/push/houthalen", "&".join(f"p{n}=1" for n in range(21)), "push/houthalen", None),
])
def test_an_address_names_the_gateway_and_may_hold_its_key(path: str, query: str, topic: str, key: str | None) -> None:
    address = read_address(path, query)
    assert address is not None
    assert (address.topic, address.key) == (topic, key)
    assert key is None or key not in repr(address)


@pytest.mark.parametrize("path", ["", "/", "*", "/push", "/push/", "/push//x", "/pushed/houthalen", "/metrics",
                                  "/push/" + "x" * 1024, "ftp://example.org/push/houthalen"])
def test_other_addresses_are_none_of_ours(path: str) -> None:
    assert read_address(path, "") is None


@pytest.mark.parametrize("authorization", [
    basic("houthalen", KEY), "basic  " + basic("houthalen", KEY)[6:], digest(), digest("/reads"),
    digest("/push/houthalen/reads?x=1"), digest("http://example.org/push/houthalen/reads"),
    digest().replace('"', "").replace(", ", ","), digest().replace("SHA-256", "MD5"),
])
def test_the_key_is_believed_in_every_form(authorization: str) -> None:
    assert judged(authorization) is Verdict.right


def test_a_key_in_the_address_is_believed_and_goes_before_a_header() -> None:
    assert judged(address=Address("houthalen", "", "/push/houthalen", KEY)) is Verdict.right
    assert judged(basic("houthalen", KEY), Address("houthalen", "", "/push/houthalen", "wrong")) is Verdict.wrong


@pytest.mark.parametrize("authorization", [
    basic("houthalen", "wrong"), basic("genk", KEY), basic("genk", "another-invented-key"), basic("", KEY), "Basic",
    "Basic !", "Basic w6k", "Bearer abc", "Digest", "Digest x", 'Digest username="houthalen"', digest(key="wrong"),
    digest(user="genk", key="another-invented-key"), digest(uri="/push/genk"), digest(uri="/"), digest(uri=""),
    digest(uri="http://[/push/houthalen/reads"), digest(nonce="19f-00000000000000000000000000000000"),
    digest(nonce="zz"), basic("houthalen", ""), "Basic " + "A" * 10_000,
])
def test_whatever_proves_nothing_is_wrong(authorization: str) -> None:
    assert judged(authorization) is Verdict.wrong


@pytest.mark.parametrize("authorization", ["", " "])
def test_who_shows_nothing_is_told_what_to_show(authorization: str) -> None:
    assert judged(authorization) is Verdict.missing


@pytest.mark.parametrize("authorization", [basic("hasselt", KEY), basic("hasselt", ""), digest(user="hasselt")])
def test_an_unknown_gateway_is_as_wrong_as_a_wrong_key(authorization: str) -> None:
    assert judged(authorization, Address("hasselt", "", "/push/hasselt")) is Verdict.wrong
    assert judged(address=Address("hasselt", "", "/push/hasselt", "")) is Verdict.wrong


@pytest.mark.parametrize(("age_ms", "verdict"), [
    (0, Verdict.right), (NONCE_LIFETIME_MS, Verdict.right), (NONCE_LIFETIME_MS + 1, Verdict.stale),
    (-1, Verdict.stale)])
def test_a_nonce_grows_old_and_says_so(age_ms: int, verdict: Verdict) -> None:
    assert judged(digest(made_ms=NOW_MS - age_ms)) is verdict
    assert judged(digest(made_ms=NOW_MS - age_ms, key="wrong")) is Verdict.wrong


def test_nonces_are_known_to_every_process_with_the_same_secret_and_to_no_other() -> None:
    nonce = Nonces(b"s" * 32).make(NOW_MS)
    assert Nonces(b"s" * 32).age_ms(nonce, NOW_MS + 5) == 5
    assert Nonces(b"t" * 32).age_ms(nonce, NOW_MS + 5) is None
    assert Nonces(b"s" * 32).age_ms(nonce.replace(nonce[0], "2", 1), NOW_MS) is None


def test_the_challenges_are_md5_then_sha_256_then_basic() -> None:
    challenges = ACCESS.challenges(NOW_MS, stale=True)
    assert [challenge.split(" ")[0] for challenge in challenges] == ["Digest", "Digest", "Basic"]
    assert ["algorithm=MD5" in challenges[0], "algorithm=SHA-256" in challenges[1]] == [True, True]
    assert all("stale=true" in challenge and 'qop="auth"' in challenge for challenge in challenges[:2])
    assert not any("stale" in challenge for challenge in ACCESS.challenges(NOW_MS))


def test_the_first_failures_are_answered_at_once_and_the_next_ones_ever_later_up_to_a_limit() -> None:
    failures = Failures()
    delays = [failures.note("houthalen", 100.0) for _ in range(40)]
    assert delays[:4] == [0, 0, 0, 0.25]
    assert delays == sorted(delays)
    assert delays[-1] == delays[-2] == 4.0


def test_failures_are_forgotten_by_and_by_and_do_not_touch_another_gateway() -> None:
    failures = Failures()
    for _ in range(40):
        failures.note("houthalen", 100.0)
    assert failures.note("houthalen", 100.0 + 600) == 0
    untouched = [failures.note(f"gateway-{n}", 100.0) for n in range(5)]
    assert untouched.count(0.0) >= 4  # of the thousand places one may be shared


def test_failures_of_a_million_names_take_no_more_memory() -> None:
    failures: Any = Failures()
    for number in range(10_000):
        failures.note(f"name-{number}", 1.0)
    assert len(failures._places) == 1024


@given(st.text(max_size=300), st.text(max_size=100))
def test_no_address_makes_it_stumble(path: str, query: str) -> None:
    address = read_address(path, query)
    assert address is None or address.gateway


@given(st.one_of(st.text(max_size=300), st.text(max_size=300).map("Digest ".__add__),
                 st.binary(max_size=60).map(lambda raw: "Basic " + base64.b64encode(raw).decode())))
def test_no_header_makes_it_stumble_or_is_believed(authorization: str) -> None:
    claim = read_claim(ADDRESS, authorization)
    assert claim is None or isinstance(claim, KeyClaim | DigestClaim)
    assert judged(authorization) in (Verdict.wrong, Verdict.missing)

"""Push keys: what is kept of one, and every way in which a sender may prove that it has it."""

import hashlib

import pytest

from services.push_keys import (
    NOBODY,
    REALM,
    DigestClaim,
    PushDigests,
    digest_matches,
    digests,
    key_matches,
    make_key,
)

KEY = "an-invented-key"
KEPT = digests("houthalen", KEY)


def kept_of(secret: str) -> PushDigests:
    return PushDigests(hashlib.sha256(secret.encode()).hexdigest(), hashlib.md5(secret.encode()).hexdigest())


# RFC 7616, 3.9.1.
CIRCLE = kept_of("Mufasa:http-auth@example.org:Circle of Life")
EXAMPLE = {"username": "Mufasa", "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "uri": "/dir/index.html",
           "qop": "auth", "nc": "00000001", "cnonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"}
MD5 = "8ca523f5e9506fed4657c9700eebdbec"
SHA256 = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"


@pytest.mark.parametrize("response", [MD5, SHA256, MD5.upper()])
def test_the_examples_of_the_standard_are_right(response: str) -> None:
    assert digest_matches(CIRCLE, DigestClaim(**EXAMPLE, response=response), "GET")


def test_the_example_of_the_older_standard_without_qop_is_right() -> None:
    # RFC 2069, 2.4, with the response as its erratum 749 corrects it.
    kept = kept_of("Mufasa:testrealm@host.com:CircleOfLife")
    claim = DigestClaim("Mufasa", "dcd98b7102dd2f0e8b11d0f600bfb0c093", "/dir/index.html",
                        "1949323746fe6a43ef61f9606e7febea")
    assert digest_matches(kept, claim, "GET")


@pytest.mark.parametrize("change", [
    {"nonce": "another"}, {"uri": "/"}, {"nc": "00000002"}, {"cnonce": ""}, {"qop": ""}, {"qop": "auth-int"},
    {"response": ""}, {"response": MD5[:-1] + "d"}, {"response": SHA256[:-1] + "2"}, {"response": "\N{SNOWMAN}" * 32},
])
def test_a_claim_that_differs_anywhere_is_wrong(change: dict[str, str]) -> None:
    assert not digest_matches(CIRCLE, DigestClaim(**{**EXAMPLE, "response": MD5, **change}), "GET")


def test_a_claim_for_another_method_is_wrong() -> None:
    assert not digest_matches(CIRCLE, DigestClaim(**EXAMPLE, response=MD5), "POST")


def test_the_protection_of_the_body_is_not_taken_for_that_of_the_request() -> None:
    secret = f"houthalen:{REALM}:{KEY}"
    middle = hashlib.md5(b"POST:/").hexdigest()
    response = hashlib.md5(f"{hashlib.md5(secret.encode()).hexdigest()}:n:1:c:auth-int:{middle}".encode()).hexdigest()
    assert not digest_matches(KEPT, DigestClaim("houthalen", "n", "/", response, "auth-int", "1", "c"), "POST")


@pytest.mark.parametrize(("gateway", "key", "fits"), [
    ("houthalen", KEY, True), ("genk", KEY, False), ("houthalen", KEY + "x", False), ("houthalen", "", False),
    ("houthalen", "\N{SNOWMAN}", False)])
def test_a_key_fits_its_own_gateway_alone(gateway: str, key: str, fits: bool) -> None:
    assert key_matches(KEPT, gateway, key) is fits


def test_no_key_fits_nobody() -> None:
    assert not key_matches(NOBODY, "houthalen", "")
    assert not digest_matches(NOBODY, DigestClaim("houthalen", "", "/", "0" * 32), "POST")


def test_keys_are_long_different_and_fit_for_an_address() -> None:
    keys = {make_key() for _ in range(100)}
    assert len(keys) == 100
    assert all(len(key) == 32 and key.replace("-", "").replace("_", "").isalnum() for key in keys)


def test_what_is_kept_does_not_hold_the_key() -> None:
    assert KEY not in repr(KEPT)

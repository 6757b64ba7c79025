"""The signature is that of Standard Webhooks: a receiver recomputes it from id, time and body."""

import base64
import hashlib
import hmac

from ingest.deliver.signing import sign
from services.hits.channel_secrets import new_secret

ID = "0f9a7a66-7d20-4f2a-9a2e-3a3c2a8f6f10"


def expected(secret: str, signed: str) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.digest(key, signed.encode(), "sha256")).decode()


def test_id_time_and_body_are_signed_with_the_secret_behind_its_prefix() -> None:
    secret = new_secret()
    headers = sign(secret, ID, 1764148530, b'{"a":1}')
    assert headers == {"webhook-id": ID, "webhook-timestamp": "1764148530",
                       "webhook-signature": expected(secret, f'{ID}.1764148530.{{"a":1}}')}


def test_another_body_time_id_or_secret_has_another_signature() -> None:
    secret = new_secret()
    signatures = {sign(*arguments)["webhook-signature"] for arguments in (
        (secret, ID, 1, b"a"), (secret, ID, 1, b"b"), (secret, ID, 2, b"a"), (secret, ID[::-1], 1, b"a"),
        (new_secret(), ID, 1, b"a"))}
    assert len(signatures) == 5
    assert all(len(base64.b64decode(one.removeprefix("v1,"))) == hashlib.sha256().digest_size for one in signatures)

"""The signature under a message to a webhook (pure).

Source: the Standard Webhooks specification (standardwebhooks.com), version 1.0: symmetric signature `v1`, HMAC-SHA256
over `id.timestamp.body`, in base 64; secrets in base 64 behind `whsec_`.
"""

import base64
import hashlib
import hmac

from services.hits.channel_secrets import PREFIX


def sign(secret: str, message_id: str, timestamp_s: int, body: bytes) -> dict[str, str]:
    """Return the three headers of a signed message; `timestamp_s` is when it is sent, in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp_s), "webhook-signature": f"v1,{signature}"}

"""How a reject is kept: masked for the eye, whole for a replay, and never longer than its read might have been."""

import re
from datetime import timedelta
from typing import Any

from ingest.rows import Rejected
from services import messages, plates
from services.clock import from_epoch_ms
from services.identity import Identity

KEPT = timedelta(days=30)
"""Well inside the twelve months that are the most any body may live (docs/decisions/0005)."""

_EXCERPT = 400
_MEMBERS = sorted({name for struct in (messages.Read, messages.Heartbeat, messages.Vehicle, messages.Passage,
                                       messages.Image, messages.Batch) for name in struct.__struct_fields__})
_KNOWN = re.compile(rf'("(?:{"|".join(_MEMBERS)})"\s*:)')


def excerpt(body: bytes) -> str:
    """Show the beginning of a body: our own member names stay, every other letter and digit is masked."""
    shown = body[:_EXCERPT].decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return "".join(part if place % 2 else plates.mask(part) for place, part in enumerate(_KNOWN.split(shown)))


def masked_topic(topic: str) -> str:
    """Show a topic: its first two levels as they are, the rest masked, since a sender may write anything there."""
    levels = topic.replace("\0", "").split("/")
    return "/".join(levels[:2] + [plates.mask(level) for level in levels[2:]])[:200]


def reject_values(identity: Identity, reject: Rejected) -> dict[str, Any]:
    """Return the column values of a reject; the digest makes a redelivered message no second reject."""
    received_at = from_epoch_ms(reject.received_ms)
    body = reject.body if reject.keep_body else None
    return {
        "digest": identity.digest_bytes(f"{reject.topic}\0{reject.reason}", reject.body),
        "received_at": received_at, "expires_at": received_at + KEPT, "gateway_id": reject.gateway_id,
        "topic": masked_topic(reject.topic), "reason": reject.reason, "detail": reject.detail,
        "excerpt": excerpt(body) if body else "", "body": body,
    }

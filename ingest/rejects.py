"""How a reject is kept: masked for the eye, whole for a replay, and never longer than its read might have been."""

import re
from datetime import datetime, timedelta
from typing import Any

from ingest import envelopes
from ingest.rows import Rejected
from services import messages, plates
from services.clock import from_epoch_ms
from services.identity import Identity
from services.retention_rule import RETENTION

KEPT = timedelta(days=30)
"""How long a reject is kept; one whose capture is known never longer than its read might have been."""

_MS = timedelta(milliseconds=1)
_CREDIBLE = timedelta(days=3650)
_EXCERPT = 400
_OVERSIZED_KEPT = 65_536
_MEMBERS = sorted({name for struct in (messages.Read, messages.Heartbeat, messages.Vehicle, messages.Passage,
                                       messages.Image, messages.Batch) for name in struct.__struct_fields__})
_KNOWN = re.compile(rf'("(?:{"|".join(_MEMBERS)})"\s*:)')

_QUOTED = re.compile(rf"""(?P<says>Object\ contains\ unknown\ field\ `|Invalid\ enum\ value\ ['"])(?P<sent>.*?)
                          (?P<place>[`'"](\ -\ at\ `\$((\.({"|".join(_MEMBERS)}))|\[\d{{1,3}}\])*`)?)\Z""",
                     re.DOTALL | re.VERBOSE)


def excerpt(body: bytes) -> str:
    """Show the beginning of a body: our own member names stay, every other letter and digit is masked."""
    shown = body[:_EXCERPT].decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return "".join(part if place % 2 else plates.mask(part) for place, part in enumerate(_KNOWN.split(shown)))


def masked_detail(detail: str) -> str:
    """Show what msgspec says of a message; of the sender's own words, which it quotes in two cases, only the shape."""
    if quoted := _QUOTED.match(detail):
        detail = quoted["says"] + plates.mask(quoted["sent"]) + quoted["place"]
    return detail.replace("\0", "\N{REPLACEMENT CHARACTER}")[:300]


def masked_topic(topic: str) -> str:
    """Show a topic: our own beginning as it is, the rest masked, since a sender may write anything there."""
    ours = next((root for root in (f"{messages.TOPIC_ROOT}/", f"{messages.PUSH_ROOT}/") if topic.startswith(root)), "")
    return (ours + plates.mask(topic.removeprefix(ours).replace("\0", "")))[:200]


def reject_values(identity: Identity, reject: Rejected) -> dict[str, Any]:
    """Return the column values of a reject; the digest makes a redelivered message no second reject.

    The reason is no part of it, since a replay may find another; but what is kept without its body must not stand in
    the way of the same message with it.
    """
    received_at = from_epoch_ms(reject.received_ms)
    expires_ms = reject.received_ms + KEPT // _MS
    if reject.captured_ms is not None:
        expires_ms = min(expires_ms, reject.captured_ms + RETENTION // _MS)
    body = reject.body if reject.keep_body else None
    if body is not None and len(body) > messages.MAX_MESSAGE_BYTES:
        body = body[:_OVERSIZED_KEPT]  # it could not be replayed anyway
    return {
        "digest": identity.digest_bytes(f"{reject.topic}\0{'' if reject.keep_body else reject.reason}", reject.body),
        "received_at": received_at, "expires_at": from_epoch_ms(expires_ms), "gateway_id": reject.gateway_id,
        "topic": masked_topic(reject.topic), "reason": reject.reason, "detail": reject.detail,
        "excerpt": excerpt(body) if body else "",
        "body": None if body is None else envelopes.write(reject.topic, reject.headers, body),
        "captured_at": _credible_capture(reject),
    }


def _credible_capture(reject: Rejected) -> datetime | None:
    """Return when a reject was captured; what no clock of ours could show counts as not known."""
    if reject.captured_ms is None or abs(reject.captured_ms - reject.received_ms) > _CREDIBLE // _MS:
        return None
    return from_epoch_ms(reject.captured_ms)

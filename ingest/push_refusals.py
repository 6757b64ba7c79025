"""Every way in which a push is refused: its status, and a sentence that helps whoever built the sender."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from starlette.responses import PlainTextResponse

from ingest import metrics
from services.messages import MAX_MESSAGE_BYTES


class Refusal(StrEnum):
    """Why a push was not taken; the metric zoneschild_pushes_total has these as labels."""

    long_headers = "long-headers"
    not_found = "not-found"
    starting = "starting"
    stopping = "stopping"
    no_credentials = "no-credentials"
    stale_nonce = "stale-nonce"
    wrong_credentials = "wrong-credentials"
    too_many_attempts = "too-many-attempts"
    disabled = "disabled"
    wrong_method = "wrong-method"
    too_slow = "too-slow"
    aborted = "aborted"
    too_large = "too-large"
    no_room = "no-room"
    not_stored = "not-stored"
    failed = "failed"


@dataclass(frozen=True, slots=True)
class Said:
    """What the sender gets to hear."""

    status: int
    sentence: str
    retry_after_s: int | None = None
    close: bool = False


_SHOW = "Show this gateway's key: by HTTP digest or basic, or in the address."

SAID = {
    Refusal.long_headers: Said(431, "The headers are longer than any device needs.", close=True),
    Refusal.not_found: Said(404, "Pushes go to /push/<gateway>."),
    Refusal.starting: Said(503, "The service is starting; send it again.", 5),
    Refusal.stopping: Said(503, "The service is stopping; send it again.", 5),
    Refusal.no_credentials: Said(401, _SHOW),
    Refusal.stale_nonce: Said(401, _SHOW),
    Refusal.wrong_credentials: Said(401, _SHOW),
    Refusal.too_many_attempts: Said(429, "Too many attempts with wrong credentials; check the key.", 30),
    Refusal.disabled: Said(403, "This gateway has been disabled."),
    Refusal.wrong_method: Said(405, "This address takes POST."),
    Refusal.too_slow: Said(408, "The body did not arrive in time; send it again.", close=True),
    Refusal.aborted: Said(400, "The body broke off.", close=True),
    Refusal.too_large: Said(413, f"At most {MAX_MESSAGE_BYTES} bytes are taken; it must not come again."),
    Refusal.no_room: Said(503, "More has come in than can be stored just now; send it again.", 10),
    Refusal.not_stored: Said(503, "It could not be stored in time, and may be stored yet; send it again.", 30),
    Refusal.failed: Said(500, "The service failed; send it again later.", 60),
}


def refuse(refusal: Refusal, challenges: Sequence[str] = ()) -> PlainTextResponse:
    """Count a refusal and return what is answered."""
    metrics.PUSHES.labels(refusal).inc()
    said = SAID[refusal]
    response = PlainTextResponse(f"{said.sentence}\n", said.status)
    for challenge in challenges:
        response.headers.append("WWW-Authenticate", challenge)
    if said.retry_after_s is not None:
        response.headers["Retry-After"] = str(said.retry_after_s)
    if said.status == 405:
        response.headers["Allow"] = "POST, GET, HEAD"
    if said.close:
        response.headers["Connection"] = "close"
    return response

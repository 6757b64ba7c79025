"""Which lane a message takes: fresh reads have one of their own, so that a backlog never stands in front of them."""

import re
from datetime import datetime

from ingest.decode import LATE
from services.clock import epoch_ms

_CAPTURED = re.compile(rb'"captured_at"\s*:\s*"([^"]{1,40})"')
_LATE_MS = LATE.total_seconds() * 1000
_PEEKED = 2000


def looks_old(payload: bytes, received_ms: int) -> bool:
    """Tell, without decoding it, whether a canonical message holds old reads; of other formats nothing can be told."""
    found = _CAPTURED.search(payload[:_PEEKED])
    if found is None:
        return False
    try:
        return received_ms - epoch_ms(datetime.fromisoformat(found[1].decode("ascii"))) > _LATE_MS
    except (ValueError, TypeError, OverflowError):
        return False

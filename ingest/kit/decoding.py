"""`python -m ingest decode`: what sample messages become under a profile, one JSON object a line."""

import sys
from collections.abc import Iterator
from pathlib import Path

from ingest import envelopes
from ingest.decode import check_pictures
from ingest.incoming import sender_and_path
from ingest.printing import as_json
from ingest.profiles.table import CompiledProfile, compiled
from ingest.rows import Reason
from ingest.sightings import Finding, Problem, Sighting
from services import messages
from services.clock import epoch_ms, utc_now

_SAMPLE_GATEWAY = "sample"


def run(profile: str, settings: Path | None, files: list[Path]) -> int:
    """Print what each file holds; return 0, whatever the messages are like: a reject is a result.

    Raises ConfigurationError for an unknown profile or wrong settings, OSError for a file that cannot be read.
    """
    reading = compiled(profile, settings.read_bytes() if settings else b"{}")
    for file in files:
        for finding in decode_file(reading, file.name, file.read_bytes()):
            sys.stdout.buffer.write(as_json(finding, reading.settings.cameras) + b"\n")
    return 0


def decode_file(profile: CompiledProfile, name: str, content: bytes) -> Iterator[Finding]:
    """Yield what a sample file holds, as if it arrived now."""
    message = envelopes.read_file(name, content, _SAMPLE_GATEWAY, epoch_ms(utc_now()))
    if len(message.payload) > messages.MAX_MESSAGE_BYTES:
        yield Problem(Reason.too_large, f"{len(message.payload)} bytes; at most {messages.MAX_MESSAGE_BYTES} are taken")
        return
    sender = sender_and_path(message.topic)
    for finding in profile.read(message, sender[1] if sender else ""):
        if isinstance(finding, Sighting) and finding.images:
            finding.images, _ = check_pictures(finding.images)
        yield finding

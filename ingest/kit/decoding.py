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
from services.errors import ConfigurationError

_SAMPLE_GATEWAY = "sample"
_FORMS = {".mqtt": "`topic: …`, a blank line and the payload", ".http": "header lines, a blank line and the body"}


def run(profile: str, settings: Path | None, files: list[Path]) -> int:
    """Print what each file holds; return 0, whatever the messages are like: a reject is a result.

    Raises ConfigurationError for an unknown profile, wrong settings, and a file that cannot be read or has not the form
    that its suffix promises.
    """
    reading = compiled(profile, _content(settings) if settings else b"{}")
    for file in files:
        content = _content(file)
        if (form := _FORMS.get(file.suffix.lower())) and content.strip() and not envelopes.has_blank_line(content):
            raise ConfigurationError(f"{file} has no blank line: it must hold {form}")
        for finding in decode_file(reading, file.name, content):
            sys.stdout.buffer.write(as_json(finding, reading.settings.cameras) + b"\n")
        sys.stdout.buffer.flush()
    return 0


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from None


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

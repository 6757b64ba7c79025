"""What was sent, as people may look at it: the envelope of a reject as text that shows and does nothing."""

from dataclasses import dataclass

MOST_SHOWN = 20_000
"""Characters of a message that a page shows; the file holds all of it."""

# Control characters, and those that turn the direction of writing, would let a message show itself as another.
_HIDDEN = dict.fromkeys((
    *range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F),
    *range(0x2066, 0x206A), 0xFEFF), "\N{REPLACEMENT CHARACTER}")


@dataclass(frozen=True, slots=True)
class Shown:
    """The text of a message, perhaps only its beginning."""

    text: str
    cut: bool


def show_envelope(envelope: bytes, most: int = MOST_SHOWN) -> Shown:
    """Return an envelope as text of at most `most` characters; bytes that are no text are marked as such."""
    text = envelope[:4 * most].decode("utf-8", "replace").replace("\r\n", "\n").translate(_HIDDEN)
    return Shown(text[:most], len(text) > most or len(envelope) > 4 * most)


def file_name(gateway: str, digest: bytes, envelope: bytes) -> str:
    """Return a name for the file of a message: `.mqtt` or `.http`, as `python -m ingest decode` wants it."""
    kind = "mqtt" if envelope.startswith(b"topic:") else "http"
    plain = "".join(sign for sign in gateway if sign.isascii() and (sign.isalnum() or sign == "-")) or "gateway"
    return f"{plain}-{digest.hex()[:12]}.{kind}"

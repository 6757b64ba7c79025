"""The audit's anchors: signed statements of what the rows were, which anybody checks without a database or a secret.

An anchor's digest is SHA-256 over the digest of the anchor before it (64 hexadecimal digits, a line feed) and the rows
as lines of JSON. Ed25519 (RFC 8032) signs; the private key comes from the audit's key by HKDF (RFC 5869).
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.audit_chain import Head
from services.clock import iso_ms, local_day
from services.errors import ConfigurationError

NOTHING = "0" * 64
"""The digest before the first anchor."""

_INFO = b"zoneschild audit anchors, ed25519"


class Anchor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one anchor says: these rows were there, with this digest, behind those of the anchor before it."""

    day: str
    first: int
    last: int
    previous: str
    digest: str
    link: str
    made_at: str
    public_key: str
    signature: str = ""

    @property
    def head(self) -> Head:
        """The anchor's last row, as the chain knows it."""
        return Head(self.last, bytes.fromhex(self.link))


class Digest:
    """The digest of an anchor's rows while they come by."""

    def __init__(self, previous: str) -> None:
        self._hash = hashlib.sha256(previous.encode() + b"\n")

    def take(self, line: bytes) -> None:
        """Add a row's line."""
        self._hash.update(line)

    def text(self) -> str:
        """Return the digest as hexadecimal digits."""
        return self._hash.hexdigest()


def signing_key(audit_key: bytes) -> Ed25519PrivateKey:
    """Return the private key of the anchors; who knows the audit's key knows it."""
    return Ed25519PrivateKey.from_private_bytes(HKDF(SHA256(), 32, None, _INFO).derive(audit_key))


def public_key(key: Ed25519PrivateKey) -> str:
    """Return the public key as 64 hexadecimal digits."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def sign(key: Ed25519PrivateKey, before: Anchor | None, first: int, head: Head, digest: str, now: datetime) -> Anchor:
    """Make the anchor of the rows from `first`, the one behind `before`, up to `head`."""
    unsigned = Anchor(day=local_day(now).isoformat(), first=first, last=head.audit_id,
                      previous=before.digest if before else NOTHING, digest=digest, link=head.link_seal.hex(),
                      made_at=iso_ms(now), public_key=public_key(key))
    return msgspec.structs.replace(unsigned, signature=key.sign(signed_bytes(unsigned)).hex())


def signed_bytes(anchor: Anchor) -> bytes:
    """Return what is signed: the anchor's members but the signature as compact JSON, sorted by name, in ASCII."""
    members = msgspec.structs.asdict(anchor)
    del members["signature"]
    return msgspec.json.encode(members, order="sorted")


def is_signed(anchor: Anchor, key: str) -> bool:
    """Tell whether the anchor was signed with the private half of this public key."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
            bytes.fromhex(anchor.signature), signed_bytes(anchor))
    except (InvalidSignature, ValueError):
        return False
    return anchor.public_key == key


def name_of(anchor: Anchor) -> str:
    """Return the name of an anchor's file; names sort by time."""
    return f"anchor-{anchor.day}-{anchor.last:012}.json"


def what_is_wrong(anchors: Sequence[Anchor], key: str) -> Iterator[str]:
    """Yield, as sentences, what is wrong with anchors by themselves: signatures, and whether each follows the other."""
    for anchor in anchors:
        if not is_signed(anchor, key):
            yield f"the anchor of {anchor.day} up to row {anchor.last} was not signed with this zone's key"
    for before, anchor in pairwise(anchors):
        if (anchor.first, anchor.previous) != (before.last + 1, before.digest):
            yield (f"the anchor of {anchor.day} up to row {anchor.last} does not follow the one of {before.day} up to "
                   f"row {before.last}: an anchor is missing, or was made anew")


def load_anchors(files: Iterable[Path]) -> list[Anchor]:
    """Read anchors, in the order of their rows; raises ConfigurationError for a file that is none."""
    anchors = []
    for file in files:
        try:
            anchors.append(msgspec.json.decode(file.read_bytes(), type=Anchor))
            bytes.fromhex(anchors[-1].link)
        except OSError as error:
            raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from None
        except (msgspec.MsgspecError, ValueError):
            raise ConfigurationError(f"{file} is no anchor of an audit") from None
    return sorted(anchors, key=lambda anchor: (anchor.first, anchor.last))


def anchors_in(folder: Path) -> list[Anchor]:
    """Read the anchors of a folder; raises ConfigurationError when there is no such folder."""
    if not folder.is_dir():
        raise ConfigurationError(f"the anchors' folder {folder} is not there: make it, writable for this user")
    return load_anchors(sorted(folder.glob("anchor-*.json")))


def write_anchor(folder: Path, anchor: Anchor) -> Path:
    """Write an anchor, whole or not at all, readable by everybody: it holds no secret and no plate."""
    file = folder / name_of(anchor)
    beside = folder / f".{file.name}.{os.getpid()}"
    with beside.open("wb") as opened:
        opened.write(msgspec.json.format(msgspec.json.encode(anchor), indent=2) + b"\n")
        opened.flush()
        os.fsync(opened.fileno())
    beside.chmod(0o644)
    beside.replace(file)
    return file

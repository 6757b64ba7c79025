"""Where pictures lie: one object a picture, its key made of the read id alone, in a folder a day."""

import asyncio
import math
import re
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from uuid import UUID

import obstore
from obstore.store import LocalStore, ObjectStore, S3Store

from services.clock import epoch_ms, from_epoch_ms, local_day
from services.errors import ConfigurationError
from services.identity import captured_ms_of

MAX_IMAGE_BYTES = 4 * 1024 * 1024


class Kind(IntEnum):
    """What a picture shows; the values are bits of `reads.images`."""

    plate = 1
    overview = 2


_OURS = re.compile(r"/([0-9a-f]{12})[0-9a-f]{20}-(?:plate|overview)\Z")
_TYPES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


def content_type(content: bytes) -> str | None:
    """Return the picture's media type by its first bytes, None when it is no JPEG or PNG."""
    return next((kind for magic, kind in _TYPES.items() if content.startswith(magic)), None)


def image_key(read_id: UUID, kind: Kind) -> str:
    """Return the object's key: `<day in Brussels>/<two digits>/<read id>-<kind>`."""
    day = local_day(from_epoch_ms(captured_ms_of(read_id)))
    return f"{day}/{read_id.hex[-2:]}/{read_id.hex}-{kind.name}"


class ImageStore:
    """Pictures behind one interface, whether in a folder or in S3; every failure is an obstore error."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @classmethod
    def open(cls, url: str) -> "ImageStore":
        """Open `file:<folder>` (made when missing) or `s3://bucket/prefix`; raises ConfigurationError otherwise."""
        if url.startswith("file:"):
            folder = Path(url.removeprefix("file:"))
            return cls(LocalStore(str(folder.resolve()), mkdir=True))
        if url.startswith("s3://"):
            return cls(S3Store.from_url(url))
        raise ConfigurationError("ZONESCHILD_IMAGES_URL must begin with file: or s3://")

    async def put(self, read_id: UUID, kind: Kind, content: bytes) -> None:
        """Keep a picture; the same picture put twice is one object."""
        await obstore.put_async(self._store, image_key(read_id, kind), content)

    async def get(self, read_id: UUID, kind: Kind) -> bytes | None:
        """Return a picture, None when there is none."""
        try:
            found = await obstore.get_async(self._store, image_key(read_id, kind))
            return bytes(await found.bytes_async())
        except FileNotFoundError:
            return None

    async def delete_before(self, limit: datetime) -> int:
        """Delete every picture captured before `limit`; return how many."""
        return await asyncio.to_thread(self._delete_before, limit)

    def _delete_before(self, limit: datetime) -> int:
        last_day, limit_ms, removed = local_day(limit), epoch_ms(limit), 0
        folders = obstore.list_with_delimiter(self._store)["common_prefixes"]
        for day in sorted(folder for folder in folders if folder <= str(last_day)):
            keys = [meta["path"] for page in obstore.list(self._store, day) for meta in page]
            # A day that is over goes whole, whatever lies in it; of the day of the limit, what is older.
            expired = keys if day < str(last_day) else [key for key in keys if _captured_ms(key) < limit_ms]
            for start in range(0, len(expired), 1000):
                obstore.delete(self._store, expired[start:start + 1000])
            removed += len(expired)
        return removed


def _captured_ms(key: str) -> float:
    """Return the capture that a key's read id begins with; infinity for a file that is none of ours."""
    match = _OURS.search(key)
    return int(match[1], 16) if match else math.inf

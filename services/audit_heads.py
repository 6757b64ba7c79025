"""Copies of the audit's newest row outside PostgreSQL: one line each, each sealed together with the line before it.

Who cuts the audit's end cannot cut these copies with the database's rights; who edits this file, or takes lines out of
it, breaks the seals. Only its own last lines can go unnoticed, which is why it belongs on another machine.
"""

import asyncio
import fcntl
import hmac
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from time import monotonic

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.audit_chain import SEAL_BYTES, Head
from services.audit_rows import newest_row
from services.clock import local_day, utc_now
from services.database import reading
from services.errors import ConfigurationError
from services.settings import AuditSettings, load_settings

KEPT_WHOLE = timedelta(days=1)
KEPT_BY_MINUTE = timedelta(days=30)
"""How long every copy is kept, and how long the last of each minute; what is older, the last of each day."""

_LONGEST_LINE = 1_024
_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Copy:
    """One line: which row was the newest, and when it was copied."""

    at: datetime
    head: Head


@dataclass(frozen=True, slots=True)
class Damaged:
    """A line that was not written by the product, or that follows another line than it did."""

    line: int


class HeadsFile:
    """The file; opened anew for every line, and held alone while one is written."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._key = blake2b(blake2b(key).digest(), person=b"audit-heads").digest()

    def __iter__(self) -> Iterator[Copy | Damaged]:
        """Yield the copies, oldest first, up to the size that the file has when this begins."""
        try:
            with self.path.open("rb") as file:
                left, before = os.fstat(file.fileno()).st_size, b""
                for number, raw in enumerate(file, 1):
                    if left <= 0:
                        return
                    left -= len(raw)
                    line = raw.rstrip(b"\n")
                    yield self._read(line, before) or Damaged(number)
                    before = line
        except OSError as error:
            raise ConfigurationError(f"the file of the audit's heads cannot be read: {error.strerror}") from None

    async def copy(self, connection: AsyncConnection, *, patience_s: float = 0.0) -> bool:
        """Copy the newest row if it is not there yet; False when other processes had the file all the time.

        The row is looked up while the file is held, so that lines stand in the order of their numbers. Raises OSError.
        """
        until = monotonic() + patience_s
        while (held := await asyncio.to_thread(self._take)) is None:
            if monotonic() >= until:
                return False
            await asyncio.sleep(0.02)
        try:
            copy = Copy(utc_now(), await newest_row(connection))
        except BaseException:
            os.close(held)
            raise
        await asyncio.to_thread(self._append, held, copy)
        return True

    def _take(self) -> int | None:
        """Open the file and lock it; None when somebody else holds it."""
        file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o660)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(file).st_size == 0:
                with suppress(PermissionError):  # whatever the umask: search and the owner's commands share it
                    os.fchmod(file, 0o660)
            if os.fstat(file).st_ino == self.path.stat().st_ino:  # else another process has just thinned it
                return file
        except (BlockingIOError, FileNotFoundError):
            pass
        except BaseException:
            os.close(file)
            raise
        os.close(file)
        return None

    def _append(self, file: int, copy: Copy) -> None:
        """Add a line, thin the file first when a day has begun, and close it."""
        try:
            newest = _parse(_last_line(file))
            if (newest.head if newest else Head()) == copy.head:
                return
            if newest is not None and local_day(newest.at) != local_day(copy.at):
                with suppress(OSError):  # where the file may only be appended to, it grows
                    file = self._thin(file, copy.at)
            line, size = self._line(copy, _last_line(file)) + b"\n", os.fstat(file).st_size
            if os.write(file, line) != len(line):
                os.ftruncate(file, size)
                raise OSError("the disk is full")
        finally:
            os.close(file)

    def _thin(self, file: int, now: datetime) -> int:
        """Write the file anew with fewer lines; a file that is damaged stays as it is, for whoever looks into it."""
        copies = list(self)
        sound = [copy for copy in copies if isinstance(copy, Copy)]
        kept = list(thin(sound, now))
        if len(sound) < len(copies) or len(kept) == len(copies):
            return file
        beside = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        other = os.open(beside, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC, 0o660)
        try:
            fcntl.flock(other, fcntl.LOCK_EX)
            os.fchmod(other, os.fstat(file).st_mode & 0o777)
            _write_all(other, self._lines(kept))
            beside.replace(self.path)
        except BaseException:
            os.close(other)
            beside.unlink(missing_ok=True)
            raise
        os.close(file)
        return other

    def _lines(self, copies: Sequence[Copy]) -> bytes:
        lines: list[bytes] = []
        for copy in copies:
            lines.append(self._line(copy, lines[-1] if lines else b""))
        return b"\n".join(lines) + b"\n"

    def _line(self, copy: Copy, before: bytes) -> bytes:
        content = {"at": copy.at.astimezone(UTC).isoformat(timespec="microseconds"), "number": copy.head.audit_id,
                   "link": copy.head.link_seal.hex()}
        return json.dumps({**content, "tag": self._tag(content, before).hex()}).encode()

    def _tag(self, content: dict[str, object], before: bytes) -> bytes:
        return blake2b(before + b"\n" + json.dumps(content).encode(), key=self._key, digest_size=SEAL_BYTES).digest()

    def _read(self, line: bytes, before: bytes) -> Copy | None:
        copy = _parse(line)
        return copy if copy and hmac.compare_digest(self._line(copy, before), line) else None


def thin(copies: Sequence[Copy], now: datetime) -> Iterator[Copy]:
    """Yield the copies that are kept: all that are young, then the last of each minute, then of each day.

    One that a lower number follows is kept for ever: it shows that the audit's end was cut.
    """
    for copy, following in zip(copies, [*copies[1:], None], strict=True):
        if following is None or following.head.audit_id <= copy.head.audit_id or _stands_alone(copy, following, now):
            yield copy


def _stands_alone(copy: Copy, following: Copy, now: datetime) -> bool:
    age = now - copy.at
    if age <= KEPT_WHOLE:
        return True
    if age <= KEPT_BY_MINUTE:
        return copy.at.replace(second=0, microsecond=0) != following.at.replace(second=0, microsecond=0)
    return local_day(copy.at) != local_day(following.at)


def _last_line(file: int) -> bytes:
    """Return the last whole line; what follows it was torn off by a power cut, and goes."""
    size = os.fstat(file).st_size
    begin = max(0, size - 2 * _LONGEST_LINE)
    end_of_file = os.pread(file, size - begin, begin)
    whole, feed, torn = end_of_file.rpartition(b"\n")
    if torn:
        os.ftruncate(file, size - len(torn))
    return whole.rpartition(b"\n")[2] if feed else b""


def _write_all(file: int, content: bytes) -> None:
    with os.fdopen(os.dup(file), "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(file)


def _parse(line: bytes) -> Copy | None:
    try:
        content = json.loads(line)
        return Copy(datetime.fromisoformat(content["at"]), Head(int(content["number"]), bytes.fromhex(content["link"])))
    except (ValueError, KeyError, TypeError):
        return None


def heads_file(settings: AuditSettings) -> HeadsFile | None:
    """Return the file that the settings name, None when they name none."""
    path = settings.audit_heads_file
    return HeadsFile(path, settings.audit_key.get_secret_value()) if path else None


async def copy_after_command(engine: AsyncEngine) -> None:
    """Copy the newest row after a command that may have written one; raises OSError when the file cannot be written.

    A command without the audit's key has written none.
    """
    try:
        file = heads_file(load_settings(AuditSettings))
    except ConfigurationError:
        return
    if file is not None:
        async with reading(engine) as connection:
            await file.copy(connection, patience_s=_PATIENCE_S)

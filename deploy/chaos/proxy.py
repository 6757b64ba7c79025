"""A TCP proxy on loopback whose connections can be cut: the network between a broker and its clients."""

import asyncio
import socket
import struct
from contextlib import suppress

from deploy.processes import LOOPBACK, free_port

_CHUNK_BYTES = 65536
_NO_LINGERING = struct.pack("ii", 1, 0)
"""Closed so, a socket sends a reset, not an orderly end."""


class Proxy:
    """Forwards to `target_port`; cut, it resets every connection, and new ones until it is mended."""

    def __init__(self, target_port: int) -> None:
        self.port = free_port()
        self._target_port = target_port
        self._cut = False
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, LOOPBACK, self.port, limit=_CHUNK_BYTES)

    async def stop(self) -> None:
        """Reset everything and listen no more."""
        self.cut()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def cut(self) -> None:
        """Reset every connection, as a router that lost its power would; none comes about until `mend`."""
        self._cut = True
        for writer in list(self._open):
            _reset(writer)

    def mend(self) -> None:
        """Let connections through again."""
        self._cut = False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if not self._cut:
                await self._join(reader, writer)
        except OSError:  # one side is gone, so the other goes too
            pass
        finally:
            self._open.discard(writer)
            _reset(writer)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(LOOPBACK, self._target_port, limit=_CHUNK_BYTES)
        self._open.add(back)
        try:
            if self._cut:
                return
            ways = [asyncio.ensure_future(_forward(*way)) for way in ((reader, back), (there, writer))]
            _, other = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in other:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        finally:
            self._open.discard(back)
            _reset(back)


async def _forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(_CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    if not writer.transport.is_closing():
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
    writer.transport.abort()

"""The proxy forwards, and cut it resets what is open and lets nothing through until it is mended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from deploy.chaos.proxy import Proxy


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while said := await reader.read(1000):
                writer.write(said)
        writer.transport.abort()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    running = Proxy(server.sockets[0].getsockname()[1])
    await running.start()
    yield running
    await running.stop()
    server.close()


async def echoed(proxy: Proxy, words: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        writer.write(words)
        return await reader.readexactly(len(words))
    finally:
        writer.transport.abort()


async def test_what_is_said_goes_there_and_back(proxy: Proxy) -> None:
    said = b"x" * 1_000_000
    assert await echoed(proxy, b"hello") == b"hello"
    assert await echoed(proxy, said) == said


async def test_a_cut_resets_what_is_open_and_refuses_what_comes_until_it_is_mended(proxy: Proxy) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"hello")
    assert await reader.readexactly(5) == b"hello"
    proxy.cut()
    with pytest.raises(ConnectionResetError):
        await reader.read()
    writer.transport.abort()
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await echoed(proxy, b"hello")
    proxy.mend()
    assert await echoed(proxy, b"hello") == b"hello"


async def test_a_server_that_is_away_ends_the_connection() -> None:
    proxy = Proxy(1)
    await proxy.start()
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await echoed(proxy, b"hello")
    await proxy.stop()

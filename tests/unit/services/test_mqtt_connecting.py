"""A broker that takes a connection and drops it before it has answered is noticed at once."""

import asyncio

import aiomqtt
import pytest

from services.mqtt_connecting import fail_at_once


async def test_a_connection_that_ends_before_it_is_accepted_fails_at_once() -> None:
    async def drop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.close()

    server = await asyncio.start_server(drop, "127.0.0.1", 0)
    client = aiomqtt.Client("127.0.0.1", server.sockets[0].getsockname()[1])
    fail_at_once(client)
    async with asyncio.timeout(3), server:
        for _ in range(2):  # the client can be used again
            with pytest.raises(aiomqtt.MqttError, match="before the broker accepted it"):
                await client.__aenter__()

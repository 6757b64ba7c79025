"""A connection that ends before the broker has accepted it fails at once; aiomqtt 2.5 would wait ten seconds for it.

It happens behind a proxy, and whenever a broker goes away between its accept and its answer.
"""

import asyncio
from typing import Any

import aiomqtt


def fail_at_once(client: aiomqtt.Client) -> None:
    """Have `async with client` raise MqttError as soon as the connection ends; to be called in the event loop."""
    loop, paho = asyncio.get_running_loop(), client._client
    aiomqtts = paho.on_disconnect

    def fail() -> None:
        if not client._connected.done():
            client._connected.set_exception(aiomqtt.MqttError("the connection ended before the broker accepted it"))

    def on_disconnect(*arguments: Any) -> None:
        loop.call_soon_threadsafe(fail)  # paho connects in a thread
        if aiomqtts is not None:
            aiomqtts(*arguments)

    paho.on_disconnect = on_disconnect

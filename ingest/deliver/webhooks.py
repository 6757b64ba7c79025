"""Posting messages to webhooks: signed, over HTTPS, to the very machine that was looked at, and nothing is followed."""

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from urllib.parse import SplitResult

import httpx

from ingest.deliver.message import Message, as_json
from ingest.deliver.sending import NotTakenError, Send
from ingest.deliver.signing import sign
from services.hits.channel_addresses import is_loopback, machine_of, may_be_posted_to, split_webhook
from services.hits.channels import Channel

_LONGEST_S = 10.0
_AWAY = frozenset({408, 425, 429})
"""Beside the 500s: what a receiver answers that can take nothing at present."""


class Webhooks:
    """Posts; proxies, cookies and redirects there are none, and what a receiver answers is not even read."""

    most = 8

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(verify=ssl.create_default_context(), follow_redirects=False, trust_env=False,
                                         timeout=httpx.Timeout(_LONGEST_S / 2))

    @asynccontextmanager
    async def open(self, channel: Channel, secret: str | None) -> AsyncIterator[Send]:
        """Look up where the channel's address leads; raises NotTakenError when it must not be posted to."""
        parts = split_webhook(channel.address)
        if parts is None or parts.hostname is None or secret is None:
            raise NotTakenError("address or secret unusable", away=True)
        machines = await _find_machines(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))

        async def send(message: Message) -> None:
            status = await self._post(channel.address, parts, machines, secret, message)
            if not 200 <= status < 300:
                raise NotTakenError(f"status {status}", away=status >= 500 or status in _AWAY)

        yield send

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _post(self, address: str, parts: SplitResult, machines: Sequence[str], secret: str,
                    message: Message) -> int:
        """Return the status that a receiver answers; raises NotTakenError when there is none."""
        body = as_json(message)
        headers = {"Host": parts.netloc, "Content-Type": "application/json", "User-Agent": "zoneschild",
                   **sign(secret, str(message.message_id), int(time.time()), body)}
        try:
            async with asyncio.timeout(_LONGEST_S):
                for machine in machines[:-1]:
                    with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                        return await self._post_to(machine, address, parts, headers, body)
                return await self._post_to(machines[-1], address, parts, headers, body)
        except (TimeoutError, httpx.TimeoutException):
            raise NotTakenError("timeout", away=True) from None
        except httpx.HTTPError as error:
            raise NotTakenError(_why(error), away=True) from None

    async def _post_to(self, machine: str, address: str, parts: SplitResult, headers: dict[str, str],
                       body: bytes) -> int:
        # The connection goes to the machine that was looked at: a name that leads elsewhere by then changes nothing.
        request = self._client.build_request("POST", httpx.URL(address).copy_with(host=machine), headers=headers,
                                             content=body, extensions={"sni_hostname": parts.hostname})
        response = await self._client.send(request, stream=True)
        await response.aclose()
        return response.status_code


def _why(error: httpx.HTTPError) -> str:
    return "certificate" if "CERTIFICATE" in str(error) else "no connection"


async def _find_machines(host: str, port: int) -> list[str]:
    """Return the numbers behind a name, in the order to try them; raises NotTakenError where one is refused."""
    try:
        async with asyncio.timeout(_LONGEST_S / 2):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError):
        raise NotTakenError("name unknown", away=True) from None
    numbers = [str(address[4][0]).partition("%")[0] for address in found]
    machines = [machine_of(number) for number in numbers]
    loopback = is_loopback(host)
    if not all(machine is not None and may_be_posted_to(machine, loopback=loopback) for machine in machines):
        raise NotTakenError("address refused", away=True)
    return sorted(dict.fromkeys(numbers), key=lambda number: ":" in number)  # networks without IPv6 are usual

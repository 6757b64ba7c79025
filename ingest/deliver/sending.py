"""What every way of sending has: it opens a channel, hands messages over, and says why one was not taken."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from ingest.deliver.message import Message
from ingest.deliver.retrying import Failure
from services.hits.channels import Channel

Send = Callable[[Message], Awaitable[None]]
"""Hands one message over; raises NotTakenError. Several may be under way at once."""


class NotTakenError(Exception):
    """A message, or every message, was not taken."""

    def __init__(self, what: str, *, away: bool) -> None:
        super().__init__(what)
        self.failure = Failure(what, away)


class Way(Protocol):
    """A way of sending, one for each kind of channel."""

    @property
    def most(self) -> int:
        """How many messages may be under way to one channel."""

    def open(self, channel: Channel, secret: str | None) -> AbstractAsyncContextManager[Send]:
        """Open a channel; raises NotTakenError when nobody is there."""

    async def close(self) -> None:
        """Let go of whatever is kept open."""

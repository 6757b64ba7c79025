"""Channels as forms and the API speak of them; never a plate, and a secret once."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from services.hits.channels import ChannelKind

Line = Annotated[str, Field(max_length=500)]


class PlaceForm(BaseModel):
    """Where a channel leads: what the technical administrator says of it."""

    name: Line = ""
    kind: Line = ""
    address: Line = ""
    audience: Line = ""
    """The code of the group whose hits it is for."""


class WishForm(BaseModel):
    """Which hits a channel is sent: what its group says of it."""

    lists: list[Line] = []
    """Codes; none is every list."""
    least_priority: Line = "4"
    possible: Line = ""
    events: list[Line] = []
    days: list[Line] = []
    """0 is Monday; none is every day."""
    first: Line = ""
    last: Line = ""


class ChannelRequest(BaseModel):
    """A channel to be made or changed."""

    name: str = Field(min_length=1, max_length=60)
    kind: ChannelKind
    address: str = Field(max_length=500, description="A topic below `anpr/hits/`, an address, or a mailbox.")
    audience: str = Field(max_length=60, description="Code of the group whose hits it is for.")


class Figures(BaseModel):
    """The last seven days of a channel, without what is discreet."""

    waiting: int
    given_up: int
    sent_today: int = Field(description="In the last 24 hours.")
    last_sent_at: datetime | None
    error: str | None = Field(description="Why the oldest message that waits was not taken.")


class ChannelItem(BaseModel):
    """A channel, without its secret."""

    channel_id: int
    name: str
    kind: ChannelKind
    address: str
    audience: str
    enabled: bool
    agreed_at: datetime | None = Field(description="null: nobody of its group agreed (yet); only tests are sent.")
    figures: Figures


class ChannelItems(BaseModel):
    """Every channel."""

    items: list[ChannelItem]


class MadeChannel(ChannelItem):
    """A channel that was just made."""

    secret: str | None = Field(description="With which messages are signed (webhooks); shown this once.")


class QueuedTest(BaseModel):
    """A test that is on its way."""

    delivery_id: int

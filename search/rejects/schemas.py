"""Rejects as the API speaks of them."""

from datetime import datetime

from pydantic import BaseModel, Field


class RejectItem(BaseModel):
    """A message that could not be stored; topic, detail and excerpt are masked."""

    digest: str = Field(description="Its name in addresses, 32 hexadecimal digits.")
    received_at: datetime
    captured_at: datetime | None = Field(description="Where the message says it in a way that is understood.")
    expires_at: datetime
    reason: str
    advice: str = Field(description="What to do about it.")
    detail: str
    topic: str
    excerpt: str
    state: str = Field(description="open, waiting (for its replay), taken, trial or refused (again).")
    replay_asked_at: datetime | None
    replayed_at: datetime | None


class RejectsAnswer(BaseModel):
    """Rejects, newest first."""

    items: list[RejectItem]
    next: str | None = Field(description="Value of `after` for the next page; null on the last.")


class RejectsParameters(BaseModel):
    """What the list can be asked for."""

    reason: str | None = Field(None, description="A reason's code, such as unknown-camera.")
    day: str | None = Field(None, description="Day of arrival in Brussels: 2026-11-23.")
    state: str | None = Field(None, description="open, waiting or taken.")
    after: str | None = Field(None, description="Where to go on: `next` of the previous answer.")
    limit: int = Field(50, ge=1, le=500)


class RejectInFull(RejectItem):
    """A reject with what was sent."""

    file: str = Field(description="A name under which `python -m ingest decode` understands it.")
    text: str = Field(description="What was sent, as text; what is no text is marked.")
    content: str = Field(description="The same, byte for byte, in base64.")


class ReplayRequest(BaseModel):
    """Which rejects are to be decoded again: one, or all of a reason."""

    reason: str | None = Field(None, max_length=40)
    digest: str | None = Field(None, pattern="^[0-9a-f]{32}$")
    since: datetime | None = Field(None, description="Of a reason, only those received since then.")


class ReplayAnswer(BaseModel):
    """How many were asked for now."""

    asked: int = Field(description="At most 20,000 at once; those that wait already are not counted again.")
    waiting: int = Field(description="How many of the gateway's rejects wait now.")

"""Saved searches as the API and the form speak of them."""

from datetime import datetime

from pydantic import BaseModel, Field


class SavedItem(BaseModel):
    """One saved search; asking it is a question of its own."""

    saved_id: int
    name: str
    question: str = Field(description="In words.")
    filters: dict[str, list[str]] = Field(description="As `GET /reads` takes them.")
    by: str = Field(description="read or vehicle.")
    made_at: datetime
    expires_at: datetime = Field(description="It is removed then, 90 days after it was saved.")


class SavedAnswer(BaseModel):
    """One's own saved searches, by name."""

    items: list[SavedItem]


class SavedRequest(BaseModel):
    """What is to be saved."""

    name: str = Field(max_length=200)
    filters: dict[str, list[str]] = Field(max_length=40, description="As `GET /reads` takes them.")
    by: str = Field("read", pattern="^(read|vehicle)$")


class SavedForm(BaseModel):
    """The form beneath the box; `question` is the query of the address that is open."""

    name: str = ""
    question: str = Field("", max_length=8_000)
    moments: str = ""
    """`no`: without the moments, to be asked of another time."""

"""The story file as the demo's simulator writes it."""

from typing import Any

from pydantic import BaseModel, Field

Localised = str | dict[str, str]


class StoryRole(BaseModel):
    """Somebody whom the demo's visitor may become."""

    username: str
    name: str
    role: str
    title: Localised
    card: Localised


class StoryConsultation(BaseModel):
    """What is stated before the case's searches."""

    purpose: str
    file_number: str
    reason: str


class StorySearch(BaseModel):
    """One search, its address and what it will find."""

    label: Localised
    path: str
    expected: Localised = ""
    expected_reads: Any = None


class StoryLook(BaseModel):
    """One page that needs no consultation, and what stands there."""

    label: Localised
    path: str
    expected: Localised = ""


class StoryCase(BaseModel):
    """One case: a text and its searches."""

    id: str
    role: str
    title: Localised
    text: Localised
    consultation: StoryConsultation | None = None
    searches: list[StorySearch] = Field(default_factory=list)
    looks: list[StoryLook] = Field(default_factory=list)


class StoryStop(BaseModel):
    """One stop of the guided tour: whose turn it is, what is done there, and what to look for."""

    case: str
    role: str
    title: Localised
    see: Localised
    path: str
    consults: bool


class Story(BaseModel):
    """The whole story."""

    anchor: str | None = None
    roles: list[StoryRole] = Field(default_factory=list)
    cases: list[StoryCase] = Field(default_factory=list)
    tour: list[StoryStop] = Field(default_factory=list)


class Logins(BaseModel):
    """The password of the story's invented users; lies beside the story, written by the demo's launcher."""

    password: str

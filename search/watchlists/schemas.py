"""Lists and entries as the API and the forms speak of them."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from services.watchlists.categories import Category, Mode
from services.watchlists.states import EntryState

_MOST = 2**53
Text = Annotated[str, Field(max_length=2000)]


class ListGiven(BaseModel):
    """A list that is made; what is left out is as usual for its category."""

    code: str = Field(max_length=40, description="Small letters, digits and hyphens; stays.")
    name: str = Field(max_length=80)
    category: Category
    priority: int | None = Field(None, ge=1, le=4)
    audience: str | None = Field(None, max_length=40, description="Code of a group.")
    instruction: str = Field("", max_length=300, description="What whoever sees a hit is to do.")
    legal_basis: str = Field("", max_length=300, description="Of entries that name none.")
    authority: str = Field("", max_length=120, description="Of entries that name none.")


class ListChange(BaseModel):
    """What is to be different about a list; what is left out stays."""

    name: str | None = Field(None, max_length=80)
    priority: int | None = Field(None, ge=1, le=4)
    audience: str | None = Field(None, max_length=40)
    instruction: str | None = Field(None, max_length=300)
    legal_basis: str | None = Field(None, max_length=300)
    authority: str | None = Field(None, max_length=120)
    state: Mode | None = Field(None, description="live, action, count or off.")


class Confirmation(BaseModel):
    """What the data protection officer says of a list."""

    confirmed: bool = Field(description="Whether it may be put into use; false takes an earlier confirmation back.")
    document: str = Field("", max_length=300, description="On which it rests; needed to confirm.")


class ListItem(BaseModel):
    """A list, with the entries that you may know of."""

    code: str
    name: str
    category: Category
    state: Mode
    priority: int
    audience: str
    instruction: str = Field(description="What whoever sees a hit is to do, in words.")
    legal_basis: str
    authority: str
    needs_confirmation: bool
    confirmed_at: datetime | None
    document: str
    revision: int | None
    delivered_at: datetime | None
    live: int
    asked: int
    ending: int = Field(description="Live, and over within a week.")


class ListsAnswer(BaseModel):
    """Every list, the most urgent first."""

    items: list[ListItem]


class EntryStated(BaseModel):
    """What an entry says beside its plate."""

    country: str = Field("", max_length=10, description="ISO 3166-1 alpha-2, or `any` where it is not known.")
    measure: Text = Field("", description="What is to be done.")
    reason: Text = ""
    legal_basis: Text = Field("", description="The list's own when empty.")
    authority: Text = Field("", description="The list's own when empty.")
    file_number: Text = ""
    requester: Text = Field("", description="Who wants to hear what came of it; you when empty.")
    since: AwareDatetime | None = Field(None, description="Now when absent; at most a day ago.")
    until: AwareDatetime | None = Field(None, description="Needed.")
    cameras: list[Text] = Field([], max_length=500, description="Codes.")
    municipalities: list[Text] = Field([], max_length=100)
    days: list[int] = Field([], max_length=7, description="0 is Monday; none is every day.")
    first_hour: int | None = None
    last_hour: int | None = Field(None, description="The last excluded, up to 24; before the first: past midnight.")
    level: str = Field("", max_length=20, description="Of look-alikes: certain, likely or possible; none when empty.")
    audience: str = Field("", max_length=40, description="Code of a group; the list's own when empty.")
    priority: int | None = None
    discreet: bool = False


class EntryGiven(EntryStated):
    """An entry that is added or asked for."""

    plate: str = Field("", max_length=100, description="One plate, or a pattern with ?, * and [AB].")
    urgent: bool = Field(False, description="Live at once; over after 24 hours unless a second person agrees.")


class EntryChange(EntryStated):
    """What an entry is to say from now on; everything that it said before is replaced, its plate stays."""

    version: int = Field(ge=1, le=_MOST, description="The version that you looked at.")


class Validation(BaseModel):
    """What the second person says of a version."""

    version: int = Field(ge=1, le=_MOST)
    agreed: bool
    because: str = Field("", max_length=1000, description="Why not; needed with a refusal.")


class Because(BaseModel):
    """Why an entry is revoked."""

    because: str = Field(max_length=1000, description="In your own words, 3 to 1000 characters.")


class EntryItem(BaseModel):
    """One version of an entry."""

    entry_id: int
    version: int
    watchlist: str
    state: EntryState
    plate: str
    pattern: bool
    country: str | None
    level: float | None = Field(description="Least probability of a look-alike.")
    measure: str
    reason: str
    legal_basis: str
    authority: str
    file_number: str
    requester: str
    since: datetime
    until: datetime
    cameras: list[str] | None
    hours: str | None = Field(description="168 times 0 or 1, from Monday 0:00 in Brussels.")
    audience: str
    priority: int
    discreet: bool
    made_by: str | None
    made_at: datetime
    lapses_at: datetime | None
    validated_by: str | None
    validated_at: datetime | None
    revoked_by: str | None
    revoked_at: datetime | None
    revoked_because: str | None


class EntryAnswer(BaseModel):
    """An entry with all its versions, the newest first."""

    entry: EntryItem
    versions: list[EntryItem]


class EntriesAnswer(BaseModel):
    """Entries, the newest first."""

    items: list[EntryItem]
    next: int | None = Field(description="Value of `before` for the next page; null on the last.")


class EntriesParameters(BaseModel):
    """Which entries of a list are asked for."""

    plate: str = Field("", max_length=100)
    file: str = Field("", max_length=60, description="Number of a file.")
    state: EntryState | None = None
    before: int | None = Field(None, ge=1, le=_MOST)
    limit: int = Field(50, ge=1, le=200)


class PageOfEntries(BaseModel):
    """The same, as a form's address has it."""

    plate: str = Field("", max_length=100)
    file: str = Field("", max_length=60)
    state: str = Field("", max_length=20)
    before: int | None = Field(None, ge=1, le=_MOST)


class EntryForm(BaseModel):
    """What was typed of an entry, field by field."""

    plate: str = ""
    country: str = ""
    measure: str = ""
    reason: str = ""
    legal_basis: str = ""
    authority: str = ""
    file_number: str = ""
    requester: str = ""
    since: str = ""
    until: str = ""
    cameras: list[str] = []
    municipalities: list[str] = []
    days: list[str] = []
    first_hour: str = ""
    last_hour: str = ""
    level: str = ""
    audience: str = ""
    priority: str = ""
    discreet: str = ""
    urgent: str = ""
    version: str = ""


class GroupGiven(BaseModel):
    """A group that is made."""

    code: str = Field(max_length=40, description="Small letters, digits and hyphens; stays.")
    name: str = Field(max_length=80)
    roles: list[str] = Field([], max_length=10)
    usernames: list[str] = Field([], max_length=500)


class GroupChange(BaseModel):
    """Who belongs to a group from now on."""

    name: str = Field(max_length=80)
    roles: list[str] = Field([], max_length=10)
    usernames: list[str] = Field([], max_length=500)


class GroupItem(BaseModel):
    """A group: who may see an entry and its hits."""

    code: str
    name: str
    roles: list[str]
    usernames: list[str]
    named: bool = Field(description="Whether it holds named people alone, and may so see what is discreet.")


class GroupsAnswer(BaseModel):
    """Every group, by name."""

    items: list[GroupItem]

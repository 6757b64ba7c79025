"""What the forms and the API of one's own account take and give."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.api_tokens import LONGEST, ApiToken

TokenName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Secret = Annotated[str, Field(max_length=4096)]
Following = Annotated[str, Field(alias="next", max_length=4000)]


class PasswordForm(BaseModel):
    """The old password and the new one, twice."""

    old: Secret = ""
    new: Secret = ""
    again: Secret = ""
    following: Following = "/account"


class SecondFactorForm(BaseModel):
    """The secret that was offered, a code of it, and one of the present second factor where there is one."""

    offer: Annotated[str, Field(max_length=400)] = ""
    code: Annotated[str, Field(max_length=20)] = ""
    present_code: Annotated[str, Field(max_length=20)] = ""
    following: Following = "/account"


class TokenForm(BaseModel):
    """A token that somebody asks for."""

    name: Annotated[str, Field(max_length=60)] = ""
    days: Annotated[str, Field(max_length=10)] = ""
    scope: list[str] = []


class TokenRequest(BaseModel):
    """A token that somebody asks for over the API."""

    model_config = ConfigDict(extra="forbid")

    name: TokenName = Field(description="What it is for.")
    scope: list[str] = Field([], max_length=40, description="What it may; empty: everything that your role may and a "
                                                            "token can hold.")
    expires_at: AwareDatetime = Field(description="When it ends: within 366 days.")


class TokenItem(BaseModel):
    """A token as its owner sees it."""

    token_id: UUID
    name: str
    scope: list[str]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, token: ApiToken) -> "TokenItem":
        """Return how a token is shown."""
        return cls(token_id=token.token_id, name=token.name, scope=sorted(token.scope), created_at=token.created_at,
                   expires_at=token.expires_at, used_at=token.used_at, ended_at=token.ended_at)


class TokenItems(BaseModel):
    """One's own tokens, the newest first."""

    items: list[TokenItem]


class MadeToken(BaseModel):
    """A new token; it is shown this once."""

    token: str
    scope: list[str]
    expires_at: datetime


def end_after(days: str, now: datetime) -> datetime | None:
    """Return when a token ends that lasts so many days, None when that is no number of days that it may last."""
    if not (days.isascii() and days.isdigit()) or not 1 <= int(days) <= LONGEST.days:
        return None
    return (now + timedelta(days=int(days))).astimezone(UTC)

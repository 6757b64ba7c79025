"""What the forms of the users' pages take."""

from typing import Annotated

from pydantic import BaseModel, Field

Line = Annotated[str, Field(max_length=200)]


class UserForm(BaseModel):
    """A user to be added."""

    username: Line = ""
    name: Line = ""
    role: Line = ""


class RoleForm(BaseModel):
    """Another role."""

    role: Line = ""


class SuperiorForm(BaseModel):
    """Who is told about overdue PVs; empty for nobody."""

    superior: Line = ""

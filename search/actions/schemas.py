"""Forms of actions: what is typed to make one, and what is tapped at the roadside."""

from uuid import UUID

from pydantic import BaseModel, Field

MOST_TEAMS = 12
LONGEST_NAME = 60
LONGEST_AGE_MS = 24 * 3600 * 1000


class ActionForm(BaseModel):
    """An action as it is typed. The cameras' three fields stand side by side: one of each a row."""

    name: str = ""
    place: str = ""
    file_number: str = ""
    since: str = ""
    until: str = ""
    lists: list[str] = []
    teams: str = ""
    camera: list[str] = []
    soonest: list[str] = []
    latest: list[str] = []


class TappedForm(BaseModel):
    """One tap; on a tablet it may be minutes old when it comes in."""

    report_key: UUID
    step: str
    """services.hits.action_steps.StepKind, and behind a colon the outcome."""
    team: int = Field(0, ge=0, le=2**31 - 1)
    """0: none."""
    age_ms: int = Field(0, ge=0, le=LONGEST_AGE_MS)


class ReportForm(TappedForm):
    """The same from a tablet that names the vehicle."""

    vehicle: int = Field(ge=1, le=2**63 - 1)

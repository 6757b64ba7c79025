"""Approvals as the API speaks of them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

MOST_WORDS = 1000


class RemarkGiven(BaseModel):
    """What goes with a request."""

    remark: str = Field("", max_length=MOST_WORDS, description="For the colleague, in your own words; may be empty.")


class DecisionGiven(BaseModel):
    """What the second person says."""

    agreed: bool = Field(description="Whether the question may be answered.")
    answer: str = Field("", max_length=MOST_WORDS, description="Why; needed with a refusal.")


class ApprovalItem(BaseModel):
    """A question that needs a second person, and how far it is."""

    approval_id: UUID
    state: str = Field(description="noted, waiting, given, refused or over.")
    question: str = Field(description="The question in words, Dutch.")
    purpose: str
    file_number: str
    reason: str
    asker: str
    asked_at: datetime | None
    remark: str
    decider: str | None
    decided_at: datetime | None
    answer: str
    expires_at: datetime


class ApprovalsAnswer(BaseModel):
    """What waits for you (if your role agrees to questions), and what you asked for."""

    waiting: list[ApprovalItem]
    own: list[ApprovalItem]

"""An alert as the database keeps it: one read that matched one entry."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from services.hits.matching import MatchedAs


@dataclass(frozen=True, slots=True)
class Alert:
    """A row of `alerts`, without what the mover adds; the names are the columns'."""

    alert_id: int
    entry_id: int
    entry_version: int
    list_id: int
    audience_id: int
    discreet: bool
    priority: int
    matched_as: MatchedAs
    probability: float | None
    plate: str
    captured_at: datetime
    received_at: datetime
    read_id: UUID
    camera_id: int
    country: str | None
    confidence: float | None
    images: int
    late: bool
    direction: str | None
    make: str | None
    model: str | None
    colour: str | None
    vehicle_type: str | None

    @classmethod
    def of(cls, row: Any) -> "Alert":
        """Return the alert of a row of the table."""
        values = {column.name: getattr(row, column.name) for column in fields(cls)}
        return cls(**{**values, "matched_as": MatchedAs(row.matched_as)})

"""The legal gate, pure: how far back each purpose may look today. The rules' numbers are those of docs/law.md."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.clock import ZONE
from services.retention_rule import cut_off


class Beyond(StrEnum):
    """Why older reads are withheld."""

    needs_decision = "needs-decision"  # R3: a registered decision of the procureur des Konings
    never = "never"                    # R2: administrative police sees one month, without exception


@dataclass(frozen=True, slots=True)
class Purpose:
    """One lawful purpose of a consultation (R6: the list is closed)."""

    code: str
    beyond: Beyond
    offence: bool  # whether it is the detection of an offence


PURPOSES = {
    purpose.code: purpose
    for purpose in (
        Purpose("judicial-crime", Beyond.needs_decision, offence=True),
        Purpose("judicial-traffic", Beyond.needs_decision, offence=True),
        Purpose("judicial-missing", Beyond.needs_decision, offence=False),
        Purpose("administrative", Beyond.never, offence=False),
    )
}


@dataclass(frozen=True, slots=True)
class Permission:
    """What one question may see: reads captured at or after `earliest`; `beyond` says why nothing older."""

    earliest: datetime
    retention_from: datetime
    beyond: Beyond

    def withholds(self, asked_from: datetime | None) -> bool:
        """Tell whether a question that asks back to `asked_from` (None: as far as possible) loses a part."""
        return asked_from is None or max(asked_from, self.retention_from) < self.earliest


Permit = Callable[[Purpose, datetime], Permission]
"""The gate as whoever asks questions holds it."""


def month_before(now: datetime) -> datetime:
    """Return the start of the last month: one calendar month or 30 days back in Brussels, whichever is later (R2, R3).

    The last day of a shorter month stands for the days it lacks, as in the rule for terms in months.
    """
    local = now.astimezone(ZONE)
    first = local.replace(day=1)
    last_of_previous = first - timedelta(days=1)
    calendar = last_of_previous.replace(day=min(local.day, last_of_previous.day))
    return max(calendar, local - timedelta(days=30)).astimezone(now.tzinfo)


def permit(purpose: Purpose, now: datetime) -> Permission:
    """Decide how far back a question for `purpose` may look at `now`."""
    retention_from = cut_off(now)
    return Permission(max(month_before(now), retention_from), retention_from, purpose.beyond)

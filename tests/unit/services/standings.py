"""Who asks under what, for the tests of the legal gate."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.clock import ZONE
from services.gate import PURPOSES, WHOLE, Aim, Decision, Origin, Permission, Scope, Standing, decide
from services.gate_rules import CAUTIOUS, Rules
from services.roles import Role

PLATE, OTHER = "3ABC123", "4DEF456"
MOST = timedelta(microseconds=1)
"""The least by which two instants differ."""


def brussels(*parts: int, fold: int = 0) -> datetime:
    """Return an instant from a wall-clock time in Brussels."""
    return datetime(*parts, tzinfo=ZONE, fold=fold).astimezone(UTC)


NOW = brussels(2026, 11, 23, 10)
MONTH = brussels(2026, 10, 24, 11)
"""Where the month before NOW begins: 720 hours, after a month of thirty-one days and over the hour that was won."""
YEAR = brussels(2025, 11, 23, 10)
"""The cut-off of NOW."""

ONE_PLATE = Aim(WHOLE, frozenset({PLATE}))
"""A question for one plate, as far back as possible."""


def stand(purpose: str = "judicial-crime", role: Role = Role.investigator, *decisions: Decision,
          origin: Origin = Origin.stated, scope: Scope | None = None) -> Standing:
    """Return under what somebody asks."""
    return Standing(PURPOSES[purpose], role, origin, scope, decisions)


def decided(since: datetime, until: datetime, plates: frozenset[str] | None = None, *,
            cameras: frozenset[int] | None = None, reference: str = "PDK/2026/114",
            expires_at: datetime = NOW + timedelta(days=10), offence_of_a_year: bool = True) -> Decision:
    """Return a decision of the procureur des Konings that was registered and compared."""
    return Decision(1, reference, Scope(since, until, plates, cameras), expires_at, offence_of_a_year)


def permitted(standing: Standing, aim: Aim = ONE_PLATE, rules: Rules = CAUTIOUS, now: datetime = NOW) -> Permission:
    """Return what a question may see that the gate must not refuse."""
    verdict = decide(standing, aim, rules, now)
    assert isinstance(verdict, Permission), verdict
    return verdict


def approved(standing: Standing) -> Standing:
    """Return the same standing after a second person agreed."""
    return replace(standing, approved=True)

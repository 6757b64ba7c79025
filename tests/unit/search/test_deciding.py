"""Who may ask a colleague and who may decide, state by state."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from search.approvals.deciding import why_not_ask, why_not_decide
from services.approvals import Approval, State

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
ASKER, COLLEAGUE = 1, 2
NOTED = Approval(
    approval_id=UUID(int=1), consultation_id=UUID(int=2), purpose="judicial-crime", file_number="F-1", reason="",
    consultation_open=True, question="", address="/reads?plate=3A*", asked_by=ASKER, asker="An", asked_at=None,
    remark="", agreed=None, decided_at=None, decider=None, answer="", expires_at=NOW + timedelta(seconds=1))
WAITING = replace(NOTED, asked_at=NOW)
GIVEN = replace(WAITING, agreed=True, decided_at=NOW)
REFUSED = replace(WAITING, agreed=False, decided_at=NOW)
CASES = {
    "noted": (NOTED, State.noted), "waiting": (WAITING, State.waiting), "given": (GIVEN, State.given),
    "refused": (REFUSED, State.refused), "time up": (replace(WAITING, expires_at=NOW), State.over),
    "consultation ended": (replace(WAITING, consultation_open=False), State.over),
    "agreed, then ended": (replace(GIVEN, consultation_open=False), State.over),
    "refused, then ended": (replace(REFUSED, consultation_open=False), State.refused),
}


@pytest.mark.parametrize("name", CASES)
def test_each_has_its_state(name: str) -> None:
    approval, state = CASES[name]
    assert approval.state(NOW) is state


@pytest.mark.parametrize("name", CASES)
def test_only_what_was_noted_can_be_asked_and_only_what_waits_can_be_decided(name: str) -> None:
    approval, _ = CASES[name]
    assert (why_not_ask(approval, ASKER, NOW) is None) == (name == "noted")
    assert (why_not_decide(approval, COLLEAGUE, NOW) is None) == (name == "waiting")


@pytest.mark.parametrize("name", CASES)
def test_its_asker_decides_nothing(name: str) -> None:
    assert "your own question" in str(why_not_decide(CASES[name][0], ASKER, NOW))

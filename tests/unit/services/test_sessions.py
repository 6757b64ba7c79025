"""What somebody must do before their session is good for anything else."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.accounts import User
from services.roles import Role
from services.sessions import Proof, Session, Step, next_step


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("has_factor", [True, False])
@pytest.mark.parametrize("temporary", [True, False])
@pytest.mark.parametrize("proof", list(Proof))
def test_the_next_step_is_the_code_then_the_password_then_the_second_factor(
        proof: Proof, temporary: bool, has_factor: bool, required: bool) -> None:
    user = User(1, "an.peeters", "An Peeters", Role.investigator, has_factor, temporary)
    session = Session(user, uuid4(), proof, datetime.now(UTC))
    expected = (Step.code if proof is Proof.begun else None if proof is Proof.provider else
                Step.password if temporary else Step.second_factor if required and not has_factor else None)
    assert next_step(session, second_factor_required=required) is expected

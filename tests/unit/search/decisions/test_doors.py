"""Who compares decisions sees them: the pages of a decision have the door of registering alone."""

from services.roles import ALLOWED, Act


def test_every_role_that_compares_may_register_too() -> None:
    comparing = {role for role, acts in ALLOWED.items() if Act.compare_decisions in acts}
    assert comparing
    assert comparing <= {role for role, acts in ALLOWED.items() if Act.register_decisions in acts}

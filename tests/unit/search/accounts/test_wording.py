"""Whatever a role may do has a name that people read."""

from search.accounts.wording import ACTS, WEAKNESSES
from services.passwords import Weakness
from services.roles import Act


def test_every_act_and_every_weakness_has_words() -> None:
    assert set(ACTS) == set(Act)
    assert set(WEAKNESSES) == set(Weakness)

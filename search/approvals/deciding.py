"""Who may ask and who may decide: the reasons against it, in order (pure)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from search.pages.language import Words, words
from services.approvals import Approval, State

_OVER = words("Its consultation has ended, or the time for it is up. Ask the question again.")

WHY_REFUSED = words("Say why you do not agree (3 to 1000 characters).")
FEWEST_LETTERS = 3


@dataclass(frozen=True, slots=True)
class _Bar:
    """A reason against it."""

    stands: Callable[[Approval, int, State], bool]
    why: Words


_AGAINST_ASKING = (
    _Bar(lambda _approval, _user_id, state: state is State.over, _OVER),
    _Bar(lambda _approval, _user_id, state: state is State.waiting, words("A colleague has been asked already.")),
    _Bar(lambda _approval, _user_id, state: state is not State.noted, words("A colleague has decided already.")),
)
_AGAINST_DECIDING = (
    _Bar(lambda approval, user_id, _state: approval.asked_by == user_id,
         words("This is your own question: somebody else has to agree to it.")),
    _Bar(lambda _approval, _user_id, state: state in (State.given, State.refused),
         words("A colleague has decided already.")),
    _Bar(lambda _approval, _user_id, state: state is State.over, _OVER),
    _Bar(lambda _approval, _user_id, state: state is State.noted, words("Nobody has asked for this yet.")),
)


def why_not_ask(approval: Approval, user_id: int, now: datetime) -> Words | None:
    """Return why its asker cannot ask a colleague, None when they can."""
    return _first(_AGAINST_ASKING, approval, user_id, now)


def why_not_decide(approval: Approval, user_id: int, now: datetime) -> Words | None:
    """Return why a user cannot decide, None when they can."""
    return _first(_AGAINST_DECIDING, approval, user_id, now)


def _first(bars: tuple[_Bar, ...], approval: Approval, user_id: int, now: datetime) -> Words | None:
    state = approval.state(now)
    return next((bar.why for bar in bars if bar.stands(approval, user_id, state)), None)

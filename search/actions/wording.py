"""Actions in words: how they stand, what came of vehicles, when a vehicle arrives."""

from datetime import datetime, timedelta

from search.actions.queries import ActionState
from search.pages.language import Words, words
from services.hits.action_rule import Outcome

STATES = {
    ActionState.planned: words("planned"),
    ActionState.running: words("running"),
    ActionState.over: words("over"),
}

OUTCOMES = {
    Outcome.fined: words("Stopped, fined"),
    Outcome.seized: words("Vehicle seized"),
    Outcome.arrested: words("Driver taken along"),
    Outcome.driver_checked: words("Driver checked"),
    Outcome.let_go: words("In order, let go"),
    Outcome.refused: words("Did not stop"),
    Outcome.misread: words("Another plate"),
    Outcome.not_seen: words("Not seen"),
}

_MINUTE = timedelta(minutes=1)


def arrival(now: datetime, expected_from: datetime, expected_until: datetime) -> Words:
    """Return when a vehicle arrives, in whole minutes: earlier rather than later."""
    first, last = (expected_from - now) // _MINUTE, -((now - expected_until) // _MINUTE)
    if expected_until <= now:
        return words("must have passed")
    if first < 1:
        return words("any moment, at most {last} min", last=last)
    return words("in {first} to {last} min", first=first, last=last)

"""How a hit is followed up: which step may follow which, and what may come of it. Tables, pure."""

from dataclasses import dataclass
from enum import StrEnum


class HitState(StrEnum):
    """How far a hit is."""

    open = "open"
    claimed = "claimed"
    confirmed = "confirmed"
    dispatched = "dispatched"
    ended = "ended"


class ConfirmedOn(StrEnum):
    """On what it was confirmed that the plate is the entry's (R10)."""

    image = "image"
    spot = "spot"              # there is no image: "ter plaatse te bevestigen"


class Disposition(StrEnum):
    """What came of a hit; every hit ends with one."""

    intercepted = "intercepted"
    no_result = "no-result"
    observed = "observed"              # discreet: seen and noted, nobody was stopped
    misread = "misread"                # the image shows another plate
    wrong_country = "wrong-country"    # the same characters, another country
    not_followed = "not-followed"      # known, and deliberately left alone; with a reason
    late = "late"                      # it came too late to act on
    withdrawn = "withdrawn"            # by the product: the plate was corrected, or the entry is no longer live
    lapsed = "lapsed"                  # by the product: nobody took it


class Step(StrEnum):
    """What somebody does with a hit; each has a key on the board."""

    claim = "claim"
    take_over = "take-over"    # from a colleague, whose shift is over
    release = "release"
    confirm = "confirm"
    dispatch = "dispatch"
    end = "end"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Where a step leads, from where it may be taken, and whether it is the claimer's alone."""

    from_: frozenset[HitState]
    to: HitState | None
    """None: it stays where it is."""
    by_claimer: bool = True


HELD = frozenset({HitState.claimed, HitState.confirmed, HitState.dispatched})
"""The states in which somebody has it."""

STEPS = {
    Step.claim: Allowed(frozenset({HitState.open}), HitState.claimed, by_claimer=False),
    Step.take_over: Allowed(HELD, None, by_claimer=False),
    Step.release: Allowed(frozenset({HitState.claimed, HitState.confirmed}), HitState.open),
    Step.confirm: Allowed(frozenset({HitState.claimed}), HitState.confirmed),
    # R10: nobody is sent before a person looked at the image, or said that there is none.
    Step.dispatch: Allowed(frozenset({HitState.confirmed}), HitState.dispatched),
    Step.end: Allowed(HELD, HitState.ended),
}

_BY_HAND = {
    Disposition.intercepted: frozenset({HitState.dispatched}),
    Disposition.no_result: frozenset({HitState.dispatched}),
    Disposition.observed: frozenset({HitState.confirmed}),
    Disposition.misread: frozenset({HitState.claimed, HitState.confirmed, HitState.dispatched}),
    Disposition.wrong_country: frozenset({HitState.claimed, HitState.confirmed, HitState.dispatched}),
    Disposition.not_followed: frozenset({HitState.claimed, HitState.confirmed}),
    Disposition.late: frozenset({HitState.claimed, HitState.confirmed}),
}
"""From which states each may be given by a person; the others are the product's."""

_OF_DISCREET = frozenset({Disposition.observed, Disposition.misread, Disposition.wrong_country,
                          Disposition.not_followed, Disposition.late})
"""R11: whoever is to be observed is not stopped."""

NEEDS_REASON = frozenset({Disposition.not_followed})
SPEAKS_OF_READING = {Disposition.misread: False, Disposition.intercepted: True}
"""Which say whether the camera read right: these teach the look-alike model."""


def may_step(step: Step, state: HitState, *, is_claimer: bool, discreet: bool) -> bool:
    """Tell whether a step may be taken by somebody; nobody takes over from themselves."""
    allowed = STEPS[step]
    return (state in allowed.from_ and (is_claimer or not allowed.by_claimer)
            and not (discreet and step is Step.dispatch) and not (is_claimer and step is Step.take_over))


def dispositions(state: HitState, *, discreet: bool) -> tuple[Disposition, ...]:
    """Return what somebody may say came of a hit in this state."""
    return tuple(one for one, states in _BY_HAND.items()
                 if state in states and (one in _OF_DISCREET if discreet else one is not Disposition.observed))

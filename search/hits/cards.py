"""What a hit's card offers whom: its buttons with their keys, and the hit as the API tells it (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from search.hits.queries import Hit, Matched
from search.hits.wording import CONFIRM, DISPOSITIONS, KEYS, STEPS, Key, instruction_of
from search.pages.language import Words
from services.clock import iso_ms
from services.gate import PURPOSES
from services.hits.following import NEEDS_REASON, ConfirmedOn, Disposition, Step, dispositions, may_step
from services.watchlists.categories import USUAL


@dataclass(frozen=True, slots=True)
class Face:
    """Who looks at a card, as far as it shows."""

    user_id: int
    role: str
    handles: bool


@dataclass(frozen=True, slots=True)
class Button:
    """A step that somebody may take, with its key."""

    key: str
    label: Words
    step: Step
    on: ConfirmedOn | None = None
    disposition: Disposition | None = None
    asks_why: bool = False
    main: bool = False
    """Whether it is what usually follows."""


@dataclass(frozen=True, slots=True)
class Card:
    """A hit as somebody sees it."""

    hit: Hit
    buttons: tuple[Button, ...]
    is_own: bool
    """Whether they have it themselves."""
    may_consult: bool

    @property
    def first(self) -> Matched | None:
        """The entry that decides: the most urgent and the surest."""
        return self.hit.matched[0] if self.hit.matched else None

    @property
    def instruction(self) -> Words | str:
        """What whoever sees it is to do."""
        first = self.first
        return instruction_of(first.category, first.instruction) if first else ""

    def arrival(self, seconds: float) -> datetime:
        """Return when the vehicle is where it takes so many seconds to come from its last camera."""
        return self.hit.last_captured_at + timedelta(seconds=seconds)

    @property
    def is_noisy(self) -> bool:
        """Whether a board sounds for it: sure, on time, and nobody has it."""
        return not (self.hit.possible or self.hit.late or self.hit.held or self.hit.ended_at)


_MAIN = {Step.claim, Step.confirm, Step.dispatch}


def make_card(hit: Hit, face: Face) -> Card:
    """Return a hit as somebody sees it."""
    is_own = hit.claimed_by == face.user_id
    buttons = tuple(_buttons(hit, is_own=is_own)) if face.handles and not hit.ended_at else ()
    return Card(hit, buttons, is_own, may_consult=face.handles and purpose_of(hit, face.role) is not None)


def _buttons(hit: Hit, *, is_own: bool) -> Iterator[Button]:
    ends = dispositions(hit.state, discreet=hit.discreet)
    for key in KEYS:
        if not may_step(key.step, hit.state, is_claimer=is_own, discreet=hit.discreet):
            continue
        if key.disposition is None or key.disposition in ends:
            yield _button(key, hit)


def _button(key: Key, hit: Hit) -> Button:
    main = key.step in _MAIN or key.disposition in (Disposition.intercepted, Disposition.observed)
    if key.step is Step.confirm:
        on = ConfirmedOn.image if hit.has_image else ConfirmedOn.spot
        return Button(key.key, CONFIRM[on], key.step, on=on, main=main)
    if key.disposition is None:
        return Button(key.key, STEPS[key.step], key.step, main=main)
    return Button(key.key, DISPOSITIONS[key.disposition], key.step, disposition=key.disposition,
                  asks_why=key.disposition in NEEDS_REASON, main=main)


def purpose_of(hit: Hit, role: str) -> str | None:
    """Return for which purpose somebody of a role may consult the passages of a hit's vehicle; None: for none.

    What is discreet stands for no consultation: its file and reason would be read by whoever reads those (R11).
    """
    if hit.discreet or not hit.matched or not hit.last:
        return None
    purpose = USUAL[hit.matched[0].category].purpose
    return purpose if role in PURPOSES[purpose].roles else None


def write_item(hit: Hit) -> dict[str, Any]:
    """Return a hit as the API tells it, for a stream."""
    last = hit.last
    return {
        "hit_id": hit.hit_id, "plate": hit.plate, "country": last.country if last else None, "state": hit.state,
        "priority": hit.priority, "matched_as": hit.matched_as, "probability": hit.probability, "late": hit.late,
        "discreet": hit.discreet, "sightings": hit.sightings, "captured_at": iso_ms(hit.last_captured_at),
        "received_at": iso_ms(last.received_at) if last else None, "camera": last.camera_code if last else None,
        "read_id": str(last.read_id) if last else None, "raised_at": iso_ms(hit.raised_at),
        "claimed_by": hit.claimer, "confirmed_on": hit.confirmed_on, "disposition": hit.disposition,
        "lists": list(dict.fromkeys(one.list_name for one in hit.matched)),
        "entries": [one.entry_id for one in hit.matched]}

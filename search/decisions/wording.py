"""Decisions in words: how they stand, what they open, and what the person who compares has to tick."""

from collections.abc import Iterable, Mapping

from search.pages.language import Words, words
from services.prosecutor import Registered, State

STATES = {
    State.waiting: words("waits for comparison"),
    State.in_force: words("in force"),
    State.expired: words("expired"),
    State.refused: words("refused"),
    State.revoked: words("revoked"),
}

GROUPS = {
    "origin": words("Reference, file number, magistrate and day stand so in the document."),
    "reasons": words("It is in writing and signed, and its reasons and the offence are those registered."),
    "plates": words("It is about these plates, and no others."),
    "cameras": words("It is about these cameras, and no others."),
    "period": words("It opens this period, and no other."),
    "expiry": words("It is in force until this day."),
}
"""What the second person confirms, each by itself."""


def plates_in_words(decision: Registered) -> Words:
    """Return which plates a decision is about."""
    return words("any plate") if decision.plates is None else words("{plates}", plates=decision.plates)


def cameras_in_words(decision: Registered, codes: Mapping[int, str]) -> Words:
    """Return which cameras a decision is about."""
    if decision.cameras is None:
        return words("all cameras")
    return words("{cameras}", cameras=list(camera_codes(decision.cameras, codes)))


def camera_codes(cameras: Iterable[int], codes: Mapping[int, str]) -> list[str]:
    """Return the codes of cameras; one that has gone keeps its number."""
    return [codes.get(camera, str(camera)) for camera in cameras]


def scope_in_words(decision: Registered, codes: Mapping[int, str]) -> Words:
    """Return what a decision opens once it is in force."""
    return words("passages of {plates} at {cameras}, from {since} to {until}, in consultations of file {file}",
                 plates=plates_in_words(decision), cameras=cameras_in_words(decision, codes), since=decision.since,
                 until=decision.until, file=decision.file_number)

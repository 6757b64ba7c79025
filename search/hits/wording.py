"""Hits in words: lists, states, steps and their keys, what came of them."""

from dataclasses import dataclass

from search.pages.language import Words, words
from services.hits.events import EventKind
from services.hits.following import ConfirmedOn, Disposition, HitState, Step
from services.hits.matching import MatchedAs
from services.hits.tending import Refusal
from services.watchlists.categories import USUAL, Category, Instruction

CATEGORIES = {
    Category.stolen_vehicle: words("Stolen vehicle"),
    Category.stolen_plate: words("Stolen plate"),
    Category.armed_and_dangerous: words("Armed or dangerous"),
    Category.wanted_person: words("Wanted person"),
    Category.missing_person: words("Missing person"),
    Category.discreet_check: words("Discreet check"),
    Category.investigation: words("Ongoing investigation"),
    Category.recent_offence: words("Recent offence"),
    Category.driving_ban: words("Driving ban"),
    Category.seizure: words("Seizure"),
    Category.uninsured: words("Not insured"),
    Category.no_inspection: words("No technical inspection"),
    Category.not_registered: words("Not registered"),
    Category.benelux: words("Benelux"),
    Category.operation: words("One ANPR operation"),
}

INSTRUCTIONS = {
    Instruction.stop: words("Intercept"),
    Instruction.stop_with_care: words("Intercept with care: armed or dangerous"),
    Instruction.check_on_people: words("Check on the people inside"),
    Instruction.do_not_stop: words("Do not stop: report only"),
    Instruction.report: words("Report to the investigator"),
    Instruction.seize: words("Seize the vehicle"),
    Instruction.fine: words("Check, and draw up a PV"),
}

MATCHED = {
    MatchedAs.exact: words("as entered"),
    MatchedAs.country: words("other country than"),
    MatchedAs.pattern: words("fits"),
    MatchedAs.alike: words("looks like"),
}

STATES = {
    HitState.open: words("nobody has it"),
    HitState.claimed: words("being looked at"),
    HitState.confirmed: words("confirmed"),
    HitState.dispatched: words("team on its way"),
    HitState.ended: words("followed up"),
}

CONFIRMED_ON = {
    ConfirmedOn.image: words("confirmed on the image"),
    ConfirmedOn.spot: words("to be confirmed on the spot"),
}

DISPOSITIONS = {
    Disposition.intercepted: words("Intercepted"),
    Disposition.no_result: words("No result"),
    Disposition.observed: words("Observed"),
    Disposition.misread: words("Misread"),
    Disposition.wrong_country: words("Wrong country"),
    Disposition.not_followed: words("Not followed"),
    Disposition.late: words("Too late to act on"),
    Disposition.withdrawn: words("Withdrawn"),
    Disposition.lapsed: words("Nobody took it"),
}

EVENTS = {
    EventKind.raised: words("New hit"),
    EventKind.seen_again: words("Seen again"),
    EventKind.withdrawn: words("A match was withdrawn"),
    EventKind.claimed: words("Taken"),
    EventKind.released: words("Let go"),
    EventKind.confirmed: words("Confirmed"),
    EventKind.dispatched: words("Team sent"),
    EventKind.ended: words("Ended"),
    EventKind.escalated: words("Nobody took it in time: others were told"),
    EventKind.remarked: words("Remark"),
}

STEPS = {
    Step.claim: words("I take it"),
    Step.take_over: words("I take it over"),
    Step.release: words("Let go"),
    Step.dispatch: words("Team sent"),
}

CONFIRM = {
    ConfirmedOn.image: words("The image shows this plate"),
    ConfirmedOn.spot: words("No image: to be confirmed on the spot"),
}

REFUSALS = {
    Refusal.unknown: words("There is no such hit, or it is not for your group."),
    Refusal.taken: words("{holder} has this hit."),
    Refusal.not_yours: words("Nobody has this hit: take it first."),
    Refusal.not_now: words("This step does not follow on how the hit stands now."),
    Refusal.discreet: words("Nobody is sent to what is to be observed discreetly."),
    Refusal.image_first: words("There is an image: look at it before you confirm."),
    Refusal.no_image: words("There is no image: it can only be confirmed on the spot."),
    Refusal.reason_first: words("Say it in words (3 characters at least)."),
}


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the board and what it does."""

    key: str
    step: Step
    disposition: Disposition | None = None


KEYS = (
    Key("c", Step.claim),
    Key("t", Step.take_over),
    Key("v", Step.confirm),
    Key("d", Step.dispatch),
    Key("i", Step.end, Disposition.intercepted),
    Key("z", Step.end, Disposition.no_result),
    Key("o", Step.end, Disposition.observed),
    Key("m", Step.end, Disposition.misread),
    Key("w", Step.end, Disposition.wrong_country),
    Key("l", Step.end, Disposition.late),
    Key("n", Step.end, Disposition.not_followed),
    Key("r", Step.release),
)
"""In the order in which a hit is followed up."""


def instruction_of(category: Category, instruction: str) -> Words | str:
    """Return what whoever sees a hit is to do: as the list says, else as its category usually does."""
    if instruction and instruction not in set(Instruction):
        return instruction
    return INSTRUCTIONS[Instruction(instruction) if instruction else USUAL[category].instruction]

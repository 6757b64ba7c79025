"""The categories of lists, each with its usual priority, group and purpose (docs/law.md): one table, pure."""

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """What a list is of (law.md §5)."""

    stolen_vehicle = "stolen-vehicle"
    stolen_plate = "stolen-plate"
    armed_and_dangerous = "armed-and-dangerous"
    wanted_person = "wanted-person"
    missing_person = "missing-person"
    discreet_check = "discreet-check"
    investigation = "investigation"
    recent_offence = "recent-offence"      # hit-and-run, burglary: for hours or days
    driving_ban = "driving-ban"
    seizure = "seizure"
    uninsured = "uninsured"
    no_inspection = "no-inspection"
    not_registered = "not-registered"
    benelux = "benelux"
    operation = "operation"                # of one action, and over with it


class Mode(StrEnum):
    """What comes of a read that matches a list: the list's state."""

    live = "live"      # a hit on the board
    action = "action"  # a vehicle of an action that runs, else counted
    counting = "count"  # counted, and nothing else
    off = "off"        # nothing


class Instruction(StrEnum):
    """What a category asks of whoever sees a hit, unless the list says something else."""

    stop = "stop"
    stop_with_care = "stop-with-care"
    check_on_people = "check-on-people"
    do_not_stop = "do-not-stop"
    report = "report"
    seize = "seize"
    fine = "fine"


@dataclass(frozen=True, slots=True)
class Usual:
    """What a list of a category begins with; `purpose` is what its hits are looked at for (services.gate.PURPOSES)."""

    priority: int
    instruction: Instruction
    audience: str
    purpose: str
    mode: Mode = Mode.live
    discreet: bool = False
    needs_confirmation: bool = False
    """Whether it stays off until the DPO confirms it (law.md §1.9)."""


USUAL = {
    Category.stolen_vehicle: Usual(1, Instruction.stop, "dispatch", "judicial-crime"),
    Category.stolen_plate: Usual(1, Instruction.stop, "dispatch", "judicial-crime"),
    Category.armed_and_dangerous: Usual(1, Instruction.stop_with_care, "dispatch", "judicial-crime"),
    Category.wanted_person: Usual(1, Instruction.stop_with_care, "dispatch", "judicial-crime"),
    Category.missing_person: Usual(1, Instruction.check_on_people, "dispatch", "judicial-missing"),
    Category.discreet_check: Usual(1, Instruction.do_not_stop, "tecint", "judicial-crime", discreet=True),
    Category.investigation: Usual(2, Instruction.report, "investigation", "judicial-crime"),
    Category.recent_offence: Usual(2, Instruction.stop, "dispatch", "judicial-crime"),
    Category.driving_ban: Usual(3, Instruction.stop, "traffic", "judicial-traffic"),
    Category.seizure: Usual(3, Instruction.seize, "traffic", "judicial-crime"),
    Category.uninsured: Usual(3, Instruction.fine, "traffic", "judicial-traffic", Mode.action,
                              needs_confirmation=True),
    Category.no_inspection: Usual(4, Instruction.fine, "traffic", "judicial-traffic", Mode.action,
                                  needs_confirmation=True),
    Category.not_registered: Usual(3, Instruction.fine, "traffic", "judicial-traffic", Mode.action,
                                   needs_confirmation=True),
    Category.benelux: Usual(2, Instruction.report, "dispatch", "judicial-crime"),
    Category.operation: Usual(3, Instruction.stop, "traffic", "judicial-traffic", Mode.action),
}


def may_be(category: Category, mode: Mode, *, confirmed: bool) -> bool:
    """Tell whether a list of a category may be in a state: what the DPO must confirm is off until then."""
    return mode is Mode.off or confirmed or not USUAL[category].needs_confirmation

"""Codes in words: what purposes, roles, directions, colours and reasons are called on the pages."""

import re
from typing import Protocol

from search.pages.language import Language, Words, words
from services.approvals import State
from services.consultations import FileKind
from services.gate import Beyond, Permission
from services.plates import is_unread
from services.roles import Role

PURPOSES = {
    "judicial-crime": (
        words("Judicial: investigation of a crime"),
        words("Tracing suspects, vehicles or stolen goods in a criminal file. "
              "The last month; older passages need a decision of the procureur des Konings."),
    ),
    "judicial-traffic": (
        words("Judicial: traffic offence or hit-and-run"),
        words("Establishing an offence against the road traffic law in a file. "
              "The last month; older passages need a decision of the procureur des Konings."),
    ),
    "judicial-missing": (
        words("Judicial: worrying disappearance"),
        words("Finding a missing person whose life may be in danger. "
              "The last month; older passages need a decision of the procureur des Konings."),
    ),
    "administrative": (
        words("Administrative police"),
        words("Public order, or protecting persons and goods. The last month only, without exception."),
    ),
    "other-authority": (
        words("For another authority"),
        words("What another authority may be told by law. The last month only."),
    ),
    "access-request": (
        words("Access request"),
        words("What is kept of a plate, for the person it belongs to. One plate, the whole year."),
    ),
}

FILE_KINDS = {
    FileKind.pv: words("PV"),
    FileKind.note: words("Note"),
    FileKind.incident: words("Incident"),
}

APPROVAL_STATES = {
    State.noted: words("Not asked yet"),
    State.waiting: words("Waiting for a colleague"),
    State.given: words("A colleague agreed"),
    State.refused: words("A colleague does not agree"),
    State.over: words("Over: the consultation has ended, or the time was up"),
}

ROLES = {
    Role.investigator: words("Investigator"),
    Role.tecint: words("TECINT"),
    Role.dispatcher: words("Dispatcher"),
    Role.traffic: words("Traffic"),
    Role.camera_manager: words("Camera manager"),
    Role.dpo: words("Data protection officer"),
    Role.auditor: words("Auditor"),
    Role.technical_administrator: words("Technical administrator"),
    Role.integrator: words("Integrator"),
}

_WITHHELD = {
    Beyond.needs_decision: words(
        "Passages before {before} are withheld: they need a decision of the procureur des Konings.").msgid,
    Beyond.never: words("Passages before {before} are withheld: administrative police sees the last month only.").msgid,
    Beyond.urgent: words("Passages before {before} are withheld: an urgent consultation reaches back 24 hours.").msgid,
    Beyond.alert: words(
        "Passages before {before} and of other vehicles are withheld: this consultation belongs to one alert.").msgid,
}

DIRECTIONS = {"towards": words("towards the camera"), "away": words("away from the camera")}
WEEKDAYS = {
    "mon": words("Monday"), "tue": words("Tuesday"), "wed": words("Wednesday"), "thu": words("Thursday"),
    "fri": words("Friday"), "sat": words("Saturday"), "sun": words("Sunday"),
}
HEADINGS = {
    "n": words("north"), "ne": words("north-east"), "e": words("east"), "se": words("south-east"),
    "s": words("south"), "sw": words("south-west"), "w": words("west"), "nw": words("north-west"),
}
FACINGS = {"front": words("front plate"), "rear": words("rear plate")}
COLOURS = {
    "grey": words("grey"), "black": words("black"), "white": words("white"), "blue": words("blue"),
    "silver": words("silver"), "red": words("red"), "green": words("green"), "brown": words("brown"),
    "beige": words("beige"), "orange": words("orange"), "yellow": words("yellow"),
}
VEHICLE_TYPES = {
    "car": words("car"), "van": words("van"), "truck": words("truck"), "motorcycle": words("motorcycle"),
    "bus": words("bus"),
}
CAMERA_KINDS = {
    "fixed": words("fixed"), "border": words("border"), "city-centre": words("city centre"),
    "trajectory-section": words("section control"),
}

_BELGIAN = re.compile(r"([1-9])([A-Z]{3})(\d{3})\Z")
UNREAD = words("not read")


def withheld(permission: Permission) -> Words:
    """Return why the part of a question before `permission.opened_from` stays unanswered."""
    if permission.decisions:
        return words("Passages before {before} are shown as far as decision {decisions} reaches, and withheld beyond "
                     "it.", before=permission.opened_from, decisions=list(permission.decisions))
    return words(_WITHHELD[permission.beyond], before=permission.opened_from)


def in_words(table: dict[str, Words], code: str | None) -> Words | str:
    """Return what a code is called; one that we do not know is shown as the camera sent it."""
    return table.get(code, code) if code else ""


class Looks(Protocol):
    """Whatever tells how a vehicle looks, as cameras or people said it."""

    make: str | None
    model: str | None
    colour: str | None
    vehicle_type: str | None


def vehicle_name(seen: Looks) -> str:
    """Return make and model, as far as they are known."""
    return " ".join(part for part in (seen.make, seen.model) if part)


def vehicle_look(language: Language, seen: Looks) -> str:
    """Return colour and kind in words, as far as they are known."""
    told = (in_words(COLOURS, seen.colour), in_words(VEHICLE_TYPES, seen.vehicle_type))
    return ", ".join(language.say(part) for part in told if part)


def shown_plate(plate: str, country: str | None) -> str | None:
    """Return a plate as it is printed where that is certain (Belgian: `3-ABC-123`), None for an unread passage."""
    if is_unread(plate):
        return None
    match = _BELGIAN.match(plate) if country in ("BE", None) else None
    return "-".join(match.groups()) if match else plate

"""The page on which a consultation is opened: what stands in its two forms, and what is wrong in them (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from search.consultations.queries import Stated
from search.pages.language import Words, words
from services.consultations import FileKind, Lacking, Request, StatementError
from services.errors import BadQuestionError
from services.gate import Origin, Purpose
from services.roles import Role

MOST_RECENT = 5

# What is wrong, and beside which field it is said.
_PROBLEMS = {
    Lacking.purpose: ("purpose", words("Choose the purpose of your questions.")),
    Lacking.foreign_purpose: ("purpose", words("Your role does not ask for this purpose. Choose another one.")),
    Lacking.unconfirmed_purpose: ("purpose", words(
        "The data protection officer has not confirmed this purpose. Choose another one.")),
    Lacking.file_kind: ("file_kind", words("Choose what the number is of.")),
    Lacking.file_number: ("file_number", words(
        "Give the number of the PV, the note or the incident (3 to 60 characters).")),
    Lacking.reason: ("reason", words("Say in your own words why you ask (10 to 1000 characters).")),
    Lacking.empty_reason: ("reason", words(
        "These words would fit any question. Say what happened and whom or what you are looking for, for example: "
        "grey van seen leaving after the burglary in the Kerkstraat.")),
    Lacking.pv_number: ("pv_number", words("Give the number of the PV (3 to 60 characters, with digits).")),
    Lacking.pv_is_incident: ("pv_number", words("This is the number of the incident. Give the one of the PV.")),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """One form: what stands in it, and what is wrong by field."""

    stated: Request = field(default_factory=lambda: Request("", "", ""))
    problems: Mapping[str, Words] = field(default_factory=dict)
    plate: str = ""
    """Of the urgent form: what is searched as soon as it is open."""


@dataclass(frozen=True, slots=True)
class Form:
    """Everything that the page shows."""

    purposes: tuple[Purpose, ...]
    urgent_purposes: tuple[Purpose, ...]
    ordinary: Draft
    urgent: Draft
    recent: Sequence[Stated]
    ran_out: Stated | None
    urgent_first: bool


def problems_of(error: BadQuestionError) -> dict[str, Words]:
    """Return what is wrong, by the field beside which it is said."""
    if isinstance(error, StatementError):
        place, sentence = _PROBLEMS[error.lacking]
        return {place: sentence}
    return {"": words("{problem}", problem=str(error))}


@dataclass(frozen=True, slots=True)
class Asked:
    """Who opens the page, and what they chose on it."""

    role: Role
    purposes: tuple[Purpose, ...]
    stated: Sequence[Stated]
    """Their consultations of late, the newest first."""
    open_id: UUID | None = None
    """The one that is open."""
    like: str = ""
    """The id of the one whose file was chosen."""


def fill_form(asked: Asked, now: datetime, *, ordinary: Draft | None = None, urgent: Draft | None = None) -> Form:
    """Return the page's content; a draft that was refused stands as it was."""
    recent = _files(asked)
    newest = asked.stated[0] if asked.stated else None
    ran_out = newest if newest and newest.ran_out(now) and newest.purpose in _codes(asked) else None
    return Form(asked.purposes, tuple(purpose for purpose in asked.purposes if not purpose.one_plate),
                ordinary or Draft(_begin(asked, ran_out)), urgent or Draft(), recent,
                ran_out if ordinary is None and not asked.like else None,
                urgent is not None or (asked.role is Role.dispatcher and ordinary is None and not asked.like))


def _codes(asked: Asked) -> frozenset[str]:
    return frozenset(purpose.code for purpose in asked.purposes)


def _files(asked: Asked) -> list[Stated]:
    """Return the newest consultation of each file, without those that an alert opened or whose incident owes a PV."""
    files: dict[tuple[str, str], Stated] = {}
    for one in asked.stated:
        still_owes = one.origin is Origin.urgent and one.file_kind is FileKind.incident
        if one.origin is not Origin.alert and not still_owes and one.purpose in _codes(asked):
            files.setdefault((one.file_kind, one.file_number), one)
    return list(files.values())[:MOST_RECENT]


def _begin(asked: Asked, ran_out: Stated | None) -> Request:
    """Return what the ordinary form begins with: the chosen file, one that ran out with its reason, or the open one."""
    chosen = next((one for one in asked.stated if str(one.consultation_id) == asked.like), None)
    if chosen is not None:
        return Request(chosen.purpose, chosen.file_number, "", chosen.file_kind)
    if ran_out is not None:
        return Request(ran_out.purpose, ran_out.file_number, ran_out.reason, ran_out.file_kind)
    opened = next((one for one in asked.stated if one.consultation_id == asked.open_id), None)
    return Request("", opened.file_number, "", opened.file_kind) if opened else Request("", "", "")

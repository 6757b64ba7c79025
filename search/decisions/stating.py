"""A decision as somebody typed it: kept for showing the form again, and read into a registration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from search.decisions.uploading import Uploaded
from search.pages.language import Words, words
from search.reads.values import parse_instant
from services.clock import local_day
from services.decision_rule import Registration
from services.errors import BadQuestionError
from services.plates import normalise

_SEPARATORS = frozenset(" .-·")
# What is wrong, by the field that services.decision_rule names first.
PROBLEMS = {
    "reference": words("Give the decision's own reference (3 to 80 characters)."),
    "file_number": words("Give the number of the file, as it stands in consultations (3 to 60 characters)."),
    "magistrate": words("Give the name of the magistrate who decided (3 to 120 characters)."),
    "decided_on": words("Give the day of the decision, as 23/11/2026; it cannot lie in the future."),
    "reasons": words("Copy the reasons of the decision (20 to 4000 characters)."),
    "offence_of_a_year": words("Say whether the offence is punishable by a year or more."),
    "plates": words("Name the plates in full, without ? or *, or tick that the decision is about any plate; not both."),
    "cameras": words("Choose the cameras, or tick that the decision is about all cameras; not both."),
    "since": words("Give the beginning of the period, as 23/11/2026 14:05."),
    "until": words("Give the end of the period, as 23/11/2026 14:05: after its beginning, and within 13 months."),
    "expires_on": words("Give the last day on which the decision is in force: after the day of the decision, and at "
                        "most twelve months later."),
    "document": words("Add the decision itself: a PDF, a JPEG or a PNG of at most 10 MB. An oral decision opens "
                      "nothing."),
}


@dataclass(frozen=True, slots=True)
class Stated:
    """What was typed, field by field."""

    reference: str = ""
    file_number: str = ""
    magistrate: str = ""
    decided_on: str = ""
    reasons: str = ""
    offence_of_a_year: str = ""
    plates: str = ""
    any_plate: bool = False
    cameras: tuple[str, ...] = ()
    all_cameras: bool = False
    since: str = ""
    until: str = ""
    expires_on: str = ""

    @classmethod
    def of(cls, form: Uploaded) -> "Stated":
        """Return what a form says."""
        texts = {key: form.text(key).strip() for key in (
            "reference", "file_number", "magistrate", "decided_on", "reasons", "offence_of_a_year", "since", "until",
            "expires_on")}
        return cls(**texts, plates=", ".join(form.texts("plates")), any_plate=form.text("any_plate") == "yes",
                   cameras=tuple(form.texts("cameras")), all_cameras=form.text("all_cameras") == "yes")

    def read(self, form: Uploaded, camera_ids: Mapping[str, int]) -> Registration:
        """Return the registration; raises BadQuestionError that begins with the field that is wrong."""
        if form.too_long:
            raise BadQuestionError("document: at most 10 MB")
        return Registration(
            reference=self.reference, file_number=self.file_number, magistrate=self.magistrate,
            decided_on=_read_day("decided_on", self.decided_on), reasons=self.reasons,
            offence_of_a_year=_read_answer(self.offence_of_a_year), plates=self._read_plates(),
            cameras=self._read_cameras(camera_ids), since=_read_moment("since", self.since),
            until=_read_moment("until", self.until), expires_on=_read_day("expires_on", self.expires_on),
            document=form.content, document_name=form.name)

    def _read_plates(self) -> tuple[str, ...] | None:
        parts = [part.strip() for part in self.plates.replace(";", ",").replace("\n", ",").split(",") if part.strip()]
        if self.any_plate == bool(parts):
            raise BadQuestionError("plates: name the plates, or say that it is any plate; not both")
        return None if self.any_plate else tuple(map(_read_plate, parts))

    def _read_cameras(self, camera_ids: Mapping[str, int]) -> tuple[int, ...] | None:
        if self.all_cameras == bool(self.cameras):
            raise BadQuestionError("cameras: name the cameras, or say that it is all cameras; not both")
        if any(code not in camera_ids for code in self.cameras):
            raise BadQuestionError("cameras: there is no such camera")
        return None if self.all_cameras else tuple(camera_ids[code] for code in self.cameras)


def problem_of(error: BadQuestionError) -> tuple[str, Words]:
    """Return which field an error is about (none: an empty text), and what to say of it."""
    sentence = error.args[0]
    if isinstance(sentence, Words):
        return "", sentence
    field = str(sentence).partition(":")[0]
    return (field, PROBLEMS[field]) if field in PROBLEMS else ("", words("{problem}", problem=str(error)))


def _read_plate(written: str) -> str:
    """Return one plate, normalised; a sign that stands for any character would silently widen or narrow the scope."""
    plate = normalise(written)
    if plate is None or len(plate) != sum(character not in _SEPARATORS for character in written):
        raise BadQuestionError("plates: write each plate in full, letters and digits only")
    return plate


def _read_answer(written: str) -> bool:
    if written not in ("yes", "no"):
        raise BadQuestionError("offence_of_a_year: write yes or no")
    return written == "yes"


def _read_moment(key: str, written: str) -> datetime:
    moment = _reading(key)([written])
    if moment is None:
        raise BadQuestionError(f"{key}: write a moment as 23/11/2026 14:05 or 2026-11-23T14:05")
    return moment


def _read_day(key: str, written: str) -> date:
    return local_day(_read_moment(key, written))


def _reading(key: str) -> Callable[[list[str]], datetime | None]:
    def read(texts: list[str]) -> datetime | None:
        try:
            return parse_instant(key, fold=0)(texts)
        except BadQuestionError:
            return None
    return read

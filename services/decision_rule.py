"""What a registration of a decision of the procureur des Konings must say before it is kept (R3; pure)."""

import calendar
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from services.clock import local_day, midnight
from services.documents import MOST_BYTES, content_type, harmless_name
from services.errors import BadQuestionError

LEAST_REASONS = 20
LEAST_WHY = 10
MOST_PLATES = 50
MOST_CAMERAS = 500
LONGEST_PERIOD_MONTHS = 13
LONGEST_FORCE_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Registration:
    """A decision as its document has it; `plates` and `cameras` are None where it names none in particular."""

    reference: str
    file_number: str
    magistrate: str
    decided_on: date
    reasons: str
    offence_of_a_year: bool
    """Whether the offence is punishable by a year or more."""
    plates: tuple[str, ...] | None
    cameras: tuple[int, ...] | None
    since: datetime
    until: datetime
    expires_on: date
    """The last day on which it is in force."""
    document: bytes
    document_name: str

    @property
    def expires_at(self) -> datetime:
        """The instant at which it is no longer in force."""
        return midnight(self.expires_on + timedelta(days=1))

    def checked(self, now: datetime) -> "Registration":
        """Return it without surplus blanks; raises BadQuestionError that begins with the field that is wrong."""
        tidy = replace(
            self, reference=" ".join(self.reference.split()), file_number=" ".join(self.file_number.split()),
            magistrate=" ".join(self.magistrate.split()), reasons=tidy_text(self.reasons),
            plates=None if self.plates is None else tuple(sorted(set(self.plates))),
            cameras=None if self.cameras is None else tuple(sorted(set(self.cameras))),
            document_name=harmless_name(self.document_name, self.document))
        problem = next((problem for is_wrong, problem in _problems(tidy, now) if is_wrong), None)
        if problem:
            raise BadQuestionError(problem)
        return tidy


def tidy_text(text: str) -> str:
    """Return a text of several lines without surplus blanks and empty lines."""
    return "\n".join(line for line in (" ".join(part.split()) for part in text.splitlines()) if line)


def is_writing(text: str, least: int, most: int) -> bool:
    """Tell whether a text has a length from `least` to `most` and holds nothing that cannot be seen."""
    return least <= len(text) <= most and all(line.isprintable() for line in text.split("\n"))


def months_after(day: date, months: int) -> date:
    """Return the same day some months later; the last day of a shorter month stands for the days it lacks."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _problems(stated: Registration, now: datetime) -> list[tuple[bool, str]]:
    """Return everything that can be wrong, whether it is, and what to say then."""
    plates, cameras = stated.plates, stated.cameras
    return [
        (not is_writing(stated.reference, 3, 80), "reference: give the decision's own reference (3 to 80 characters)"),
        (not is_writing(stated.file_number, 3, 60) or not any(map(str.isdigit, stated.file_number)),
         "file_number: give the number of the file as it stands in consultations (3 to 60 characters)"),
        (not is_writing(stated.magistrate, 3, 120), "magistrate: give the magistrate's name (3 to 120 characters)"),
        (stated.decided_on > local_day(now), "decided_on: the day of the decision lies in the future"),
        (not is_writing(stated.reasons, LEAST_REASONS, 4000),
         f"reasons: copy the decision's reasons ({LEAST_REASONS} to 4000 characters)"),
        (plates is not None and not 1 <= len(plates) <= MOST_PLATES,
         f"plates: name the plates (at most {MOST_PLATES}), or say that it is any plate"),
        (cameras is not None and not 1 <= len(cameras) <= MOST_CAMERAS,
         f"cameras: name the cameras (at most {MOST_CAMERAS}), or say that it is all cameras"),
        (stated.since >= stated.until, "until: the period ends before it begins"),
        (local_day(stated.until) > months_after(local_day(stated.since), LONGEST_PERIOD_MONTHS),
         f"until: the period is longer than {LONGEST_PERIOD_MONTHS} months"),
        (stated.expires_on <= stated.decided_on, "expires_on: it must be in force until after the day of the decision"),
        (stated.expires_on > months_after(stated.decided_on, LONGEST_FORCE_MONTHS),
         f"expires_on: a decision is in force for at most {LONGEST_FORCE_MONTHS} months"),
        (not stated.document, "document: add the decision itself; what was only said opens nothing"),
        (len(stated.document) > MOST_BYTES, "document: at most 10 MB"),
        (content_type(stated.document) is None, "document: it must be a PDF, a JPEG or a PNG"),
    ]

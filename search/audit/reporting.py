"""The report on one plate for whoever it belongs to (R20): what is kept of it, and who asked about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from search.answers import Found, Permitted
from search.audit import queries
from search.audit.filters import Asked, parse_plate
from search.audit.queries import AuditRow
from search.pages.language import Words, words
from search.reads import values
from search.reads.queries import Read, find_kept
from search.sheets import write_sheet
from services.clock import ZONE, iso_ms
from services.errors import BadQuestionError
from services.retention_rule import cut_off

MOST_READS, MOST_QUESTIONS = 2000, 500
KEYS = ("plate", "from", "until")
_FROM, _UNTIL = values.parse_instant("from", fold=0), values.parse_instant("until", fold=1)


@dataclass(frozen=True, slots=True)
class AskedReport:
    """Which plate is reported, and which period."""

    plate: str
    from_: datetime
    until: datetime

    def pairs(self) -> list[tuple[str, str]]:
        """Return the question as pairs for an address, and for the audit."""
        return [("plate", self.plate), ("from", iso_ms(self.from_)), ("until", iso_ms(self.until))]

    def sentence(self) -> Words:
        """Return the question in words."""
        return words("What is kept of plate {plate} from {from_} until {until}, and who asked about it",
                     plate=self.plate, from_=self.from_, until=self.until)


@dataclass(frozen=True, slots=True)
class Report:
    """What is kept of a plate, newest first, and who asked about it."""

    reads: tuple[Read, ...]
    questions: Sequence[AuditRow]
    complete: bool
    """Whether it is all of the period."""


def parse_report(pairs: Sequence[tuple[str, str]], now: datetime) -> AskedReport:
    """Read the question from an address; without a period it is all that may be kept. Raises BadQuestionError."""
    given: dict[str, list[str]] = {}
    for key, text in pairs:
        given.setdefault(key, []).append(text)
    if unknown := sorted(given.keys() - set(KEYS)):
        raise BadQuestionError(
            words("there is no filter {unknown}; there are: {keys}", unknown=unknown[0][:40], keys=KEYS))
    plate = parse_plate(given.get("plate", []))
    if not plate:
        raise BadQuestionError(words("plate: write one plate in full"))
    until = _UNTIL(given.get("until", [])) or now
    from_ = _FROM(given.get("from", [])) or cut_off(now)
    if until <= from_:
        raise BadQuestionError(words("until: must be later than from"))
    return AskedReport(plate, from_, until)


async def report_plate(permitted: Permitted, asked: AskedReport, now: datetime) -> Found[Report]:
    """Return what is kept of the plate and who asked about it, in the one transaction that also writes it down."""
    found = await find_kept(permitted, asked.plate, asked.from_, asked.until, MOST_READS)
    questions = await queries.list_rows(
        permitted.connection, Asked(plate=asked.plate, from_=asked.from_, until=asked.until), None, MOST_QUESTIONS, now)
    complete = len(found.value) <= MOST_READS and questions.following is None
    return Found(Report(found.value[:MOST_READS], questions.items, complete), found.read_ids)


_HEADER = ("kind", "at", "at_brussels", "plate", "country", "camera", "camera_name", "municipality", "road",
           "direction", "make", "model", "colour", "vehicle_type", "speed_kmh_indicative", "pictures", "superseded",
           "what_was_done", "role", "purpose", "file_number")


def write_csv(report: Report) -> bytes:
    """Write the report as CSV: passages, then questions by role, purpose and file; no file names a person."""
    return write_sheet(_HEADER, (*map(_read_cells, report.reads), *map(_question_cells, report.questions)))


def _read_cells(read: Read) -> Iterable[object]:
    yield from ("passage", *_times(read.captured_at), read.plate, read.country, read.camera_code, read.camera_name,
                read.municipality, read.road, read.camera_direction, read.make, read.model, read.colour,
                read.vehicle_type, read.speed_kmh, len(read.pictures()), "yes" if read.superseded else "no")
    yield from (None,) * 4


def _question_cells(row: AuditRow) -> Iterable[object]:
    yield from ("question", *_times(row.at), *(None,) * 14, row.action, row.role, row.purpose, row.file_number)


def _times(instant: datetime) -> tuple[str, str]:
    return iso_ms(instant), instant.astimezone(ZONE).isoformat()

"""What a camera must have before it goes live (R12): council decision, DPIA, register entry, pictogram (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum

from services.errors import BadQuestionError

LONGEST = 200
"""How many characters a reference may have."""
EARLIEST = date(1992, 8, 5)
"""No camera of the police stands on a decision that is older than the law on the police office."""


class Lack(StrEnum):
    """What keeps a camera from going live."""

    papers = "papers"        # none have been put
    pictogram = "pictogram"  # it does not stand yet


@dataclass(frozen=True, slots=True)
class Papers:
    """On what the use of one camera rests; days are those of Brussels."""

    council_decision: str
    council_decided_on: date
    dpia_reference: str
    dpia_made_on: date
    register_entry: str
    pictogram_since: date

    def checked(self, today: date) -> "Papers":
        """Return them without blanks around; raises BadQuestionError that begins with the name of what is wrong.

        The pictogram may be announced: the camera goes live on its day at the earliest.
        """
        texts = {name: " ".join(str(getattr(self, name)).split()) for name in TEXTS}
        for name, text in texts.items():
            if not 0 < len(text) <= LONGEST or not text.isprintable():
                raise BadQuestionError(f"{name} must have 1 to {LONGEST} characters that can be printed")
        for name in DAYS:
            day = getattr(self, name)
            if day < EARLIEST:
                raise BadQuestionError(f"{name} must not lie before {EARLIEST}")
            if day > today and name != "pictogram_since":
                raise BadQuestionError(f"{name} must not lie ahead: today is {today}")
        return replace(self, **texts)  # type: ignore[arg-type]  # texts alone


COLUMNS = tuple(field.name for field in fields(Papers))
"""What makes papers, as lists and forms name it."""
DAYS = ("council_decided_on", "dpia_made_on", "pictogram_since")
TEXTS = tuple(name for name in COLUMNS if name not in DAYS)


def lacks_of(papers: Papers | None, today: date) -> tuple[Lack, ...]:
    """Return what keeps a camera with these papers (None: without) from going live on `today`."""
    return lacks_at(papers.pictogram_since if papers else None, today)


def lacks_at(pictogram_since: date | None, today: date) -> tuple[Lack, ...]:
    """Return the same from the day of the pictogram alone, which is None without papers: all are put together."""
    if pictogram_since is None:
        return (Lack.papers,)
    return (Lack.pictogram,) if pictogram_since > today else ()


def read_papers(given: Mapping[str, str | None], today: date) -> Papers:
    """Read papers from the texts of a form or of a line; raises BadQuestionError naming the one that is wrong."""
    values: dict[str, str | date] = {name: given.get(name) or "" for name in TEXTS}
    for name in DAYS:
        try:
            values[name] = date.fromisoformat((given.get(name) or "").strip())
        except ValueError:
            raise BadQuestionError(f"{name} must be a day such as 2026-11-23") from None
    return Papers(**values).checked(today)  # type: ignore[arg-type]


def missing_columns(header: Iterable[str]) -> list[str]:
    """Return the columns of papers that a list does not have."""
    return [name for name in COLUMNS if name not in set(header)]

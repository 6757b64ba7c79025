"""What is asked of journeys: one plate, a period, and from which probability look-alike reads count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from search.lookalikes.levels import parse_level
from search.pages.language import Words, words
from search.reads.values import last, parse_instant, split
from services.clock import iso_ms
from services.errors import BadQuestionError
from services.plates import normalise

DEFAULT_PERIOD = timedelta(days=7)
AROUND = timedelta(days=1)
"""The page of one read leads to the journeys of the day before and the day after."""

_PATTERN = frozenset("?*[]")
_FROM, _UNTIL = parse_instant("from", fold=0), parse_instant("until", fold=1)
_KEYS = ("plate", "from", "until", "alike")
CHOSEN = "journey"
"""The key of the page's address that names a journey by one of its reads; it asks for nothing more."""


@dataclass(frozen=True, slots=True)
class AskedJourneys:
    """One question for journeys; `alike` is the least probability (0 to 1) of look-alike reads, None for none."""

    plate: str
    from_: datetime
    until: datetime
    alike: float | None = None

    def pairs(self) -> list[tuple[str, str]]:
        """Return the question as pairs for an address."""
        alike = [("alike", f"{self.alike:g}")] if self.alike is not None else []
        return [("plate", self.plate), ("from", iso_ms(self.from_)), ("until", iso_ms(self.until)), *alike]

    def in_full(self) -> dict[str, object]:
        """Return the question for the audit, by address key."""
        return dict(self.pairs())

    def sentence(self) -> Words:
        """Return the question in words."""
        if self.alike is None:
            return words("Journeys of plate {plate} from {from_} until {until}", plate=self.plate, from_=self.from_,
                         until=self.until)
        return words("Journeys of plate {plate} from {from_} until {until}, with look-alikes from a probability of "
                     "{level}", plate=self.plate, from_=self.from_, until=self.until, level=f"{self.alike:g}")


def address_around(plate: str, instant: datetime, read_id: UUID) -> str:
    """Return the address of a plate's journeys in the days around one of its reads, that read in hand."""
    asked = AskedJourneys(plate, instant - AROUND, instant + AROUND)
    return f"/journeys?{urlencode([*asked.pairs(), (CHOSEN, str(read_id))])}"


def parse_asked(pairs: Sequence[tuple[str, str]], now: datetime, *, beside: frozenset[str] = frozenset(),
                ) -> AskedJourneys:
    """Read the question from an address; without a period it asks for the seven days up to `until`, or up to the
    minute that begins next.

    Raises BadQuestionError when the plate is missing, is a pattern or not one, or anything cannot be understood; keys
    in `beside` belong to somebody else.
    """
    given: dict[str, list[str]] = {}
    for key, text in pairs:
        given.setdefault(key, []).append(text)
    unknown = sorted(given.keys() - set(_KEYS) - beside)
    if unknown:
        raise BadQuestionError(
            words("there is no filter {unknown}; there are: {keys}", unknown=unknown[0][:40], keys=_KEYS))
    until = _UNTIL(given.get("until", [])) or now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    from_ = _FROM(given.get("from", [])) or until - DEFAULT_PERIOD
    if until <= from_:
        raise BadQuestionError(words("until: must be later than from"))
    alike = parse_level("alike", last(given.get("alike", [])))
    return AskedJourneys(_one_plate(given.get("plate", [])), from_, until, alike)


def _one_plate(texts: Sequence[str]) -> str:
    parts = split(texts)
    plate = normalise(parts[0]) if len(parts) == 1 and not _PATTERN & set(parts[0]) else None
    if plate is None:
        raise BadQuestionError(words("plate: journeys are those of one plate, written in full"))
    return plate

"""The period that a review looks at: a month by default, a year at most."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from search.pages.language import words
from search.reads import values
from services.clock import iso_ms
from services.errors import BadQuestionError

DEFAULT_DAYS, MOST_DAYS = 31, 366
_FROM, _UNTIL = values.parse_instant("from", fold=0), values.parse_instant("until", fold=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A time, its end not included."""

    since: datetime
    until: datetime

    def in_full(self) -> dict[str, str]:
        """Return it for the audit, by address key."""
        return {"from": iso_ms(self.since), "until": iso_ms(self.until)}


def read_period(given: Mapping[str, str], now: datetime) -> Period:
    """Read the period of an address; raises BadQuestionError when it is none, or too long."""
    until = _UNTIL([given.get("until", "")]) or now
    try:
        since = _FROM([given.get("from", "")]) or until - timedelta(days=DEFAULT_DAYS)
        most = timedelta(days=MOST_DAYS)
        if until - since > most:
            raise BadQuestionError(words("from: at most {days} days at once", days=MOST_DAYS))
        _ = since - most  # whoever looks further back than a year still stands within the calendar
    except OverflowError:
        raise BadQuestionError(words("from: at most {days} days at once", days=MOST_DAYS)) from None
    if until <= since:
        raise BadQuestionError(words("until: must be later than from"))
    return Period(since, until)

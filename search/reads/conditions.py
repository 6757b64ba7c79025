"""The SQL of the filters that is more than a comparison; every value goes in as a parameter."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Time, and_, cast, exists, extract, false, func, or_, select

from search.reads.places import Stay
from search.reads.values import Hours, Span
from services.clock import ZONE
from services.plates import UNREAD_MARK
from services.schema import reads


@dataclass(frozen=True, slots=True)
class Known:
    """What was looked up before the question, and how far back it may look."""

    earliest: datetime
    stays: tuple[Stay, ...] | None = None
    """The cameras that a question about places means, each with its time; None when all are meant."""
    plates: ColumnElement[bool] | None = None
    """Which plates are meant; None when all are."""
    narrowing: Callable[[FromClause], list[ColumnElement[bool]]] = lambda _: []
    """What other reads must fulfil to be looked at, beyond `earliest` (`Permitted.narrowing`)."""


Condition = Callable[[Any, Known], ColumnElement[bool]]

_LOCAL = func.timezone(ZONE.key, reads.c.captured_at)
_READ = ~reads.c.plate.startswith(UNREAD_MARK)


def at_stays(stays: Sequence[Stay]) -> ColumnElement[bool]:
    """Return the reads that cameras took while they stood where they were looked for."""
    always = [stay.camera_id for stay in stays if stay.since is None and stay.until is None]
    moved = [and_(reads.c.camera_id == stay.camera_id, *_during(stay)) for stay in stays
             if stay.since is not None or stay.until is not None]
    return or_(reads.c.camera_id.in_(always) if always else false(), *moved)


def _during(stay: Stay) -> list[ColumnElement[bool]]:
    limits = []
    if stay.since is not None:
        limits.append(reads.c.captured_at >= stay.since)
    if stay.until is not None:
        limits.append(reads.c.captured_at < stay.until)
    return limits


def at_hours(hours: Hours, _known: Known) -> ColumnElement[bool]:
    """Return the reads at some part of the day, by the clocks of Brussels."""
    at = cast(_LOCAL, Time)
    after, before = at >= hours.start, at < hours.end
    return or_(after, before) if hours.over_midnight else and_(after, before)


def on_days(days: Sequence[int], hours: Hours | None) -> ColumnElement[bool]:
    """Return the reads on days of the week (1 is Monday); a night over midnight belongs to the day that it began on."""
    night = hours is not None and hours.over_midnight
    begins = timedelta(hours=hours.start.hour, minutes=hours.start.minute) if hours and night else timedelta()
    return extract("isodow", _LOCAL - begins).in_(days)


def within(column: ColumnElement[Any]) -> Condition:
    """Return the condition that a column lies in a range; what is not known lies in none."""
    def condition(span: Span, _known: Known) -> ColumnElement[bool]:
        return and_(*([column >= span.least] if span.least is not None else []),
                    *([column <= span.most] if span.most is not None else []))
    return condition


def among(column: ColumnElement[Any]) -> Condition:
    """Return the condition that a column is one of some values."""
    return lambda values, _known: column.in_(values)


def called(column: ColumnElement[Any]) -> Condition:
    """Return the condition that a column is one of some words, in whatever letters the camera wrote it."""
    return lambda names, _known: func.lower(column).in_([name.lower() for name in names])


def is_read(read: bool, _known: Known) -> ColumnElement[bool]:  # a filter's value
    """Return the passages whose plate was read, or those whose plate was not."""
    return _READ if read else ~_READ


def is_first(first: bool, known: Known) -> ColumnElement[bool]:  # a filter's value
    """Return the reads before which nobody may see another one of the plate, or those with an earlier one."""
    earlier = reads.alias("earlier")
    seen = exists(select(1).where(
        earlier.c.plate == reads.c.plate, earlier.c.captured_at < reads.c.captured_at,
        earlier.c.captured_at >= known.earliest, ~earlier.c.superseded, *known.narrowing(earlier)))
    return and_(_READ, ~seen if first else seen)

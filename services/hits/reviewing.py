"""The statement of the review: what came of the hits of one's own groups, by list, entry, camera and level."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, cast, extract, func, literal, select
from sqlalchemy import Text as SqlText
from sqlalchemy.ext.asyncio import AsyncConnection

from services.hits.following import Disposition
from services.hits.matching import MatchedAs
from services.hits.reviewing_rule import By, Figures, Level, Noisy, noise_of
from services.lookalikes.levels import LEAST
from services.schema import cameras
from services.schema_hits import alerts, hits
from services.schema_watchlists import watch_entries, watchlists

MOST = 500
"""So many lists, entries or cameras are told of, those with the most hits first."""

_LEVEL = case(
    (alerts.c.matched_as != MatchedAs.alike, alerts.c.matched_as),
    *((alerts.c.probability >= LEAST[level], level) for level in (Level.certain, Level.likely, Level.possible)),
    else_=Level.unlikely)

_KEYS: Mapping[By, ColumnElement[Any]] = {
    By.list: alerts.c.list_id, By.entry: alerts.c.entry_id, By.camera: alerts.c.camera_id, By.level: _LEVEL}

_WRONG = (Disposition.misread, Disposition.wrong_country)
_COUNTED: Mapping[str, ColumnElement[bool]] = {
    "taken_in_time": and_(hits.c.claimed_at.is_not(None), hits.c.escalated_at.is_(None)),
    "taken": hits.c.claimed_at.is_not(None),
    "confirmed": and_(hits.c.confirmed_at.is_not(None), func.coalesce(hits.c.disposition, "").not_in(_WRONG)),
    "dispatched": hits.c.dispatched_at.is_not(None),
    **{str(one).replace("-", "_"): hits.c.disposition == one for one in (
        Disposition.intercepted, Disposition.observed, *_WRONG, Disposition.not_followed, Disposition.lapsed,
        Disposition.withdrawn)},
}
_TIMED = {"to_claim": hits.c.claimed_at, "to_dispatch": hits.c.dispatched_at}


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One list, entry, camera or level with its figures."""

    by: By
    key: str
    """A number, a camera's code, or services.hits.reviewing_rule.Level."""
    name: str
    """The list's; of an entry that of its list; the camera's; empty of a level."""
    figures: Figures

    @property
    def noise(self) -> Noisy | None:
        """Return why it only makes noise, if it does."""
        return noise_of(self.by, self.figures)


async def review(connection: AsyncConnection, by: By, mine: Collection[int], since: datetime,
                 until: datetime) -> list[Reviewed]:
    """Return the figures of everything that the groups `mine` saw, of reads captured in a period; most hits first.

    What other groups see counts nowhere in them (R11).
    """
    rows = await connection.execute(_statement(by, mine, since, until))
    return [Reviewed(by, row.key, row.name, _figures(row)) for row in rows]


def _statement(by: By, mine: Collection[int], since: datetime, until: datetime) -> Select[Any]:
    grouped = _grouped(by, mine, since, until)
    counted = [func.count().filter(condition).label(name) for name, condition in _COUNTED.items()]
    timed = [func.percentile_disc(0.5).within_group(extract("epoch", moment - hits.c.raised_at)).label(name)
             for name, moment in _TIMED.items()]
    figures = (select(grouped.c.key, func.sum(grouped.c.alerts).label("alerts"),
                      func.count(hits.c.hit_id).label("hits"), *counted, *timed)
               .select_from(grouped.outerjoin(hits, hits.c.hit_id == grouped.c.hit_id))
               .group_by(grouped.c.key)
               .order_by(func.count(hits.c.hit_id).desc(), grouped.c.key).limit(MOST))
    return _named(by, figures.subquery())


def _grouped(by: By, mine: Collection[int], since: datetime, until: datetime) -> Subquery:
    """Each hit once for each key, with how many alerts; those that no hit stands behind together."""
    key = _KEYS[by].label("key")
    return (select(key, alerts.c.hit_id, func.count().label("alerts"))
            .where(alerts.c.audience_id.in_(mine), alerts.c.captured_at >= since, alerts.c.captured_at < until)
            .group_by("key", alerts.c.hit_id)).subquery()


def _named(by: By, figures: Subquery) -> Select[Any]:
    others = [column for column in figures.c if column.name != "key"]
    order = (figures.c.hits.desc(), figures.c.alerts.desc(), figures.c.key)
    if by is By.level:
        return select(figures.c.key, literal("").label("name"), *others).order_by(*order)
    if by is By.camera:
        return (select(cameras.c.code.label("key"), cameras.c.name, *others)
                .join(cameras, cameras.c.camera_id == figures.c.key).order_by(*order))
    number = cast(figures.c.key, SqlText).label("key")
    if by is By.list:
        return (select(number, watchlists.c.name, *others)
                .join(watchlists, watchlists.c.list_id == figures.c.key).order_by(*order))
    return (select(number, watchlists.c.name, *others)
            .join(watch_entries, and_(watch_entries.c.entry_id == figures.c.key, watch_entries.c.replaced_at.is_(None)))
            .join(watchlists, watchlists.c.list_id == watch_entries.c.list_id).order_by(*order))


def _figures(row: Any) -> Figures:
    counts = {name: int(getattr(row, name)) for name in ("alerts", "hits", *_COUNTED)}
    return Figures(**counts, to_claim=_seconds(row.to_claim), to_dispatch=_seconds(row.to_dispatch))


def _seconds(number: Any) -> timedelta | None:
    return None if number is None else timedelta(seconds=float(number))

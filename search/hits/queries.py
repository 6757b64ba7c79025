"""What the board shows of hits. Everything a card needs was copied into alerts: no query here asks for reads.

Each takes who looks: a hit of a group that they are not of is not there (R11), nor what is older than may be kept.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search.grants import Alerted
from services.camera_places import stood_there
from services.hits.events import EventKind
from services.hits.following import HELD, ConfirmedOn, Disposition, HitState
from services.hits.matching import SURENESS, MatchedAs
from services.images import Kind
from services.onward import Onward, onward_from
from services.retention_rule import cut_off
from services.schema import camera_places, cameras
from services.schema_hits import alerts, hit_events, hits
from services.schema_people import users
from services.schema_watchlists import audiences, watch_entries, watchlists
from services.watchlists.categories import Category

MOST_SHOWN = 150
"""Hits on one board; the least urgent beyond it are counted."""

MOST_ALERTS = 60
"""Alerts of one hit that are looked at, the newest."""

MOST_ONWARD = 4
_LEAST_PROBABLE = 0.05
_ON_ITS_WAY = timedelta(minutes=30)
"""So long after its last read it is said where a vehicle may appear next."""


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Who looks, of which groups they are, and when."""

    user_id: int
    groups: frozenset[int]
    now: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """One read of a hit's vehicle."""

    read_id: UUID
    captured_at: datetime
    received_at: datetime
    camera_id: int
    camera_code: str
    camera_name: str
    municipality: str | None
    road: str | None
    camera_direction: str | None
    direction: str | None
    images: int
    plate: str
    country: str | None
    confidence: float | None
    late: bool
    make: str | None
    model: str | None
    colour: str | None
    vehicle_type: str | None

    def has(self, kind: Kind) -> bool:
        """Tell whether there is a picture of that kind."""
        return bool(self.images & kind)


@dataclass(frozen=True, slots=True)
class Matched:
    """One entry that a hit's vehicle matched, as it stood when it did."""

    entry_id: int
    list_id: int
    list_name: str
    category: Category
    instruction: str
    priority: int
    matched_as: MatchedAs
    probability: float | None
    plate: str
    country: str | None
    measure: str
    reason: str
    authority: str
    legal_basis: str
    file_number: str
    requester: str
    requested_by: int | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A hit in full."""

    hit_id: int
    plate: str
    audience: str
    discreet: bool
    priority: int
    matched_as: MatchedAs
    probability: float | None
    sightings: int
    late: bool
    first_captured_at: datetime
    last_captured_at: datetime
    raised_at: datetime
    state: HitState
    claimed_by: int | None
    claimer: str | None
    claimed_at: datetime | None
    confirmer: str | None
    confirmed_at: datetime | None
    confirmed_on: ConfirmedOn | None
    dispatched_at: datetime | None
    disposition: Disposition | None
    ender: str | None
    ended_at: datetime | None
    remark: str
    escalated_at: datetime | None
    version: int
    """How many things were told of it: a card with a lower one is older."""
    seen: tuple[Seen, ...]
    """Newest first; what was withdrawn is not among them."""
    matched: tuple[Matched, ...]
    """The most urgent first."""
    onward: tuple[Onward, ...] = ()
    """The cameras that it may reach next, the most probable first; of what came late nothing."""

    @property
    def last(self) -> Seen | None:
        """Its newest read; None when all were withdrawn, or have expired."""
        return self.seen[0] if self.seen else None

    @property
    def possible(self) -> bool:
        """Whether it is "possible" only (R10)."""
        return self.matched_as is not MatchedAs.exact

    @property
    def delay(self) -> timedelta:
        """How much later than it was captured its newest read came."""
        return self.last.received_at - self.last.captured_at if self.last else timedelta()

    @property
    def pictured(self) -> Seen | None:
        """The newest read that has a picture."""
        return next((seen for seen in self.seen if seen.images), None)

    @property
    def has_image(self) -> bool:
        """Whether there is anything to look at."""
        return any(seen.images for seen in self.seen)

    @property
    def held(self) -> bool:
        """Whether somebody has it."""
        return self.state in HELD

    @property
    def order(self) -> tuple[bool, int, bool, float]:
        """Its place on the board: the urgent, the sure and the fresh first; what came late, apart."""
        return self.late, self.priority, self.possible, -self.last_captured_at.timestamp()

    @property
    def read_ids(self) -> tuple[UUID, ...]:
        """The reads that a card shows."""
        return tuple(seen.read_id for seen in self.seen)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was told of a hit."""

    kind: EventKind
    at: datetime
    who: str | None
    disposition: str | None
    on: str | None


async def find_open(connection: AsyncConnection, onlooker: Onlooker) -> list[Hit]:
    """Return the open hits of these groups, in the board's order, MOST_SHOWN at most."""
    return await _find(connection, onlooker, hits.c.ended_at.is_(None))


async def find_ended(connection: AsyncConnection, onlooker: Onlooker, since: datetime) -> list[Hit]:
    """Return the hits of these groups that ended since then, the last that ended first."""
    found = await _find(connection, onlooker, hits.c.ended_at >= since)
    return sorted(found, key=lambda hit: hit.ended_at or hit.raised_at, reverse=True)


async def find_hits(connection: AsyncConnection, onlooker: Onlooker, hit_ids: Collection[int]) -> list[Hit]:
    """Return these hits, those of them that are of one of the groups."""
    return await _find(connection, onlooker, hits.c.hit_id.in_(sorted(hit_ids))) if hit_ids else []


async def count_open(connection: AsyncConnection, onlooker: Onlooker) -> int:
    """Return how many hits of these groups are open."""
    return await connection.scalar(select(func.count()).select_from(hits).where(
        hits.c.ended_at.is_(None), *visible(onlooker))) or 0


async def find_alerted(connection: AsyncConnection, onlooker: Onlooker, hit_id: int, read_id: UUID) -> Alerted | None:
    """Return a read behind a hit, None when there is none that this onlooker may see."""
    found = await connection.scalar(
        select(alerts.c.read_id).join(hits, hits.c.hit_id == alerts.c.hit_id).where(
            alerts.c.read_id == read_id, hits.c.hit_id == hit_id, *visible(onlooker), alerts.c.withdrawn_at.is_(None),
            alerts.c.captured_at >= cut_off(onlooker.now)).limit(1))
    return Alerted(found) if found else None


async def list_events(connection: AsyncConnection, hit_id: int) -> list[Event]:
    """Return what was told of a hit, the first first; whether it may be seen was asked before."""
    event = hit_events.c
    rows = await connection.execute(
        select(event.kind, event.at, event.detail, users.c.display_name)
        .outerjoin(users, users.c.user_id == event.user_id).where(event.hit_id == hit_id).order_by(event.event_id))
    return [Event(EventKind(row.kind), row.at, row.display_name, row.detail.get("disposition"), row.detail.get("on"))
            for row in rows]


async def _find(connection: AsyncConnection, onlooker: Onlooker, condition: ColumnElement[bool]) -> list[Hit]:
    rows = (await connection.execute(
        _NAMED.where(*visible(onlooker), condition)
        .order_by(hits.c.late, hits.c.priority, hits.c.matched_as != MatchedAs.exact, hits.c.last_captured_at.desc())
        .limit(MOST_SHOWN))).all()
    hit_ids = [row.hit_id for row in rows]
    if not hit_ids:
        return []
    newest = _newest_alerts(hit_ids, onlooker)
    seen, matched = await _list_seen(connection, newest), await _list_matched(connection, newest)
    found = [_read_hit(row, seen[row.hit_id], matched[row.hit_id]) for row in rows]
    found = [replace(hit, onward=await _onward(connection, hit, onlooker.now)) for hit in found]
    return sorted(found, key=lambda hit: hit.order)


async def _onward(connection: AsyncConnection, hit: Hit, now: datetime) -> tuple[Onward, ...]:
    """Return where the vehicle may appear next, as long as it can still be on its way there."""
    last = hit.last
    if last is None or hit.late or hit.ended_at or now - last.captured_at > _ON_ITS_WAY:
        return ()
    via = next((seen.camera_id for seen in hit.seen if seen.camera_id != last.camera_id), None)
    found = await onward_from(connection, last.camera_id, last.captured_at, via)
    return tuple(one for one in found if one.probability >= _LEAST_PROBABLE)[:MOST_ONWARD]


_NAMES = ("claimer", "confirmer", "ender")


def _named() -> Select[Any]:
    """Make, once for all boards, the statement that finds hits with the names of those who handled them."""
    claimer, confirmer, ender = (users.alias(name) for name in _NAMES)
    told = (select(func.count()).select_from(hit_events).where(hit_events.c.hit_id == hits.c.hit_id)
            .correlate(hits).scalar_subquery())
    named = (one.c.display_name.label(name) for one, name in zip((claimer, confirmer, ender), _NAMES, strict=True))
    return (select(hits, audiences.c.name.label("audience"), told.label("version"), *named)
            .join(audiences, audiences.c.audience_id == hits.c.audience_id)
            .outerjoin(claimer, claimer.c.user_id == hits.c.claimed_by)
            .outerjoin(confirmer, confirmer.c.user_id == hits.c.confirmed_by)
            .outerjoin(ender, ender.c.user_id == hits.c.ended_by))


_NAMED = _named()


_OWN = tuple(name for name in Hit.__slots__ if name not in ("matched_as", "state", "confirmed_on", "disposition",
                                                            "seen", "matched", "onward"))


def _read_hit(row: Any, seen: Sequence[Seen], matched: Sequence[Matched]) -> Hit:
    return Hit(**{name: getattr(row, name) for name in _OWN}, matched_as=MatchedAs(row.matched_as),
               state=HitState(row.state), confirmed_on=ConfirmedOn(row.confirmed_on) if row.confirmed_on else None,
               disposition=Disposition(row.disposition) if row.disposition else None, seen=tuple(seen),
               matched=tuple(matched))


def visible(onlooker: Onlooker) -> tuple[ColumnElement[bool], ...]:
    """Return what makes a hit one that the onlooker may see: of their groups (R11), and young enough to be kept."""
    return (hits.c.audience_id.in_(sorted(onlooker.groups)), hits.c.last_captured_at >= cut_off(onlooker.now))


def _newest_alerts(hit_ids: Sequence[int], onlooker: Onlooker) -> Any:
    """Return the newest alerts of each hit that still stand, as a part of another statement."""
    rank = func.row_number().over(partition_by=alerts.c.hit_id, order_by=alerts.c.captured_at.desc()).label("rank")
    chosen = select(alerts, rank).where(alerts.c.hit_id.in_(hit_ids), alerts.c.withdrawn_at.is_(None),
                                        alerts.c.captured_at >= cut_off(onlooker.now)).subquery()
    return select(chosen).where(chosen.c.rank <= MOST_ALERTS).subquery("newest")


_OF_SEEN = tuple(name for name in Seen.__slots__ if name in alerts.c)


async def _list_seen(connection: AsyncConnection, newest: Any) -> dict[int, list[Seen]]:
    found: dict[int, list[Seen]] = defaultdict(list)
    place = camera_places.c
    rows = await connection.execute(
        select(newest.c.hit_id, *(newest.c[name] for name in _OF_SEEN), cameras.c.code.label("camera_code"),
               place.name.label("camera_name"), place.municipality, place.road,
               place.direction.label("camera_direction"))
        .join(cameras, cameras.c.camera_id == newest.c.camera_id)
        .join(camera_places, stood_there(newest.c.camera_id, newest.c.captured_at))
        .order_by(newest.c.captured_at.desc(), newest.c.read_id))
    for row in rows.mappings():
        values = dict(row)
        of_hit = found[values.pop("hit_id")]
        if not of_hit or of_hit[-1].read_id != values["read_id"]:  # an alert for each entry may stand behind a read
            of_hit.append(Seen(**values))
    return found


_OF_ENTRY = ("measure", "reason", "authority", "legal_basis", "file_number", "requester", "requested_by")


async def _list_matched(connection: AsyncConnection, newest: Any) -> dict[int, list[Matched]]:
    found: dict[int, list[Matched]] = defaultdict(list)
    entry = watch_entries.c
    rows = await connection.execute(
        select(newest.c.hit_id, newest.c.entry_id, newest.c.list_id, newest.c.priority, newest.c.matched_as,
               newest.c.probability, watchlists.c.name.label("list_name"), watchlists.c.category,
               watchlists.c.instruction, entry.plate, entry.country, *(entry[name] for name in _OF_ENTRY))
        .join(watchlists, watchlists.c.list_id == newest.c.list_id)
        .join(watch_entries, and_(entry.entry_id == newest.c.entry_id, entry.version == newest.c.entry_version))
        .order_by(newest.c.captured_at.desc(), newest.c.entry_id))
    for row in rows.mappings():
        found[row["hit_id"]].append(_read_matched(row))
    return defaultdict(list, {hit_id: _once(of_hit) for hit_id, of_hit in found.items()})


def _read_matched(row: Any) -> Matched:
    values = {name: row[name] for name in Matched.__slots__}
    return Matched(**{**values, "matched_as": MatchedAs(row["matched_as"]), "category": Category(row["category"])})


def _once(rows: Iterable[Matched]) -> list[Matched]:
    """Return each entry once, by its newest alert, the most urgent and the surest first."""
    by_entry: dict[int, Matched] = {}
    for row in rows:
        by_entry.setdefault(row.entry_id, row)
    return sorted(by_entry.values(), key=lambda one: (one.priority, SURENESS.index(one.matched_as), one.entry_id))

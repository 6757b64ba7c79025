"""What becomes of alerts (pure): which fold into which hit, what a hit then comes to, what boards are told of it."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import reduce
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from services.hits.events import EventKind
from services.hits.following import Disposition, HitState
from services.hits.matching import MatchedAs, surest
from services.hits.rows import Alert
from services.watchlists.categories import Mode


class Fate(StrEnum):
    """What becomes of an alert."""

    hit = "hit"
    action = "action"      # a vehicle of an action that runs, else counted
    counted = "counted"
    withdrawn = "withdrawn"


_FATES = {Mode.live: Fate.hit, Mode.action: Fate.action, Mode.counting: Fate.counted, Mode.off: Fate.withdrawn}

LOOKED_AT = frozenset({HitState.confirmed, HitState.dispatched})
"""Of these a person has said that the image shows the plate: a camera that thinks better of it does not end them."""


@dataclass(frozen=True, slots=True)
class Unmoved:
    """An alert that the mover has still to look at, or to look at again."""

    alert: Alert
    hit_id: int | None
    corrected: bool
    """Whether another reading of the same passage won."""

    stands: bool
    """Whether its entry is watched for still: not revoked, not lapsed, its list not off."""

    mode: Mode

    @property
    def fate(self) -> Fate:
        """What becomes of it."""
        return _FATES[self.mode] if self.stands and not self.corrected else Fate.withdrawn


class Vehicle(NamedTuple):
    """What alerts fold by: one plate as read, for one group; what is discreet stays apart (R11)."""

    plate: str
    audience_id: int
    discreet: bool

    @classmethod
    def of(cls, alert: Alert) -> "Vehicle":
        """Return what an alert folds by."""
        return cls(alert.plate, alert.audience_id, alert.discreet)


@dataclass(frozen=True, slots=True)
class Summary:
    """What the alerts of a hit come to; the names are the columns'."""

    priority: int
    matched_as: MatchedAs
    probability: float | None
    sightings: int
    late: bool
    first_captured_at: datetime
    last_captured_at: datetime
    last_camera_id: int


@dataclass(frozen=True, slots=True)
class OpenHit:
    """A hit that nobody has ended.

    A vehicle that passes all night has hundreds of alerts: they are looked up where one of them is withdrawn or raised
    again, and otherwise only which of the new reads it knows already.
    """

    hit_id: int
    vehicle: Vehicle
    state: HitState
    summary: Summary
    known_reads: frozenset[UUID] = frozenset()
    alerts: tuple[Alert, ...] | None = None
    """Those that stand; None where they were not looked up."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one move does to a hit: without a number it is new, without a summary nothing of it is left."""

    hit_id: int | None
    vehicle: Vehicle
    summary: Summary | None
    kind: EventKind
    detail: Mapping[str, Any]
    added: tuple[Alert, ...] = ()
    disposition: Disposition | None = None
    """With which the product ends it."""


@dataclass(slots=True)
class _Parts:
    added: list[Alert] = field(default_factory=list)
    gone: list[Unmoved] = field(default_factory=list)


def summarise(alerts: Sequence[Alert]) -> Summary:
    """Return what alerts, one at least, come to: the highest priority, the surest match, the last camera."""
    matched_as = reduce(surest, (alert.matched_as for alert in alerts))
    last = max(alerts, key=lambda alert: (alert.captured_at, alert.read_id))
    probabilities = [alert.probability for alert in alerts
                     if alert.matched_as is matched_as and alert.probability is not None]
    return Summary(min(alert.priority for alert in alerts), matched_as, max(probabilities, default=None),
                   len({alert.read_id for alert in alerts}), all(alert.late for alert in alerts),
                   min(alert.captured_at for alert in alerts), last.captured_at, last.camera_id)


def _join(summary: Summary, added: Sequence[Alert], known_reads: Container[UUID]) -> Summary:
    """Return what a hit comes to with further alerts."""
    more = summarise(added)
    last = max((summary, more), key=lambda one: one.last_captured_at)
    best = surest(summary.matched_as, more.matched_as)
    probabilities = [one.probability for one in (summary, more)
                     if one.matched_as is best and one.probability is not None]
    new_reads = {alert.read_id for alert in added if alert.read_id not in known_reads}
    return Summary(min(summary.priority, more.priority), best, max(probabilities, default=None),
                   summary.sightings + len(new_reads), summary.late and more.late,
                   min(summary.first_captured_at, more.first_captured_at), last.last_captured_at, last.last_camera_id)


def must_be_told_anew(unmoved: Iterable[Unmoved]) -> set[int]:
    """Return the hits of which all alerts must be looked up: one of theirs is withdrawn or raised again."""
    return {one.hit_id for one in unmoved if one.hit_id is not None}


def fold(unmoved: Iterable[Unmoved], hits: Iterable[OpenHit]) -> list[Change]:
    """Return what becomes of hits, new ones among them, by alerts that are raised and by alerts that are withdrawn."""
    by_id = {hit.hit_id: hit for hit in hits}
    parts: dict[Vehicle, _Parts] = defaultdict(_Parts)
    for one in unmoved:
        if one.fate is Fate.hit:
            parts[Vehicle.of(one.alert)].added.append(one.alert)
        elif one.hit_id in by_id:  # one that has ended stays as it ended
            parts[by_id[one.hit_id].vehicle].gone.append(one)
    by_vehicle = {hit.vehicle: hit for hit in by_id.values()}
    return [_change(vehicle, by_vehicle.get(vehicle), part.added, part.gone) for vehicle, part in parts.items()]


def _change(vehicle: Vehicle, hit: OpenHit | None, added: Sequence[Alert], gone: Sequence[Unmoved]) -> Change:
    if hit is None:
        summary = summarise(added)
        return Change(None, vehicle, summary, EventKind.raised, _raised(summary), tuple(added))
    left = _join(hit.summary, added, hit.known_reads) if hit.alerts is None else _anew(hit.alerts, added, gone)
    if left is None:
        return _nothing_left(hit, gone)
    kind = EventKind.seen_again if added else EventKind.withdrawn
    return Change(hit.hit_id, vehicle, left, kind, _changed(hit, left, added), tuple(added))


def _anew(alerts: Iterable[Alert], added: Sequence[Alert], gone: Iterable[Unmoved]) -> Summary | None:
    moved = {one.alert.alert_id for one in gone} | {alert.alert_id for alert in added}
    left = [*(alert for alert in alerts if alert.alert_id not in moved), *added]
    return summarise(left) if left else None


def _nothing_left(hit: OpenHit, gone: Sequence[Unmoved]) -> Change:
    if hit.state in LOOKED_AT and all(one.stands for one in gone):
        return Change(hit.hit_id, hit.vehicle, None, EventKind.withdrawn, {"left": 0})
    disposition = Disposition.withdrawn
    return Change(hit.hit_id, hit.vehicle, None, EventKind.ended, {"disposition": disposition}, (), disposition)


def _raised(summary: Summary) -> dict[str, Any]:
    return {"late": summary.late, "matched_as": summary.matched_as, "priority": summary.priority}


def _changed(hit: OpenHit, summary: Summary, added: Sequence[Alert]) -> dict[str, Any]:
    """Return what boards want to know: what has just made a quiet hit heard, or a possible one sure."""
    return {"left": summary.sightings, "late": all(alert.late for alert in added), "matched_as": summary.matched_as,
            "woke": hit.summary.late and not summary.late,
            "surer": hit.summary.matched_as is not summary.matched_as and bool(added)}


def alerts_of(unmoved: Iterable[Unmoved], *fates: Fate) -> list[Alert]:
    """Return the alerts that have one of these fates."""
    return [one.alert for one in unmoved if one.fate in fates]


def for_actions(unmoved: Iterable[Unmoved]) -> list[Alert]:
    """Return the alerts that an action that runs may take: nothing discreet is told to its teams (R11)."""
    unmoved = list(unmoved)
    chosen = chain(alerts_of(unmoved, Fate.action), alerts_of(unmoved, Fate.hit))
    return [alert for alert in chosen if not alert.discreet]

"""Looking around for a visitor: each part of the overview behind the act that it needs, in few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import Visitor
from search.cameras.health import IN_TROUBLE, WORST_FIRST, Health, count_healths, health_of
from search.cameras.pace import Counts, Drawn, Pace, Rates, draw, hours_shown, paces_of, slots_before, together
from search.cameras.pace_queries import list_counts, list_rates
from search.cameras.queries import Camera, list_cameras
from search.gateways.standing import is_quiet
from search.hits.handling import look
from search.hits.standing import OpenHits, count_standing
from search.overview.queries import GatewaySign, list_gateway_signs
from services.approvals import list_waiting
from services.clock import local_day
from services.hits.telling_boards import Pulse, feel_pulse
from services.roles import Act


@dataclass(frozen=True, slots=True)
class Row:
    """One camera of the list."""

    camera: Camera
    health: Health
    pace: Pace
    drawn: Drawn

    @property
    def name(self) -> str:
        """Its name without the municipality, under which it stands."""
        place = self.camera.municipality
        return self.camera.name.removeprefix(place).strip(" -,") or self.camera.name if place else self.camera.name


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality with its cameras, the worst first."""

    name: str
    rows: Sequence[Row]
    pace: Pace
    drawn: Drawn

    @property
    def healths(self) -> dict[Health, int]:
        """How many of its cameras fare how."""
        return count_healths(row.health for row in self.rows)

    @property
    def worst(self) -> tuple[int, int]:
        """Its place in the list: that of its worst state, and among equals the one with most of them first."""
        worst, number = next(iter(self.healths.items()))
        return WORST_FIRST.index(worst), -number


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that one visitor sees."""

    now: datetime
    pulse: Pulse
    places: Sequence[Place]
    healths: dict[Health, int]
    zone: Pace
    drawn: Drawn
    hits: OpenHits | None
    gateways: Sequence[GatewaySign]
    approvals: int

    @property
    def rows(self) -> list[Row]:
        """All cameras."""
        return [row for place in self.places for row in place.rows]

    @property
    def quiet(self) -> list[GatewaySign]:
        """The live gateways of which nothing comes, those that were never heard last."""
        silent = [one for one in self.gateways if is_quiet(one.state, one.heard_at, self.now)]
        return sorted(silent, key=lambda one: (one.heard_at is None, one.heard_at or self.now))

    @property
    def troubled(self) -> int:
        """How many cameras somebody has to look after."""
        return sum(self.healths.get(health, 0) for health in IN_TROUBLE)


async def look_around(connection: AsyncConnection, visitor: Visitor, now: datetime) -> Overview:
    """Return what a visitor sees of the zone now: eight statements at most, whatever it holds."""
    found = await list_cameras(connection)
    counts = await list_counts(connection, slots_before(now)[0])
    rates = await list_rates(connection, hours_shown(now))
    places = arrange(found, counts, rates, now)
    zone = _live([row for place in places for row in place.rows], now)
    return Overview(
        now, await feel_pulse(connection), places,
        count_healths(row.health for place in places for row in place.rows), zone, draw(zone, step=20, high=100),
        await count_standing(connection, await look(connection, visitor)) if visitor.may(Act.see_hits) else None,
        await list_gateway_signs(connection, local_day(now), now) if visitor.may(Act.see_gateways) else (),
        len(await list_waiting(connection, visitor.user.user_id, now)) if visitor.may(Act.approve_questions) else 0)


def arrange(found: Sequence[Camera], counts: Counts, rates: Rates, now: datetime) -> list[Place]:
    """Return the municipalities with their cameras, the worst first (pure)."""
    paces = paces_of((camera.camera_id for camera in found), counts, rates, now)
    groups: dict[str, list[Row]] = {}
    for camera in found:
        pace = paces[camera.camera_id]
        groups.setdefault(camera.municipality or "", []).append(
            Row(camera, health_of(camera, now), pace, draw(pace, step=5, high=20)))
    places = [_place(name, rows, now) for name, rows in groups.items()]
    return sorted(places, key=lambda place: (place.worst, place.name))


def _place(name: str, rows: list[Row], now: datetime) -> Place:
    pace = _live(rows, now)
    return Place(name, sorted(rows, key=lambda row: (WORST_FIRST.index(row.health), row.camera.code)), pace,
                 draw(pace, step=5, high=20))


def _live(rows: Sequence[Row], now: datetime) -> Pace:
    """Return the pace of those that are live: of one that is off nothing is missing."""
    return together([row.pace for row in rows if row.health is not Health.off], now)

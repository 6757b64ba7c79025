"""The facts of a message, read when it is sent: the hit as it stands, where it was seen, and why it is one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingest.deliver import message
from ingest.deliver.claiming import Claimed
from ingest.deliver.message import Camera, Event, Hit, Listed, Message, Vehicle
from services.clock import iso_ms
from services.hits.channels import Channel, may_have
from services.hits.events import EventKind
from services.hits.following import Disposition, HitState
from services.hits.matching import MatchedAs
from services.settings import DeliverSettings

_HITS = text("""
SELECT event.event_id, event.number, event.kind, event.at, hit.*, seen.read_id, seen.country, seen.direction,
       seen.make, seen.model, seen.colour, seen.vehicle_type, seen.images, camera.code AS camera_code,
       camera.name AS camera_name, camera.lat, camera.lon,
       audience.roles = '{}' AND audience.user_ids <> '{}' AS named
FROM hit_events AS event JOIN hits AS hit USING (hit_id) JOIN audiences AS audience USING (audience_id)
LEFT JOIN cameras AS camera ON camera.camera_id = hit.last_camera_id
LEFT JOIN LATERAL (SELECT * FROM alerts WHERE alerts.hit_id = hit.hit_id
                   ORDER BY captured_at DESC, alert_id DESC LIMIT 1) AS seen ON true
WHERE event.event_id = ANY(:event_ids)
""")

# R11 again, where it costs nothing: an entry of another group, or a discreet one, has no place in a hit that is not.
_LISTED = text("""
SELECT DISTINCT ON (alerts.hit_id, alerts.entry_id) alerts.hit_id, alerts.list_id, list.code, list.name, list.category,
       entry.measure, entry.authority, entry.legal_basis, entry.file_number, alerts.matched_as,
       alerts.withdrawn_at IS NOT NULL AS withdrawn
FROM alerts JOIN hits USING (hit_id) JOIN watchlists AS list ON list.list_id = alerts.list_id
JOIN watch_entries AS entry ON entry.entry_id = alerts.entry_id AND entry.version = alerts.entry_version
WHERE alerts.hit_id = ANY(:hit_ids) AND alerts.audience_id = hits.audience_id AND alerts.discreet = hits.discreet
ORDER BY alerts.hit_id, alerts.entry_id, withdrawn, alerts.captured_at DESC
""")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed delivery with its message, or without one: the channel may not have it (any more)."""

    claimed: Claimed
    message: Message | None
    read_id: UUID | None = None
    """The read that it shows."""


async def load(connection: AsyncConnection, channel: Channel, claimed: Sequence[Claimed],
               settings: DeliverSettings) -> list[Outgoing]:
    """Return each delivery with its message as the hit stands now."""
    rows = {row.event_id: row for row in await connection.execute(
        _HITS, {"event_ids": [one.event_id for one in claimed if one.event_id is not None]})}
    listed: dict[int, list[Listed]] = {}
    for row in await connection.execute(_LISTED, {"hit_ids": sorted({row.hit_id for row in rows.values()})}):
        if channel.list_ids is None or row.list_id in channel.list_ids:
            listed.setdefault(row.hit_id, []).append(_listed(row))
    return [_outgoing(channel, one, rows, listed, settings) for one in claimed]


def _outgoing(channel: Channel, claimed: Claimed, rows: Mapping[int, Any], listed: Mapping[int, list[Listed]],
              settings: DeliverSettings) -> Outgoing:
    if claimed.event_id is None:
        return Outgoing(claimed, message.invented(claimed.message_id, iso_ms(claimed.made_at), settings.page_of(0)))
    row = rows.get(claimed.event_id)
    if row is None or not may_have(channel, audience_id=row.audience_id, discreet=row.discreet, named=row.named):
        return Outgoing(claimed, None)
    event = Event(number=row.number, kind=EventKind(row.kind), at=iso_ms(row.at))
    hit = _hit(row, tuple(listed.get(row.hit_id, ())), settings.page_of(row.hit_id))
    return Outgoing(claimed, Message(version=message.VERSION, message_id=claimed.message_id, test=False, event=event,
                                     hit=hit), row.read_id)


def _hit(row: Any, listed: tuple[Listed, ...], page: str | None) -> Hit:
    matched_as = MatchedAs(row.matched_as)
    return Hit(
        hit_id=row.hit_id, plate=row.plate, country=row.country, priority=row.priority, matched_as=matched_as,
        possible=matched_as is not MatchedAs.exact and row.confirmed_at is None,
        probability=None if row.probability is None else round(row.probability, 3), discreet=row.discreet,
        late=row.late, sightings=row.sightings, first_captured_at=iso_ms(row.first_captured_at),
        captured_at=iso_ms(row.last_captured_at), direction=row.direction, images=row.images or 0,
        camera=Camera(code=row.camera_code or "", name=row.camera_name or "", lat=row.lat, lon=row.lon),
        vehicle=Vehicle(make=row.make, model=row.model, colour=row.colour, type=row.vehicle_type),
        state=HitState(row.state), disposition=Disposition(row.disposition) if row.disposition else None,
        lists=listed, page=page)


def _listed(row: Any) -> Listed:
    return Listed(code=row.code, name=row.name, category=row.category, measure=row.measure, authority=row.authority,
                  legal_basis=row.legal_basis, file_number=row.file_number, matched_as=MatchedAs(row.matched_as),
                  withdrawn=row.withdrawn)

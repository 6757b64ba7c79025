"""Lists, entries, alerts and hits as ingest and TECINT leave them, for tests of what came of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.clock import to_milliseconds, utc_now
from tests.integration.search.world import World, new_read_id

DISPATCH = 1
"""The group of the dispatchers and TECINT, which every zone has."""


@dataclass(frozen=True, slots=True)
class Followed:
    """The owner's hands on what is watched for."""

    world: World

    def add_group(self, code: str, *user_ids: int) -> int:
        """Add a group of named people."""
        return self._insert("audiences", "audience_id", code=code, name=code.title(), user_ids=list(user_ids))

    def add_list(self, code: str = "gestolen", **columns: object) -> int:
        """Add a live list of stolen vehicles, or of what `columns` say."""
        return self._insert("watchlists", "list_id", **{
            "code": code, "name": code.title(), "category": "stolen-vehicle", "state": "live", "priority": 1,
            "audience_id": DISPATCH, **columns})

    def add_entry(self, list_id: int, plate: str = "3ABC123", **columns: object) -> int:
        """Add an entry that is live, as it was validated."""
        ((entry_id,),) = self.world.run("SELECT nextval('watch_entry_ids')")
        now = utc_now()
        return self._insert("watch_entries", "entry_id", **{
            "entry_id": entry_id, "list_id": list_id, "plate": plate, "measure": "stop", "reason": "Gestolen te Bree",
            "legal_basis": "art. 44 WPA", "authority": "Parket Limburg", "file_number": "GE.11.L1.004512/2026",
            "requester": "Recherche", "since": now - timedelta(days=30), "until": now + timedelta(days=30),
            "audience_id": DISPATCH, "priority": 1, "made_at": now, "first_made_at": now, "validated_at": now,
            **columns})

    def add_hit(self, **columns: object) -> int:
        """Add a hit of a minute ago that nobody has taken."""
        raised = columns.get("raised_at", utc_now() - timedelta(minutes=1))
        return self._insert("hits", "hit_id", **{
            "plate": "3ABC123", "audience_id": DISPATCH, "discreet": False, "priority": 1, "matched_as": "exact",
            "sightings": 1, "late": False, "first_captured_at": raised, "last_captured_at": raised,
            "last_camera_id": 1, "raised_at": raised, **columns})

    def add_alert(self, hit_id: int | None, entry_id: int, **columns: object) -> UUID:
        """Add an alert behind a hit, with an image; return the id of its read."""
        ((list_id, discreet),) = self.world.run("SELECT list_id, discreet FROM watch_entries WHERE entry_id = %s",
                                                entry_id)
        moment = columns.pop("captured_at", utc_now() - timedelta(minutes=1))
        assert isinstance(moment, datetime)
        captured_at = to_milliseconds(moment)
        given = columns.pop("read_id", None)
        read_id = given if isinstance(given, UUID) else new_read_id(captured_at)
        self._insert("alerts", "alert_id", **{
            "entry_id": entry_id, "entry_version": 1, "list_id": list_id, "audience_id": DISPATCH,
            "discreet": discreet, "priority": 1, "matched_as": "exact", "plate": "3ABC123",
            "captured_at": captured_at, "received_at": captured_at, "read_id": read_id, "camera_id": 1,
            "confidence": 0.5, "images": 3, "late": False, "moved_at": utc_now(), "hit_id": hit_id, **columns})
        return read_id

    def add_event(self, hit_id: int, kind: str, user_id: int | None = None, **columns: object) -> int:
        """Add an event with the next number, as the mover gives it; return the number."""
        return self._insert("hit_events", "number", **{
            "hit_id": hit_id, "kind": kind, "user_id": user_id, "number": self._next_number(), **columns})

    def number_events(self) -> None:
        """Give every event that has none its number, in order, and say that the mover lives: as the mover does."""
        for (event_id,) in self.world.run("SELECT event_id FROM hit_events WHERE number IS NULL ORDER BY event_id"):
            self.world.run("UPDATE hit_events SET number = %s WHERE event_id = %s", self._next_number(), event_id)
        self.world.run("UPDATE hit_mover SET at = clock_timestamp(), broker_connected = true")
        self.world.run("NOTIFY hits")

    def _next_number(self) -> int:
        ((number,),) = self.world.run("SELECT coalesce(max(number), 0) + 1 FROM hit_events")
        return int(str(number))

    def _insert(self, table: str, key: str, **columns: object) -> int:
        ((number,),) = self.world.run(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))}) RETURNING {key}",
            *columns.values())
        return int(str(number))

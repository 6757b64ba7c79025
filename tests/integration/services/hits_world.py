"""Hits, channels and events as ingest and search write them, in a database of the test's own."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.rows import dict_row

from services.clock import utc_now

PLATE = "3ABC123"


class HitsWorld:
    """The owner's hands on lists, hits and channels; one group of named people beside those that every zone has."""

    DISPATCH, NAMED = 1, 100

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._cursor = connection.cursor(row_factory=dict_row)
        self.user_id = int(self.add("users", "user_id", username="els.maes", display_name="Els Maes", role="tecint",
                                    password_hash=""))
        self.add("audiences", "audience_id", audience_id=self.NAMED, code="eyes", name="Observatie",
                 user_ids=[self.user_id])
        self.camera_id = int(self.add("cameras", "camera_id", code="BRE01A", name="Bree N73 Peerderbaan", lat=51.14,
                                      lon=5.59))
        self.list_id = self.add_list("stolen")

    def run(self, query: str, *values: object) -> list[dict[str, Any]]:
        """Run a statement; return its rows, if it has any."""
        done = self._cursor.execute(query, values)
        return done.fetchall() if done.description else []

    def one(self, query: str, *values: object) -> Any:
        """Return the first column of the only row."""
        (row,) = self.run(query, *values)
        return next(iter(row.values()))

    def add(self, table: str, key: str, **columns: object) -> Any:
        """Add a row; return its key."""
        names, gaps = ", ".join(columns), ", ".join(["%s"] * len(columns))
        return self.one(f"INSERT INTO {table} ({names}) VALUES ({gaps}) RETURNING {key}", *columns.values())

    def add_list(self, code: str, **changes: object) -> int:
        """Add a live list; return its number."""
        return int(self.add("watchlists", "list_id", **{
            "code": code, "name": f"Lijst {code}", "category": "stolen-vehicle", "state": "live", "priority": 1,
            "audience_id": self.DISPATCH, **changes}))

    def add_channel(self, name: str, kind: str = "webhook", address: str = "https://cad.zone.example/hits",
                    **changes: object) -> int:
        """Add a channel to which its group agreed; return its number."""
        return int(self.add("channels", "channel_id", **{
            "name": name, "kind": kind, "address": address, "audience_id": self.DISPATCH, "agreed_by": self.user_id,
            "agreed_at": utc_now(), **changes}))

    def add_hit(self, plate: str = PLATE, *, list_id: int | None = None, **changes: Any) -> int:
        """Add a hit with one entry and one alert behind it; return its number."""
        now = utc_now()
        seen_at: datetime = changes.pop("seen_at", now - timedelta(seconds=2))
        hit = {"plate": plate, "audience_id": self.DISPATCH, "discreet": False, "priority": 1, "matched_as": "exact",
               "sightings": 1, "late": False, "first_captured_at": seen_at, "last_captured_at": seen_at,
               "last_camera_id": self.camera_id, "raised_at": now, **changes}
        hit_id = int(self.add("hits", "hit_id", **hit))
        shared = {name: hit[name] for name in ("audience_id", "discreet", "priority")}
        listed = list_id or self.list_id
        number = self.one("SELECT nextval('watch_entry_ids')")
        self.add("watch_entries", "entry_id", entry_id=number, list_id=listed, plate=plate, measure="Staande houden",
                 reason="Diefstal te Peer", legal_basis="WPA art. 44", authority="PZ Noord", file_number="HA.11.1/2026",
                 requester="Recherche", since=now - timedelta(days=1), until=now + timedelta(days=30), made_at=now,
                 first_made_at=now, lapses_at=now + timedelta(days=1), **shared)
        self.add("alerts", "alert_id", entry_id=number, entry_version=1, list_id=listed,
                 matched_as=hit["matched_as"], plate=plate, captured_at=seen_at, received_at=seen_at,
                 read_id=uuid4(), camera_id=self.camera_id, country="BE", images=2, late=False, direction="towards",
                 make="Volkswagen", model="Golf", colour="grey", moved_at=now, hit_id=hit_id, **shared)
        return hit_id

    def add_event(self, hit_id: int, kind: str = "raised") -> int:
        """Add an event with the next number, as the mover gives it; return its id."""
        number = self.one("UPDATE hit_mover SET last_number = last_number + 1 RETURNING last_number")
        return int(self.add("hit_events", "event_id", hit_id=hit_id, kind=kind, number=number))

"""An invented ANPR-actie in a database: cameras, a list, entries, alerts as ingest raises them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from services.hits.matching import MatchedAs
from services.hits.rows import Alert

AT = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class ActionsWorld:
    """The owner's hands on a database."""

    owner: Any
    cameras: list[int] = field(default_factory=list)

    def row(self, statement: str, *values: object) -> dict[str, Any]:
        """Run one statement and return its first row."""
        row: dict[str, Any] = self.owner.execute(statement, values).fetchone()
        return row

    def prepare(self) -> "ActionsWorld":
        """Add two cameras and somebody who makes actions."""
        for code in ("BRE01A", "BRE02A"):
            self.cameras.append(self.row("INSERT INTO cameras (code, name) VALUES (%s, %s) RETURNING camera_id",
                                         code, code)["camera_id"])
        self.owner.execute("INSERT INTO users (user_id, username, display_name, role) OVERRIDING SYSTEM VALUE "
                           "VALUES (900, 'vera', 'Vera', 'traffic')")
        return self

    def add_list(self, code: str, state: str = "action", priority: int = 3) -> int:
        """Add a list of uninsured vehicles and return its number."""
        row = self.row("INSERT INTO watchlists (code, name, category, state, priority, audience_id) VALUES "
                       "(%s, %s, 'uninsured', %s, %s, 4) RETURNING list_id", code, code, state, priority)
        return int(row["list_id"])

    def add_action(self, *list_ids: int, since: datetime = AT - timedelta(hours=1),
                   until: datetime = AT + timedelta(hours=2), seconds: tuple[int, int] = (120, 240)) -> int:
        """Add an action at both cameras, the second one a minute nearer; return its number."""
        action_id = int(self.row("INSERT INTO actions (name, file_number, since, until, list_ids, made_by, made_at) "
                                 "VALUES ('N715', 'HA.21.L3.1/2026', %s, %s, %s, 900, %s) RETURNING action_id",
                                 since, until, list(list_ids), since)["action_id"])
        for nearer, camera_id in enumerate(self.cameras):
            self.owner.execute("INSERT INTO action_cameras VALUES (%s, %s, %s, %s)",
                               [action_id, camera_id, *(second - 60 * nearer for second in seconds)])
        return action_id

    def alert(self, list_id: int, plate: str = "1ABC234", at: datetime = AT, camera: int = 0,
              **changes: object) -> Alert:
        """Raise an alert as ingest does and return it."""
        values = {"entry_id": next(_NUMBERS), "entry_version": 1, "list_id": list_id, "audience_id": 4,
                  "discreet": False, "priority": 3, "matched_as": str(MatchedAs.exact), "plate": plate,
                  "captured_at": at, "received_at": at, "read_id": uuid4(), "camera_id": self.cameras[camera],
                  "country": "BE", "images": 0, "late": False, "make": "Volkswagen", "colour": "grey", **changes}
        row = self.owner.execute(
            f"INSERT INTO alerts ({', '.join(values)}) VALUES ({', '.join(['%s'] * len(values))}) RETURNING *",
            list(values.values())).fetchone()
        return Alert.of(_Row(row))

    def vehicles(self, action_id: int) -> list[dict[str, Any]]:
        """Return an action's vehicles, in the order in which they came."""
        rows: list[dict[str, Any]] = self.owner.execute(
            "SELECT * FROM action_vehicles WHERE action_id = %s ORDER BY vehicle_id", [action_id]).fetchall()
        return rows


class _Row:
    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)

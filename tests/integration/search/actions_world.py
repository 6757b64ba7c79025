"""An invented ANPR-actie for the tests of search: lists, entries, vehicles, written as ingest and people would."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from services.clock import utc_now
from tests.integration.search.world import World, new_read_id

TRAFFIC, DISPATCH, TECINT = 4, 1, 2
"""Groups that every zone has."""

_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Scene:
    """The owner's hands on a world in which actions run."""

    world: World

    def number(self, statement: str, *values: object) -> int:
        """Run a statement and return the number in its first row."""
        return int(str(self.world.run(statement, *values)[0][0]))

    def add_list(self, name: str, audience_id: int = TRAFFIC, state: str = "action",
                 category: str = "uninsured") -> int:
        """Add a list and return its number."""
        return self.number(
            "INSERT INTO watchlists (code, name, category, state, priority, audience_id) "
            "VALUES (%s, %s, %s, %s, 3, %s) RETURNING list_id",
            f"list-{next(_NUMBERS)}", name, category, state, audience_id)

    def add_group(self, user_id: int) -> int:
        """Add a group of one named person and return its number."""
        name = f"group-{next(_NUMBERS)}"
        return self.number("INSERT INTO audiences (code, name, user_ids) VALUES (%s, %s, %s) RETURNING audience_id",
                           name, name, [user_id])

    def add_entry(self, list_id: int, plate: str, made_by: int, audience_id: int = TRAFFIC,
                  measure: str = "PV opstellen") -> int:
        """Add an entry that is watched for and return its number."""
        now = utc_now()
        return self.number(
            "INSERT INTO watch_entries (entry_id, list_id, plate, measure, reason, legal_basis, authority, "
            "file_number, requester, since, until, audience_id, priority, made_at, first_made_at, validated_at, "
            "made_by) VALUES (nextval('watch_entry_ids'), %s, %s, %s, 'Niet verzekerd', 'Wet 21/11/1989', 'FOD', '1', "
            "'Verkeer', %s, %s, %s, 3, %s, %s, %s, %s) RETURNING entry_id",
            list_id, plate, measure, now - timedelta(days=1),
            now + timedelta(days=30), audience_id, now, now, now, made_by)

    def add_action(self, list_ids: list[int], made_by: int, name: str = "N715 Eksel", teams: Iterable[str] = ("Alfa",),
                   since: datetime | None = None, until: datetime | None = None) -> int:
        """Add an action that runs, at every camera, and return its number."""
        now = utc_now()
        action_id = self.number(
            "INSERT INTO actions (name, place, file_number, since, until, list_ids, made_by, made_at) VALUES "
            "(%s, 'Parking Eksel', 'HA.21.L3.1/2026', %s, %s, %s, %s, %s) RETURNING action_id",
            name, since or now - timedelta(hours=1), until or now + timedelta(hours=2), list_ids, made_by, now)
        self.world.run("INSERT INTO action_cameras SELECT %s, camera_id, 120, 240 FROM cameras", action_id)
        for team in teams:
            self.world.run("INSERT INTO action_teams (action_id, name) VALUES (%s, %s)", action_id, team)
        return action_id

    def teams(self, action_id: int) -> list[int]:
        """Return the numbers of an action's teams."""
        return [int(str(row[0])) for row in self.world.run(
            "SELECT team_id FROM action_teams WHERE action_id = %s ORDER BY 1", action_id)]

    def see(self, action_id: int, entry_id: int, age: timedelta = timedelta(), priority: int = 3) -> int:
        """Have a camera see the vehicle of an entry so long ago; return the vehicle's number in the action."""
        at = utc_now() - age
        read_id = new_read_id(at)
        alert_id = self._alert(entry_id, at, read_id, priority)
        vehicle_id = self.number(
            "INSERT INTO action_vehicles (action_id, plate, captured_at, read_id, camera_id, images, country, make, "
            "model, colour, vehicle_type, expected_from, expected_until) SELECT %s, plate, captured_at, read_id, "
            "camera_id, 0, 'BE', make, model, colour, vehicle_type, captured_at + interval '2 min', "
            "captured_at + interval '4 min' FROM alerts WHERE alert_id = %s ON CONFLICT (action_id, plate) DO UPDATE "
            "SET captured_at = excluded.captured_at RETURNING vehicle_id", action_id, alert_id)
        self.world.run("INSERT INTO action_alerts VALUES (%s, %s)", vehicle_id, alert_id)
        return vehicle_id

    def _alert(self, entry_id: int, at: datetime, read_id: UUID, priority: int) -> int:
        return self.number(
            "INSERT INTO alerts (entry_id, entry_version, list_id, audience_id, discreet, priority, matched_as, plate, "
            "captured_at, received_at, read_id, camera_id, country, images, late, make, model, colour, vehicle_type, "
            "raised_at) SELECT entry_id, version, list_id, audience_id, discreet, %s, 'exact', plate, %s, %s, %s, "
            "(SELECT min(camera_id) FROM cameras), 'BE', 0, false, 'Volkswagen', 'Golf', 'grey', 'car', %s "
            "FROM watch_entries WHERE entry_id = %s AND replaced_at IS NULL RETURNING alert_id",
            priority, at, at, read_id, at, entry_id)


def add_things(world: World, colleague: int, said: str, plate: str) -> dict[str, str]:
    """Add an action with a vehicle for walks over all routes; return what addresses call them."""
    scene = Scene(world)
    list_id = scene.add_list(said[:60])
    action_id = scene.add_action([list_id], colleague, said[:60], (said[:30],))
    vehicle_id = scene.see(action_id, scene.add_entry(list_id, plate, colleague, measure=said))
    return {"action_id": str(action_id), "vehicle_id": str(vehicle_id), "vehicle": str(vehicle_id), "step": "release"}

"""An invented zone for the tests of search: users, cameras and reads, written as ingest and the owner would."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from uuid import UUID

import cv2
import numpy as np
import psycopg
from argon2 import PasswordHasher

from deploy.invented_papers import GIVE_PAPERS
from services import accounts
from services.clock import ZONE, epoch_ms, iso_ms, midnight, monday_of, to_milliseconds
from services.identity import Identity, read_id_hex
from services.images import Kind, image_key
from services.plates import letters_of, normalise, unread
from services.roles import ALLOWED, Role
from services.sessions import token_hash

KEY = b"a key of thirty-two bytes or more"
AUDIT_KEY = b"another key, with which rows are sealed"
PASSWORD = "correct horse battery"
_IDENTITY = Identity(KEY)
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class World:
    """A database, open to its owner."""

    owner_url: str
    connection: psycopg.Connection

    @classmethod
    @contextmanager
    def of(cls, owner_url: str) -> Iterator["World"]:
        """Open the database; the tests change its tables as they like, so that no statement is prepared."""
        with psycopg.connect(owner_url, autocommit=True, prepare_threshold=None) as connection:
            yield cls(owner_url, connection)

    def run(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Run one statement as the owner, in a transaction of its own."""
        cursor = self.connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []

    def add_user(self, username: str = "an.peeters", role: str = "investigator", name: str = "An Peeters") -> int:
        """Add a user with PASSWORD."""
        return int(str(self.run(
            "INSERT INTO users (username, display_name, role, password_hash) VALUES (%s, %s, %s, %s) RETURNING user_id",
            username, name, role, _password_hash())[0][0]))

    def make_password_hash_costly(self, username: str) -> None:
        """Give a user's PASSWORD a hash as the product makes it, where it matters how long checking one takes."""
        self.run("UPDATE users SET password_hash = %s WHERE username = %s", accounts._HASHER.hash(PASSWORD), username)

    def add_token(self, username: str, expires_at: datetime, scope: Iterable[str] | None = None) -> str:
        """Give a user an API token: for everything that their role may, or for `scope`."""
        token = f"zs_test-{next(_NUMBERS)}"
        ((user_id, role),) = self.run("SELECT user_id, role FROM users WHERE username = %s", username)
        acts = sorted(ALLOWED[Role(str(role))] if scope is None else scope)
        self.run("INSERT INTO api_tokens (token_hash, user_id, expires_at, scope) VALUES (%s, %s, %s, %s)",
                 token_hash(token), user_id, expires_at, acts)
        return token

    def confirm(self, **rules: object) -> None:
        """Set rules of the gate, as the DPO does."""
        self.run("INSERT INTO users (username, display_name, role) VALUES ('dpo.of.rules', 'DPO', 'dpo') "
                 "ON CONFLICT DO NOTHING")
        for name, value in rules.items():
            self.run("INSERT INTO gate_settings (name, value, document, confirmed_by, confirmed_at) "
                     "SELECT %s, %s, 'test', user_id, now() FROM users WHERE username = 'dpo.of.rules' "
                     "ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, json.dumps(value))

    def add_camera(self, code: str, name: str = "", municipality: str = "Bree", road: str = "N73", *,
                   live: bool = True) -> int:
        """Add a camera of gateway `bree`: with invented papers and live, or without."""
        self.run("INSERT INTO gateways (name) VALUES ('bree') ON CONFLICT DO NOTHING")
        camera_id = int(str(self.run(
            "INSERT INTO cameras (code, name, municipality, road, lat, lon, direction) "
            "VALUES (%s, %s, %s, %s, 51.1412, 5.5975, 'richting Peer') RETURNING camera_id",
            code, name or f"{municipality} {road}", municipality, road)[0][0]))
        self.run("INSERT INTO gateway_cameras (gateway_id, source_id, camera_id) "
                 "SELECT gateway_id, %s, %s FROM gateways WHERE name = 'bree'", code, camera_id)
        if live:
            self.run(GIVE_PAPERS, camera_id)
            self.run("UPDATE cameras SET live_since = now() WHERE camera_id = %s", camera_id)
        return camera_id

    def add_read(self, plate: str | None, captured_at: datetime, camera_id: int, **columns: object) -> UUID:
        """Add a read of `plate` (None: nothing was read) and what goes with it; return its id."""
        captured_at = to_milliseconds(captured_at)
        text = normalise(plate) or unread(camera_id)
        given = columns.pop("read_id", None)
        read_id = given if isinstance(given, UUID) else new_read_id(captured_at)
        with self.connection.transaction():
            self._ensure_week(self.connection, captured_at)
            values = {"read_id": read_id, "plate": text, "captured_at": captured_at, "received_at": captured_at,
                      "camera_id": camera_id, "gateway_id": self._gateway(self.connection), "country": "BE", **columns}
            self.connection.execute(
                f"INSERT INTO reads ({', '.join(values)}) VALUES ({', '.join(['%s'] * len(values))})",
                list(values.values()))
            if plate is not None:
                self.connection.execute("INSERT INTO plates VALUES (%s, %s, %s) ON CONFLICT (plate) DO UPDATE "
                                        "SET last_seen = greatest(plates.last_seen, excluded.last_seen)",
                                        [text, captured_at.astimezone(ZONE).date(), letters_of(text)])
        return read_id

    def add_reject(self, body: bytes | None, received_at: datetime, reason: str = "unknown-camera",
                   **columns: object) -> str:
        """Add a reject of gateway `bree` with what was sent as an envelope; return its digest."""
        digest = _IDENTITY.digest("reject", str(next(_NUMBERS)))
        values = {"digest": digest, "received_at": received_at, "expires_at": received_at + timedelta(days=30),
                  "gateway_id": self.gateway_id(), "topic": "anpr/v1/aaaa/aaaaa", "reason": reason,
                  "detail": "this gateway has no camera of that name", "excerpt": '{"plate": "9-AAA-999"}',
                  "body": body, **columns}
        self.run(f"INSERT INTO rejects ({', '.join(values)}) VALUES ({', '.join(['%s'] * len(values))})",
                 *values.values())
        return digest.hex()

    def add_trial(self, received_at: datetime, **members: object) -> str:
        """Add a trial read of gateway `bree`, decoded as ingest prints it; return its digest."""
        digest = _IDENTITY.digest("trial", str(next(_NUMBERS)))
        found = {"kind": "read", "plate": "3ABC123", "plate_raw": "3-ABC-123", "captured_at": iso_ms(received_at),
                 "camera": "BRE01A", "confidence": 0.9, "country": "BE", "direction": "towards", "lane": 1,
                 "speed_kmh": 70.0, "images": ["plate"], "passage": None, **members}
        self.run("INSERT INTO trial_reads (gateway_id, received_at, expires_at, digest, found) "
                 "VALUES (%s, %s, %s, %s, %s)", self.gateway_id(), received_at, received_at + timedelta(days=7), digest,
                 json.dumps(found))
        return digest.hex()

    def gateway_id(self) -> int:
        """Return the number of gateway `bree`."""
        return int(str(self.run("SELECT gateway_id FROM gateways WHERE name = 'bree'")[0][0]))

    @staticmethod
    def _ensure_week(connection: psycopg.Connection, captured_at: datetime) -> None:
        """Make the week, also one that lies too far back for the product's own function."""
        monday = monday_of(captured_at)
        name = f"reads_{monday:%Y_%m_%d}"
        if connection.execute("SELECT to_regclass(%s)", [name]).fetchone() == (None,):
            following = monday_of(midnight(monday).replace(microsecond=0)).toordinal() + 7
            until = midnight(type(monday).fromordinal(following))
            connection.execute(f"CREATE TABLE {name} PARTITION OF reads FOR VALUES FROM "
                               f"('{midnight(monday)}') TO ('{until}')")

    @staticmethod
    def _gateway(connection: psycopg.Connection) -> int:
        row = connection.execute("SELECT gateway_id FROM gateways WHERE name = 'bree'").fetchone()
        assert row is not None
        return int(row[0])

    def audit(self, action: str | None = None) -> list[dict[str, object]]:
        """Return the audit, oldest first."""
        names = ("action", "username", "consultation_id", "question", "filters", "decision", "result_count", "read_ids")
        rows = self.run(f"SELECT {', '.join(names)} FROM audit ORDER BY audit_id")
        found = [dict(zip(names, row, strict=True)) for row in rows]
        return [row for row in found if action in (None, row["action"])]


# A thousand log-ins would take a core four minutes with the product's own parameters; with which ones a hash was made
# stands in it, so that the product checks this one as it checks its own.
_CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@cache
def _password_hash() -> str:
    return _CHEAP.hash(PASSWORD)


def new_read_id(captured_at: datetime) -> UUID:
    """Return a fresh id for a read captured at this instant."""
    key = _IDENTITY.digest("bree", str(next(_NUMBERS)))
    return UUID(read_id_hex(epoch_ms(captured_at), key))


def put_image(folder: Path, read_id: UUID, kind: Kind, content: bytes) -> None:
    """Lay a picture into the image folder, where ingest would."""
    file = folder / image_key(read_id, kind)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def draw_plate(text: str) -> bytes:
    """Draw the cut-out of a plate as JPEG."""
    picture = np.full((60, 260, 3), 235, np.uint8)
    cv2.rectangle(picture, (3, 3), (256, 56), (40, 17, 125), 3)
    cv2.rectangle(picture, (5, 5), (28, 54), (148, 63, 28), -1)
    cv2.putText(picture, text, (36, 43), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (40, 17, 125), 3, cv2.LINE_AA)
    return cv2.imencode(".jpg", picture)[1].tobytes()


def draw_overview(text: str, colour: tuple[int, int, int] = (120, 90, 60)) -> bytes:
    """Draw a road with a car that bears the plate, as JPEG."""
    picture = np.full((540, 960, 3), (150, 160, 150), np.uint8)
    cv2.rectangle(picture, (0, 0), (960, 210), (215, 200, 180), -1)
    cv2.fillPoly(picture, [np.array([[380, 210], [580, 210], [900, 540], [60, 540]])], (70, 70, 72))
    cv2.rectangle(picture, (330, 250), (630, 430), colour, -1)
    cv2.rectangle(picture, (375, 200), (585, 265), (60, 55, 50), -1)
    for x in (360, 560):
        cv2.circle(picture, (x + 20, 340), 22, (235, 240, 245), -1)
        cv2.circle(picture, (x + 20, 432), 34, (25, 25, 25), -1)
    plate = cv2.resize(cv2.imdecode(np.frombuffer(draw_plate(text), np.uint8), cv2.IMREAD_COLOR), (150, 36))
    picture[370:406, 405:555] = plate
    return cv2.imencode(".jpg", picture)[1].tobytes()

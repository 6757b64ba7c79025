"""What is watched for, over the API: a list, its entries, the second person who agrees, and the alerts that came."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
from rich.progress import track

from services.clock import iso_ms, utc_now
from services.settings import SimulatorSettings
from simulator.score.api import Api, Key, key_of

_PERIOD = timedelta(days=1)
_STATED = {"measure": "Melden", "reason": "Meting van meldingen op een verzonnen wereld", "file_number": "SCORE/2026",
           "requester": "Meting"}
_LIST = {"name": "Meting", "category": "investigation", "legal_basis": "Meting op een verzonnen wereld",
         "authority": "Zone Meting"}
_ANY_COUNTRY = "any"


class Watched(msgspec.Struct, frozen=True):
    """What is to be watched for: a plate or a pattern, and the level of its look-alikes."""

    plate: str
    country: str = _ANY_COUNTRY
    level: str = ""


class Alert(msgspec.Struct, frozen=True):
    """A read that matched an entry."""

    hit_id: int
    entry_id: int
    read_id: str
    captured_at: str
    camera: str
    plate: str
    matched_as: str
    probability: float | None = None

    @property
    def key(self) -> Key:
        """What tells its read from all others."""
        return key_of(self.captured_at, self.camera, self.plate)


class Alerts(msgspec.Struct, frozen=True):
    """Some alerts, newest first, and where the next page begins."""

    items: list[Alert]
    next: str | None = None


class _Entry(msgspec.Struct, frozen=True):
    entry_id: int
    version: int


class _Answer(msgspec.Struct, frozen=True):
    entry: _Entry


class Watch(Api):
    """The API as somebody of TECINT uses it."""

    @classmethod
    def second(cls, settings: SimulatorSettings) -> "Watch":
        """Return the connection of the second person."""
        return cls(settings.model_copy(update={"api_token": settings.api_second_token}))

    def make_list(self) -> str:
        """Make a list that is live; return its code."""
        code = f"meting-{secrets.token_hex(4)}"
        self._send("POST", "watchlists", msgspec.json.encode({"code": code, **_LIST}))
        self._send("PATCH", f"watchlists/{code}", msgspec.json.encode({"state": "live"}))
        return code

    def enter(self, code: str, watched: Watched) -> _Entry:
        """Add an entry, which waits for a second person."""
        given = {**_STATED, **msgspec.structs.asdict(watched), "until": iso_ms(utc_now() + _PERIOD)}
        return self._ask("POST", f"watchlists/{code}/entries", _Answer, msgspec.json.encode(given)).entry

    def agree(self, entry: _Entry) -> None:
        """Agree to an entry of somebody else."""
        said: dict[str, Any] = {"version": entry.version, "agreed": True}
        self._send("POST", f"entries/{entry.entry_id}/validation", msgspec.json.encode(said))

    def alerts(self, limit: int, after: str | None = None) -> Alerts:
        """Return a page of alerts, newest first."""
        return self._ask("GET", f"alerts?limit={limit}" + (f"&after={after}" if after else ""), Alerts)


def enter_all(settings: SimulatorSettings, wanted: Sequence[Watched]) -> dict[int, str]:
    """Have entries made by one person and validated by another; return the plate of each."""
    with Watch(settings) as first, Watch.second(settings) as second:
        code, plates = first.make_list(), {}
        for watched in track(wanted, "entries"):
            entry = first.enter(code, watched)
            second.agree(entry)
            plates[entry.entry_id] = watched.plate
    return plates


def list_all(settings: SimulatorSettings, page: int = 500) -> list[Alert]:
    """Return every alert that the first person may see."""
    found: list[Alert] = []
    with Watch(settings) as watch:
        answer = watch.alerts(page)
        found += answer.items
        while answer.next is not None:
            answer = watch.alerts(page, answer.next)
            found += answer.items
    return found

"""The API as an integrator asks it: a consultation, reads, journeys, next cameras; one connection that stays open."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import httpx
import msgspec

from services.errors import ConfigurationError
from services.settings import SimulatorSettings

T = TypeVar("T")
_TIMEOUT_S = 60.0
_REASON = {"purpose": "judicial-crime", "file_number": "SCORE/2026", "reason": "Meting op een verzonnen wereld"}
MOST_READS = 500
"""Most reads of one answer."""


Key = tuple[str, str, str | None]
"""What tells a read from all others: instant with milliseconds, camera and text."""


def key_of(captured_at: str, camera: str, text: str | None) -> Key:
    """Return the key of a read that an answer tells of."""
    whole, _, rest = captured_at.rstrip("Z").removesuffix("+00:00").partition(".")
    return f"{whole}.{rest[:3]:0<3}Z", camera, text


class Camera(msgspec.Struct, frozen=True):
    """The camera of a read."""

    code: str


class Item(msgspec.Struct, frozen=True):
    """One read of an answer; no probability: the text is the plate itself, or nothing is weighed."""

    read_id: str
    captured_at: str
    camera: Camera
    plate: str | None
    probability: float | None = None

    @property
    def key(self) -> Key:
        """What tells this read from all others."""
        return key_of(self.captured_at, self.camera.code, self.plate)


class Reads(msgspec.Struct, frozen=True):
    """Some reads, newest first, and where the next page begins."""

    items: list[Item]
    next: str | None = None


class Passed(msgspec.Struct, frozen=True):
    """A camera on the way that read nothing."""

    camera: str
    why: str
    silent_since: str | None = None
    silent_until: str | None = None


class Leg(msgspec.Struct, frozen=True):
    """The way between two reads."""

    passed: list[Passed] = []


class Journey(msgspec.Struct, frozen=True):
    """One journey."""

    reads: list[Item]
    legs: list[Leg] = []


class RuledOut(msgspec.Struct, frozen=True):
    """A look-alike read that cannot be the vehicle."""

    read: Item


class Journeys(msgspec.Struct, frozen=True):
    """One vehicle's journeys."""

    journeys: list[Journey]
    ruled_out: list[RuledOut] = []


class Onward(msgspec.Struct, frozen=True):
    """A camera at which a vehicle may be seen next; times in seconds."""

    camera: str
    probability: float
    soonest_s: int
    latest_s: int


class OnwardCameras(msgspec.Struct, frozen=True):
    """All of them, the most probable first."""

    items: list[Onward]


class _Opened(msgspec.Struct, frozen=True):
    consultation_id: str


class Api:
    """A connection with an open consultation; every question leaves its trace like anybody's."""

    def __init__(self, settings: SimulatorSettings) -> None:
        parts = urlsplit(settings.api_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigurationError("ZONESCHILD_API_URL must begin with http:// or https://")
        # A connection that search closed because nothing was asked for a while is made anew.
        self._link = httpx.Client(base_url=f"{settings.api_url.rstrip('/')}/api/v1/", timeout=_TIMEOUT_S)
        self._headers = {"Authorization": f"Bearer {settings.api_token.get_secret_value()}",
                         "Content-Type": "application/json"}

    def __enter__(self) -> Self:
        opened = self._ask("POST", "consultations", _Opened, msgspec.json.encode(_REASON))
        self._headers["Consultation"] = opened.consultation_id
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._link.close()

    def search(self, filters: Mapping[str, str | float], pages: int = 1) -> list[Item]:
        """Return the reads that match, newest first, at most `pages` answers full."""
        found: list[Item] = []
        question: dict[str, str | float] = {**filters, "limit": MOST_READS}
        for _ in range(pages):
            answer = self._ask("GET", f"reads?{urlencode(question)}", Reads)
            found += answer.items
            if answer.next is None:
                break
            question["after"] = answer.next
        return found

    def journeys(self, plate: str, begin: str, end: str, level: float) -> Journeys:
        """Return the journeys of one vehicle from `begin` to `end`, look-alike reads included from `level` on."""
        question = urlencode({"plate": plate, "from": begin, "until": end, "alike": level})
        return self._ask("GET", f"journeys?{question}", Journeys)

    def onward(self, camera: str, at: str, via: str | None) -> list[Onward]:
        """Return where a vehicle may be seen next that passed a camera at `at`, and `via` before it."""
        question = urlencode({"at": at, **({"via": via} if via else {})})
        return self._ask("GET", f"cameras/{quote(camera, safe='')}/onward?{question}", OnwardCameras).items

    def confirm(self, read_id: str, plate: str) -> None:
        """Say what the picture of a read shows."""
        self._send("POST", f"reads/{read_id}/confirmation", msgspec.json.encode({"plate": plate}))

    def _ask(self, method: str, path: str, kind: type[T], body: bytes | None = None) -> T:
        content = self._send(method, path, body)
        try:
            return msgspec.json.decode(content, type=kind)
        except msgspec.MsgspecError as error:
            raise ConfigurationError(f"search's answer cannot be understood: {error}") from None

    def _send(self, method: str, path: str, body: bytes | None) -> bytes:
        """Return the body of an answer; the question never stands in an error: it holds a plate."""
        try:
            answer = self._link.request(method, path, content=body, headers=self._headers)
        except httpx.TransportError as error:
            raise ConfigurationError(f"search cannot be reached ({error}); is it running?") from None
        if answer.status_code >= 300:
            what = path.partition("?")[0].split("/")[0]
            raise ConfigurationError(f"search answers {answer.status_code} to {method} {what}")
        return answer.content

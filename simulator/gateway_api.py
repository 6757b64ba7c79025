"""The product's API as an integrator meets it: register a synthetic gateway, read its counts.

The standard library's HTTP is enough for two calls; a client library would be a dependency at run time for nothing.
"""

import http.client
import urllib.error
import urllib.request

import msgspec

from services.errors import ConfigurationError
from services.settings import SimulatorSettings
from simulator.reads_file import Place

_TIMEOUT_S = 30.0
_CAMERAS_A_CALL = 1000


class InventedPapers(msgspec.Struct, frozen=True):
    """The papers without which no camera goes live (R12); an invented camera's are invented, and say so."""

    council_decision: str = "verzonnen raadsbesluit (simulator)"
    council_decided_on: str = "2025-01-13"
    dpia_reference: str = "verzonnen DPIA (simulator)"
    dpia_made_on: str = "2025-01-20"
    register_entry: str = "verzonnen register (simulator)"
    pictogram_since: str = "2025-02-03"


class NewCamera(msgspec.Struct, frozen=True):
    """A camera to be registered; degrees, or None when not known."""

    source_id: str
    name: str
    lat: float | None
    lon: float | None
    papers: InventedPapers = InventedPapers()


class NewGateway(msgspec.Struct, frozen=True):
    """A synthetic gateway to be registered; settings are merged by key, cameras are added."""

    cameras: list[NewCamera]
    settings: dict[str, int]
    synthetic: bool = True


class Gateway(msgspec.Struct, frozen=True):
    """What the product knows of a gateway: its settings, and what has become of its reads so far."""

    name: str
    settings: dict[str, object]
    stored: int
    doubled: int
    superseded: int
    rejected: int
    rejected_by_reason: dict[str, int] = {}

    def handled(self) -> int:
        """Return how many reads have come to an end, whichever."""
        return self.stored + self.doubled + self.superseded + self.rejected


def get_gateway(settings: SimulatorSettings, name: str) -> Gateway | None:
    """Return the gateway, or None when the product does not know it."""
    answer = _ask(settings, "GET", name, None)
    return None if answer is None else _decode(answer)


def put_gateway(settings: SimulatorSettings, name: str, places: list[Place], kept: dict[str, int]) -> Gateway:
    """Register the gateway, its settings, and its cameras as many at a time as one call takes; repeatable."""
    cameras = [NewCamera(place.source_id, place.name, place.lat, place.lon) for place in places]
    for first in range(0, max(len(cameras), 1), _CAMERAS_A_CALL):
        part = NewGateway(cameras[first:first + _CAMERAS_A_CALL], kept)
        answer = _ask(settings, "PUT", name, msgspec.json.encode(part))
    if answer is None:
        raise ConfigurationError(f"{settings.api_url} has no place for gateways; is it Zoneschild's search?")
    return _decode(answer)


def _ask(settings: SimulatorSettings, method: str, name: str, body: bytes | None) -> bytes | None:
    """Return the answer's body, None for 404; every other failure is one sentence."""
    request = _request(settings, method, name, body)
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:  # noqa: S310 -- http(s), see _request
            answer: bytes = response.read()
            return answer
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 404:
                return None
            raise ConfigurationError(_explain(error, settings, name)) from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise ConfigurationError(f"search cannot be reached at {settings.api_url} ({reason}); is it running?") from None


def _request(settings: SimulatorSettings, method: str, name: str, body: bytes | None) -> urllib.request.Request:
    if not settings.api_url.startswith(("http://", "https://")):
        raise ConfigurationError("ZONESCHILD_API_URL must begin with http:// or https://")
    url = f"{settings.api_url.rstrip('/')}/api/v1/gateways/{name}"
    headers = {"Authorization": f"Bearer {settings.api_token.get_secret_value()}", "Content-Type": "application/json"}
    return urllib.request.Request(url, body, headers, method=method)  # noqa: S310 -- http(s), checked above


def _explain(error: urllib.error.HTTPError, settings: SimulatorSettings, name: str) -> str:
    if error.code == 401:
        return f"search at {settings.api_url} does not accept the API token; set ZONESCHILD_API_TOKEN"
    if error.code == 403:
        return f"the API token may not register gateway {name}; it needs the right to manage gateways"
    said = error.read(500).decode("utf-8", "replace").strip()
    return f"search at {settings.api_url} answered {error.code} for gateway {name}: {said}"


def _decode(answer: bytes) -> Gateway:
    try:
        return msgspec.json.decode(answer, type=Gateway)
    except msgspec.MsgspecError as error:
        raise ConfigurationError(f"search's answer about the gateway cannot be understood: {error}") from None

"""Gateways and cameras: who may speak, and for which cameras."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.clock import epoch_ms
from services.errors import BadQuestionError
from services.papers_rule import Papers
from services.push_keys import PushDigests
from services.schema import camera_off_times, cameras, gateway_cameras, gateway_credentials, gateways

UNKNOWN_GATEWAY_ID = 0
_EVER_MS = -2**62
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\Z")


class State(StrEnum):
    """What is done with what a gateway sends."""

    live = "live"
    proef = "proef"        # decoded and shown to the integrator; not searchable, no alerts
    disabled = "disabled"  # its credentials are void, and what is still on its way becomes a reject


@dataclass(frozen=True, slots=True)
class Gateway:
    """A box that speaks for cameras; `cameras` maps its own names for them to ours."""

    gateway_id: int
    name: str
    cameras: Mapping[str, int] = field(default_factory=dict)
    profile: str = "canonical"
    decoding: bytes = b"{}"
    """How its messages are read (services/decoding.py), as JSON."""
    state: State = State.live
    not_live: Mapping[int, Sequence[tuple[int, int]]] = field(default_factory=dict)
    """From when to when, in milliseconds since 1970, cameras saw what may not be taken (R12); by our numbers."""

    def may_take(self, camera_id: int, captured_ms: int) -> bool:
        """Tell whether what a camera saw may be taken: it is live, and was not off at that moment."""
        return not any(since <= captured_ms < until for since, until in self.not_live.get(camera_id, ()))


@dataclass(frozen=True, slots=True)
class SourceCamera:
    """One camera as its gateway introduces it; unknown coordinates are None."""

    source_id: str
    name: str
    lat: float | None = None
    lon: float | None = None
    papers: Papers | None = None
    """With them it goes live at once, if it never was."""


def slug(text_: str) -> str:
    """Turn a name into a gateway name: `Houthalen-Helchteren` becomes `houthalen-helchteren`."""
    plain = unicodedata.normalize("NFKD", text_).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def check_gateway_name(name: str) -> None:
    """Raise BadQuestionError unless `name` can stand in a topic: small letters, digits and hyphens."""
    if not _NAME.match(name):
        raise BadQuestionError("a gateway's name has 1 to 63 small letters, digits and hyphens, "
                               "and begins with a letter or digit")


async def load_gateways(connection: AsyncConnection) -> dict[str, Gateway]:
    """Return every gateway by name, each with its cameras."""
    mapping: dict[int, dict[str, int]] = defaultdict(dict)
    for row in await connection.execute(select(gateway_cameras)):
        mapping[row.gateway_id][row.source_id] = row.camera_id
    not_live = await _not_live(connection)
    found = await connection.execute(select(gateways).where(gateways.c.gateway_id != UNKNOWN_GATEWAY_ID))
    return {row.name: Gateway(row.gateway_id, row.name, mapping[row.gateway_id], row.profile,
                              msgspec.json.encode(row.decoding), State(row.state),
                              {number: not_live[number] for number in mapping[row.gateway_id].values()
                               if number in not_live}) for row in found}


async def _not_live(connection: AsyncConnection) -> dict[int, list[tuple[int, int]]]:
    """Return when cameras were not live, by our numbers; of one that is not live now nothing at all is taken.

    What a camera saw before it was first live is taken once it is: a zone that comes from elsewhere brings its past.
    """
    spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    off = camera_off_times.c
    for camera_id, since, until in await connection.execute(
            select(off.camera_id, off.since, off.until).where(off.until.is_not(None))):
        spans[camera_id].append((epoch_ms(since), epoch_ms(until)))
    for camera_id in (await connection.execute(select(cameras.c.camera_id).where(cameras.c.live_since.is_(None)))
                      ).scalars():
        spans[camera_id] = [(_EVER_MS, -_EVER_MS)]
    return spans


async def load_push_keys(connection: AsyncConnection) -> dict[str, PushDigests]:
    """Return what is kept of the push keys, by the gateway's name; a gateway that may not push is not there."""
    kept = gateway_credentials.c
    found = await connection.execute(select(gateways.c.name, kept.push_sha256, kept.push_md5).join(gateway_credentials)
                                     .where(kept.push_sha256.is_not(None), kept.push_md5.is_not(None)))
    return {name: PushDigests(sha256, md5) for name, sha256, md5 in found}


async def put_gateway(connection: AsyncConnection, name: str, *, synthetic: bool = False,
                      settings: Mapping[str, Any] | None = None) -> int:
    """Register a gateway or merge `settings` by key into the one that exists; return its number."""
    check_gateway_name(name)
    statement = insert(gateways).values(name=name, synthetic=synthetic, settings=dict(settings or {}))
    merged = gateways.c.settings.op("||")(statement.excluded.settings)
    result = await connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"settings": merged})
        .returning(gateways.c.gateway_id))
    return int(result.scalar_one())


async def put_source_cameras(connection: AsyncConnection, gateway_id: int, gateway_name: str,
                             sources: Iterable[SourceCamera]) -> dict[str, Papers]:
    """Register cameras that their gateway introduces; one it already has keeps its place.

    Their code is `<gateway>:<source id>`, so that two gateways may use the same names. Returns, by code, the papers
    that a camera which has none yet is to be given (services/camera_papers.py).
    """
    given: dict[str, Papers] = {}
    for source in sources:
        code = f"{gateway_name}:{source.source_id}"
        await connection.execute(
            insert(cameras).values(code=code, name=source.name, lat=source.lat, lon=source.lon, synthetic=True)
            .on_conflict_do_nothing())
        await _map_camera(connection, gateway_id, source.source_id, code)
        if source.papers is not None:
            given[code] = source.papers
    return given


async def _map_camera(connection: AsyncConnection, gateway_id: int, source_id: str, code: str) -> None:
    await connection.execute(text(
        "INSERT INTO gateway_cameras (gateway_id, source_id, camera_id) "
        "SELECT :gateway_id, :source_id, camera_id FROM cameras WHERE code = :code ON CONFLICT DO NOTHING"),
        {"gateway_id": gateway_id, "source_id": source_id, "code": code})


_CAMERA_COLUMNS = ("code", "name", "municipality", "nis", "road", "lat", "lon", "heading_deg", "kind", "section",
                   "section_role", "paired_camera", "site", "direction", "speed_limit_kmh", "lanes", "synthetic")
NUMBERS = {"lat": float, "lon": float, "heading_deg": int, "speed_limit_kmh": int, "lanes": int}
"""The columns of a camera that are numbers, and what reads them."""


def camera_values(row: Mapping[str, str]) -> dict[str, Any]:
    """Turn one line of a camera list (CSV, `id` is the code) into column values.

    Raises ValueError naming the column that cannot be understood.
    """
    values: dict[str, Any] = {}
    for column in _CAMERA_COLUMNS:
        cell = (row.get("id" if column == "code" else column) or "").strip()
        if column == "synthetic":
            values[column] = cell == "yes"
            continue
        try:
            values[column] = NUMBERS.get(column, str)(cell) if cell else None
        except ValueError:
            raise ValueError(f"{column} must be a number") from None
    if not values["code"] or not values["name"]:
        raise ValueError("id and name must not be empty")
    return values


async def put_camera(connection: AsyncConnection, values: Mapping[str, Any], gateway_id: int) -> None:
    """Register one of the zone's cameras, or bring the registered one up to date, under its gateway."""
    statement = insert(cameras).values(**values)
    await connection.execute(statement.on_conflict_do_update(index_elements=["code"], set_=dict(values)))
    await _map_camera(connection, gateway_id, values["code"], values["code"])

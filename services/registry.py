"""Gateways and cameras: who may speak, and for which cameras."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.errors import BadQuestionError
from services.push_keys import PushDigests
from services.schema import cameras, gateway_cameras, gateway_credentials, gateways

UNKNOWN_GATEWAY_ID = 0
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


@dataclass(frozen=True, slots=True)
class SourceCamera:
    """One camera as its gateway introduces it; unknown coordinates are None."""

    source_id: str
    name: str
    lat: float | None = None
    lon: float | None = None


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
    found = await connection.execute(select(gateways).where(gateways.c.gateway_id != UNKNOWN_GATEWAY_ID))
    return {row.name: Gateway(row.gateway_id, row.name, mapping[row.gateway_id], row.profile,
                              msgspec.json.encode(row.decoding), State(row.state)) for row in found}


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
                             sources: Iterable[SourceCamera]) -> None:
    """Register cameras that their gateway introduces; one it already has keeps its place.

    Their code is `<gateway>:<source id>`, so that two gateways may use the same names.
    """
    for source in sources:
        code = f"{gateway_name}:{source.source_id}"
        await connection.execute(
            insert(cameras).values(code=code, name=source.name, lat=source.lat, lon=source.lon, synthetic=True)
            .on_conflict_do_nothing())
        await _map_camera(connection, gateway_id, source.source_id, code)


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

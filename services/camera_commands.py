"""`python -m services cameras`: load a list of cameras; say where one stands since when; their papers and use."""

import argparse
import asyncio
import csv
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from services import audit, broker_commands, camera_places, paper_commands, registry
from services.clock import ZONE, iso_ms, typed_instant, utc_now
from services.database import transaction
from services.errors import ConfigurationError
from services.papers_rule import missing_columns

_NO_PAPERS = "; a new one goes live once it has its papers: `cameras papers`, then `cameras live`"
Act = Callable[[argparse.Namespace, AsyncEngine], Awaitable[str]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `cameras` is given."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    loading = actions.add_parser("load", help="register the cameras of a list, or bring them up to date")
    loading.set_defaults(act=_load)
    loading.add_argument("file", help="CSV with id, name, municipality, road, lat, lon, heading_deg …; with the "
                         "columns of `papers` too, new cameras go live at once")
    loading.add_argument("--gateway-by", default="municipality", help="column that names the camera's gateway")
    moving = actions.add_parser("move", help="a camera stands elsewhere since a moment that has passed; reads before "
                                "it keep the old place (owner's role)")
    moving.set_defaults(act=_move)
    moving.add_argument("code", metavar="CODE")
    moving.add_argument("--since", required=True, type=typed_instant, metavar="2026-11-01T06:00",
                        help="when it was moved, in the time of Brussels; the beginning of its present place corrects "
                             "that place")
    for name in camera_places.PLACE_COLUMNS:
        kind = registry.NUMBERS.get(name, str)
        moving.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar="NUMBER" if kind is not str else "TEXT")
    moving.add_argument("--reason", default="", help="why; kept in the audit")
    paper_commands.add_arguments(actions)


async def run(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    """Do what `cameras` is asked and return what there is to say."""
    act: Act = arguments.act
    return await act(arguments, engine)


async def _load(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    file = Path(arguments.file)
    cameras = await asyncio.to_thread(_read_cameras, file)
    papers = {values["code"]: paper_commands.papers_in(row, f"{file}, camera {values['code']}")
              for row, values in cameras if not missing_columns(row)}
    async with transaction(engine) as connection:
        for row, values in cameras:
            name = registry.slug(row.get(arguments.gateway_by) or "")
            gateway_id = await registry.put_gateway(connection, name, synthetic=values["synthetic"])
            await registry.put_camera(connection, values, gateway_id)
        live = await paper_commands.introduce_listed(connection, papers)
    return f"{len(cameras)} cameras are registered" + (f", {live} went live" if papers else _NO_PAPERS)


def _read_cameras(file: Path) -> list[tuple[dict[str, str], dict[str, Any]]]:
    cameras = []
    with file.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), 2):
            try:
                cameras.append((row, registry.camera_values(row)))
            except ValueError as error:
                raise ConfigurationError(f"{file}, line {number}: {error}") from None
    return cameras


async def _move(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    given = {name: getattr(arguments, name) for name in camera_places.PLACE_COLUMNS}
    values = {name: value for name, value in given.items() if value is not None}
    _check_place(values)
    since = f"{arguments.since.astimezone(ZONE):%d/%m/%Y %H:%M}"
    async with transaction(engine) as connection:
        await camera_places.move(connection, arguments.code, arguments.since, values, utc_now())
        await audit.console_trail().record(connection, broker_commands.console_actor(), audit.Entry(
            audit.Action.camera_moved, f"camera {arguments.code} staat elders sinds {since}",
            {"code": arguments.code, "since": iso_ms(arguments.since), **values}, {"reason": arguments.reason}))
    return f"{arguments.code} stands there since {since}; what it read before keeps the old place"


def _check_place(values: dict[str, Any]) -> None:
    """Raise ConfigurationError for a place that cannot be."""
    if not values:
        raise ConfigurationError("say what has changed: --lat and --lon, --name, --road …")
    if ("lat" in values) != ("lon" in values):
        raise ConfigurationError("--lat and --lon go together")
    limits = {"lat": (-90, 90), "lon": (-180, 180), "heading_deg": (0, 359)}
    for name, (low, high) in limits.items():
        if not low <= values.get(name, low) <= high:
            raise ConfigurationError(f"--{name.replace('_', '-')} lies between {low} and {high}")
    if values.get("name") == "":
        raise ConfigurationError("--name must not be empty")

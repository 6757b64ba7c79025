"""`python -m services watchlists deliver`: a nightly extract of a whole list, or changes to it, from a file."""

import argparse
import asyncio
from dataclasses import fields
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.audit import console_trail
from services.broker_commands import console_actor
from services.clock import utc_now
from services.database import transaction
from services.errors import ConfigurationError
from services.watchlists.deliveries import Delivery, Rest
from services.watchlists.delivering import Delivered, Given, deliver, entry_of
from services.watchlists.delivery_files import MOST_BYTES, DeliveryKind, Stated
from services.watchlists.delivery_lines import read_moment
from services.watchlists.delivery_rule import Outcome
from services.watchlists.lists import find_list_by_id

_ZIP = b"PK"
_TEXTS = tuple(field.name for field in fields(Rest) if field.name not in ("since", "until"))
_COUNTS = ("lines", "refused", "added", "changed", "ended", "same", "held")
_WAITS = {
    Outcome.own: "a list that is kept by hand is changed by a person: hand it in and take it on the list's page",
    Outcome.unsaid: "it would end more than a fifth of the list, which takes two people on the list's page",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `watchlists` is given."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    delivering = actions.add_parser("deliver", help="a whole list as CSV, or a ZIP (docs/list-files.md)")
    delivering.add_argument("code", metavar="LIST")
    delivering.add_argument("file", type=Path, help="beside it FILE.sha256 may stand, as sha256sum writes it")
    delivering.add_argument("--revision", type=int, help="of a CSV; a ZIP says its own")
    delivering.add_argument("--rows", type=int, help="how many lines a CSV has behind its header, as its sender says")
    for name in _TEXTS:
        delivering.add_argument(f"--{name.replace('_', '-')}", default="", metavar="TEXT",
                                help="what counts where a line says nothing")
    delivering.add_argument("--until", type=_until, metavar="2026-12-31", help="likewise: the day on which entries end")


def _until(written: str) -> datetime:
    moment = read_moment(written, ends=True)
    if moment is None:
        raise ValueError(written)
    return moment


async def run(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    """Deliver a file and return what it did.

    Raises ConfigurationError for what a person has to take, BrokenDeliveryError for a file that is not what it should
    be; the list is then as it was.
    """
    given, now = await asyncio.to_thread(_given, arguments), utc_now()
    async with transaction(engine) as connection:
        delivered = await deliver(connection, arguments.code, given, now)
        if delivered.outcome is Outcome.done and delivered.delivery is not None:
            await _record(connection, delivered.delivery)
    return _said(delivered)


def _given(arguments: argparse.Namespace) -> Given:
    file: Path = arguments.file
    if file.stat().st_size > MOST_BYTES:
        raise ConfigurationError(f"{file} is longer than {MOST_BYTES // 2**20} MB")
    content = file.read_bytes()
    kind = DeliveryKind.package if content.startswith(_ZIP) else DeliveryKind.full
    rest = Rest(**{name: getattr(arguments, name) for name in _TEXTS}, until=arguments.until)
    return Given(kind, content, Stated(arguments.revision, arguments.rows, _checksum_beside(file)), rest)


def _checksum_beside(file: Path) -> bytes | None:
    beside = file.with_name(f"{file.name}.sha256")
    if not beside.exists():
        return None
    try:
        return bytes.fromhex(beside.read_text(encoding="utf-8").split()[0])
    except (ValueError, IndexError):
        raise ConfigurationError(f"{beside} holds no SHA-256 checksum") from None


async def _record(connection: AsyncConnection, delivery: Delivery) -> None:
    watchlist = await find_list_by_id(connection, delivery.list_id)
    await console_trail().record(connection, console_actor(), entry_of(delivery, watchlist, console_actor().username))


def _said(delivered: Delivered) -> str:
    delivery = delivered.delivery
    if delivered.outcome in _WAITS and delivery is not None:
        raise ConfigurationError(f"delivery {delivery.delivery_id} waits: {_WAITS[delivered.outcome]}")
    if delivery is None:
        raise ConfigurationError("there is no such delivery")
    if delivered.outcome is Outcome.over:
        return f"the list has this delivery already, since revision {delivery.revision}: nothing changed"
    return ", ".join(f"{delivery.counts[what]} {what}" for what in _COUNTS)


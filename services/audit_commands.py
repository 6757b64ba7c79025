"""`python -m services audit`: verify the audit, anchor it, export it, and check an export without the database."""

import argparse
import os
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services import audit_anchors
from services.audit import Action, Entry, Trail
from services.audit_anchors import Anchor, Digest
from services.audit_chain import Head, Sealer
from services.audit_checking import check
from services.audit_heads import heads_file
from services.audit_rows import line_of, rows_after, rows_between
from services.audit_verifying import Anchors, Report, verify
from services.broker_commands import console_actor
from services.clock import iso_ms, typed_instant, utc_now
from services.database import transaction
from services.errors import AuditWrongError, ConfigurationError
from services.settings import AnchorSettings, load_settings

_NUMBERS = text("SELECT min(audit_id), max(audit_id) FROM audit WHERE at >= :since AND at < :until")
_ONE_ANCHOR_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7264004)")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `audit` is given."""
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    verifying = actions.add_parser("verify", help="hold every row against its seals, the copies and the anchors; exit "
                                   "code 1 when anything is wrong")
    verifying.add_argument("--since", type=_moment, metavar="TIME",
                           help="begin behind the newest anchor made before TIME; only to be quicker")
    actions.add_parser("anchor", help="sign the rows since the last anchor; daily (owner's role)")
    exporting = actions.add_parser("export", help="write rows as lines of JSON (they hold plates and reasons)")
    exporting.add_argument("file", type=Path, help="a new file, readable by its owner only")
    exporting.add_argument("--since", type=_moment, metavar="TIME", help="rows from here on, as 2026-11-23")
    exporting.add_argument("--until", type=_moment, metavar="TIME", help="rows before this")
    exporting.add_argument("--whole-anchors", action="store_true", help="with the rows around them that their anchors "
                           "need to be checked")
    checking = actions.add_parser("check", help="hold exported rows against anchors: needs no database and no secret")
    checking.add_argument("anchors", nargs="+", type=Path, metavar="ANCHOR")
    checking.add_argument("rows", type=Path, metavar="ROWS")
    checking.add_argument("--public-key", required=True, metavar="KEY")
    checking.set_defaults(alone=check_alone)
    actions.add_parser("public-key", help="print the key with which anchors are checked"
                       ).set_defaults(alone=print_public_key)


async def run(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    """Do what `audit` is asked and return what there is to say; raises AuditWrongError when the audit is not whole."""
    return await _ACTIONS[arguments.action](arguments, engine, load_settings(AnchorSettings))


def check_alone(arguments: argparse.Namespace) -> str:
    """Check an export; raises AuditWrongError when it is not what the anchors say."""
    checked = check(audit_anchors.load_anchors(arguments.anchors), arguments.rows, arguments.public_key.strip().lower())
    if checked.wrong:
        raise AuditWrongError("\n".join(checked.wrong))
    if not checked.vouched and checked.rows:
        raise AuditWrongError("no anchor vouches for any of these rows")
    return (f"{len(arguments.anchors)} anchors are signed with this key and follow each other; they vouch for "
            f"{checked.vouched} of {checked.rows} rows")


def print_public_key(_: argparse.Namespace) -> str:
    """Return the key with which anchors are checked."""
    return audit_anchors.public_key(_signing_key(load_settings(AnchorSettings)))


async def _verify(arguments: argparse.Namespace, engine: AsyncEngine, settings: AnchorSettings) -> str:
    anchors = _anchors(settings)
    since = _anchor_before(arguments.since, anchors) if arguments.since else None
    async with engine.connect() as connection:
        report = await verify(connection, Sealer(settings.audit_key.get_secret_value()), heads_file(settings), anchors,
                              since)
    if not report.sound:
        more = [f"and {report.more} more"] if report.more else []
        raise AuditWrongError("\n".join(["the audit is not whole:", *report.wrong, *more]))
    return _summary(report, settings)


def _anchor_before(moment: datetime, anchors: Anchors | None) -> Anchor:
    older = [anchor for anchor in anchors.anchors if anchor.made_at < iso_ms(moment)] if anchors else []
    if anchors is None or not older or not audit_anchors.is_signed(older[-1], anchors.key):
        raise ConfigurationError("--since needs a signed anchor that was made before it, in the folder that "
                                 "ZONESCHILD_AUDIT_ANCHORS_FOLDER names")
    return older[-1]


def _summary(report: Report, settings: AnchorSettings) -> str:
    last = report.last.audit_id
    rows = f"rows {report.first.audit_id} to {last}" if last >= report.first.audit_id else "no rows"
    lines = [f"the audit is whole: {rows}" + (f", the last at {iso_ms(report.last_at)}" if report.last_at else "")]
    if settings.audit_heads_file is None:
        lines.append("not compared with copies of its head: set ZONESCHILD_AUDIT_HEADS_FILE")
    elif copy := report.copied_up_to:
        lines.append(f"the newest copy of its head is row {copy.head.audit_id}, copied at {iso_ms(copy.at)}: what is "
                     "younger can be cut unnoticed")
    if settings.audit_anchors_folder is None:
        lines.append("not compared with anchors: set ZONESCHILD_AUDIT_ANCHORS_FOLDER")
    elif anchor := report.anchored_up_to:
        lines.append(f"the newest anchor is of {anchor.day}, up to row {anchor.last}")
    return "\n".join(lines)


async def _anchor(_: argparse.Namespace, engine: AsyncEngine, settings: AnchorSettings) -> str:
    folder = _folder(settings)
    async with transaction(engine) as connection:
        await connection.execute(_ONE_ANCHOR_AT_A_TIME)
        anchors = audit_anchors.anchors_in(folder)
        anchor = await _make_anchor(connection, anchors[-1] if anchors else None, settings)
        if anchor is None:
            return "nothing to anchor: no row since the last anchor"
        file = audit_anchors.write_anchor(folder, anchor)
        await Trail(settings.audit_key.get_secret_value()).record(connection, console_actor(), Entry(
            Action.audit_anchored, f"anker van de rijen {anchor.first} tot en met {anchor.last}",
            {"first": anchor.first, "last": anchor.last, "digest": anchor.digest}))
    return f"rows {anchor.first} to {anchor.last} are anchored: {file}"


async def _make_anchor(connection: AsyncConnection, before: Anchor | None, settings: AnchorSettings) -> Anchor | None:
    digest = Digest(before.digest if before else audit_anchors.NOTHING)
    first, head = 0, Head()
    async for rows in rows_after(connection, before.last if before else 0):
        first = first or rows[0].audit_id
        head = Head(rows[-1].audit_id, rows[-1].link_seal)
        for row in rows:
            digest.take(line_of(row))
    if not first:
        return None
    # Rows between that are gone are not for the anchor to hide: it says where it should have begun.
    first = before.last + 1 if before else first
    return audit_anchors.sign(_signing_key(settings), before, first, head, digest.text(), utc_now())


async def _export(arguments: argparse.Namespace, engine: AsyncEngine, settings: AnchorSettings) -> str:
    now = utc_now()
    since, until = arguments.since or now - timedelta(days=40 * 366), arguments.until or now
    async with transaction(engine) as connection:
        first, last = (await connection.execute(_NUMBERS, {"since": since, "until": until})).one()
        if first is None:
            raise ConfigurationError("there are no rows in that time")
        if arguments.whole_anchors:
            first, last = _widened(first, last, audit_anchors.anchors_in(_folder(settings)))
        count = await _write_rows(connection, arguments.file, first, last)
        await Trail(settings.audit_key.get_secret_value()).record(connection, console_actor(), Entry(
            Action.audit_exported, f"rijen {first} tot en met {last} van de audit", {"first": first, "last": last},
            result_count=count))
    return f"{count} rows, {first} to {last}, are in {arguments.file}: they hold plates and reasons"


def _widened(first: int, last: int, anchors: list[Anchor]) -> tuple[int, int]:
    needed = [anchor for anchor in anchors if anchor.last >= first and anchor.first <= last]
    return min([first, *(anchor.first for anchor in needed)]), max([last, *(anchor.last for anchor in needed)])


async def _write_rows(connection: AsyncConnection, file: Path, first: int, last: int) -> int:
    count = 0
    try:
        opened = os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except FileExistsError:
        raise ConfigurationError(f"{file} is there already") from None
    try:
        with opened:
            async for rows in rows_between(connection, first, last):
                opened.writelines(line_of(row) for row in rows)
                count += len(rows)
    except BaseException:
        with suppress(OSError):
            os.unlink(file)  # noqa: PTH108 - in an async function
        raise
    return count


def _signing_key(settings: AnchorSettings) -> Ed25519PrivateKey:
    return audit_anchors.signing_key(settings.audit_key.get_secret_value())


def _anchors(settings: AnchorSettings) -> Anchors | None:
    if settings.audit_anchors_folder is None:
        return None
    return Anchors(tuple(audit_anchors.anchors_in(settings.audit_anchors_folder)),
                   audit_anchors.public_key(_signing_key(settings)))


def _folder(settings: AnchorSettings) -> Path:
    if settings.audit_anchors_folder is None:
        raise ConfigurationError("ZONESCHILD_AUDIT_ANCHORS_FOLDER must name the folder of the anchors")
    return settings.audit_anchors_folder


def _moment(typed: str) -> datetime:
    try:
        return typed_instant(typed)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{typed} is no time: write it as 2026-11-23 or 2026-11-23T14:05") from None


_ACTIONS = {"verify": _verify, "anchor": _anchor, "export": _export}

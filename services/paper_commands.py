"""`python -m services cameras papers`, `live` and `off`: what a camera's use rests on, and whether it is used (R12)."""

import argparse
import asyncio
import csv
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services import camera_papers
from services.audit import Action, console_trail
from services.broker_commands import console_actor
from services.clock import local_day, utc_now
from services.database import transaction
from services.errors import BadQuestionError, ConfigurationError
from services.papers_rule import COLUMNS, Papers, missing_columns, read_papers

Act = Callable[[argparse.Namespace, AsyncEngine], Awaitable[str]]
_SUFFICIENT = "ingest takes what it sees within two seconds"


def add_arguments(actions: Any) -> None:
    """Declare what `papers`, `live` and `off` are given."""
    def action(name: str, act: Act, help_: str) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = actions.add_parser(name, help=help_)
        command.set_defaults(act=act)
        return command

    action("papers", _put, "put the papers of cameras: without them none goes live (R12)").add_argument(
        "file", type=Path, help=f"CSV with code, {', '.join(COLUMNS)}")
    living = action("live", _live, "take cameras live: from then on their passages are kept")
    living.add_argument("codes", nargs="*", metavar="CODE")
    living.add_argument("--all", action="store_true", help="all whose papers are there; says how many lack theirs")
    off = action("off", _off, "take a camera off: what it sends is refused and not kept")
    off.add_argument("code", metavar="CODE")
    off.add_argument("--reason", required=True, help="why; kept in the audit")


def papers_in(row: Mapping[str, str], where: str) -> Papers:
    """Return the papers in a line of a list; raises ConfigurationError that says where it is wrong."""
    try:
        return read_papers(row, local_day(utc_now()))
    except BadQuestionError as error:
        raise ConfigurationError(f"{where}: {error}") from None


async def introduce_listed(connection: AsyncConnection, papers: Mapping[str, Papers]) -> int:
    """Put papers that stood in a list of cameras, take live what never was, and return how many that are."""
    if not papers:
        return 0
    put, gone = await camera_papers.introduce(connection, papers, console_actor().username, utc_now())
    await _record_put(connection, put, papers)
    await _record_live(connection, gone)
    return len(gone)


async def _record_put(connection: AsyncConnection, changed: Sequence[str], papers: Mapping[str, Papers]) -> None:
    if changed:
        await console_trail().record(connection, console_actor(), camera_papers.entry(
            Action.camera_papers_changed, changed, f"documenten van {len(changed)} camera's",
            papers={code: papers[code] for code in changed}))


async def _record_live(connection: AsyncConnection, gone: Sequence[str]) -> None:
    if gone:
        await console_trail().record(connection, console_actor(), camera_papers.entry(
            Action.camera_live, gone, f"camera's in gebruik: {', '.join(gone)}"))


async def _put(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    papers = await asyncio.to_thread(_read_list, arguments.file)
    async with transaction(engine) as connection:
        changed = await camera_papers.put_papers(connection, papers, console_actor().username, utc_now())
        await _record_put(connection, changed, papers)
    return f"{len(papers)} cameras have their papers, {len(changed)} of them new or changed"


def _read_list(file: Path) -> dict[str, Papers]:
    papers: dict[str, Papers] = {}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        header = reader.fieldnames or ()
        if lacking := [*({"code"} - set(header)), *missing_columns(header)]:
            raise ConfigurationError(f"{file} needs a first line with the columns {', '.join(lacking)}")
        for number, row in enumerate(reader, 2):
            code, where = (row["code"] or "").strip(), f"{file}, line {number}"
            if not code or code in papers:
                raise ConfigurationError(f"{where}: code is empty, or there twice")
            papers[code] = papers_in(row, where)
    return papers


async def _live(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    if bool(arguments.codes) == arguments.all:
        raise ConfigurationError("name the cameras, or say --all")
    now = utc_now()
    async with transaction(engine) as connection:
        wanted = await camera_papers.can_go_live(connection, now) if arguments.all else arguments.codes
        gone = await camera_papers.go_live(connection, wanted, now)
        left = [one.code for one in (await camera_papers.find_standings(connection)).values() if one.live_since is None]
        await _record_live(connection, gone)
    return "; ".join([f"{len(gone)} cameras went live: {_SUFFICIENT}",
                      *([f"not live: {', '.join(left[:10])}{' …' if len(left) > 10 else ''}"] if left else [])])


async def _off(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    reason = camera_papers.check_reason(arguments.reason)
    async with transaction(engine) as connection:
        if not await camera_papers.take_off(connection, arguments.code):
            raise ConfigurationError(f"{arguments.code} is not live")
        await console_trail().record(connection, console_actor(), camera_papers.entry(
            Action.camera_off, [arguments.code], f"camera {arguments.code} buiten gebruik", reason=reason))
    return f"{arguments.code} is off: within two seconds ingest refuses what it sends, and keeps none of it"

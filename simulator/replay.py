"""`replay`: sends the reads of a file through the broker, always as the same bytes, and tells what became of them."""

import argparse
import asyncio
import contextlib
import itertools
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.console import Console
from rich.table import Table

from services import messages
from services.clock import utc_now
from services.errors import BadQuestionError, ConfigurationError
from services.settings import SimulatorSettings, load_settings
from simulator.gateway_api import Gateway, get_gateway, put_gateway
from simulator.progress import Progress, watch
from simulator.pseudonyms import COUNTRY, invent, is_hash, write_mapping
from simulator.publisher import KEPT_S, Publisher
from simulator.reads_file import USUAL_NAMES, ReadsFile, Row, Survey

MAPPINGS = Path("var/replays")
_WEEK = timedelta(weeks=1)
_POLL_S, _PATIENCE_S = 1.0, 120.0
_BAD_ROWS_TOLD = 5
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\Z")


@dataclass(frozen=True, slots=True)
class Options:
    """What `replay` was asked to do; speed None is as fast as the broker takes it."""

    gateway: str
    speed: float | None
    batch: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `replay` is given."""
    parser.add_argument("file", type=Path, help="CSV of reads, plain or .gz")
    parser.add_argument("--gateway", required=True, help="name of the synthetic gateway that sends them")
    parser.add_argument("--speed", default="max", help="1, 10, … times real time, or max (default)")
    parser.add_argument("--batch", type=int, default=100, metavar="N", help="reads a message at most (default: 100)")
    parser.add_argument("--columns", default="", metavar="LIST",
                        help="captured_at=NAME,camera=NAME,plate=NAME,lat=NAME,lon=NAME where the header is unusual")
    parser.add_argument("--tz", default="Europe/Brussels", metavar="ZONE",
                        help="time zone of times that have none (default: %(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Replay a file and print what became of its reads; returns 1 when the server did not handle them all."""
    settings = load_settings(SimulatorSettings)
    options = _options(arguments)
    file = ReadsFile(arguments.file, _columns(arguments.columns), _zone(arguments.tz))
    console = Console(stderr=True, highlight=False)
    survey = file.survey()
    _tell_bad_rows(console, survey)
    if not survey.rows:
        raise BadQuestionError(f"{arguments.file} holds no read that can be understood")
    return asyncio.run(_replay(settings, options, file, survey, console))


async def _replay(settings: SimulatorSettings, options: Options, file: ReadsFile, survey: Survey,
                  console: Console) -> int:
    shift, before = await asyncio.to_thread(_register, settings, options.gateway, survey)
    mapping = invent(text for text in survey.plates if is_hash(text))
    if mapping:
        write_mapping(MAPPINGS / f"{survey.digest[:16]}.csv", mapping)
    async with Publisher(settings) as publisher:
        with watch(console, survey.rows, "sent") as progress:
            await _send_all(publisher, options, encode_rows(file.rows(), mapping, shift), progress)
        # Connected until the server has it all: a broker killed now may have forgotten what it acknowledged.
        after = await _settle(settings, options.gateway, before, survey.rows, console)
    console.print(_table(survey, before, after))
    return 0 if after.handled() - before.handled() >= survey.rows else 1


def choose_shift(newest: datetime, now: datetime) -> int:
    """Return by how many whole weeks reads move so that the newest falls in the week before `now`.

    Whole weeks keep weekdays; the shift is absolute, so local hours move by one where summer time differs.
    """
    return (now - newest) // _WEEK


def encode_rows(rows: Iterable[Row], mapping: dict[str, str], shift_weeks: int) -> Iterator[tuple[datetime, bytes]]:
    """Yield each row's (shifted) time and message; the same row always gives the same bytes."""
    shift = shift_weeks * _WEEK
    for row in rows:
        invented = mapping.get(row.plate.lower())
        captured_at = row.captured_at + shift
        yield captured_at, messages.encode(messages.Read(
            camera=row.camera, captured_at=captured_at, plate=invented or row.plate or None,
            country=COUNTRY if invented else None))


def _register(settings: SimulatorSettings, name: str, survey: Survey) -> tuple[int, Gateway]:
    """Make the gateway and its cameras known; the shift chosen at the file's first replay is kept there for ever."""
    key = f"replay:{survey.digest[:16]}"
    known = get_gateway(settings, name)
    kept = known.settings.get(key) if known else None
    shift = kept if isinstance(kept, int) else choose_shift(survey.newest, utc_now())
    return shift, put_gateway(settings, name, list(survey.places.values()), {key: shift})


async def _send_all(publisher: Publisher, options: Options, reads: Iterator[tuple[datetime, bytes]],
                    progress: Progress) -> None:
    topic = messages.reads_topic(options.gateway)
    pace = _Pace(options.speed)
    while batch := list(itertools.islice(reads, options.batch)):
        for due in pace.split(batch):
            await pace.wait_for(due[0][0])
            await publisher.send(topic, messages.encode_batch([message for _, message in due]))
            progress.advance(len(due))
    await publisher.drain()


class _Pace:
    """When to send: `speed` times as fast as it happened, counted from the first read; None never waits."""

    def __init__(self, speed: float | None) -> None:
        self._speed = speed
        self._began = time.monotonic()
        self._first: datetime | None = None

    def split(self, batch: list[tuple[datetime, bytes]]) -> Iterator[list[tuple[datetime, bytes]]]:
        """Yield what may go out together: everything at full speed, else reads of the same moment."""
        if self._speed is None:
            yield batch
            return
        for _, due in itertools.groupby(batch, key=lambda read: read[0]):
            yield list(due)

    async def wait_for(self, captured_at: datetime) -> None:
        """Wait until `captured_at` comes."""
        if self._speed is None:
            return
        self._first = self._first or captured_at
        due = self._began + (captured_at - self._first).total_seconds() / self._speed
        await asyncio.sleep(max(0.0, due - time.monotonic()))


async def _settle(settings: SimulatorSettings, name: str, before: Gateway, sent: int, console: Console) -> Gateway:
    """Return the gateway's counts once all reads are handled and nothing moves, or nothing has moved for long.

    Redelivery counts as doubled, so the sum may pass what was sent while some are still under way: hence the quiet.
    """
    last, changed_at = before, time.monotonic()
    with watch(console, sent, "handled") as progress:
        while True:
            now = await asyncio.to_thread(_counts, settings, name)
            if now is not None and now.handled() != last.handled():
                progress.set(min(sent, now.handled() - before.handled()))
                last, changed_at = now, time.monotonic()
            quiet = time.monotonic() - changed_at
            done = last.handled() - before.handled() >= sent
            if quiet >= (KEPT_S if done else _PATIENCE_S):
                return last
            await asyncio.sleep(_POLL_S)


def _counts(settings: SimulatorSettings, name: str) -> Gateway | None:
    """Return the gateway's counts, None while search is away: it may be restarting."""
    with contextlib.suppress(ConfigurationError):
        return get_gateway(settings, name)
    return None


def _table(survey: Survey, before: Gateway, after: Gateway) -> Table:
    table = Table("rows", "not understood", "sent", "stored", "doubled", "superseded", "rejected")
    counts = (survey.rows + len(survey.bad), len(survey.bad), survey.rows, after.stored - before.stored,
              after.doubled - before.doubled, after.superseded - before.superseded, after.rejected - before.rejected)
    table.add_row(*map(str, counts))
    reasons = {reason: count - before.rejected_by_reason.get(reason, 0)
               for reason, count in after.rejected_by_reason.items()}
    if any(reasons.values()):
        table.caption = "rejected: " + ", ".join(f"{count} {reason}" for reason, count in reasons.items() if count)
    return table


def _tell_bad_rows(console: Console, survey: Survey) -> None:
    for bad in survey.bad[:_BAD_ROWS_TOLD]:
        console.print(f"line {bad.line}: {bad.reason}")
    if len(survey.bad) > _BAD_ROWS_TOLD:
        console.print(f"… and {len(survey.bad) - _BAD_ROWS_TOLD} more lines that cannot be understood")


def _options(arguments: argparse.Namespace) -> Options:
    if not _NAME.match(arguments.gateway):
        raise BadQuestionError("--gateway is lower-case letters, digits and hyphens, at most 63 of them")
    if not 1 <= arguments.batch <= messages.MAX_BATCH_READS:
        raise BadQuestionError(f"--batch lies between 1 and {messages.MAX_BATCH_READS}")
    return Options(arguments.gateway, _speed(arguments.speed), arguments.batch)


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise BadQuestionError("--speed is a positive number or max")
    return speed


def _columns(text: str) -> dict[str, str]:
    named = dict(item.split("=", 1) for item in text.split(",") if "=" in item)
    if unknown := named.keys() - USUAL_NAMES.keys():
        raise BadQuestionError(f"--columns knows {', '.join(USUAL_NAMES)}, not {', '.join(sorted(unknown))}")
    return named


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadQuestionError("--tz is a time zone such as Europe/Brussels or UTC") from None

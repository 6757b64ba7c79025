"""One run: a zone, its gateways, the planned faults, and the account of what was sent and what is stored."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from deploy.chaos.accounting import Account, StoredRead, digest, settle
from deploy.chaos.planning import Fault, Kind, ends_s
from deploy.chaos.sender import read_truth
from deploy.chaos.settings import ChaosSettings
from deploy.chaos.striking import Striker
from deploy.chaos.traffic import PICTURES
from deploy.chaos.watching import LookOut, Recovery, Scales, Struck, oldest_s, pid_of, recoveries
from deploy.chaos.zone import Zone, open_zone, wait_until
from deploy.demo.programs import Program
from deploy.demo.screen import say
from deploy.guardian import Guardian

CLOSING_S = 300.0
"""The most that a run may take beside its faults: to start, to drain, to settle and to stop."""

_QUIET_S = 5.0
"""Time without faults before the first, and after the last one."""
_DRAIN_S = 120.0
_SETTLE_S = 90.0
_NO_PROGRESS_S = 20.0
"""Longer than messages are held back before they are tried again, and than the spool waits for its store."""

_READS = """
SELECT code, (extract(epoch FROM captured_at) * 1000)::bigint, plate, superseded, images, read_id
FROM reads JOIN cameras USING (camera_id)
"""
_COUNTED = "SELECT coalesce(sum(stored + superseded), 0)::bigint, coalesce(sum(rejected), 0)::bigint FROM gateway_days"


@dataclass(frozen=True, slots=True)
class Run:
    """Which broker, and how long gateways keep a message beyond its PUBACK (0: they do not resend)."""

    name: str
    broker: str
    kept_s: float


@dataclass(frozen=True, slots=True)
class Watched:
    """What was seen while a run went on."""

    seconds: float
    peaks_mb: Mapping[str, float]
    recoveries: Sequence[Recovery]
    oldest_s: float | None
    """How old the newest stored read was, at most, while only the image store failed."""
    self_ended: int
    """Programs that ended without having been killed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run."""

    run: Run
    account: Account
    watched: Watched
    counted: int
    """Reads by the product's own counters; differs from the rows where a counter is wrong."""
    rejected: int
    resent: int


async def carry_out(run: Run, faults: Sequence[Fault], settings: ChaosSettings, folder: Path,
                    guardian: Guardian) -> Outcome:
    """Run the zone, strike it with `faults`, and settle the account.

    Raises TimeoutError when something does not come back, or nothing moves any more.
    """
    began = time.monotonic()
    images_mb = 64 + int(2 * settings.rate * 0.05 * len(PICTURES) * 4096 * (ends_s(faults) + 60) / 2**20)
    async with open_zone(folder, run.broker, guardian, images_mb) as zone:
        say(f"{run.name}; a full image store answers {'ENOSPC' if zone.images.mounted else 'ENOTDIR'}")
        striker, out = Striker(zone, settings.seed), LookOut(zone.owner_url)
        scales = Scales({"ingest": lambda: pid_of(zone.ingest), "PostgreSQL": lambda: pid_of(zone.database),
                         "broker": lambda: pid_of(zone.broker)})
        sender = zone.sender(settings.seed, settings.rate, run.kept_s)
        sender.start()
        try:
            async with _meanwhile(zone.keep_running(), out.run(), scales.run()):
                await wait_until(lambda: bool(out.looks and out.looks[-1].newest), _DRAIN_S, "no read was stored")
                await asyncio.sleep(_QUIET_S)
                struck = await _strike_all(striker, faults)
                await asyncio.sleep(_QUIET_S)
                await _drain(zone, sender)
        finally:
            sender.stop()
        watched = Watched(time.monotonic() - began, scales.peaks_mb, list(recoveries(struck, out.looks)),
                          oldest_s(struck, out.looks, Kind.fill_images), zone.restarts - striker.kills)
        return await asyncio.to_thread(_close, run, zone, watched)


@contextlib.asynccontextmanager
async def _meanwhile(*work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Do `work`, which never ends by itself, while the body runs; what goes wrong there ends the body."""
    async with asyncio.TaskGroup() as tasks:
        started = [tasks.create_task(one) for one in work]
        try:
            yield
        finally:
            for one in started:
                one.cancel()


async def _strike_all(striker: Striker, faults: Sequence[Fault]) -> list[Struck]:
    began = time.monotonic()

    async def strike(number: int, fault: Fault) -> Struck:
        await asyncio.sleep(fault.at_s - (time.monotonic() - began))
        say(f"  {time.monotonic() - began:6.1f} s  {number}/{len(faults)} {fault.kind}")
        return Struck(fault.kind, *await striker.strike(fault))

    async with asyncio.TaskGroup() as tasks:
        striking = [tasks.create_task(strike(number, fault)) for number, fault in enumerate(faults, 1)]
    return [one.result() for one in striking]


async def _drain(zone: Zone, sender: Program) -> None:
    """Let the gateways send what they have, and wait until it is stored, or nothing more comes."""
    os.kill(sender.pid, signal.SIGUSR1)
    await wait_until(lambda: sender.poll() is not None, _DRAIN_S, f"the gateways did not get rid of all; {sender.log}")
    if sender.poll() != 0:
        raise TimeoutError(f"the gateways failed; see {sender.log}")
    wanted = len({(one.camera, one.captured_ms, one.plate) for one in read_truth(zone.truth)})
    deadline, known, known_at = time.monotonic() + _SETTLE_S, -1, time.monotonic()
    while known < wanted and time.monotonic() < min(deadline, known_at + _NO_PROGRESS_S):
        if (stored := await asyncio.to_thread(_stored, zone)) > known:
            known, known_at = stored, time.monotonic()
        await asyncio.sleep(0.5)


def _close(run: Run, zone: Zone, watched: Watched) -> Outcome:
    """Settle the account of a run whose gateways have got rid of all."""
    pictures = _kept_pictures(zone)
    with zone.connect() as connection:
        rows = [StoredRead(camera, captured_ms, plate, superseded, images, read_id.hex)
                for camera, captured_ms, plate, superseded, images, read_id in connection.execute(_READS)]
        counted, rejected = connection.execute(_COUNTED).fetchone() or (0, 0)
    counts = msgspec.json.decode(zone.truth.with_suffix(".counts.json").read_bytes(), type=dict[str, int])
    account = settle(read_truth(zone.truth), rows, pictures)
    return Outcome(run, account, watched, counted, rejected, counts["resent"])


def _kept_pictures(zone: Zone) -> dict[tuple[str, int], bytes]:
    """Return the digest of every picture in the store and in the spool, by read id and kind's bit."""
    with zone.connect() as connection:
        found = {(read_id.hex, kind): digest(content)
                 for read_id, kind, content in connection.execute("SELECT read_id, kind, content FROM image_spool")}
    for kind, bit in PICTURES.items():
        for file in zone.images.pictures.glob(f"*/*/*-{kind}"):
            found[file.name.partition("-")[0], bit] = digest(file.read_bytes())
    return found


def _stored(zone: Zone) -> int:
    with zone.connect() as connection:
        row = connection.execute("SELECT count(*) FROM reads").fetchone()
    return int(row[0]) if row else 0

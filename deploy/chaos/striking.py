"""How each kind of fault is done: real signals to real processes, a full file system, a cut network."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from deploy.chaos.planning import Fault, Kind
from deploy.chaos.process_table import family, list_processes
from deploy.chaos.zone import Zone
from deploy.demo.programs import Service
from deploy.embedded.postgres import ServerFailedError
from deploy.processes import command_of

_DOWN_S = 60.0
_RETRY_S = 0.02
_SESSION = "zoneschild_ingest"
# The stalling is left to a process of its own, which lets them go on even if this program is killed meanwhile.
_STALL = 'kill -STOP "$@"; sleep "$0"; kill -CONT "$@"'


class Striker:
    """Does what was planned to a zone, and counts the programs that it killed."""

    def __init__(self, zone: Zone, seed: int) -> None:
        self._zone, self._rng = zone, random.Random(seed)
        self.kills = 0
        self._ways: dict[Kind, Callable[[float], Awaitable[None]]] = {
            Kind.kill_ingest: lambda _: self._kill(zone.ingest),
            Kind.kill_database: lambda _: self._kill(zone.database),
            Kind.kill_session: lambda _: self._kill_session(),
            Kind.kill_broker: lambda _: self._kill(zone.broker),
            Kind.kill_both: self._kill_both,
            Kind.stall_broker: lambda lasts_s: self._stall(zone.broker, lasts_s),
            Kind.stall_database: lambda lasts_s: self._stall(zone.database, lasts_s),
            Kind.fill_images: self._fill_images,
            Kind.cut_ingest: self._cut_ingest,
            Kind.cut_gateways: self._cut_gateways,
        }

    async def strike(self, fault: Fault) -> tuple[float, float]:
        """Do `fault`; return when it began and when it was no longer held, in seconds since 1970.

        A program that is down because of another fault is awaited first: every fault is a real one.
        """
        for service in _struck(self._zone, fault.kind):
            await _running(service)
        began = time.time()
        await self._ways[fault.kind](fault.lasts_s)
        return began, time.time()

    async def _kill(self, service: Service) -> None:
        pid = await _running(service)
        self.kills += 1
        kill_family(pid)

    async def _kill_session(self) -> None:
        """Kill one of PostgreSQL's processes, as the kernel does when memory is short: it restarts all by itself."""
        members = family(list_processes(), await _running(self._zone.database))[1:]
        sessions = [pid for pid in members if _SESSION in command_of(pid)] or members
        if sessions:
            _signal([self._rng.choice(sessions)], signal.SIGKILL)

    async def _kill_both(self, between_s: float) -> None:
        services: list[Service] = [self._zone.broker, self._zone.ingest]
        self._rng.shuffle(services)
        await self._kill(services[0])
        await asyncio.sleep(between_s)
        await self._kill(services[1])

    async def _stall(self, service: Service, lasts_s: float) -> None:
        pid = await _running(service)
        _signal([pid], signal.SIGSTOP)  # first, so that it has no more children than those found now
        pids = family(list_processes(), pid)
        holder = await asyncio.create_subprocess_exec("sh", "-c", _STALL, str(lasts_s), *map(str, pids),
                                                      stderr=asyncio.subprocess.DEVNULL, start_new_session=True)
        try:
            await holder.wait()
        finally:
            _signal(pids, signal.SIGCONT)

    async def _fill_images(self, lasts_s: float) -> None:
        await asyncio.to_thread(self._zone.images.fill)
        try:
            await asyncio.sleep(lasts_s)
        finally:
            self._zone.images.free()

    async def _cut_ingest(self, lasts_s: float) -> None:
        self._zone.to_ingest.cut()
        await asyncio.sleep(lasts_s)
        self._zone.to_ingest.mend()

    async def _cut_gateways(self, lasts_s: float) -> None:
        self._zone.to_gateways.cut()
        await asyncio.sleep(lasts_s)
        self._zone.to_gateways.mend()


def _struck(zone: Zone, kind: Kind) -> list[Service]:
    """Return the services that must run for a fault of this kind to be one."""
    struck: dict[Kind, list[Service]] = {
        Kind.kill_ingest: [zone.ingest], Kind.kill_database: [zone.database], Kind.kill_session: [zone.database],
        Kind.kill_broker: [zone.broker], Kind.kill_both: [zone.broker, zone.ingest], Kind.stall_broker: [zone.broker],
        Kind.stall_database: [zone.database]}
    return struck.get(kind, [])


async def _running(service: Service) -> int:
    """Wait until a service runs; return its process. Raises TimeoutError when nobody starts it again."""
    deadline = time.monotonic() + _DOWN_S
    while True:
        with suppress(ServerFailedError):
            if (pid := service.pid) and service.poll() is None:
                return pid
        if time.monotonic() > deadline:
            raise TimeoutError(f"{service.name} does not run again; see {service.log}")
        await asyncio.sleep(_RETRY_S)


def kill_family(pid: int) -> None:
    """Kill a process and all that descend from it, at once: no word is said and nothing is put in order."""
    _signal(family(list_processes(), pid), signal.SIGKILL)


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)

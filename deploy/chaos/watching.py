"""What is watched during a run: how new the newest stored read is, and how much memory the programs hold."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

import psycopg
from psycopg.rows import TupleRow

from deploy.chaos.planning import Kind
from deploy.chaos.process_table import family, list_processes, memory_mb
from deploy.demo.programs import Service
from deploy.embedded.postgres import ServerFailedError

_LOOKS_EVERY_S = 0.1
_WEIGHS_EVERY_S = 0.5
_AFTER_S = 5.0
"""How long after another fault the service may still be busy with it."""

_NEWEST = """
SELECT extract(epoch FROM max(captured_at))::float8,
       (SELECT extract(epoch FROM captured_at)::float8 FROM reads WHERE images > 0 AND NOT images_pending
        ORDER BY captured_at DESC LIMIT 1)
FROM reads
"""


@dataclass(frozen=True, slots=True)
class Look:
    """When somebody looked, and the capture of the newest read, and of the newest one with its pictures in place.

    All in seconds since 1970.
    """

    at: float
    newest: float
    newest_pictured: float


@dataclass(frozen=True, slots=True)
class Struck:
    """A fault that was done: from when to when it was held, in seconds since 1970."""

    kind: Kind
    began: float
    ended: float


def oldest_s(struck: Sequence[Struck], looks: Sequence[Look], kind: Kind) -> float | None:
    """Return how old, at most, the newest stored read was while a fault of `kind` was held and no other was, s.

    None when no such fault was held alone.
    """
    held = [fault for fault in struck if fault.kind is kind]
    others = [fault for fault in struck if fault.kind is not kind]
    alone = [fault for fault in held
             if all(other.ended + _AFTER_S < fault.began or other.began > fault.ended for other in others)]
    return max((look.at - look.newest for look in looks for fault in alone if fault.began < look.at < fault.ended),
               default=None)


@dataclass(frozen=True, slots=True)
class Recovery:
    """How long the service needed after faults that did not overlap with others, or after several at once.

    `kind` is None for several; then they count together, and the time runs from the end of the last one.
    """

    kind: Kind | None
    seconds: float


class LookOut:
    """Looks at the newest read, over and over, with a connection of its own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.looks: list[Look] = []

    async def run(self) -> None:
        """Look for ever; while the database is away there is nothing to see."""
        while True:
            with suppress(psycopg.Error, OSError):
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True,
                                                                 connect_timeout=2) as connection:
                    await self._look_on(connection)
            await asyncio.sleep(_LOOKS_EVERY_S)

    async def _look_on(self, connection: "psycopg.AsyncConnection[TupleRow]") -> None:
        while True:
            row = await (await connection.execute(_NEWEST)).fetchone()
            newest, pictured = cast("tuple[float | None, float | None]", row or (None, None))
            self.looks.append(Look(time.time(), newest or 0.0, pictured or 0.0))
            await asyncio.sleep(_LOOKS_EVERY_S)


class Scales:
    """Weighs programs with all their processes and keeps the peaks, MB."""

    def __init__(self, services: Mapping[str, Callable[[], int]]) -> None:
        self._services = services
        self.peaks_mb: dict[str, float] = defaultdict(float)

    async def run(self) -> None:
        """Weigh for ever."""
        while True:
            await asyncio.to_thread(self._weigh)
            await asyncio.sleep(_WEIGHS_EVERY_S)

    def _weigh(self) -> None:
        processes = list_processes()
        for name, pid in self._services.items():
            members = family(processes, pid())
            self.peaks_mb[name] = max(self.peaks_mb[name], memory_mb(processes[one] for one in members))


def pid_of(service: Service) -> int:
    """Return a service's process, 0 while it has none."""
    try:
        return service.pid
    except ServerFailedError:
        return 0


def recoveries(struck: Sequence[Struck], looks: Sequence[Look]) -> Iterator[Recovery]:
    """Yield how long the service needed each time: until a read was stored that was captured after the fault's end.

    After a full image store it must be a read with its pictures in place. Faults of which one began before the service
    was back from another count together. One from which the service never came back takes for ever (infinity).
    """
    together: list[Struck] = []
    back = 0.0
    for fault in sorted(struck, key=lambda one: one.began):
        if together and fault.began >= back:
            yield _recovery(together, back)
            together, back = [], 0.0
        together.append(fault)
        back = max(back, _back(fault, looks))
    if together:
        yield _recovery(together, back)


def _back(fault: Struck, looks: Sequence[Look]) -> float:
    pictured = fault.kind is Kind.fill_images
    return next((look.at for look in looks
                 if look.at > fault.ended and (look.newest_pictured if pictured else look.newest) > fault.ended),
                float("inf"))


def _recovery(faults: list[Struck], back: float) -> Recovery:
    return Recovery(faults[0].kind if len(faults) == 1 else None, back - max(fault.ended for fault in faults))

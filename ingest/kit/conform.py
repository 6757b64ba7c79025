"""`python -m ingest conform`: watches a live gateway for a while and says, line by line, what is right and wrong."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

from ingest.kit.judging import Line, Mark, judge
from ingest.kit.watching import count, find, gather
from services.clock import utc_now
from services.database import open_engine, transaction
from services.settings import StoreSettings

_SETTLING_S = 1.5
"""What has arrived is stored, and the cameras' states written, by then."""


async def run(settings: StoreSettings, gateway: str, seconds: int) -> int:
    """Watch, judge and print; return 1 when something is wrong, 0 when all is right or at most doubtful.

    Raises ConfigurationError when there is no such gateway.
    """
    engine = open_engine(settings, connections=1, joins_by_index=True)
    try:
        async with transaction(engine) as connection:
            watched = await find(connection, gateway)
            before = await count(connection, watched.gateway_id)
        began = utc_now()
        print(f"watching gateway {gateway} for {seconds} s …", flush=True)
        await asyncio.sleep(seconds + _SETTLING_S)
        async with transaction(engine) as connection:
            facts = await gather(connection, watched, before, began, began + timedelta(seconds=seconds + _SETTLING_S))
    finally:
        await engine.dispose()
    lines = judge(facts)
    print(in_words(lines))
    return 1 if any(line.mark is Mark.wrong for line in lines) else 0


def in_words(lines: Iterable[Line]) -> str:
    """Write a line for each finding, and below it what to do."""
    return "\n".join(f"{line.mark} {line.found}" + (f"\n    → {line.remedy}" if line.remedy else "") for line in lines)

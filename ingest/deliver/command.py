"""`python -m ingest deliver`: sends hits to channels until SIGTERM or SIGINT."""

import asyncio
import signal

from ingest.deliver.deliverer import Deliverer
from services.database import open_engine
from services.settings import DeliverSettings

_CONNECTIONS = 8


async def run(settings: DeliverSettings) -> None:
    """Run until somebody asks to stop; raises ConfigurationError for a mail server that cannot be used."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    engine = open_engine(settings, connections=_CONNECTIONS)
    try:
        await Deliverer(settings, engine).run(stopped)
    finally:
        await engine.dispose()

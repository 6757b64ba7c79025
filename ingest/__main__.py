"""`python -m ingest`: the service; `python -m ingest backfill FILE`: old reads, loaded in bulk."""

import argparse
import asyncio
import gc
import logging
import signal
import sys
from pathlib import Path

import uvloop
from prometheus_client import start_http_server

from ingest import backfill
from ingest.batcher import Batcher
from ingest.intake import Intake
from ingest.mqtt_session import DurableSession
from services.database import open_engine
from services.errors import ZoneschildError
from services.images import ImageStore
from services.logs import configure_logging
from services.settings import IngestSettings, load_settings

log = logging.getLogger(__name__)


async def serve(settings: IngestSettings) -> None:
    """Receive, store and acknowledge until SIGTERM or SIGINT; what is not stored by then comes again."""
    # Nothing here makes reference cycles at the rate of reads, and looking for them cost a tenth of the processor time.
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    engine = open_engine(settings, connections=6)
    intake = Intake(settings.ingest_queue_mb * 1024 * 1024)
    session = DurableSession(settings, intake)
    batcher = Batcher(settings, engine, ImageStore.open(settings.images_url), intake, session.acknowledge)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    work = [asyncio.create_task(batcher.run()), asyncio.create_task(session.run())]
    stopping = asyncio.ensure_future(stopped.wait())
    done, _ = await asyncio.wait([stopping, *work], return_when=asyncio.FIRST_COMPLETED)
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    await engine.dispose()
    for finished in done:
        finished.result()  # a program error ends the process with its traceback: the supervisor starts it again


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingest", description=__doc__)
    commands = parser.add_subparsers(metavar="COMMAND", dest="command")
    loading = commands.add_parser("backfill", help="load recorded messages (JSON lines of topic and payload)")
    loading.add_argument("file", type=Path)
    return parser


def main() -> int:
    """Run the service or one command; errors are one sentence on standard error and exit code 1."""
    arguments = _parser().parse_args()
    configure_logging("ingest")
    try:
        settings = load_settings(IngestSettings)
        if arguments.command == "backfill":
            return uvloop.run(backfill.run(settings, arguments.file))
        if settings.metrics_port:
            start_http_server(settings.metrics_port, "127.0.0.1")
        uvloop.run(serve(settings))
    except (ZoneschildError, OSError) as error:
        print(f"zoneschild: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

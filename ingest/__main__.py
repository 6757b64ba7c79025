"""`python -m ingest`: the service; with a command: backfill, decode, conform, replay, deliver."""

import argparse
import sys
from pathlib import Path

import uvloop
from prometheus_client import start_http_server

from ingest import backfill
from ingest.deliver import command as deliver
from ingest.kit import conform, decoding, replaying
from ingest.profiles.table import PROFILES
from ingest.service import serve
from services.errors import ZoneschildError
from services.logs import configure_logging
from services.settings import DeliverSettings, IngestSettings, StoreSettings, load_settings


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingest", description=__doc__)
    commands = parser.add_subparsers(metavar="COMMAND", dest="command")
    loading = commands.add_parser("backfill", help="load recorded messages (JSON lines of topic and payload)")
    loading.add_argument("file", type=Path)
    decoding_ = commands.add_parser("decode", help="show what sample messages become under a profile")
    decoding_.add_argument("--profile", required=True, metavar="NAME", help=", ".join(PROFILES))
    decoding_.add_argument("--settings", type=Path, help="the gateway's settings (JSON; docs/integrator-guide.md)")
    decoding_.add_argument("file", type=Path, nargs="+", help="messages: .http, .mqtt, .json, .xml")
    replay = commands.add_parser("replay", help="have a gateway's rejects decoded again (docs/rejects.md)")
    replay.add_argument("--gateway", required=True, metavar="NAME")
    replay.add_argument("--reason", help="only those with this reason")
    replay.add_argument("--since", type=replaying.instant, metavar="ISO", help="only those received since then")
    commands.add_parser("deliver", help="send hits to channels (docs/channels.md)")
    watch = commands.add_parser("conform", help="watch a live gateway and say what is right and wrong with it")
    watch.add_argument("--gateway", required=True, metavar="NAME")
    watch.add_argument("--seconds", type=int, default=60, metavar="N", help="how long (default: %(default)s)")
    return parser


def main() -> int:
    """Run the service or one command; errors are one sentence on standard error and exit code 1."""
    arguments = _parser().parse_args()
    configure_logging("ingest")
    try:
        if arguments.command == "decode":
            return decoding.run(arguments.profile, arguments.settings, arguments.file)
        if arguments.command == "conform":
            return uvloop.run(conform.run(load_settings(StoreSettings), arguments.gateway, arguments.seconds))
        settings = load_settings(DeliverSettings if arguments.command == "deliver" else IngestSettings)
        if arguments.command == "backfill":
            return uvloop.run(backfill.run(settings, arguments.file))
        if arguments.command == "replay":
            return uvloop.run(replaying.run(settings, arguments.gateway, arguments.reason, arguments.since))
        if settings.metrics_port:
            start_http_server(settings.metrics_port, "127.0.0.1")
        uvloop.run(deliver.run(settings) if isinstance(settings, DeliverSettings) else serve(settings))
    except (ZoneschildError, OSError) as error:
        print(f"zoneschild: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

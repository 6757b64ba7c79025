"""`fake_launcher.py FOLDER`: the real launcher with a table of commands that call the fake product."""

import pathlib
import sys

from deploy.demo.__main__ import explain_and_exit_code
from deploy.demo.commands import Command, Commands
from deploy.demo.launcher import run_demo
from deploy.demo.settings import DemoSettings

PRODUCT = str(pathlib.Path(__file__).with_name("fake_product.py").resolve())


def fake(name: str, *arguments: str, knows: tuple[str, ...] = (), words: str = "kept") -> Command:
    return Command(name, (PRODUCT, name, *arguments), knows, words)


COMMANDS = Commands(
    migrate=fake("migrate", knows=("owner",)),
    cameras=(fake("cameras"), fake("papers"), fake("live")),
    network=fake("network"),
    broker=fake("broker", knows=("owner", "broker_folder")),
    story=fake("story", "{story_folder}", words="shown"),
    told_past=fake("told-past"),
    users=fake("users", "load"),
    told_decisions=fake("told-decisions"),
    told_watching=fake("told-watching"),
    token=fake("tokens", "{username}", words="secret"),
    backfill=fake("backfill"),
    nightly=(fake("travel-times"),),
    expire=fake("expire"),
    programs=(fake("ingest", knows=("ingest", "ingest_broker", "push", "metrics", "identity", "images")),
              fake("search", knows=("port",))),
    traffic=(fake("simulator", knows=("simulator_broker", "api")),),
)

if __name__ == "__main__":
    settings = DemoSettings(demo_folder=pathlib.Path(sys.argv[1]))
    sys.exit(explain_and_exit_code(lambda: run_demo(settings, COMMANDS)))

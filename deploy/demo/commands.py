"""What the demo runs: commands that end and programs that stay, and what each of them may know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Command:
    """One run of the Python of this environment.

    `arguments` may hold `{names}` of paths and users; `knows` names the groups of settings that it is given; `words`
    tells whether what it says goes to its log, to its log and the screen, or (a token) to neither.
    """

    name: str
    arguments: tuple[str, ...]
    knows: tuple[str, ...] = ()
    words: Literal["kept", "shown", "secret"] = "kept"

    def log_name(self, values: Mapping[str, str]) -> str:
        """Return the name of its log, one for each user where it runs for several."""
        return "-".join(filter(None, (self.name, values.get("username"))))

    def filled(self, values: Mapping[str, str]) -> list[str]:
        """Return the arguments with every `{name}` replaced."""
        return [argument.format_map(values) for argument in self.arguments]


@dataclass(frozen=True, slots=True)
class Commands:
    """The commands that end, each in its step, and the programs that stay: the product's, then those that feed it."""

    migrate: Command
    cameras: Command
    network: Command
    broker: Command
    story: Command
    users: Command
    token: Command
    backfill: Command
    nightly: tuple[Command, ...]
    """What nights work out from the reads, here once; not how cameras misread, which takes longer than all the rest."""
    expire: Command
    programs: tuple[Command, ...]
    traffic: tuple[Command, ...]


_STORE = ("identity", "images")

COMMANDS = Commands(
    migrate=Command("migrate", ("-m", "services", "migrate"), ("owner",)),
    cameras=Command("cameras", ("-m", "services", "cameras", "load", "simulator/data/zone_cameras.csv",
                                "--gateway-by", "municipality"), ("owner",)),
    network=Command("network", ("-m", "services", "network", "load", "simulator/data/zone_road_graph.csv",
                                "simulator/data/zone_road_paths.geojson"), ("owner",)),
    broker=Command("broker", ("-m", "services", "broker", "write"), ("owner", "broker_folder")),
    story=Command("story", ("-m", "simulator", "story", "--out", "{story_folder}"), words="shown"),
    users=Command("users", ("-m", "services", "users", "load"), ("owner",)),
    token=Command("tokens", ("-m", "services", "tokens", "add", "{username}"), ("owner",), words="secret"),
    backfill=Command("backfill", ("-m", "ingest", "backfill", "{story_folder}/history.jsonl"),
                     ("ingest", *_STORE), words="shown"),
    nightly=(
        Command("travel-times", ("-m", "services", "travel-times"), ("owner",)),
        Command("rhythms", ("-m", "services", "rhythms"), ("owner",)),
        Command("silences", ("-m", "services", "silences"), ("owner",)),
    ),
    expire=Command("expire", ("-m", "services", "expire"), ("owner", *_STORE)),
    programs=(
        Command("ingest", ("-m", "ingest"), ("ingest", "ingest_broker", "push", "metrics", *_STORE)),
        Command("search", ("-m", "search"), ("search", "port", "story", *_STORE)),
    ),
    traffic=(
        Command("simulator", ("-m", "simulator", "live", "--story", "{story_folder}/story.json"),
                ("simulator_broker", "api")),
    ),
)

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
    cameras: tuple[Command, ...]
    """The cameras, their papers, and that they are live."""
    network: Command
    broker: Command
    story: Command
    told_past: Command
    """What the story's people asked before; `told_decisions`: what was decided and compared."""
    users: Command
    told_decisions: Command
    told_watching: Command
    """What is watched for: lists, entries, an ANPR-actie."""
    token: Command
    backfill: Command
    nightly: tuple[Command, ...]
    """What nights work out from the reads, here once; not how cameras misread, which takes longer than all the rest."""
    expire: Command
    programs: tuple[Command, ...]
    traffic: tuple[Command, ...]


_STORE = ("identity", "images")

COMMANDS = Commands(
    migrate=Command("migrate", ("-m", "services", "migrate"), ("owner", "audit")),
    cameras=(
        Command("cameras", ("-m", "services", "cameras", "load", "simulator/data/zone_cameras.csv",
                            "--gateway-by", "municipality"), ("owner",)),
        Command("papers", ("-m", "services", "cameras", "papers", "simulator/data/zone_camera_papers.csv"),
                ("owner", "audit")),
        Command("live", ("-m", "services", "cameras", "live", "--all"), ("owner", "audit")),
    ),
    network=Command("network", ("-m", "services", "network", "load", "simulator/data/zone_road_graph.csv",
                                "simulator/data/zone_road_paths.geojson"), ("owner",)),
    broker=Command("broker", ("-m", "services", "broker", "write"), ("owner", "audit", "broker_folder")),
    story=Command("story", ("-m", "simulator", "story", "--out", "{story_folder}"), words="shown"),
    told_past=Command("told-past", ("-m", "deploy.demo.told", "past", "{story_folder}/story.json"), ("owner", "audit"),
                      words="shown"),
    told_decisions=Command("told-decisions", ("-m", "deploy.demo.told", "decisions", "{story_folder}/story.json"),
                           ("owner", "audit"), words="shown"),
    told_watching=Command("told-watching", ("-m", "deploy.demo.told", "watching", "{story_folder}/story.json"),
                          ("owner", "audit"), words="shown"),
    users=Command("users", ("-m", "services", "users", "load"), ("owner", "audit")),
    token=Command("tokens", ("-m", "services", "tokens", "add", "{username}"), ("owner", "audit"), words="secret"),
    backfill=Command("backfill", ("-m", "ingest", "backfill", "{story_folder}/history.jsonl"),
                     ("ingest", *_STORE), words="shown"),
    nightly=(
        Command("travel-times", ("-m", "services", "travel-times"), ("owner",)),
        Command("rhythms", ("-m", "services", "rhythms"), ("owner",)),
        Command("silences", ("-m", "services", "silences"), ("owner",)),
        Command("audit-anchor", ("-m", "services", "audit", "anchor"), ("owner", "audit")),
    ),
    expire=Command("expire", ("-m", "services", "expire"), ("owner", "audit", *_STORE)),
    programs=(
        Command("ingest", ("-m", "ingest"), ("ingest", "ingest_broker", "push", "metrics", *_STORE)),
        Command("search", ("-m", "search"), ("search", "audit", "logins", "port", "story", *_STORE)),
        Command("deliver", ("-m", "ingest", "deliver"), ("ingest", "ingest_broker", "audit", "pages", *_STORE)),
    ),
    traffic=(
        Command("simulator", ("-m", "simulator", "live", "--story", "{story_folder}/story.json"),
                ("simulator_broker", "api")),
    ),
)

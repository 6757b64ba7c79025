"""The steps of `make demo`, in order, and what they hand to each other."""

import hashlib
import json
import os
import secrets
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from deploy.demo.commands import Command, Commands
from deploy.demo.programs import Program, StopRequest, Supervisor, run_to_end
from deploy.demo.settings import DemoSettings
from deploy.embedded.broker import EmbeddedBroker, MosquittoBroker
from deploy.embedded.postgres import EmbeddedPostgres, stop_orphan
from deploy.embedded.roles import INGEST, OWNER, SEARCH, create_roles_and_database
from deploy.guardian import Guardian
from deploy.processes import LOOPBACK, free_port, last_lines, port_is_free
from services.errors import ConfigurationError
from services.secret_files import write_secret, write_secret_json

_NEEDED_MB = 2000
_READY_SECONDS = 90.0
_CONNECTED = "zoneschild_broker_connected 1.0"
_PREFERRED_USER = "els"


@dataclass(slots=True)
class Demo:
    """One running demo: its settings and tables, and what the steps have found out so far."""

    settings: DemoSettings
    commands: Commands
    guardian: Guardian
    stop: StopRequest
    supervisor: Supervisor
    urls: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    logins: list[tuple[str, str]] = field(default_factory=list)
    user: str = _PREFERRED_USER
    tokens: dict[str, str] = field(default_factory=dict)
    metrics_port: int = field(default_factory=free_port)

    @property
    def folder(self) -> Path:
        """Where the demo keeps its data."""
        return self.settings.demo_folder

    @property
    def addresses_file(self) -> Path:
        """Where the demo writes how to reach it."""
        return self.folder.with_name(f"{self.folder.name}.json")

    @property
    def story_folder(self) -> Path:
        """Where the simulator writes the made-up past."""
        return self.folder.resolve() / "story"

    @property
    def broker_folder(self) -> Path:
        """Where the broker reads who may connect."""
        return self.folder.resolve() / "broker"

    @property
    def url(self) -> str:
        """Where the pages are."""
        return f"http://{LOOPBACK}:{self.settings.search_port}"

    def log(self, name: str) -> Path:
        """Where a command or program writes."""
        return self.folder / "logs" / f"{name}.log"

    def environment(self, knows: tuple[str, ...]) -> dict[str, str]:
        """Return what a child may know: the machine's environment and its own groups of settings."""
        groups = {
            "owner": {"DATABASE_URL": self.urls.get(OWNER, "")},
            "ingest": {"DATABASE_URL": self.urls.get(INGEST, "")},
            "search": {"DATABASE_URL": self.urls.get(SEARCH, "")},
            "identity": {"IDENTITY_KEY": self.secrets.get("identity_key", "")},
            "audit": {"AUDIT_KEY": self.secrets.get("audit_key", ""),
                      "AUDIT_HEADS_FILE": str(self.folder.resolve() / "audit-heads.jsonl"),
                      "AUDIT_ANCHORS_FOLDER": str(self.folder.resolve() / "audit-anchors")},
            "images": {"IMAGES_URL": f"file:{self.folder.resolve() / 'images'}"},
            "ingest_broker": {"BROKER_URL": self.urls.get("ingest_broker", "")},
            "broker_folder": {"BROKER_FOLDER": str(self.broker_folder)},
            "push": {"PUSH_HOST": LOOPBACK, "PUSH_PORT": str(self.settings.push_port)},
            "metrics": {"METRICS_PORT": str(self.metrics_port)},
            "simulator_broker": {"BROKER_URL": self.urls.get("simulator_broker", "")},
            "logins": {"SECOND_FACTOR": "offered"},  # one click on the story's page is to be enough
            "port": {"SEARCH_HOST": LOOPBACK, "SEARCH_PORT": str(self.settings.search_port)},
            "pages": {"PAGES_URL": self.url},
            "story": {"STORY_FILE": str(self.story_folder / "story.json")},
            "api": {"API_URL": self.url, "API_TOKEN": self.tokens.get("simulator", "")},
        }
        # The launcher's own settings may hold a superuser's password; no child needs them.
        known = {name: value for name, value in os.environ.items() if not name.startswith("ZONESCHILD_DEMO_")}
        given = {f"ZONESCHILD_{name}": value for group in knows for name, value in groups[group].items()}
        return {**known, **given, "PYTHONUNBUFFERED": "1"}

    def run(self, command: Command, stdin_text: str = "", **values: str) -> str:
        """Run one of the commands that end, and return what it said."""
        arguments = command.filled({"story_folder": str(self.story_folder), **values})
        log = self.log(command.log_name(values))
        return run_to_end(arguments, self.environment(command.knows), log, self.guardian, self.stop,
                          stdin_text=stdin_text, words=command.words)


def check_machine(demo: Demo) -> None:
    """Ports and disk: refuse now what would fail later."""
    stop_orphan(demo.folder.resolve() / "postgres" / "data")
    wanted = {"search": ("ZONESCHILD_SEARCH_PORT", demo.settings.search_port),
              "ingest": ("ZONESCHILD_PUSH_PORT", demo.settings.push_port),
              "the broker": ("ZONESCHILD_DEMO_BROKER_PORT", demo.settings.demo_broker_port)}
    if demo.settings.demo_database_superuser_url is None:
        wanted["the database"] = ("ZONESCHILD_DEMO_DATABASE_PORT", demo.settings.demo_database_port)
    for program, (variable, port) in wanted.items():
        if not port_is_free(port):
            raise ConfigurationError(f"port {port} is taken, so {program} cannot have it: free it, or choose another "
                                     f"with {variable}=… make demo")
    demo.folder.chmod(0o711)  # others may pass, not look: where root runs PostgreSQL as nobody, nobody passes
    (demo.folder / "logs").mkdir(mode=0o700, exist_ok=True)
    (demo.folder / "audit-anchors").mkdir(exist_ok=True)
    free_mb = shutil.disk_usage(demo.folder).free // 2**20
    if free_mb < _NEEDED_MB:
        raise ConfigurationError(f"the demo needs {_NEEDED_MB} MB of free disk and {demo.folder} has {free_mb} MB left")


def load_secrets(demo: Demo) -> None:
    """The keys of the read ids and of the audit, and the demo's password: made once, then kept."""
    file = demo.folder / "secrets.json"
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    made = {"identity_key": secrets.token_urlsafe(48), "audit_key": secrets.token_urlsafe(48),
            "password": "-".join(secrets.token_hex(2) for _ in range(4))}
    demo.secrets = made | kept
    if kept != demo.secrets:
        write_secret_json(file, demo.secrets)


def start_database(demo: Demo) -> None:
    """PostgreSQL, its roles and the database."""
    load_secrets(demo)
    given = demo.settings.demo_database_superuser_url
    if given is None:
        server = EmbeddedPostgres(demo.folder / "postgres", demo.settings.demo_database_port, guardian=demo.guardian)
        demo.supervisor.start(server)
        superuser_url = server.superuser_url
    else:
        superuser_url = given.get_secret_value()
    demo.urls |= create_roles_and_database(superuser_url, demo.folder / "roles.json")


def start_broker(demo: Demo) -> None:
    """The MQTT broker."""
    kind = MosquittoBroker if demo.settings.demo_broker == "mosquitto" else EmbeddedBroker
    server = kind(demo.broker_folder, demo.settings.demo_broker_port, guardian=demo.guardian)
    demo.supervisor.start(server)
    demo.urls |= {"ingest_broker": server.url_for("ingest"), "simulator_broker": server.url_for("simulator")}


def migrate(demo: Demo) -> None:
    """The schema, the cameras and the roads; then the broker can know the gateways that were registered before."""
    demo.run(demo.commands.migrate)
    for command in demo.commands.cameras:
        demo.run(command)
    demo.run(demo.commands.network)
    demo.run(demo.commands.broker)


def make_story(demo: Demo) -> None:
    """The made-up past: what there is to find, and who looks for it."""
    demo.story_folder.mkdir(exist_ok=True)
    demo.run(demo.commands.story)
    demo.run(demo.commands.told_past)


def add_users(demo: Demo) -> None:
    """One login for every role of the story, and API tokens."""
    story = json.loads((demo.story_folder / "story.json").read_text(encoding="utf-8"))
    users = [{"username": role["username"], "name": role["name"], "role": role["role"],
              "password": demo.secrets["password"]} for role in story["roles"]]
    demo.run(demo.commands.users, json.dumps(users))
    demo.run(demo.commands.told_decisions)
    demo.run(demo.commands.told_watching)
    # The story's page offers each role with one click; search finds the password beside the story.
    write_secret_json(demo.story_folder / "logins.json", {"password": demo.secrets["password"]})
    demo.logins = [(role["title"]["en"], role["username"]) for role in story["roles"]]
    known = {user["role"]: user["username"] for user in users}
    demo.user = _PREFERRED_USER if _PREFERRED_USER in known.values() else users[0]["username"]
    for holder, username in {"api": demo.user, "simulator": known.get("integrator", demo.user)}.items():
        # The token is the last word of what the command says.
        demo.tokens[holder] = demo.run(demo.commands.token, username=username).split()[-1]


def backfill(demo: Demo) -> None:
    """The past into the database, where it is not there yet, and how long its roads took."""
    history, loaded = demo.story_folder / "history.jsonl", demo.story_folder / "loaded"
    digest = _digest(history)
    if loaded.exists() and loaded.read_text(encoding="ascii") == digest:
        return
    demo.run(demo.commands.backfill)
    for command in demo.commands.nightly:
        demo.run(command)
    loaded.write_text(digest, encoding="ascii")


def _digest(file: Path) -> str:
    if not file.exists():
        return ""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def start_programs(demo: Demo) -> None:
    """Ingest, search, and what sends hits to channels."""
    _start_all(demo, demo.commands.programs)


def start_traffic(demo: Demo) -> None:
    """The simulator, which needs search's API; then everything runs, and the addresses are written."""
    _start_all(demo, demo.commands.traffic)
    write_addresses(demo)


def wait_for_programs(demo: Demo) -> None:
    """Until search says that it is healthy and ingest that it hears the broker.

    A broker queues for a session that exists: what was sent before ingest's first one would reach nobody.
    """
    _wait(demo, "search", lambda: _answers(f"{demo.url}/health"))
    _wait(demo, "ingest", lambda: _answers(f"http://{LOOPBACK}:{demo.metrics_port}/metrics", _CONNECTED))


def _wait(demo: Demo, name: str, is_ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not is_ready():
        demo.stop.check()
        ended = next((service for service in demo.supervisor.services if service.poll() is not None), None)
        if ended is not None or time.monotonic() > deadline:
            program = ended.name if ended else name
            what = "ended at once" if ended else f"was not ready within {_READY_SECONDS:.0f} s"
            log = ended.log if ended else demo.log(name)
            raise ConfigurationError(f"{program} {what}; its last words (all of them: {log}):\n{last_lines(log)}")
        time.sleep(0.1)


def write_addresses(demo: Demo) -> None:
    """Write how to reach the demo, whole and readable by its owner only; again whenever a process changes."""
    # What a terminal needs to replay a file into this demo (README, "Your own reads").
    known = {"BROKER_URL": demo.urls["simulator_broker"], "API_URL": demo.url, "API_TOKEN": demo.tokens["simulator"]}
    _write_environment(demo.folder / "replay.env", known)
    # And to register gateways in it (README, "Your own gateway").
    _write_environment(demo.folder / "admin.env", {
        "DATABASE_URL": demo.urls[OWNER], "AUDIT_KEY": demo.secrets["audit_key"],
        "BROKER_FOLDER": str(demo.broker_folder)})
    # Last: whoever waits for the addresses finds the others written.
    write_secret_json(demo.addresses_file, {
        "url": demo.url,
        "user": demo.user,
        "password": demo.secrets["password"],
        "api_token": demo.tokens["api"],
        "database_url": demo.urls[OWNER],
        "broker_url": demo.urls["simulator_broker"],
        "push_url": f"http://{LOOPBACK}:{demo.settings.push_port}/push",
        "users": {username: demo.secrets["password"] for _, username in demo.logins},
        "launcher": os.getpid(),
        "programs": {service.name: service.pid for service in demo.supervisor.services},
        "logs": str(demo.folder.resolve() / "logs"),
    })


def _write_environment(file: Path, known: dict[str, str]) -> None:
    write_secret(file, "".join(f"ZONESCHILD_{name}='{value}'\n" for name, value in known.items()))


def _start_all(demo: Demo, commands: tuple[Command, ...]) -> None:
    for command in commands:
        demo.supervisor.start(Program(command.name, command.filled({"story_folder": str(demo.story_folder)}),
                                      demo.environment(command.knows), demo.log(command.name), demo.guardian))


def _answers(address: str, line: str = "") -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - the address is our own, on loopback
            return bool(answer.status == 200) and (not line or line in answer.read().decode().splitlines())
    except (urllib.error.URLError, OSError):
        return False


Step = tuple[str, Callable[[Demo], None]]

STEPS: tuple[Step, ...] = (
    ("ports and disk", check_machine),
    ("database", start_database),
    ("broker", start_broker),
    ("schema and cameras", migrate),
    ("the zone's past", make_story),
    ("users", add_users),
    ("past into the database", backfill),
    ("ingest and search", start_programs),
    ("pages and broker", wait_for_programs),
    ("live traffic", start_traffic),
)

"""The demo's launcher, with real servers and a product that does next to nothing."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.embedded.postgres import EmbeddedPostgres
from deploy.processes import free_port, is_alive, wait_until_gone

ROOT = Path(__file__).resolve().parents[3]
FAKE = Path(__file__).with_name("fake_launcher.py")


class Launcher:
    """One launcher as somebody at a terminal has it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.environment = folder, environment
        self.process: subprocess.Popen[bytes] | None = None
        self.output = folder.with_suffix(".out")

    def start(self, **more: str) -> subprocess.Popen[bytes]:
        with self.output.open("ab") as output:
            self.process = subprocess.Popen([sys.executable, str(FAKE), str(self.folder)], cwd=ROOT,
                                            env={**self.environment, **more}, stdout=output, stderr=output)
        return self.process

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def addresses(self) -> dict[str, object]:
        return json.loads(self.folder.with_suffix(".json").read_text(encoding="utf-8"))

    def wait_until_ready(self) -> dict[str, object]:
        wait_for(self.folder.with_suffix(".json").exists, self.said)
        return self.addresses()

    def processes(self) -> list[int]:
        return list(self.addresses()["programs"].values())


def wait_for(happens: Callable[[], bool], explain: Callable[[], str] = str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, explain()
        time.sleep(0.05)


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[Launcher]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ZONESCHILD_", "MAKE"))}
    environment |= {"PYTHONPATH": str(ROOT), "ZONESCHILD_SEARCH_PORT": str(free_port()),
                    "ZONESCHILD_DEMO_BROKER_PORT": str(free_port()), "ZONESCHILD_PUSH_PORT": str(free_port()),
                    "ZONESCHILD_DEMO_DATABASE_PORT": str(free_port())}
    made = Launcher(tmp_path / "demo", environment)
    yield made
    if made.process and made.process.poll() is None:
        made.process.terminate()
        made.process.wait(30)


def test_runs_through_its_steps_writes_the_addresses_and_stops_without_a_trace(launcher: Launcher) -> None:
    process = launcher.start()
    addresses = launcher.wait_until_ready()
    assert stat.S_IMODE(launcher.folder.with_suffix(".json").stat().st_mode) == 0o600
    assert addresses["user"] == "els"
    assert addresses["api_token"] == "token-of-els"
    assert addresses["push_url"] == f"http://127.0.0.1:{launcher.environment['ZONESCHILD_PUSH_PORT']}/push"
    psycopg.connect(addresses["database_url"]).close()
    running = launcher.processes()
    assert all(map(is_alive, running))
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert not any(map(is_alive, running))
    assert not launcher.folder.with_suffix(".json").exists()
    assert "[2/10] database … ready" in launcher.said()
    assert launcher.said().endswith("stopped\n")


def test_every_program_knows_its_own_secrets_only_and_no_log_holds_one(launcher: Launcher) -> None:
    launcher.start(ZONESCHILD_DEMO_BROKER="embedded")
    addresses = launcher.wait_until_ready()
    logs = {log.stem: log.read_text(encoding="utf-8") for log in (launcher.folder / "logs").iterdir()}
    assert "ZONESCHILD_IDENTITY_KEY" in logs["ingest"]
    assert "ZONESCHILD_DATABASE_URL" not in logs["simulator"]
    assert "ZONESCHILD_DEMO_" not in "".join(logs.values())
    secrets = json.loads((launcher.folder / "secrets.json").read_text(encoding="utf-8"))
    for secret in (addresses["api_token"], addresses["password"], secrets["identity_key"]):
        assert not [name for name, text in logs.items() if secret in text]


def test_gateways_can_be_registered_with_what_is_written_for_the_administrator(launcher: Launcher) -> None:
    launcher.start()
    addresses = launcher.wait_until_ready()
    file = launcher.folder / "admin.env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    known = dict(line.split("=", 1) for line in file.read_text(encoding="utf-8").splitlines())
    secrets = json.loads((launcher.folder / "secrets.json").read_text(encoding="utf-8"))
    assert known == {"ZONESCHILD_DATABASE_URL": f"'{addresses['database_url']}'",
                     "ZONESCHILD_AUDIT_KEY": f"'{secrets['audit_key']}'",
                     "ZONESCHILD_BROKER_FOLDER": f"'{launcher.folder / 'broker'}'"}
    assert (launcher.folder / "broker" / "broker.pid").read_text(encoding="ascii").strip() == str(
        addresses["programs"]["broker"])


def test_a_killed_program_is_started_again_and_the_addresses_say_so(launcher: Launcher) -> None:
    launcher.start()
    first = launcher.wait_until_ready()["programs"]["ingest"]
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: launcher.addresses()["programs"]["ingest"] != first, launcher.said)
    assert "ingest ended (signal 9); it starts again in 1 s" in launcher.said()
    assert is_alive(launcher.addresses()["programs"]["ingest"])


@pytest.mark.parametrize("server", ["database", "broker"])
def test_a_killed_server_is_started_again_on_its_port(launcher: Launcher, server: str) -> None:
    launcher.start()
    addresses = launcher.wait_until_ready()
    os.kill(addresses["programs"][server], signal.SIGKILL)
    wait_for(lambda: f"{server} runs again" in launcher.said(), launcher.said)
    assert launcher.addresses()["programs"][server] != addresses["programs"][server]
    psycopg.connect(addresses["database_url"]).close()


def test_when_the_launcher_is_killed_everything_stops_and_the_next_one_carries_on(launcher: Launcher) -> None:
    process = launcher.start()
    password = launcher.wait_until_ready()["password"]
    running = launcher.processes()
    process.kill()
    process.wait()
    launcher.folder.with_suffix(".json").unlink()
    launcher.start()  # at once: it waits until the first one's processes are gone
    assert launcher.wait_until_ready()["password"] == password
    assert all(wait_until_gone(pid, 5) for pid in running)


def test_a_second_launcher_is_told_that_one_runs(launcher: Launcher) -> None:
    launcher.start()
    launcher.wait_until_ready()
    done = subprocess.run([sys.executable, str(FAKE), str(launcher.folder)], cwd=ROOT, capture_output=True,
                          env=launcher.environment, text=True, check=False)
    assert done.returncode == 1
    assert "a demo already runs here" in done.stderr
    assert "Traceback" not in done.stderr
    assert launcher.folder.with_suffix(".json").exists()


@pytest.mark.parametrize(("variable", "program"), [
    ("ZONESCHILD_SEARCH_PORT", "search"), ("ZONESCHILD_DEMO_BROKER_PORT", "the broker"),
    ("ZONESCHILD_DEMO_DATABASE_PORT", "the database"), ("ZONESCHILD_PUSH_PORT", "ingest")])
def test_a_taken_port_is_named_with_who_wanted_it_and_what_moves_it(launcher: Launcher, variable: str,
                                                                    program: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(launcher.environment[variable])))
        taken.listen()
        assert launcher.start().wait(30) == 1
    assert f"is taken, so {program} cannot have it" in launcher.said()
    assert variable in launcher.said()


def test_a_failing_command_shows_its_last_words_and_its_log(launcher: Launcher) -> None:
    assert launcher.start(FAKE_FAIL="migrate").wait(30) == 1
    assert "the database says no" in launcher.said()
    assert str(launcher.folder / "logs" / "migrate.log") in launcher.said()
    assert "Traceback" not in launcher.said()


def test_a_program_that_ends_at_once_stops_the_demo_with_its_last_words(launcher: Launcher) -> None:
    assert launcher.start(FAKE_FAIL="search").wait(30) == 1
    assert "search ended at once" in launcher.said()
    assert "the database says no" in launcher.said()


def test_it_can_be_stopped_in_the_middle_of_a_long_step(launcher: Launcher) -> None:
    process = launcher.start(FAKE_BACKFILL_SECONDS="60")
    wait_for(lambda: "past into the database" in launcher.said(), launcher.said)
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0
    assert "stopped" in launcher.said()


@pytest.fixture
def own_server(server_folder: Path) -> Iterator[EmbeddedPostgres]:
    """A server for one test: the demo gives the roles passwords of its own, which the other tests' server must not."""
    with EmbeddedPostgres(server_folder / "given", settings={"shared_buffers": "32MB"}) as server:
        yield server


def test_a_given_server_is_used_instead_of_the_embedded_one(launcher: Launcher, own_server: EmbeddedPostgres) -> None:
    postgres_server = own_server.superuser_url
    launcher.start(ZONESCHILD_DEMO_DATABASE_SUPERUSER_URL=postgres_server)
    addresses = launcher.wait_until_ready()
    assert "database" not in addresses["programs"]
    with psycopg.connect(addresses["database_url"]) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("zoneschild_owner",)

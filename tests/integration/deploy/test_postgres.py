"""The embedded PostgreSQL: starts, survives every way to die, keeps its secrets, leaves nothing behind."""

import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.embedded.identity import AsUser
from deploy.embedded.postgres import EmbeddedPostgres, ServerFailedError
from deploy.embedded.roles import INGEST, OWNER, SEARCH, create_roles_and_database
from deploy.processes import command_of, is_alive, wait_until_gone

ROOT = Path(__file__).resolve().parents[3]
SMALL = {"shared_buffers": "32MB"}
START_AND_DIE = """
import os, signal, sys
from pathlib import Path
from deploy.embedded.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), settings={"shared_buffers": "32MB"})
server.start()
print(server.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the user nobody can reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="zoneschild-pg-") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "postgres"


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    return row[0] if row else None


def test_starts_with_checksums_scram_and_synchronous_commit_and_keeps_its_data(folder: Path) -> None:
    with EmbeddedPostgres(folder, settings=SMALL) as server:
        with psycopg.connect(server.superuser_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        for setting, value in {"data_checksums": "on", "synchronous_commit": "on", "password_encryption":
                               "scram-sha-256", "listen_addresses": "127.0.0.1", "fsync": "on"}.items():
            assert ask(server.superuser_url, f"SHOW {setting}") == value
        assert ask(server.superuser_url, "SELECT datlocale FROM pg_database WHERE datname = 'postgres'") == "C.UTF-8"
        pid = server.pid
    assert not is_alive(pid)
    with EmbeddedPostgres(folder, settings=SMALL) as server:
        assert ask(server.superuser_url, "SELECT answer FROM kept") == 42


def test_starts_again_after_the_server_was_killed(folder: Path) -> None:
    server = EmbeddedPostgres(folder, settings=SMALL)
    server.start()
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    assert (folder / "data" / "postmaster.pid").exists()
    with server:
        assert ask(server.superuser_url, "SELECT 1") == 1


def test_starts_although_the_stale_process_file_names_a_living_foreign_process(folder: Path) -> None:
    with EmbeddedPostgres(folder, settings=SMALL):
        pass
    (folder / "data" / "postmaster.pid").write_text(f"{os.getppid()}\n{folder / 'data'}\n", encoding="utf-8")
    with EmbeddedPostgres(folder, settings=SMALL) as server:
        assert ask(server.superuser_url, "SELECT 1") == 1


def test_the_server_stops_when_its_starter_is_killed(folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", START_AND_DIE, str(folder)], cwd=ROOT, capture_output=True, text=True,
                          check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert wait_until_gone(int(done.stdout), 10)


def test_an_orphaned_server_on_the_folder_is_stopped_and_replaced(folder: Path) -> None:
    server = EmbeddedPostgres(folder, settings=SMALL)
    server.start()
    orphan, server._server = server._server, None  # its starter forgets it, as if guardian and starter had been killed
    assert orphan is not None
    os.close(server._lock)
    with EmbeddedPostgres(folder, settings=SMALL) as second:
        assert orphan.wait(10) == 0
        assert ask(second.superuser_url, "SELECT 1") == 1
    server._guardian.close()


def test_two_programs_cannot_use_one_folder(folder: Path) -> None:
    with EmbeddedPostgres(folder, settings=SMALL), pytest.raises(ServerFailedError, match="another program"):
        EmbeddedPostgres(folder, settings=SMALL).start()


def test_says_which_port_it_could_not_have(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServerFailedError, match=f"did not start on port {port}"):
            EmbeddedPostgres(folder, port, settings=SMALL).start()


def test_an_interrupted_first_start_is_made_good(folder: Path) -> None:
    (folder / "data.new" / "base").mkdir(parents=True)
    with EmbeddedPostgres(folder, settings=SMALL) as server:
        assert ask(server.superuser_url, "SELECT 1") == 1


def test_the_password_is_readable_by_its_owner_only_and_on_no_command_line(folder: Path) -> None:
    with EmbeddedPostgres(folder, settings=SMALL) as server:
        file = folder / "superuser-password"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.read_text(encoding="ascii") not in command_of(server.pid)
        wrong = server.superuser_url.replace(file.read_text(encoding="ascii"), "wrong")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)


def test_the_log_holds_no_plate_of_a_failed_statement(folder: Path) -> None:
    with EmbeddedPostgres(folder, settings=SMALL) as server, psycopg.connect(server.superuser_url) as connection:
        connection.execute("CREATE TABLE seen (plate text PRIMARY KEY)")
        with pytest.raises(psycopg.errors.UniqueViolation, match="3ABC234"):
            connection.execute("INSERT INTO seen VALUES ('3ABC234'), ('3ABC234')")
        connection.rollback()
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute("SELECT '3ABC234'::integer")
    assert "3ABC234" not in (folder / "postgres.log").read_text(encoding="utf-8")


def test_roles_have_their_own_addresses_and_making_them_again_changes_nothing(folder: Path) -> None:
    with EmbeddedPostgres(folder, settings=SMALL) as server:
        first = create_roles_and_database(server.superuser_url, folder / "roles.json", "zone")
        assert create_roles_and_database(server.superuser_url, folder / "roles.json", "zone") == first
        assert {role: ask(first[role], "SELECT current_user") for role in (OWNER, INGEST, SEARCH)} == {
            role: role for role in (OWNER, INGEST, SEARCH)}
        with psycopg.connect(first[SEARCH]) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE intruder ()")
        assert stat.S_IMODE((folder / "roles.json").stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root turns into nobody")
def test_root_without_user_namespaces_runs_it_as_nobody(folder: Path) -> None:
    with EmbeddedPostgres(folder, settings=SMALL, user_namespaces=False) as server:
        assert ask(server.superuser_url, "SELECT 1") == 1
        assert f"\nUid:\t{65534}\t" in Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root turns into nobody")
def test_the_wheel_is_copied_when_nobody_cannot_reach_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reaches = "deploy.embedded.identity._reaches"
    monkeypatch.setattr(reaches, lambda _, *command: "-x" not in command)
    with EmbeddedPostgres(folder, settings=SMALL, user_namespaces=False) as server:
        assert str(folder / "binaries") in command_of(server.pid)


def test_an_ordinary_user_needs_no_disguise() -> None:
    identity = AsUser(Path("/somewhere"))
    assert identity.user is None
    assert identity.prefix == ()

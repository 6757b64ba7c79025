"""The tests' servers in containers, where a Docker engine answers: the same users, settings and addresses."""

import os
import secrets
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from deploy.embedded import mosquitto
from deploy.embedded.users import credentials, write_users
from services.secret_files import write_secret

_POSTGRES_IMAGE = "postgres:18"
_MOSQUITTO_IMAGE = "eclipse-mosquitto:2"
_INSIDE = Path("/zoneschild")
_HANG_UP = "import docker, sys; docker.from_env().containers.get(sys.argv[1]).kill('SIGHUP')"


class PostgresContainerServer:
    """PostgreSQL in a container; lives as long as the `with` block."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self._container = PostgresContainer(_POSTGRES_IMAGE, username="postgres", password=secrets.token_urlsafe(16),
                                            dbname="postgres", driver=None).with_command(f"postgres {options}")

    @property
    def superuser_url(self) -> str:
        """The superuser's address."""
        return str(self._container.get_connection_url())

    def __enter__(self) -> Self:
        self._container.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._container.stop()


class MosquittoContainerBroker:
    """Mosquitto in a container; lives as long as the `with` block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        container = DockerContainer(_MOSQUITTO_IMAGE).with_exposed_ports(1883).with_kwargs(user=os.getuid())
        container = container.with_volume_mapping(str(folder), str(_INSIDE), "rw")
        self._container = container.with_command(f"mosquitto -c {_INSIDE}/mosquitto.conf")

    @property
    def commands_environment(self) -> dict[str, str]:
        """What `python -m services gateway` must know of this broker; the container's processes are not ours."""
        number = self._container.get_wrapped_container().id
        return {"ZONESCHILD_BROKER_FOLDER": str(self._folder),
                "ZONESCHILD_BROKER_RELOAD": shlex.join([sys.executable, "-c", _HANG_UP, number])}

    def url_for(self, program: str) -> str:
        """Return the address of the broker for `ingest` or `simulator`, password included."""
        user, password = credentials(self._folder, program)
        host, port = self._container.get_container_host_ip(), self._container.get_exposed_port(1883)
        return f"mqtt://{user}:{password}@{host}:{port}"

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        write_users(self._folder)
        everywhere = "0.0.0.0"  # noqa: S104 - everywhere inside the container; Docker decides who reaches it
        write_secret(self._folder / "mosquitto.conf", mosquitto.configuration(
            _INSIDE, 1883, address=everywhere, pid_file=False))
        self._container.waiting_for(LogMessageWaitStrategy("running")).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._container.stop()

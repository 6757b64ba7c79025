"""A demo to look at: the one that runs, or one of its own on free ports with its own folder, stopped in the end."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.processes import free_port, is_alive
from services.errors import ConfigurationError

RUNNING, OWN = Path("var/demo.json"), Path("var/screens")
_READY_S, _STOPPED_S = 600.0, 60.0
_PORTS = ("SEARCH_PORT", "PUSH_PORT", "DEMO_BROKER_PORT", "DEMO_DATABASE_PORT")


@contextmanager
def open_demo() -> Iterator[dict[str, Any]]:
    """Yield the addresses of the demo that runs; starts one of its own when there is none.

    Raises ConfigurationError when its own does not run after ten minutes.
    """
    running = _read(RUNNING)
    if running is not None:
        yield running
        return
    ports = {f"ZONESCHILD_{name}": str(free_port()) for name in _PORTS}
    environment = {**os.environ, **ports, "ZONESCHILD_DEMO_FOLDER": str(OWN)}
    environment.pop("MAKELEVEL", None)  # its life hangs on ours, not on make's
    process = subprocess.Popen([sys.executable, "-m", "deploy.demo"], env=environment, start_new_session=True,
                               stdout=sys.stderr)
    try:
        yield _wait(process)
    finally:
        process.terminate()
        process.wait(_STOPPED_S)


def _wait(process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline and process.poll() is None:
        ready = _read(OWN.with_name(f"{OWN.name}.json"))
        if ready is not None and ready["launcher"] == process.pid:
            return ready
        time.sleep(0.5)
    raise ConfigurationError("the demo for the pictures did not start; what it said stands above")


def _read(file: Path) -> dict[str, Any] | None:
    """Return a demo's addresses when it is alive."""
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found if is_alive(found["launcher"]) else None

"""Boards over restarts in small: `python -m deploy.chaos.boards` as whoever runs it, with search killed meanwhile."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IN_SMALL = ("search", "--tabs", "0", "--clients", "6", "--rate", "8", "--down", "0.2", "--before", "2", "--after", "3")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user can reach: where root must run PostgreSQL as nobody, pytest's own would not do."""
    with tempfile.TemporaryDirectory(prefix="zoneschild-boards-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_every_client_hears_every_event_once_and_in_order_while_search_is_killed(folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZONESCHILD_")}
    done = subprocess.run([sys.executable, "-m", "deploy.chaos.boards", *IN_SMALL, "--folder", str(folder)], cwd=ROOT,
                          env=environment, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "search killed" in done.stdout
    figures = {figure["name"]: figure["value"] for figure in json.loads((folder / "bench/boards.json").read_text())}
    assert figures["reads published"] == 41
    assert figures["6 clients: events to hear"] > 6 * 31  # three of four hits are for both officers
    assert figures["clients: connections made"] >= 12
    for nothing in ("alerts lost", "alerts doubled", "clients: events lost", "clients: events doubled",
                    "clients: events not theirs", "clients: events out of order", "ended by themselves"):
        assert figures[nothing] == 0

"""Random faults in small: `python -m deploy.chaos` as whoever runs it, with one broker and three faults."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SEED_OF_A_FULL_STORE_A_KILLED_BROKER_AND_A_KILLED_INGEST = "17"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user can reach: where root must run PostgreSQL as nobody, pytest's own would not do."""
    with tempfile.TemporaryDirectory(prefix="zoneschild-chaos-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_nothing_is_lost_or_doubled_while_the_image_store_is_full_and_broker_and_ingest_are_killed(
        folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZONESCHILD_")}
    environment |= {"SEED": SEED_OF_A_FULL_STORE_A_KILLED_BROKER_AND_A_KILLED_INGEST, "FAULTS": "3", "SECONDS": "3",
                    "STALL": "3", "RATE": "200"}
    done = subprocess.run([sys.executable, "-m", "deploy.chaos", "embedded", "--folder", str(folder)], cwd=ROOT,
                          env=environment, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    for struck in ("1/3 image store full", "2/3 broker killed", "3/3 ingest killed"):
        assert struck in done.stdout
    figures = {figure["name"]: figure["value"] for figure in json.loads((folder / "bench/chaos.json").read_text())}
    assert figures["embedded: sent"] > 2000
    assert figures["embedded: resent"] > 0
    for nothing in ("lost", "doubled", "never sent", "not the best plate", "pictures missing", "rejected",
                    "counters beside the rows", "ended by themselves"):
        assert figures[f"embedded: {nothing}"] == 0
    # On a slow machine one fault strikes while another is under way, and both count as one.
    back = [value for name, value in figures.items()
            if name.startswith("embedded, back after: ") and name.endswith("max")]
    assert back
    assert all(0 < seconds < 20 for seconds in back)

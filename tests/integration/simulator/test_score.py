"""A small world is made, loaded, learned from and scored, all through the programs themselves."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from deploy.bench.stand import FOLDER, INGEST, OWNER, SEARCH, Stand
from deploy.score.__main__ import measure
from deploy.score.preparing import Prepared, prepare
from deploy.score.settings import SCORES, Sizes

SIZES = Sizes(plates=3000, reads_per_day=1200, asked=45, taught=15)


@pytest.fixture
def prepared(database: Any, tmp_path: Path) -> Prepared:
    """A store that holds a small world, and what the product learned from it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    stand = Stand({OWNER: database.owner_url, INGEST: database.ingest_url, SEARCH: database.search_url})
    return prepare(stand, tmp_path / "world", SIZES)


def _figures(folder: Path, name: str) -> dict[str, float]:
    rows = msgspec.json.decode((folder / f"score-{name}.json").read_bytes())
    return {row["name"]: row["value"] for row in rows}


@pytest.mark.timeout(480)
def test_every_score_finds_most_of_what_is_true(prepared: Prepared, tmp_path: Path) -> None:
    measure(prepared, SCORES, SIZES, tmp_path)
    look_alikes = _figures(tmp_path, "look-alikes")
    alone = "plate alone"
    assert look_alikes["misread reads to be found"] >= 30
    assert look_alikes[f"{alone}, recall at 0.05"] > 0.6
    assert look_alikes[f"{alone}, precision at 0.5"] > 0.7
    assert look_alikes["Levenshtein ≤ 1, recall"] > 0.6
    assert look_alikes["trigram similarity, recall"] > 0.3
    witness = _figures(tmp_path, "witness")
    assert witness["true plate among the first 10"] > 0.8
    journeys = _figures(tmp_path, "journeys")
    assert journeys["trips"] >= 20
    assert journeys["rebuilt exactly"] > 0.6
    onward = _figures(tmp_path, "onward")
    named = "by where it came from too"
    assert onward[f"{named}, next camera among the first 3"] > 0.8
    assert onward[f"{named}, calibration error"] < 0.1
    assert onward[f"{named}, came between soonest and latest"] > 0.5
    alerts = _figures(tmp_path, "alerts")
    assert alerts["exact reads of what was entered"] >= 10
    assert alerts["exact, told once"] == 1
    assert alerts["exact, told more than once"] == alerts["exact, a vehicle's further open hits"] == 0
    assert alerts["possible, told more than once"] == 0

"""docs/search.md says what the box understands: each of its examples becomes the filters that stand beside it."""

import re
from pathlib import Path

import pytest

from search.asking.understanding import understand
from search.asking.ways import WAYS
from search.reads.filters import FILTERS
from tests.unit.search.asking.zones import NOW, ZONE_NAMES

DOCS = Path(__file__).resolve().parents[3] / "docs"
TABLE = (DOCS / "search.md").read_text(encoding="utf-8").split("| what | for instance | becomes |")[1].split("\n\n")[0]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.splitlines()[2:]]
KEYS = {filter_.key for filter_ in FILTERS}
EXAMPLES = [(example, set(re.findall(r"`(\w+)`", becomes)) or KEYS)
            for _, examples, becomes in ROWS for example in re.findall(r"`([^`]+)`", examples)
            if not example.endswith("…")]


@pytest.mark.parametrize(("example", "keys"), EXAMPLES, ids=[example for example, _ in EXAMPLES])
def test_it_becomes_what_stands_beside_it(example: str, keys: set[str]) -> None:
    understood = understand(example, ZONE_NAMES, NOW)
    assert understood.unread == ()
    found = {filter_.key for filter_, _ in understood.asked.chosen()}
    assert found
    assert found <= keys


def test_the_decision_counts_the_ways_as_they_are() -> None:
    decision = next((DOCS / "decisions").glob("0150-*.md")).read_text(encoding="utf-8")
    assert len(WAYS) == 16
    assert "sixteen ways to read" in decision

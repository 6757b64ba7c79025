"""Every metric stands in docs/operations.md, with what to do, and nothing else does."""

import re
from pathlib import Path

from prometheus_client.metrics import MetricWrapperBase

from ingest import metrics

PAGE = (Path(__file__).resolve().parents[3] / "docs/operations.md").read_text(encoding="utf-8")
ROWS = {cells[0]: cells[1:] for line in PAGE.splitlines() if line.startswith("| `zoneschild_")
        for cells in [[cell.strip(" `") for cell in line.strip("|").split(" | ")]]}


def names() -> set[str]:
    found = [metric for metric in vars(metrics).values() if isinstance(metric, MetricWrapperBase)]
    return {metric._name + ("_total" if metric._type == "counter" else "") for metric in found}


def test_the_page_names_every_metric_and_no_other() -> None:
    assert set(ROWS) == names()
    assert set(re.findall(r"zoneschild_\w+", PAGE)) == names()


def test_of_every_metric_it_says_what_it_tells_and_what_to_do() -> None:
    assert all(len(cells) == 2 and all(cells) for cells in ROWS.values())

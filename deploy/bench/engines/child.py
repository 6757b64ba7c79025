"""`python child.py`, run by the engines' own Python: load a CSV of reads, ask questions, tell how long each took.

Reads a job as JSON on standard input, writes what came of it as JSON on standard output. Knows nothing of the product,
so that the engines need not be installed beside it.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Ask = Callable[[str], int]
"""Runs one statement and returns how many rows it gave."""


def open_duckdb(folder: Path) -> Ask:
    """Open a DuckDB database in `folder`."""
    import duckdb  # noqa: PLC0415 - of the two engines only this one

    connection = duckdb.connect(str(folder / "reads.duckdb"))
    return lambda statement: len(connection.execute(statement).fetchall())


def open_chdb(folder: Path) -> Ask:
    """Open a session of ClickHouse's engine whose tables lie in `folder`."""
    from chdb.session import Session  # noqa: PLC0415 - of the two engines only this one

    session = Session(str(folder / "chdb"))

    def ask(statement: str) -> int:
        answer = session.query(statement, "JSONCompactEachRow")
        return str(answer).count("\n")
    return ask


ENGINES: dict[str, Callable[[Path], Ask]] = {"DuckDB": open_duckdb, "chDB": open_chdb}


def ask_twice(ask: Ask, questions: Sequence[Sequence[str]], within_s: float) -> dict[str, Any]:
    """Ask the questions of one kind twice, each time for `within_s` seconds at most; return the second times, ms."""
    times: list[float] = []
    rows = 0
    for _ in ("cold", "warm"):
        deadline, times, rows = time.monotonic() + within_s, [], 0
        for statements in questions:
            if time.monotonic() > deadline and times:
                break
            began = time.perf_counter()
            rows += [ask(statement) for statement in statements][-1]
            times.append((time.perf_counter() - began) * 1000)
    return {"times_ms": times, "rows": rows}


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Load and ask; return seconds of loading, bytes on the disk, and by kind of question the times."""
    folder = Path(job["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    ask, began = ENGINES[job["engine"]](folder), time.monotonic()
    for statement in job["load"]:
        ask(statement)
    loaded_s = time.monotonic() - began
    stored = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    kinds = {name: ask_twice(ask, questions, job["within_s"]) for name, questions in job["questions"].items()}
    return {"loaded_s": loaded_s, "bytes": stored, "kinds": kinds}


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)), sys.stdout)

"""Statements on reads stand in one file, and each takes what only the audited path or a grant hands out."""

import ast
import importlib
import inspect
from pathlib import Path

import search
from search.answers import Permitted
from search.grants import Granted

_SOURCE = Path(search.__file__).parent
_ASKS = {
    "lookalikes/confirmations.py",
    "journeys/queries.py",
    "lookalikes/queries.py",
    "lookalikes/remembered.py",
    "reads/candidates.py",
    "reads/neighbours.py",
    "reads/queries.py",
    "reads/resolving.py",
    "reads/spread_queries.py",
    "watchlists/queries.py",
}
_ONLY_WRITES_CONDITIONS = {"answers.py", "audit/conditions.py", "reads/conditions.py", "reads/filters.py",
                           "reads/looking_up.py"}


def test_no_other_file_names_the_table() -> None:
    naming = set()
    for file in _SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "services.schema":
                names = {alias.name for alias in node.names}
                if names & {"reads", "plates", "passages", "image_spool", "metadata"}:
                    naming.add(file.relative_to(_SOURCE).as_posix())
            if isinstance(node, ast.ImportFrom) and node.module == "services":
                assert "schema" not in {alias.name for alias in node.names}, file
    assert naming == _ASKS | _ONLY_WRITES_CONDITIONS


def test_every_query_takes_a_permission_or_a_grant() -> None:
    for file in sorted(_ASKS):
        module = importlib.import_module(f"search.{file.removesuffix('.py').replace('/', '.')}")
        asking = [function for _, function in inspect.getmembers(module, inspect.iscoroutinefunction)
                  if function.__module__ == module.__name__]
        assert asking, file
        for function in asking:
            kinds = {parameter.annotation for parameter in inspect.signature(function).parameters.values()}
            assert kinds & {Permitted, Granted}, f"{file}: {function.__name__}"


def test_nobody_commits_but_the_one_function() -> None:
    for file in _SOURCE.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert ".commit(" not in text, file
        assert ".begin(" not in text, file

"""The layout's own names: what it sets for itself hides what a page was given under the same name."""

import ast
import re
from pathlib import Path

import search

_SOURCE = Path(search.__file__).parent
_SET = re.compile(r"{%-? set ([\w, ]+?) =")


def given() -> set[str]:
    """Return the names of everything that pages are given."""
    calls = (node for file in _SOURCE.rglob("*.py") for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
             if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "show_page")
    return {keyword.arg for call in calls for keyword in call.keywords if keyword.arg}


def test_the_layout_sets_no_name_that_a_page_is_given() -> None:
    layout = (_SOURCE / "pages/templates/layout.html").read_text(encoding="utf-8")
    names = {name.strip() for names in _SET.findall(layout) for name in names.split(",")}
    assert names
    assert names & given() == set()

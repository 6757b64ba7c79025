"""Judges pages with axe-core by WCAG 2.0 to 2.2, levels A and AA (https://www.w3.org/TR/WCAG22/).

The script comes in over the browser's own debugging line, which the pages' strict policy does not concern; the pages
themselves load nothing of it.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.npm_packages import install_once

FOLDER = Path(__file__).resolve().parent
LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")
OF_COLOUR = ("color-contrast", "link-in-text-block")
"""Rules whose answer can change with the theme alone."""
_OFF_BY_DEFAULT = ("target-size",)
_STILL = """() => document.getAnimations().filter(one => Number.isFinite(one.effect.getComputedTiming().endTime))
    .forEach(one => one.finish())"""
"""What is on its way to a colour or fading in is judged where it arrives."""
_RUN = """rules => axe.run(document, {resultTypes: ['violations'], ...rules}).then(found => found.violations.map(
    one => ({rule: one.id, help: one.help, nodes: one.nodes.map(
        node => ({target: node.target.join(' '), html: node.html.slice(0, 160), why: node.failureSummary}))})))"""


def find_violations(page: Page, *rules: str, but: Sequence[str] = ()) -> list[str]:
    """Return one line for each element that breaks one of `rules`, by default all of the levels, `but` some."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_script().read_text(encoding="utf-8"))
    switched = {rule: {"enabled": rule not in but} for rule in (*_OFF_BY_DEFAULT, *but)}
    page.evaluate(_STILL)
    asked = {"runOnly": list(rules)} if rules else {"runOnly": list(LEVELS), "rules": switched}
    return [_line(found, node) for found in page.evaluate(_RUN, asked) for node in found["nodes"]]


def bring_judge(context: BrowserContext) -> None:
    """Let every page of a context have the judge from its beginning: sending it to each takes longer than judging."""
    context.add_init_script(path=_script())


def sticks_out(page: Page) -> int:
    """Return by how much the page is wider than its window, CSS pixels; 0 when nobody has to scroll sideways."""
    return max(0, int(page.evaluate("document.scrollingElement.scrollWidth - innerWidth")))


def _line(found: dict[str, Any], node: dict[str, Any]) -> str:
    why = " ".join(str(node["why"]).split()).removeprefix("Fix any of the following: ").removeprefix(
        "Fix all of the following: ")
    return f"{found['rule']} at {node['target']}: {why} [{' '.join(node['html'].split())}]"


@cache
def _script() -> Path:
    return install_once("the judge of the pages (axe-core)", FOLDER) / "axe-core" / "axe.min.js"

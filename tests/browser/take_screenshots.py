"""`make screenshots`: every page in light, dark, on a telephone and on a wall, into docs/screens, with a sheet of all.

Pictures are of the demo that runs (`make demo`), else of one that is started for them and stopped again.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from deploy.browser import find_chromium
from services.clock import ZONE, utc_now
from services.errors import ZoneschildError
from tests.browser.demo_of_own import open_demo
from tests.browser.screens import CONSULTING, NOBODY, SCREENS, Screen, facts_of

FOLDER = Path("docs/screens")
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1360, "height": 860}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1360, "height": 860}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
    "wall": {"color_scheme": "dark", "viewport": {"width": 2560, "height": 1440}},
}
FOR_README = {"search": "found-light", "vehicle": "vehicle-dark", "overview": "overview-dark", "hits": "hits-phone"}
"""The four pictures that README.md shows, by the name under which they are kept with the code."""

_LOOKS_AGAIN, _STILL = 60, 4
_IS_STILL = """[...document.querySelectorAll("figure.map.live")].every((map) => map.dataset.idle)
    && [...document.images].every((image) => image.complete)"""
_LONGEST_MS, _COMES_WITHIN_MS = 20_000, 240_000
_SHEET = """<!doctype html><html lang="nl"><meta charset="utf-8"><title>Zoneschild</title>
<style>body{{font:15px system-ui;margin:2rem;background:#888;color:#fff}}table{{border-spacing:1rem}}
td{{vertical-align:top}}img{{height:22rem;max-width:40rem;object-fit:cover;object-position:top}}</style>
<table>{rows}</table></html>
"""


def take(demo: dict[str, Any], folder: Path, screens: Iterable[Screen], looks: Iterable[str]) -> list[str]:
    """Take the pictures and write the sheet; returns what could not be taken, and why."""
    folder.mkdir(parents=True, exist_ok=True)
    facts, chosen, missing = _facts(demo), list(screens), []
    with sync_playwright() as playwright:
        sandbox = [] if os.geteuid() else ["--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=str(find_chromium()), args=sandbox)
        for look in looks:
            for who in dict.fromkeys(screen.who for screen in chosen):
                with _page(browser, demo["url"], look) as page:
                    _come_in(page, who, demo["password"])
                    for screen in (one for one in chosen if one.who == who):
                        why = _take_one(page, screen, facts, folder / f"{screen.name}-{look}.png")
                        missing += [f"{screen.name}-{look}: {why}"] if why else []
        browser.close()
    for name, taken in FOR_README.items():
        if (folder / f"{taken}.png").exists():
            shutil.copyfile(folder / f"{taken}.png", folder / f"{name}.png")
    write_sheet(folder)
    return missing


def _facts(demo: dict[str, Any]) -> dict[str, str]:
    story = json.loads((Path(demo["logs"]).parent / "story" / "story.json").read_text(encoding="utf-8"))
    month = utc_now().astimezone(ZONE) - timedelta(days=25)
    return facts_of([search["path"] for search in story["cases"][0]["searches"]], f"{month:%Y-%m-%dT%H:%M}")


@contextmanager
def _page(browser: Browser, url: str, look: str) -> Iterator[Page]:
    context = browser.new_context(base_url=url, timezone_id="Europe/Brussels", locale="nl-BE",
                                  reduced_motion="reduce", **LOOKS[look])
    context.set_default_timeout(_LONGEST_MS)
    context.add_cookies([{"name": "zoneschild_language", "value": "nl", "url": url}])
    yield context.new_page()
    context.close()


def _come_in(page: Page, who: str, password: str) -> None:
    """Log in, and open a consultation where this person's pages ask for one."""
    if who == NOBODY:
        return
    page.goto("/login")
    page.fill("#username", who)
    page.fill("#password", password)
    page.click("main button.primary")
    if who not in CONSULTING or who == "dirk":  # a dispatcher's incident is urgent: there is nothing to open beforehand
        return
    page.goto("/consultations/new")
    page.check(f"input[name=purpose][value={CONSULTING[who]}]")
    page.fill("#file_number", "GE.11.L1.004512/2026")
    page.fill("#reason", "Vluchtmisdrijf te Bree: bestuurder van een rode bestelwagen identificeren")
    page.locator("form:has(#reason) button.primary").click()


def _take_one(page: Page, screen: Screen, facts: dict[str, str], file: Path) -> str:
    """Take one picture; returns why it could not be taken, else nothing."""
    file.unlink(missing_ok=True)
    try:
        page.goto(screen.of(facts))
        for link in screen.opens:
            if not page.locator(link).count():
                return f"there is nothing to open ({link})"
            page.goto(str(page.locator(link).first.get_attribute("href")))
        if screen.awaits:
            page.wait_for_selector(screen.awaits, timeout=_COMES_WITHIN_MS)
        _settle(page)
        page.screenshot(path=file, full_page=screen.whole)
    except BrowserError as error:
        return error.message.splitlines()[0]
    return ""


def _settle(page: Page) -> None:
    """Wait, bounded, until maps have drawn themselves, layers included, and pictures are there."""
    page.evaluate("document.querySelectorAll('img[loading=lazy]').forEach((image) => { image.loading = 'eager'; })")
    still = 0
    for _ in range(_LOOKS_AGAIN):
        page.wait_for_timeout(250)
        still = still + 1 if page.evaluate(_IS_STILL) else 0
        if still == _STILL:
            return


def write_sheet(folder: Path) -> None:
    """Write index.html: all pictures, a page a row, a look a column."""
    names = dict.fromkeys(file.stem.rpartition("-")[0] for file in sorted(folder.glob("*-*.png")))
    rows = "".join(f"<tr><th>{escape(name)}</th>" + "".join(
        f'<td><a href="{name}-{look}.png"><img src="{name}-{look}.png" alt="{escape(name)}, {look}"></a></td>'
        for look in LOOKS if (folder / f"{name}-{look}.png").exists()) + "</tr>" for name in names)
    (folder / "index.html").write_text(_SHEET.format(rows=rows), encoding="utf-8")


def main() -> int:
    """Take the pictures, of all pages in all looks or of those that are named."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.take_screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", help="screens to take (default: all)")
    parser.add_argument("--looks", nargs="*", default=list(LOOKS), choices=list(LOOKS))
    parser.add_argument("--folder", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    screens = [screen for screen in SCREENS if not arguments.names or screen.name in arguments.names]
    try:
        with open_demo() as demo:
            missing = take(demo, arguments.folder, screens, arguments.looks)
    except (ZoneschildError, BrowserError, OSError) as error:
        print(f"zoneschild: {error}", file=sys.stderr)
        return 1
    print(*missing, sep="\n")
    taken = len(screens) * len(arguments.looks) - len(missing)
    print(f"{taken} pictures in {arguments.folder}, all of them on {arguments.folder}/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())

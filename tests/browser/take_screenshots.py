"""`make screenshots`: pictures of the running demo's pages, in light and dark, wide and narrow, into var/screenshots.

Address, user and password come from var/demo.json, which the demo writes when it is up.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from deploy.browser import find_chromium
from services.clock import ZONE, utc_now

DEMO = Path("var/demo.json")
FOLDER = Path("var/screenshots")
LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1360, "height": 860}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1360, "height": 860}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}
PAGES = {
    "search-empty": "/reads",
    "search-none": "/reads?plate=9ZZZ999",
    "cameras": "/cameras",
    "gateways": "/gateways",
    "decisions": "/decisions",
    "account": "/account",
    "notices": "/notices",
    "owed": "/consultations/owed",
    "refused": "/nowhere",
}
OF_OTHERS = {
    "dirk": {"urgent": "/consultations/new"},
    "tom": {"approvals": "/approvals"},
    "koen": {"camera": "/cameras/GNK05A", "camera-register": "/cameras/register"},
    "ilse": {"audit": "/audit", "behaviour": "/audit/behaviour", "sample": "/audit/sample",
             "colleagues": "/audit/colleagues", "rules": "/rules", "report": "/audit/plates"},
    "wim": {"users": "/users"},
}
"""What other people of the story see, by their username."""



def take(url: str, username: str, password: str, search: str, folder: Path, language: str = "nl") -> list[Path]:
    """Walk through the pages once for every look; return the pictures' files."""
    folder.mkdir(parents=True, exist_ok=True)
    taken: list[Path] = []
    with sync_playwright() as playwright:
        sandbox = [] if os.geteuid() else ["--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=str(find_chromium()), args=sandbox)
        for look in LOOKS:
            with _page(browser, url, look, language) as page:
                for name in _walk(page, username, password, search):
                    file = folder / f"{name}-{look}.png"
                    page.wait_for_load_state("networkidle")
                    page.screenshot(path=file, full_page=name in ("read", "story", "gateway"))
                    taken.append(file)
            for other, pages in OF_OTHERS.items():
                with _page(browser, url, look, language) as page:
                    _log_in(page, other, password)
                    for name, path in pages.items():
                        page.goto(path)
                        taken.append(folder / f"{name}-{look}.png")
                        page.screenshot(path=taken[-1], full_page=True)
        browser.close()
    return taken


def _log_in(page: Page, username: str, password: str) -> None:
    page.goto("/login")
    page.fill("#username", username)
    page.fill("#password", password)
    page.click("button.primary")


@contextmanager
def _page(browser: Browser, url: str, look: str, language: str) -> Iterator[Page]:
    context = browser.new_context(base_url=url, timezone_id="Europe/Brussels", locale="nl-BE", **LOOKS[look])
    context.add_cookies([{"name": "zoneschild_language", "value": language, "url": url}])
    yield context.new_page()
    context.close()


def _walk(page: Page, username: str, password: str, search: str) -> Iterator[str]:
    """Yield the name of each page worth a picture, while it is shown."""
    if page.goto("/story").ok:
        yield "story"
    page.goto("/login")
    yield "login"
    _log_in(page, username, password)
    page.goto("/consultations/new")
    yield "consultation"
    page.check("input[value=judicial-crime]")
    page.fill("#file_number", "GE.11.L1.004512/2026")
    page.fill("#reason", "Schermafbeeldingen van de demo voor de handleiding")
    page.locator("form:has(#reason) button.primary").click()
    for name, path in PAGES.items():
        page.goto(path)
        yield name
    page.goto("/gateways")
    page.click("main table a >> nth=-1")
    yield "gateway"
    page.goto("/reads")
    page.click("button[value=month]")
    yield "needs-approval"
    page.goto("/reads")
    page.click("details.filters > summary")
    page.click("details.cameras > summary")
    page.click("details.cameras details summary >> nth=0")
    yield "search-cameras"
    page.goto(search)
    yield "search-found"
    if page.locator("a.row").count():
        page.locator("a.row").first.click()
        yield "read"


def _last_hours() -> str:
    """Return the address of a search that the gate finds targeted: two cameras of Genk for five hours."""
    since = (utc_now() - timedelta(hours=5)).astimezone(ZONE)
    return f"/reads?camera=GNK05A&camera=GNK03A&from={since:%Y-%m-%dT%H:%M}"


def main() -> int:
    """Take the pictures of the demo that runs."""
    try:
        demo = json.loads(DEMO.read_text(encoding="utf-8"))
    except FileNotFoundError:
        print(f"there is no {DEMO}: start the demo first (make demo)", file=sys.stderr)
        return 1
    taken = take(demo["url"], demo["user"], demo["password"], demo.get("search", _last_hours()), FOLDER)
    print(f"{len(taken)} pictures in {FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

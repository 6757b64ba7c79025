"""Boards in one real Chromium, one tab each: what each was told, what stands on it, when its banner stood there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Browser, Page, async_playwright

from deploy.browser import find_chromium

# Runs before the page's own scripts, put there by the browser's driver, for which the page's policy does not count.
_NOTE = """
window.noted = { told: [], banners: [] };
const Shared = window.SharedWorker;
window.SharedWorker = class extends Shared {
  constructor(...given) {
    super(...given);
    this.port.addEventListener("message", ({ data }) => {
      if (data.type === "hit") window.noted.told.push([data.hit, data.kind, Date.parse(data.at)]);
    });
  }
};
document.addEventListener("DOMContentLoaded", () => {
  const alarm = document.getElementById("alarm");
  if (!alarm) return;
  let last = "";
  new MutationObserver(() => {
    const isShown = alarm.getClientRects().length > 0;
    const line = isShown ? alarm.querySelector("[data-alarm]:not([hidden])")?.dataset.alarm ?? "" : "";
    if (line !== last) window.noted.banners.push([Date.now() / 1000, line]);
    last = line;
  }).observe(alarm, { attributes: true, subtree: true });
});
"""
_READ = """() => [...document.querySelectorAll("article.hit")].map((card) => Number(card.dataset.hit))"""


@dataclass(frozen=True, slots=True)
class Noted:
    """What a tab noted: events by hit, kind and moment (ms since 1970), banners by moment (s) and line."""

    told: list[tuple[int, str, int]]
    banners: list[tuple[float, str]]


@dataclass(slots=True)
class Tabs:
    """The tabs of one browser, all of the same user."""

    pages: list[Page] = field(default_factory=list)
    workers: int = 0
    """How many shared workers there are for all of them."""

    async def cards(self) -> list[list[int]]:
        """Return the hits whose cards stand on each board."""
        found: list[list[int]] = await asyncio.gather(*(page.evaluate(_READ) for page in self.pages))
        return found

    async def noted(self) -> list[Noted]:
        """Return what each tab noted."""
        found = await asyncio.gather(*(page.evaluate("window.noted") for page in self.pages))
        return [Noted([(hit, kind, at) for hit, kind, at in one["told"]],
                      [(at, line) for at, line in one["banners"]]) for one in found]


@asynccontextmanager
async def open_tabs(url: str, username: str, password: str, number: int) -> AsyncIterator[Tabs]:
    """Log in and show the board in `number` tabs; with none, no browser is started."""
    if not number:
        yield Tabs()
        return
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(find_chromium()), args=["--no-sandbox"])
        try:
            yield await _open(browser, url, (username, password), number)
        finally:
            await browser.close()


async def _open(browser: Browser, url: str, who: tuple[str, str], number: int) -> Tabs:
    context = await browser.new_context(base_url=url, locale="nl-BE")
    await context.add_init_script(_NOTE)
    first = await context.new_page()
    await first.goto("/login?next=/hits")
    await first.get_by_label("Gebruikersnaam").fill(who[0])
    await first.get_by_label("Wachtwoord").fill(who[1])
    await first.get_by_role("button", name="Aanmelden").click()
    pages = [first]
    for _ in range(number - 1):
        pages.append(await context.new_page())
        await pages[-1].goto("/hits")
    for page in pages:
        await page.locator("#pulse.alive").wait_for()
    session = await browser.new_browser_cdp_session()
    targets = (await session.send("Target.getTargets"))["targetInfos"]
    return Tabs(pages, sum(target["type"] == "shared_worker" for target in targets))

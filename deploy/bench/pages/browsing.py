"""What a real browser takes: bytes of the first page, Enter to painted, 10,000 reads on a map, frames of playback."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from deploy.bench.figures import Figure, percentile
from deploy.browser import find_chromium

FIRST_PAGE_KB, PAINTED_MS, IDLE_MS, FRAMES_PER_S = 100, 400, 1500, 20
POINTS = 10_000
WINDOW: ViewportSize = {"width": 1280, "height": 800}
OF_THE_MAP = ("/vendor/maplibre", "/vendor/pmtiles", "/vendor/basemaps", "/map/")
"""What comes for the map alone, after the page can be used."""

ROW = "a.row"
_PLAYED_S = 4.0

# Notes, in the page that asks, when Enter was pressed, and in the one that answers, when its first row was painted: the
# browser tells that itself (Element Timing). It comes over the debugging line, for which the policy does not count.
_NOTE_PAINTED = f"""
addEventListener("keydown", (event) => {{
  if (event.key === "Enter") sessionStorage.setItem("asked", String(performance.timeOrigin + performance.now()));
}}, true);
const asked = Number(sessionStorage.getItem("asked"));
if (asked) {{
  new MutationObserver((_, marking) => {{
    const first = document.querySelector("{ROW} .characters");
    if (!first) return;
    first.setAttribute("elementtiming", "row");
    marking.disconnect();
  }}).observe(document, {{ childList: true, subtree: true }});
  new PerformanceObserver((told) => {{
    sessionStorage.removeItem("asked");
    document.documentElement.dataset.painted = String(performance.timeOrigin + told.getEntries()[0].renderTime - asked);
  }}).observe({{ type: "element", buffered: true }});
}}
"""
_MANY_READS = """async ({ zoneMap, reads, number }) => {
  const [{ openMap }, layer] = await Promise.all([import(zoneMap), import(reads)]);
  const given = document.querySelector("figure[data-map]"), figure = given.cloneNode(true);
  figure.querySelectorAll(".map-live, .map-buttons").forEach((part) => part.remove());
  figure.classList.remove("live");
  delete figure.dataset.idle;
  given.replaceWith(figure);
  const points = Array.from({ length: number }, (_, at) => ({
    at: [5.34 + 0.5 * ((at * 0.754877) % 1), 50.9 + 0.32 * ((at * 0.569840) % 1)], code: `C${at}`, heading: null,
    count: 1 + at % 9 }));
  const began = performance.now(), shown = await openMap(figure);
  if (!shown) return null;
  shown.add(layer.create(points, {}));
  delete figure.dataset.idle;
  await new Promise((resolve) => shown.map.once("idle", resolve));
  return performance.now() - began;
}"""
_FRAMES = """(seconds) => new Promise((resolve) => {
  let frames = 0;
  const until = performance.now() + seconds * 1000;
  const count = (now) => (now < until ? (frames += 1, requestAnimationFrame(count)) : resolve(frames / seconds));
  requestAnimationFrame(count);
})"""

_PLAYS = "document.getElementById('play').ariaLabel === document.getElementById('player').dataset.pause"


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start Chromium without a window."""
    with sync_playwright() as playwright:
        sandbox = [] if os.geteuid() else ["--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=str(find_chromium()), args=sandbox)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def logged_in(browser: Browser, url: str, cookie: tuple[str, str]) -> Iterator[BrowserContext]:
    """Yield a browser with an empty cache in which somebody is logged in and has a consultation open."""
    context = browser.new_context(base_url=url, locale="nl-BE", timezone_id="Europe/Brussels", viewport=WINDOW)
    context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": url}])
    try:
        yield context
    finally:
        context.close()


def weigh_first_page(context: BrowserContext, path: str) -> Iterator[Figure]:
    """Yield what the first page brings over the line, heads included, before the map and with it, kB (1,000 bytes)."""
    page, sizes = context.new_page(), dict[str, float]()
    session, addresses = context.new_cdp_session(page), dict[str, str]()
    session.on("Network.requestWillBeSent",
               lambda said: addresses.__setitem__(said["requestId"], said["request"]["url"]))
    session.on("Network.loadingFinished",
               lambda said: sizes.__setitem__(said["requestId"], said["encodedDataLength"]))
    session.send("Network.enable")
    page.goto(path)
    page.wait_for_load_state("networkidle")
    weighed = [(addresses.get(number, ""), size / 1000) for number, size in sizes.items()]
    page.close()
    before = [size for address, size in weighed if not any(part in address for part in OF_THE_MAP)]
    yield Figure("first page (search), all but the map", sum(before), "kB", "lower", FIRST_PAGE_KB)
    yield Figure("first page, files and page", len(before), "answers", "lower")
    yield Figure("first page, the map too", sum(size for _, size in weighed), "kB", "lower")


def time_painting(context: BrowserContext, path: str, plates: Sequence[str]) -> Iterator[Figure]:
    """Type each plate into the search box and press Enter; yield the time until its first row is painted, ms."""
    context.add_init_script(_NOTE_PAINTED)
    page = context.new_page()
    took = [paint_one(page, path, plate) for plate in plates]
    page.close()
    yield Figure(f"search, Enter → painted, p50 of {len(took)}", percentile(took, 0.5), "ms", "lower")
    yield Figure(f"search, Enter → painted, p95 of {len(took)}", percentile(took, 0.95), "ms", "lower", PAINTED_MS)


def paint_one(page: Page, path: str, plate: str) -> float:
    """Return how long one plate took to its first painted row, ms."""
    page.goto(path)
    page.locator("#q").fill(plate)
    page.keyboard.press("Enter")
    page.locator("html[data-painted]").wait_for(state="attached", timeout=30_000)
    return float(str(page.locator("html").get_attribute("data-painted")))


def time_map(context: BrowserContext, path: str) -> Iterator[Figure]:
    """Show POINTS reads on a page's map; yield the time from an empty figure to an idle map, ms."""
    page = context.new_page()
    page.goto(path)
    page.locator("figure[data-map][data-idle]").first.wait_for(timeout=60_000)
    modules = {name: static_address(page, file) for name, file in (
        ("zoneMap", "map/zone-map.js"), ("reads", "map/layers/reads.js"))}
    took = [page.evaluate(_MANY_READS, {**modules, "number": POINTS}) for _ in range(3)]
    page.close()
    if None not in took:
        yield Figure(f"map with {POINTS:,} reads until idle, worst of {len(took)}", max(took), "ms", "lower", IDLE_MS)


def static_address(page: Page, name: str) -> str:
    """Return the address of a static file, from that of a style of the page that is shown."""
    style = str(page.locator("link[rel=stylesheet][href*='/styles/']").first.get_attribute("href"))
    return style.partition("/styles/")[0] + "/" + name


def count_frames(context: BrowserContext, path: str) -> Iterator[Figure]:
    """Play a vehicle's journeys on the map; yield how many frames a second the browser got to draw meanwhile."""
    page = context.new_page()
    page.goto(path)
    page.locator("figure[data-map][data-idle]").first.wait_for(timeout=60_000)
    page.locator("#play").click()
    frames: Any = page.evaluate(_FRAMES, _PLAYED_S)
    plays = page.evaluate(_PLAYS)
    page.close()
    if plays:  # what was over by then moved nothing
        yield Figure("playback on the map", float(frames), "frames/s", "higher", FRAMES_PER_S)

"""A board in a real browser that notes when the card of each plate stands on it."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

from deploy.browser import find_chromium

# Runs before the page's own scripts, put there by the browser's driver, for which the page's policy does not count.
_NOTE = """
window.seenAt = {};
const note = () => {
  for (const card of document.querySelectorAll("article.hit")) {
    const plate = card.querySelector(".characters")?.textContent.replace(/[^0-9A-Z]/g, "");
    if (plate && !(plate in window.seenAt)) window.seenAt[plate] = Date.now();
  }
};
document.addEventListener("DOMContentLoaded", () =>
  new MutationObserver(note).observe(document.getElementById("board") ?? document.body,
                                     { childList: true, subtree: true }));
"""


@contextmanager
def open_board(url: str, username: str, password: str) -> Iterator[Page]:
    """Log in and show the board."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_chromium()), args=["--no-sandbox"])
        page = browser.new_page(base_url=url, locale="nl-BE")
        page.add_init_script(_NOTE)
        page.goto("/login?next=/hits")
        page.get_by_label("Gebruikersnaam").fill(username)
        page.get_by_label("Wachtwoord").fill(password)
        page.get_by_role("button", name="Aanmelden").click()
        page.locator("#pulse.alive").wait_for()
        try:
            yield page
        finally:
            browser.close()


def seen_at(page: Page) -> dict[str, float]:
    """Return when each plate's card stood on the board, ms since 1970."""
    found: dict[str, float] = page.evaluate("window.seenAt")
    return found

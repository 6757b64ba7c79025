"""One answer looked at as table, gallery and map, and over time: by pointer, by keys, and without scripts."""

from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from services.clock import iso_ms, utc_now
from tests.browser.test_an_investigation import log_in, state_reason


def whole(**more: str) -> str:
    """Return the address of every passage of the last eight hours."""
    since = (utc_now() - timedelta(hours=8)).replace(second=0, microsecond=0)
    return f"/reads?{urlencode({'read': 'yes', 'from': iso_ms(since), **more})}"


@pytest.fixture
def investigator(page: Page) -> Page:
    log_in(page)
    state_reason(page)
    expect(page.locator("h1")).to_be_attached()
    page.goto(whole())
    expect(page.locator("[data-histogram]")).to_be_visible()
    return page


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def drag(page: Page, begin: float, end: float) -> None:
    """Drag over the histogram from one share of its width to another."""
    box = page.locator(".plot").bounding_box()
    assert box is not None
    height = box["y"] + 30
    page.mouse.move(box["x"] + begin * box["width"], height)
    page.mouse.down()
    page.mouse.move(box["x"] + (begin + end) / 2 * box["width"], height)
    page.mouse.move(box["x"] + end * box["width"], height)
    page.mouse.up()


def test_a_window_that_is_dragged_counts_and_narrows(investigator: Page) -> None:
    page = investigator
    drag(page, 0.5, 0.98)
    bar = page.locator(".window-bar")
    expect(bar).to_be_visible()
    expect(bar.locator("output")).to_contain_text("passages")
    inside = page.locator("#rows > tr:not(.beside) a.row")
    shown = inside.count()
    assert 0 < shown < 50
    counted = page.locator(".by-camera [data-count]").all_text_contents()
    assert sum(int(text) for text in counted) == int(bar.locator("output").inner_text().split(" · ")[1].split()[0])
    bar.get_by_role("button", name="Deze periode tonen").click()
    expect(page.locator(".result-head h2")).to_contain_text("van")
    assert set(asked(page)) == {"read", "from", "until"}
    expect(page.locator("a.row")).to_have_count(shown)


def test_the_window_is_moved_and_resized_by_keys_and_left_by_escape(investigator: Page) -> None:
    page = investigator
    window = page.get_by_role("slider", name="Periode om op te verfijnen")
    window.focus()
    whole = window.get_attribute("aria-valuetext")
    page.keyboard.press("ArrowLeft")
    first = window.get_attribute("aria-valuenow")
    page.keyboard.press("ArrowLeft")
    assert window.get_attribute("aria-valuenow") == str(int(first or 0) - 1)
    before = window.bounding_box()
    page.keyboard.press("Shift+ArrowLeft")
    after = window.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] < before["width"]
    page.keyboard.press("Escape")
    expect(page.locator(".window-bar")).to_be_hidden()
    expect(window).to_have_attribute("aria-valuetext", whole or "")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(".result-head h2")).to_contain_text("tot")
    assert set(asked(page)) == {"read", "from", "until"}
    page.get_by_role("link", name="Uitzoomen").click()
    expect(page.locator("[data-histogram]")).to_be_visible()


def test_a_click_on_a_bar_is_no_drag_and_leads_to_its_time(investigator: Page) -> None:
    page = investigator
    bar = page.locator(".bars a[data-count]:has(.bar)").last
    number = int(bar.get_attribute("data-count") or 0)
    bar.locator(".reach").click()
    expect(page.locator(".result-title .faint")).to_contain_text(f"{number} passage")
    assert set(asked(page)) == {"read", "from", "until"}


def test_the_gallery_shows_scenes_and_goes_on(investigator: Page) -> None:
    page = investigator
    page.get_by_role("link", name="Galerij").click()
    cards = page.locator(".gallery .shot")
    expect(cards).to_have_count(50)
    assert asked(page)["view"] == ["gallery"]
    scene = cards.first.locator(".scene > img")
    expect(scene).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert scene.evaluate("image => image.complete && image.naturalWidth > 0")
    page.get_by_role("link", name="Oudere passages").click()
    expect(cards).to_have_count(60)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name="Overzicht")).to_be_visible()


def test_the_map_counts_by_camera_and_leads_there(investigator: Page) -> None:
    page = investigator
    page.keyboard.press("g")
    expect(page.locator(".by-camera a.row")).to_have_count(2)
    expect(page.locator("figure.map.live[data-idle]")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="Genk N75", exact=True).click()
    expect(page.locator(".result-title .faint")).to_contain_text("30 passages · 1 camera")
    assert set(asked(page)) == {"read", "from", "camera", "view"}
    assert asked(page)["camera"] == ["GNK01A"]


def test_an_area_is_drawn_by_keys(investigator: Page) -> None:
    page = investigator
    page.goto(whole(view="map"))
    expect(page.locator("figure.map.live[data-idle]")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Gebied tekenen").click()
    for step in ("ArrowLeft", "ArrowUp", "ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(step)
        page.wait_for_timeout(200)
        page.keyboard.press(" ")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(page.locator(".result-head h2")).to_contain_text("in een gebied met 4 hoekpunten")
    assert set(asked(page)) == {"read", "from", "view", "area"}


def test_an_area_is_drawn_by_clicks_and_left_by_escape(investigator: Page) -> None:
    page = investigator
    page.goto(whole(view="map"))
    expect(page.locator("figure.map.live[data-idle]")).to_be_visible(timeout=30_000)
    canvas = page.locator(".maplibregl-canvas")
    begin = page.get_by_role("button", name="Gebied tekenen")
    begin.click()
    canvas.click(position={"x": 200, "y": 150})
    page.keyboard.press("Escape")
    expect(begin).to_be_focused()
    begin.click()
    for x, y in ((200, 150), (500, 150), (500, 300)):
        canvas.click(position={"x": x, "y": y}, delay=20)
        page.wait_for_timeout(400)
    canvas.dblclick(position={"x": 200, "y": 300})
    expect(page.locator(".result-head h2")).to_contain_text("in een gebied met 4 hoekpunten")


def test_a_row_and_its_camera_light_each_other_up(investigator: Page) -> None:
    page = investigator
    page.set_viewport_size({"width": 1600, "height": 900})
    expect(page.locator("figure.map.live[data-idle]")).to_be_visible(timeout=30_000)
    page.locator("tr[data-camera=GNK01A]").first.hover()
    expect(page.locator("#rows > tr.is-lit")).to_have_count(25)
    page.keyboard.press("j")
    expect(page.locator("#rows > tr.is-lit a.row").first).to_be_focused()


def test_views_and_bars_work_without_scripts(plain: Page) -> None:
    log_in(plain)
    state_reason(plain)
    plain.goto(whole())
    plain.get_by_role("link", name="Kaart").click()
    expect(plain.locator("svg.map-drawing a")).to_have_count(2)
    plain.get_by_role("link", name="Genk N75", exact=True).click()
    expect(plain.locator(".result-title .faint")).to_contain_text("30 passages")
    plain.locator("summary", has_text="Hetzelfde in cijfers").click()
    plain.locator(".histogram .figures a").last.click()
    expect(plain.locator(".result-head h2")).to_contain_text("tot")


def test_the_arrows_lead_to_the_passages_before_and_after(investigator: Page) -> None:
    page = investigator
    page.locator("a.row").nth(1).click()
    page.wait_for_load_state("networkidle")
    opened = page.url
    for key in ("ArrowLeft", "ArrowRight", "["):
        before = page.url
        page.keyboard.press(key)
        expect(page).not_to_have_url(before)
        page.wait_for_load_state("networkidle")
        assert (page.url == opened) == (key == "ArrowRight")

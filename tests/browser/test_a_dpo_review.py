"""The data protection officer at work: who consulted what, one consultation in full, the month's sample, a verdict."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from services.clock import local_day, utc_now
from services.sampling import Month
from tests.browser.conftest import Site
from tests.browser.judging import find_violations
from tests.browser.test_accounts import log_in
from tests.integration.search.auditing import add_consultation, add_question

MONTH = Month(local_day(utc_now()).replace(day=1)).previous
REASON = "Eenmalige zoeking naar een grijze bestelwagen"


def within(days: float) -> datetime:
    """Return an instant so many days into the month that is over."""
    return MONTH.begins + timedelta(days=days)


@pytest.fixture
def month(site: Site) -> Site:
    """A month in which An asked five times, and Els once, for a reason of her own; and Ilse, who reviews."""
    site.world.add_user("ilse.dpo", "dpo", "Ilse Jacobs")
    els = site.world.add_user("els.maes", name="Els Maes")
    for number in range(5):
        at = within(number + 1)
        add_question(site.world, add_consultation(site.world, 1, at, f"PV.{number}"), at)
    add_question(site.world, add_consultation(site.world, els, within(20), "PV.777", reason=REASON), within(20),
                 ["1XKV482"])
    return site


def test_from_who_consulted_what_to_a_verdict_on_the_sample(month: Site, page: Page) -> None:
    log_in(page, "ilse.dpo")
    page.get_by_role("link", name="Audit").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wie raadpleegde wat")
    page.get_by_label("Persoon", exact=True).fill("els.maes")
    page.get_by_role("button", name="Tonen").click()
    rows = page.get_by_role("table").locator("tbody tr")
    expect(rows).to_have_count(1)
    rows.first.get_by_role("link", name="PV.777").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("PV.777")
    expect(page.get_by_text(REASON)).to_be_visible()
    assert find_violations(page) == []

    page.go_back()
    page.get_by_role("link", name="Maandelijkse steekproef").click()
    cases = page.locator("article.case")
    expect(cases).to_have_count(6)
    case = cases.filter(has_text=REASON)
    case.get_by_label("Te bespreken").check()
    case.get_by_label("Opmerking").fill("Welk dossier?")
    case.get_by_role("button", name="Bewaren").click()
    expect(case.get_by_role("heading", level=2).first).to_contain_text("Te bespreken")
    expect(case.get_by_label("Opmerking")).to_have_value("Welk dossier?")
    expect(page.get_by_text("1 beoordeeld")).to_be_visible()
    assert find_violations(page) == []
    done = [row["action"] for row in month.world.audit() if row["username"] == "ilse.dpo"]
    assert {"audit-consulted", "sample-consulted"} <= set(done)
    assert done[-2:] == ["sample-reviewed", "sample-consulted"]
    assert month.world.run("SELECT finding, remark FROM sample_reviews") == [("to-discuss", "Welk dossier?")]

"""R3 asks for the document itself: what is taken for one, how it is handed out, and who is kept away from it."""

from typing import Any

import httpx
import pytest

from services.clock import utc_now
from services.documents import MOST_BYTES
from tests.integration.search.decisions_world import DAY, JPEG, PDF, PNG, add_decision, fields, register, registered
from tests.integration.search.world import World

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
SCRIPT = "<script>alert('{{ 7*7 }}')</script>"
MIDDLE = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize(("content", "kind", "ending"), [
    (PDF, "application/pdf", "pdf"), (JPEG, "image/jpeg", "jpg"), (PNG, "image/png", "png")])
async def test_a_document_is_handed_out_as_a_file_of_its_own_type_that_runs_nothing(
        browser: httpx.AsyncClient, content: bytes, kind: str, ending: str) -> None:
    decision_id = await registered(browser, document=content, name="wat dan ook.exe")
    answer = await browser.get(f"/decisions/{decision_id}/document")
    assert answer.content == content
    assert answer.headers["content-type"] == kind
    assert answer.headers["content-disposition"] == f'attachment; filename="beslissing-{decision_id}.{ending}"'
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert f"wat dan ook.{ending}" in (await browser.get(f"/decisions/{decision_id}")).text


@pytest.mark.parametrize(("content", "name"), [
    (b"", "leeg.pdf"), (SVG, "beslissing.pdf"), (HTML, "beslissing.pdf"), (b"\n%PDF-1.7", "beslissing.pdf"),
    (b"PK\x03\x04" + bytes(100), "beslissing.pdf"), (b"MZ" + bytes(100), "beslissing.png"), (PDF[:5], "x.pdf"),
    (b"%PDF-1.7\n" + bytes(MOST_BYTES), "groot.pdf"), (b"%PDF-1.7\n" + bytes(11 * 1024 * 1024), "groter.pdf"),
])
async def test_anything_else_is_refused_by_what_it_is_and_what_was_typed_is_kept(
        browser: httpx.AsyncClient, asker: httpx.AsyncClient, world: World, content: bytes, name: str) -> None:
    answer = await register(browser, content, name, magistrate="Mr. L. Claes")
    assert answer.status_code == 422
    assert 'id="document-problem" role="alert"' in answer.text
    assert 'value="Mr. L. Claes"' in answer.text
    answer = await register(asker, content, name)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-question")
    assert answer.json()["message"].startswith("document: ")
    assert world.run("SELECT count(*) FROM prosecutor_decisions") == [(0,)]


async def test_a_flood_is_cut_off(browser: httpx.AsyncClient) -> None:
    assert (await register(browser, b"%PDF-1.7\n" + bytes(60 * 1024 * 1024))).status_code == 413


@pytest.mark.parametrize(("name", "kept"), [
    ("../../etc/passwd", "passwd.pdf"), ("C:\\zaken\\beslissing.pdf", "beslissing.pdf"), ("...", "document.pdf"),
    ("be\u202egpj.exe", "begpj.pdf"), ("a\"; filename=x.html", "a_22_ filename_x.pdf"),
    ("x" * 300 + ".pdf", "x" * 80 + ".pdf"),
    ("<script>.pdf", "_script_.pdf"),
])
async def test_a_files_name_is_kept_without_what_could_harm(
        asker: httpx.AsyncClient, name: str, kept: str) -> None:
    answer = await register(asker, PDF, name)
    assert answer.status_code == 201, answer.text
    assert answer.json()["document_name"] == kept


@pytest.mark.parametrize(("body", "kind"), [
    (b"", "multipart/form-data"), (b"nonsense", "multipart/form-data; boundary=x"),
    (b"--x\r\n", "multipart/form-data; boundary=x"), (b"reference=x", "application/x-www-form-urlencoded"),
    (b"{}", "application/json"), (b"", "text/plain"),
    (b'--x\r\nContent-Disposition: form-data; name="reference"\r\n\r\n' + b"a" * 100_000 + b"\r\n--x--\r\n",
     "multipart/form-data; boundary=x"),
    (b"".join(b'--x\r\nContent-Disposition: form-data; name="document"; filename="%d"\r\n\r\n%%PDF-1.7\r\n' % number
              for number in range(2)) + b"--x--\r\n", "multipart/form-data; boundary=x"),
    (b'--x\r\nContent-Disposition: form-data; name="cameras"\r\n\r\nx\r\n' * 2000 + b"--x--\r\n",
     "multipart/form-data; boundary=x"),
])
async def test_a_form_that_is_none_is_answered_with_a_sentence(
        asker: httpx.AsyncClient, browser: httpx.AsyncClient, body: bytes, kind: str) -> None:
    for client in (asker, browser):
        answer = await client.post("/decisions", content=body, headers={"Content-Type": kind})
        assert answer.status_code == 422, answer.text


async def test_a_file_beside_the_one_that_is_asked_for_is_no_document(asker: httpx.AsyncClient) -> None:
    answer = await asker.post("/decisions", data={**fields(), "document": "%PDF-1.7"}, files={"other": ("b.pdf", PDF)})
    assert answer.json()["message"].startswith("document: ")


@pytest.mark.parametrize(("changes", "field"), [
    ({"reference": "x"}, "reference"), ({"reference": "\x00" * 8}, "reference"),
    ({"file_number": "zonder"}, "file_number"), ({"magistrate": ""}, "magistrate"),
    ({"decided_on": "2999-01-01"}, "decided_on"), ({"decided_on": "gisteren"}, "decided_on"),
    ({"decided_on": None}, "decided_on"), ({"reasons": "te kort"}, "reasons"),
    ({"offence_of_a_year": None}, "offence_of_a_year"), ({"plates": "3-AB?-123"}, "plates"),
    ({"plates": "3ABC*"}, "plates"), ({"plates": None}, "plates"), ({"plates": "unknown"}, "plates"),
    ({"any_plate": "yes"}, "plates"), ({"cameras": ["BRE01A"]}, "cameras"), ({"all_cameras": None}, "cameras"),
    ({"all_cameras": None, "cameras": ["XXX99"]}, "cameras"), ({"since": ""}, "since"),
    ({"since": "2026-13-45"}, "since"), ({"since": "2026-01-02T00:00", "until": "2026-01-01T00:00"}, "until"),
    ({"since": "2024-01-01T00:00"}, "until"), ({"expires_on": "2001-01-01"}, "expires_on"),
    ({"expires_on": "2999-01-01"}, "expires_on"),
])
async def test_each_field_that_is_wrong_is_named(
        asker: httpx.AsyncClient, browser: httpx.AsyncClient, changes: dict[str, Any], field: str) -> None:
    answer = await register(asker, **changes)
    assert (answer.status_code, answer.json()["message"].partition(":")[0]) == (422, field)
    page = await register(browser, **changes)
    assert page.status_code == 422
    assert f'id="{field}-problem" role="alert"' in page.text


async def test_what_people_type_is_shown_as_text_and_never_as_markup(
        browser: httpx.AsyncClient, world: World) -> None:
    texts = {"reference": f"R {SCRIPT}", "file_number": f"PV 1 {MIDDLE}", "magistrate": f"M {SCRIPT}",
             "reasons": f"Redenen van de beslissing {SCRIPT} {MIDDLE}"}
    refused = await register(browser, **texts, plates=f"3ABC123{MIDDLE}", since=SCRIPT, until=SCRIPT, expires_on=SCRIPT)
    decision_id = await registered(browser, name=f"{SCRIPT}.pdf", **texts)
    world.add_user("bart.maes", "tecint")
    pages = [refused, await browser.get("/decisions"), await browser.get("/decisions", params={"file": SCRIPT}),
             await browser.get(f"/decisions/{decision_id}"), await browser.get(f"/decisions/{decision_id}/compare")]
    await browser.post(f"/decisions/{decision_id}/revoke", data={"because": f"Ingetrokken {SCRIPT}"})
    pages.append(await browser.get(f"/decisions/{decision_id}"))
    for page in pages:
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "49" not in page.text.partition("{{ 7")[0][-20:]
    assert "&lt;script&gt;alert(&#39;{{ 7*7 }}&#39;)&lt;/script&gt;" in pages[-1].text


ROUTES = (
    ("GET", "/decisions"), ("GET", "/decisions/new"), ("POST", "/decisions"), ("GET", "/decisions/1"),
    ("GET", "/decisions/1/document"), ("POST", "/decisions/1/revoke"), ("GET", "/decisions/1/compare"),
    ("POST", "/decisions/1/compare"), ("GET", "/api/v1/decisions"), ("POST", "/api/v1/decisions"),
    ("GET", "/api/v1/decisions/1"), ("GET", "/api/v1/decisions/1/document"), ("POST", "/api/v1/decisions/1/revocation"))


@pytest.mark.parametrize("role", ["dispatcher", "traffic", "camera-manager", "dpo", "auditor",
                                  "technical-administrator", "integrator"])
async def test_whoever_neither_registers_nor_compares_sees_no_decision_whatever_its_number(
        browser: httpx.AsyncClient, world: World, role: str) -> None:
    add_decision(world, utc_now() - DAY, utc_now(), decision_id=1)
    world.run("UPDATE users SET role = %s WHERE username = 'an.peeters'", role)
    for method, path in ROUTES:
        answer = await browser.request(method, path)
        assert answer.status_code == 403, f"{method} {path}"
        assert "PDK-" not in answer.text
    assert world.run("SELECT count(*) FROM prosecutor_decisions WHERE revoked_at IS NULL") == [(1,)]


async def test_nobody_without_a_log_in_gets_anywhere(visitor: httpx.AsyncClient, world: World) -> None:
    add_decision(world, utc_now() - DAY, utc_now(), decision_id=1)
    for method, path in ROUTES:
        answer = await visitor.request(method, path)
        assert answer.status_code in {303, 401}, f"{method} {path}"
        assert "PDK-" not in answer.text


async def test_a_number_that_is_no_decisions_is_answered_helpfully(browser: httpx.AsyncClient) -> None:
    for path in ("/decisions/7", "/decisions/7/document", "/decisions/7/compare"):
        assert (await browser.get(path)).status_code == 404
    assert (await browser.post("/decisions/7/revoke", data={"because": "Onderzoek is afgesloten"})).status_code == 404
    for number in ("0", "99999999999999", "x", "1;drop"):
        assert (await browser.get(f"/decisions/{number}")).status_code in {404, 422}


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elders.example"}])
async def test_another_sites_page_changes_nothing_with_our_visitors_cookie(
        browser: httpx.AsyncClient, world: World, headers: dict[str, str]) -> None:
    add_decision(world, utc_now() - DAY, utc_now(), decision_id=1, compared_by=None, compared_at=None)
    posts = [("/decisions/1/revoke", {"because": "Onderzoek is afgesloten"}),
             ("/decisions/1/compare", {"verdict": "refuse", "because": "klopt helemaal niet"})]
    for path, data in posts:
        assert (await browser.post(path, data=data, headers=headers)).status_code == 403
    answer = await browser.post("/decisions", data=fields(), files={"document": ("b.pdf", PDF)}, headers=headers)
    assert answer.status_code == 403
    assert world.run("SELECT compared_at, revoked_at FROM prosecutor_decisions") == [(None, None)]


async def test_a_document_that_was_changed_in_the_database_is_not_handed_out(
        browser: httpx.AsyncClient, world: World) -> None:
    decision_id = await registered(browser)
    world.run("UPDATE prosecutor_decisions SET document = %s", PDF + b"more")
    answer = await browser.get(f"/decisions/{decision_id}/document")
    assert (answer.status_code, "niet het document dat werd ingediend" in answer.text) == (404, True)
    assert world.audit("decision-document-opened")[-1]["decision"] == {"intact": False}

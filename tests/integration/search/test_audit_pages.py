"""Who consulted what, for those who may know."""

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from services.clock import iso_ms, utc_now
from tests.integration.search.auditing import add_consultation, add_question, logged_in, with_token
from tests.integration.search.conftest import REASON, state_reason
from tests.integration.search.world import World


@pytest_asyncio.fixture
async def auditor(app: FastAPI, world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with logged_in(app, world, "leen.audit", "auditor") as client:
        yield client


@pytest_asyncio.fixture
async def reader(app: FastAPI, world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with with_token(app, world, "audit-reader", "auditor") as client:
        yield client


async def rows(reader: httpx.AsyncClient, **asked: object) -> list[dict[str, object]]:
    answer = await reader.get("/audit", params=asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_the_page_shows_who_asked_what_and_why(
        world: World, browser: httpx.AsyncClient, auditor: httpx.AsyncClient) -> None:
    await browser.get("/reads", params={"plate": "3ABC123"})
    page = (await auditor.get("/audit")).text
    for text in ("an.peeters", "Passages: nummerplaat 3ABC123", REASON["file_number"], "Wie raadpleegde wat",
                 "passages opgezocht"):
        assert text in page
    assert world.audit()[-1]["action"] == "audit-consulted"


async def test_looking_at_the_audit_is_in_the_audit_with_its_filters(
        world: World, auditor: httpx.AsyncClient) -> None:
    await auditor.get("/audit", params={"person": "an.peeters", "plate": "3-abc-123", "denied": "yes"})
    row = world.audit()[-1]
    assert (row["action"], row["username"]) == ("audit-consulted", "leen.audit")
    assert row["filters"] == {"person": ["an.peeters"], "plate": ["3ABC123"], "denied": ["yes"]}
    assert row["question"] == "Audit: door an.peeters, over nummerplaat 3ABC123, geweigerd"
    assert row["result_count"] == 0


async def test_each_filter_narrows(world: World, asker: httpx.AsyncClient, reader: httpx.AsyncClient) -> None:
    now = utc_now()
    await asker.get("/reads", params={"plate": "3ABC123"})
    await asker.get("/reads", params={"camera": "BRE01A"})
    await asker.get("/gateways/bree/rejects")
    urgent = add_consultation(world, 1, now, "IN.77", origin="urgent")
    add_question(world, urgent, now, ["9XYZ999", "9XYZ998"])
    consultation = asker.headers["Consultation"]
    for asked, actions in (
            ({"person": "an.peeters", "action": "reads-searched"}, ["reads-searched"] * 3),
            ({"role": "investigator", "denied": "yes"}, ["denied"]),
            ({"plate": "3ABC123", "role": "investigator"}, ["reads-searched"]),
            ({"plate": "9XYZ998", "role": "investigator"}, ["reads-searched"]),
            ({"file": REASON["file_number"], "action": "reads-searched"}, ["reads-searched"] * 2),
            ({"consultation": consultation, "action": ["reads-searched", "consultation-opened"]},
             ["reads-searched", "reads-searched", "consultation-opened"]),
            ({"urgent": "yes"}, ["reads-searched"]),
            ({"urgent": "no", "action": "reads-searched"}, ["reads-searched"] * 2),
            ({"until": iso_ms(now - timedelta(days=1))}, []),
            ({"from": iso_ms(now + timedelta(days=1))}, []),
            ({"person": "nobody"}, [])):
        assert [row["action"] for row in await rows(reader, **asked)] == actions, asked


async def test_a_read_opened_by_number_is_found_by_its_plate_while_it_may_be_kept(
        world: World, asker: httpx.AsyncClient, reader: httpx.AsyncClient) -> None:
    read_id = world.add_read("3ABC123", utc_now() - timedelta(hours=1), 1)
    await asker.get(f"/reads/{read_id}")
    assert [row["action"] for row in await rows(reader, plate="3ABC123", role="investigator")] == ["read-opened"]
    world.run("DELETE FROM reads")
    assert await rows(reader, plate="3ABC123", role="investigator") == []


async def test_exports_are_told_apart(world: World, asker: httpx.AsyncClient, reader: httpx.AsyncClient) -> None:
    await asker.get("/journeys", params={"plate": "3ABC123"})
    await asker.get("/journeys.csv", params={"plate": "3ABC123"})
    assert [row["action"] for row in await rows(reader, exported="yes")] == ["journeys-exported"]
    assert "journeys-exported" not in [row["action"] for row in await rows(reader, exported="no")]


async def test_pages_follow_each_other_without_a_gap_although_each_writes_a_row(
        world: World, reader: httpx.AsyncClient) -> None:
    consultation = add_consultation(world, 1, utc_now())
    for _ in range(7):
        add_question(world, consultation, utc_now())
    found, after = [], None
    while True:
        answer = (await reader.get("/audit", params={"action": "reads-searched", "limit": 3,
                                                     **({"after": after} if after else {})})).json()
        found += [row["audit_id"] for row in answer["items"]]
        after = answer["next"]
        if after is None:
            break
    assert len(found) == 7
    assert found == sorted(set(found), reverse=True)


async def test_one_row_is_shown_in_full_and_that_leaves_a_row(
        world: World, asker: httpx.AsyncClient, reader: httpx.AsyncClient, auditor: httpx.AsyncClient) -> None:
    world.add_read("3ABC123", utc_now() - timedelta(hours=1), 1)
    await asker.get("/reads", params={"plate": "3ABC123"})
    row = (await rows(reader, action="reads-searched"))[0]
    full = (await reader.get(f"/audit/rows/{row['audit_id']}")).json()
    assert full["filters"]["plate"] == ["3ABC123"]
    assert full["result_count"] == 1
    assert len(full["read_ids"]) == 1
    assert len(bytes.fromhex(full["link_seal"])) == 16
    page = (await auditor.get(f"/audit/rows/{row['audit_id']}")).text
    assert full["read_ids"][0] in page
    assert "<img" not in page
    assert world.audit()[-1]["filters"] == {"audit_id": row["audit_id"]}
    assert (await reader.get("/audit/rows/999999")).status_code == 404
    assert (await reader.get(f"/audit/rows/{2**63}")).status_code == 404


async def test_a_consultation_is_shown_with_its_questions_and_what_came_of_them(
        world: World, asker: httpx.AsyncClient, reader: httpx.AsyncClient, auditor: httpx.AsyncClient) -> None:
    await asker.get("/reads", params={"plate": "3ABC123"})
    consultation = asker.headers["Consultation"]
    told = (await reader.get(f"/audit/consultations/{consultation}")).json()
    assert (told["reason"], told["file_number"], told["username"]) == (
        REASON["reason"], REASON["file_number"], "an.peeters")
    assert [row["action"] for row in told["items"]] == ["reads-searched", "consultation-opened"]
    page = (await auditor.get(f"/audit/consultations/{consultation}")).text
    assert REASON["reason"] in page
    assert "Passages: nummerplaat 3ABC123" in page
    assert world.audit()[-1]["filters"] == {"consultation": consultation}
    unknown = "00000000-0000-0000-0000-000000000000"
    assert (await reader.get(f"/audit/consultations/{unknown}")).status_code == 404


async def test_files_hold_every_row_oldest_first_and_leave_a_row(
        world: World, asker: httpx.AsyncClient, auditor: httpx.AsyncClient) -> None:
    await asker.get("/reads", params={"plate": "3ABC123"})
    lines = (await auditor.get("/audit.jsonl", params={"person": "an.peeters"})).text.splitlines()
    told = [json.loads(line) for line in lines]
    assert [row["action"] for row in told] == ["consultation-opened", "reads-searched"]
    assert all(len(bytes.fromhex(row["content_seal"])) == 16 for row in told)
    answer = await auditor.get("/audit.csv", params={"person": "an.peeters"})
    assert answer.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    sheet = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["action"] for row in sheet] == ["consultation-opened", "reads-searched"]
    row = world.audit()[-1]
    assert (row["action"], row["result_count"]) == ("audit-exported", 2)
    assert row["filters"] == {"person": ["an.peeters"], "file": "csv"}


async def test_no_cell_of_a_file_is_a_formula(
        world: World, program: httpx.AsyncClient, auditor: httpx.AsyncClient) -> None:
    await state_reason(program, file_number='=HYPERLINK("http://x.example/1")')
    await program.get("/reads", params={"plate": "3ABC123"})
    await program.post("/login", data={"username": "@SUM(1+1)", "password": "x"})
    text = (await auditor.get("/audit.csv")).text
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []


@pytest.mark.parametrize("asked", [
    {"plate": "3ABC*"}, {"plate": "'"}, {"from": "yesterday"}, {"until": "9999-12-31T23:59:59Z"},
    {"action": "'; DROP TABLE audit; --"},
    {"role": "king"}, {"consultation": "1 OR 1=1"}, {"denied": "perhaps"}, {"nothing": "1"}, {"person": "x" * 101},
    {"after": "-1"}, {"after": "9" * 400}, {"until": "2026-01-01", "from": "2026-01-02"}, {"person": "a\0b"}])
async def test_what_is_no_filter_is_refused_with_a_sentence(
        world: World, auditor: httpx.AsyncClient, reader: httpx.AsyncClient, asked: dict[str, str]) -> None:
    page = await auditor.get("/audit", params=asked)
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert (await reader.get("/audit", params=asked)).status_code == 422
    assert (await auditor.get("/audit.csv", params=asked)).status_code == 422


@pytest.mark.parametrize("text", ["' OR '1'='1", "%", "_", "an.peeters'--", "\\"])
async def test_a_text_of_a_filter_is_a_text(
        world: World, asker: httpx.AsyncClient, reader: httpx.AsyncClient, text: str) -> None:
    await asker.get("/reads", params={"plate": "3ABC123"})
    assert await rows(reader, person=text) == []
    assert await rows(reader, file=text) == []


async def test_what_was_typed_is_shown_as_text(world: World, auditor: httpx.AsyncClient) -> None:
    add_question(world, add_consultation(world, 1, utc_now(), "<script>alert(1)</script>"), utc_now())
    page = (await auditor.get("/audit", params={"person": "<img src=x>"})).text
    assert "<img src=x>" not in page
    assert "<script>alert" not in (await auditor.get("/audit")).text


@pytest.mark.parametrize(("role", "read", "exported", "reported", "rules"), [
    ("dpo", 200, 200, 303, 200), ("auditor", 200, 200, 403, 403), ("technical-administrator", 403, 403, 403, 403),
    ("investigator", 403, 403, 403, 403), ("integrator", 403, 403, 403, 403), ("camera-manager", 403, 403, 403, 403)])
async def test_only_the_dpo_and_the_auditor_see_the_audit(
        app: FastAPI, world: World, role: str, read: int, exported: int, reported: int, rules: int) -> None:
    async with logged_in(app, world, f"x.{role}", role) as client:
        for path, status in (("/audit", read), ("/audit/rows/1", read), ("/audit.csv", exported),
                             ("/audit/behaviour", read), ("/audit/sample", read), ("/audit/plates", reported),
                             ("/audit/colleagues", rules), ("/rules", rules)):
            assert (await client.get(path)).status_code == status, path
        menu = (await client.get("/cameras")).text
        assert ('href="/audit"' in menu) == (read == 200)
        assert ('href="/rules"' in menu) == (rules == 200)


async def test_a_plate_is_found_by_the_indexes_among_many_rows(
        app: FastAPI, world: World, asker: httpx.AsyncClient, reader: httpx.AsyncClient) -> None:
    read_id = world.add_read("3ABC123", utc_now() - timedelta(hours=1), 1)
    await asker.get(f"/reads/{read_id}")
    world.run("INSERT INTO audit SELECT 1000 + n, now(), 'reads-searched', 1, 'an.peeters', 'investigator', '', NULL, "
              "'Passages', jsonb_build_object('plate', jsonb_build_array('1XKV' || n)), '{}', 0, '{}', '\\x00', "
              "'\\x00' FROM generate_series(1, 20000) AS n")
    world.run("ANALYZE audit")
    assert [row["action"] for row in await rows(reader, plate="3ABC123", role="investigator")] == ["read-opened"]
    assert len(await rows(reader, plate="1XKV777", role="investigator")) == 1
    await app.state.program.engine.dispose()  # what connections have counted is told when they end
    used = dict(world.run("SELECT indexrelname, idx_scan FROM pg_stat_user_indexes WHERE relname = 'audit'"))
    assert used["audit_plate"] >= 2
    assert used["audit_read"] >= 1

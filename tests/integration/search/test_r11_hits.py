"""R11: of a discreet hit nobody outside its named group learns anything, by whichever channel."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from search.hits import boards
from services.audit import Trail
from services.clock import utc_now
from services.database import open_engine, transaction
from services.hits.escalation import escalate_unclaimed
from services.settings import SearchSettings
from tests.integration.search.hits_world import Officer, Raised, Room
from tests.integration.search.world import AUDIT_KEY, World

PLATE, FILE = "4XYZ987", "GE.11.L1.004512/2026"


@dataclass(frozen=True, slots=True)
class Silent:
    """A room in which a discreet hit was raised for Karin of TECINT alone."""

    room: Room
    karin: Officer
    tom: Officer
    hit: Raised


@pytest.fixture
def silent(world: World, app: FastAPI, images: Path, monkeypatch: pytest.MonkeyPatch) -> Silent:
    monkeypatch.setattr(boards, "BEAT_S", 0.2)
    room = Room(world, app, images)
    karin, tom = room.officer("karin.bos", "tecint"), room.officer("tom.wouters", "tecint")
    group = room.followed.add_group("stil", karin.user_id)
    return Silent(room, karin, tom, room.raise_hit(PLATE, category="discreet-check", audience_id=group, discreet=True))


def traces(silent: Silent, text: str) -> list[str]:
    """Return which traces of the hit a text holds."""
    secrets = (PLATE, "4-XYZ-987", f"hit-{silent.hit.hit_id}\"", str(silent.hit.read_id), "dader gevlucht", "Discreet")
    return [secret for secret in secrets if secret in text]


async def test_the_board_shows_and_counts_it_for_its_group_alone(silent: Silent) -> None:
    assert PLATE in (await silent.karin.get("/hits")).text.replace("-", "")
    page = (await silent.tom.get("/hits")).text
    assert traces(silent, page) == []
    assert "Geen open hits" in page
    assert re.search(r"data-empty>", page), "nothing is open, not even one that is not shown"


async def test_one_hit_its_card_and_its_pictures_are_not_there_for_others(silent: Silent) -> None:
    hit = silent.hit
    paths = [f"/hits/{hit.hit_id}", f"/hits/{hit.hit_id}/card", f"/hits/{hit.hit_id}/pictures/{hit.read_id}/plate",
             f"/hits/{hit.hit_id}/pictures/{hit.read_id}/overview", f"/api/v1/hits/{hit.hit_id}"]
    for path in paths:
        assert (await silent.karin.get(path)).status_code == 200, path
        answer = await silent.tom.get(path)
        nothing = await silent.tom.get(path.replace(f"hits/{hit.hit_id}", "hits/987654"))
        assert (answer.status_code, answer.text) == (404, nothing.text.replace("987654", str(hit.hit_id))), path


async def test_nobody_else_follows_it_up(silent: Silent) -> None:
    for step in ("claim", "take-over", "release", "end"):
        assert (await silent.tom.step(silent.hit.hit_id, step, disposition="misread")).status_code == 404
    assert (await silent.tom.post(f"/hits/{silent.hit.hit_id}/remark", remark="wat is dit")).status_code == 404
    assert (await silent.tom.post(f"/hits/{silent.hit.hit_id}/consultation")).status_code == 404
    assert silent.room.events(silent.hit.hit_id) == ["raised"]


async def test_the_stream_tells_its_group_alone_and_its_marks_show_no_gap(silent: Silent) -> None:
    async with silent.tom.listen(cards=True) as others, silent.karin.listen(cards=True) as group:
        await others.next("beat")
        await group.next("beat")
        await silent.karin.step(silent.hit.hit_id, "claim")
        silent.room.number()
        assert (await group.next()).data["hit"] == silent.hit.hit_id
        assert await others.quiet()
        open_ = silent.room.raise_hit("3AAA001").hit_id
        assert (await others.next()).data["hit"] == open_


async def test_whoever_comes_again_from_the_very_beginning_hears_nothing_of_it(silent: Silent) -> None:
    after = silent.room.app.state.program.boards.marks.write(0)
    async with silent.tom.listen(after) as others:
        assert await others.quiet()


async def test_the_api_lists_it_for_its_group_alone(silent: Silent) -> None:
    assert [one["plate"] for one in (await silent.karin.get("/api/v1/hits")).json()["items"]] == [PLATE]
    assert (await silent.tom.get("/api/v1/hits")).json()["items"] == []


async def test_the_handover_tells_it_to_its_group_alone(silent: Silent) -> None:
    for _ in range(2):
        assert "4-XYZ-987" in (await silent.karin.get("/hits/handover")).text
        assert traces(silent, (await silent.tom.get("/hits/handover")).text) == []
        await silent.karin.step(silent.hit.hit_id, "claim")
        await silent.karin.step(silent.hit.hit_id, "end", disposition="misread")


async def test_the_audit_holds_its_number_and_nothing_of_what_it_is_about(silent: Silent) -> None:
    await silent.karin.get("/hits")
    await silent.karin.step(silent.hit.hit_id, "claim", remark="volgt de witte bestelwagen")
    await silent.karin.post(f"/hits/{silent.hit.hit_id}/remark", remark="volgt de witte bestelwagen")
    await silent.karin.step(silent.hit.hit_id, "confirm", on="image")
    await silent.karin.step(silent.hit.hit_id, "end", disposition="observed", remark="naar het magazijn")
    rows = str(silent.room.world.audit("hits-shown")) + str(silent.room.world.audit("hit-handled"))
    assert str(silent.hit.hit_id) in rows
    for secret in (PLATE, FILE, "dader", "bestelwagen", "magazijn", "Discreet", "stil"):
        assert secret not in rows, secret


async def test_it_stands_for_no_consultation_whose_file_others_would_read(silent: Silent) -> None:
    answer = await silent.karin.post(f"/hits/{silent.hit.hit_id}/consultation")
    assert answer.status_code == 403
    assert silent.room.world.audit("consultation-opened") == []


async def test_nobody_is_sent_to_it(silent: Silent) -> None:
    await silent.karin.step(silent.hit.hit_id, "claim")
    await silent.karin.step(silent.hit.hit_id, "confirm", on="image")
    answer = await silent.karin.step(silent.hit.hit_id, "dispatch")
    assert answer.status_code == 409
    assert "discreet" in answer.text


async def test_that_nobody_took_it_is_told_to_its_group_alone(
        silent: Silent, settings: SearchSettings) -> None:
    silent.room.world.run("UPDATE users SET on_call_since = now() WHERE username = 'tom.wouters'")
    engine = open_engine(settings, connections=1)
    async with transaction(engine) as connection:
        assert await escalate_unclaimed(connection, Trail(AUDIT_KEY), utc_now() + timedelta(minutes=3)) == 1
    await engine.dispose()
    told = silent.room.world.run("SELECT user_id FROM notices")
    assert told == [(silent.karin.user_id,)]
    (row,) = silent.room.world.audit("hits-escalated")
    assert row["filters"] == {"hit": silent.hit.hit_id, "minutes": 2}
    assert "Berichten</span> <strong" not in (await silent.tom.get("/cameras")).text

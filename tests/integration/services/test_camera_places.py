"""A camera that is moved: new reads stand at the new place, old ones where it stood then."""

import argparse
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import literal, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services import camera_commands
from services.camera_places import FIRST_PLACE, stood_there
from services.clock import ZONE, utc_now
from services.database import transaction
from services.errors import ConfigurationError
from services.registry import camera_values, put_camera, put_gateway
from services.schema import camera_places

Cameras = Callable[..., Awaitable[str]]
LONG_AGO = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def camera_id(owner: Any) -> int:
    """A camera in Bree."""
    return int(owner.execute("INSERT INTO cameras (code, name, municipality, lat, lon) "
                             "VALUES ('BRE01A', 'Peerderbaan', 'Bree', 51.14, 5.59) RETURNING camera_id"
                             ).fetchone()["camera_id"])


@pytest.fixture
def cameras(camera_id: int, database: Any, owner_engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> Cameras:
    """The command: words as they are typed → what is said."""
    monkeypatch.setenv("ZONESCHILD_DATABASE_URL", database.owner_url)
    monkeypatch.setenv("ZONESCHILD_AUDIT_KEY", "a" * 32)
    parser = argparse.ArgumentParser()
    camera_commands.add_arguments(parser)

    async def run(*words: str) -> str:
        return await camera_commands.run(parser.parse_args(words), owner_engine)

    return run


def places(owner: Any) -> list[tuple[Any, ...]]:
    rows = owner.execute("SELECT since, until, name FROM camera_places ORDER BY camera_id, since").fetchall()
    return [(row["since"], row["until"], row["name"]) for row in rows]


async def place_at(engine: AsyncEngine, camera_id: int, moment: datetime) -> list[str]:
    async with transaction(engine) as connection:
        return list(await connection.scalars(
            select(camera_places.c.name).where(stood_there(literal(camera_id), literal(moment)))))


def local(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%dT%H:%M}"


async def test_a_camera_stands_at_its_first_place_since_long_before_any_read(
        owner: Any, camera_id: int, owner_engine: AsyncEngine) -> None:
    assert places(owner) == [(FIRST_PLACE, None, "Peerderbaan")]
    assert await place_at(owner_engine, camera_id, LONG_AGO) == ["Peerderbaan"]


async def test_whatever_changes_a_cameras_place_leaves_the_old_one(
        owner: Any, as_search: Any, camera_id: int, owner_engine: AsyncEngine) -> None:
    as_search.execute("UPDATE cameras SET name = 'Kanaal', lat = 51.2 WHERE code = 'BRE01A'")
    (first_since, moved_at, _), (second_since, second_until, _) = places(owner)
    assert (first_since, moved_at, second_until) == (FIRST_PLACE, second_since, None)
    assert await place_at(owner_engine, camera_id, moved_at - timedelta(milliseconds=1)) == ["Peerderbaan"]
    assert await place_at(owner_engine, camera_id, moved_at) == ["Kanaal"]


def test_what_is_no_place_makes_no_move(owner: Any, camera_id: int) -> None:
    owner.execute("UPDATE cameras SET kind = 'section', lanes = 2, name = name, lat = lat")
    assert len(places(owner)) == 1


def test_two_changes_of_one_transaction_are_one_move(owner: Any, camera_id: int) -> None:
    with owner.transaction():
        owner.execute("UPDATE cameras SET name = 'Kanaal'")
        owner.execute("UPDATE cameras SET name = 'Sluis'")
    assert [name for _, _, name in places(owner)] == ["Peerderbaan", "Sluis"]


def test_a_change_by_a_transaction_that_began_before_the_last_move_is_part_of_that_move(
        owner: Any, as_search: Any, camera_id: int) -> None:
    with as_search.transaction():
        as_search.execute("SELECT 1")
        owner.execute("UPDATE cameras SET name = 'Kanaal'")
        as_search.execute("UPDATE cameras SET road = 'N76'")
    assert [(name, until is None) for _, until, name in places(owner)] == [("Peerderbaan", False), ("Kanaal", True)]
    assert owner.execute("SELECT road FROM camera_places WHERE until IS NULL").fetchone() == {"road": "N76"}


async def test_loading_a_list_again_moves_nothing(owner: Any, owner_engine: AsyncEngine, camera_id: int) -> None:
    line = {"id": "BRE07A", "name": "Sluis", "municipality": "Bree", "lat": "51.15", "lon": "5.61", "heading_deg": "90"}
    for _ in range(2):
        async with transaction(owner_engine) as connection:
            await put_camera(connection, camera_values(line), await put_gateway(connection, "bree"))
    assert [name for _, _, name in places(owner)] == ["Peerderbaan", "Sluis"]


async def test_a_move_that_is_entered_late_counts_from_when_it_happened(
        owner: Any, cameras: Cameras, camera_id: int, owner_engine: AsyncEngine) -> None:
    moved_at = (utc_now() - timedelta(days=3)).replace(second=0, microsecond=0)
    said = await cameras("move", "BRE01A", "--since", local(moved_at), "--lat", "51.2", "--lon", "5.7", "--name",
                         "Kanaal", "--reason", "werken aan de brug")
    assert said.startswith("BRE01A stands there since")
    assert places(owner) == [(FIRST_PLACE, moved_at, "Peerderbaan"), (moved_at, None, "Kanaal")]
    assert await place_at(owner_engine, camera_id, moved_at - timedelta(milliseconds=1)) == ["Peerderbaan"]
    assert await place_at(owner_engine, camera_id, moved_at) == ["Kanaal"]
    assert owner.execute("SELECT name, lat FROM cameras").fetchone() == {"name": "Kanaal", "lat": pytest.approx(51.2)}
    row = owner.execute("SELECT action, filters, decision FROM audit").fetchone()
    assert (row["action"], row["filters"]["name"]) == ("camera-moved", "Kanaal")
    assert row["decision"] == {"reason": "werken aan de brug"}


async def test_a_move_at_the_beginning_of_a_place_corrects_that_place(owner: Any, cameras: Cameras) -> None:
    await cameras("move", "BRE01A", "--since", "2026-03-01T06:00", "--name", "Kanal")
    await cameras("move", "BRE01A", "--since", "2026-03-01T06:00", "--name", "Kanaal")
    moved_at = datetime(2026, 3, 1, 6, tzinfo=ZONE)
    assert places(owner) == [(FIRST_PLACE, moved_at, "Peerderbaan"), (moved_at, None, "Kanaal")]


@pytest.mark.parametrize(("words", "complaint"), [
    (("BRE99X", "--since", "2026-03-01T06:00", "--name", "Kanaal"), "no camera BRE99X"),
    (("BRE01A", "--since", "2999-03-01T06:00", "--name", "Kanaal"), "lies ahead"),
    (("BRE01A", "--since", "1999-03-01T06:00", "--name", "Kanaal"), "since 2000-01-01"),
    (("BRE01A", "--since", "2026-03-01T06:00", "--name", "Peerderbaan"), "nothing would change"),
    (("BRE01A", "--since", "2026-03-01T06:00"), "say what has changed"),
    (("BRE01A", "--since", "2026-03-01T06:00", "--name", ""), "must not be empty"),
    (("BRE01A", "--since", "2026-03-01T06:00", "--lat", "51"), "go together"),
    (("BRE01A", "--since", "2026-03-01T06:00", "--lat", "91", "--lon", "5"), "between -90 and 90"),
    (("BRE01A", "--since", "2026-03-01T06:00", "--heading-deg", "360"), "between 0 and 359"),
])
async def test_a_move_that_cannot_be_is_refused_and_changes_nothing(
        owner: Any, cameras: Cameras, words: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        await cameras("move", *words)
    assert places(owner) == [(FIRST_PLACE, None, "Peerderbaan")]
    assert owner.execute("SELECT FROM audit").fetchall() == []


async def test_a_list_of_cameras_is_loaded_and_a_wrong_line_is_named(
        owner: Any, cameras: Cameras, tmp_path: Path) -> None:
    file = tmp_path / "cameras.csv"
    file.write_text("id,name,municipality,lat\nPEE01A,Markt,Peer,51.1\n", "utf-8")
    assert (await cameras("load", str(file))).startswith("1 cameras are registered; ")
    assert owner.execute("SELECT count(*) AS n FROM cameras").fetchone() == {"n": 2}
    file.write_text("id,name,municipality,lat\nPEE01A,Markt,Peer,north\n", "utf-8")
    with pytest.raises(ConfigurationError, match="line 2: lat must be a number"):
        await cameras("load", str(file))

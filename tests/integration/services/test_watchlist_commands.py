"""`python -m services watchlists deliver`: a nightly extract is taken at once where nobody is needed, else it waits."""

import argparse
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services import watchlist_commands
from services.errors import ConfigurationError, NotFoundError
from services.watchlists.delivery_files import Broken, BrokenDeliveryError
from tests.integration.services.delivery_zone import REST, UNTIL, Zone, numbered, package, plate, whole

Deliver = Callable[..., Any]


@pytest.fixture
def zone(owner: Any, owner_engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, database: Any) -> Zone:
    """A zone with a list that another party delivers."""
    monkeypatch.setenv("ZONESCHILD_DATABASE_URL", database.owner_url)
    monkeypatch.setenv("ZONESCHILD_AUDIT_KEY", "a key of thirty-two bytes or more")
    an, els = (owner.execute("INSERT INTO users (username, display_name, role) VALUES (%s, %s, 'tecint') RETURNING "
                             "user_id", [name, name]).fetchone()["user_id"] for name in ("an", "els"))
    made = Zone(owner_engine, owner, an, els)
    made.add_list("stolen")
    owner.execute("UPDATE watchlists SET delivered_at = now()")
    return made


@pytest.fixture
def deliver(zone: Zone, tmp_path: Path) -> Deliver:
    """Write a file and deliver it as the command does."""
    async def run(content: bytes, *options: str, code: str = "stolen", checksum: str = "") -> str:
        file = tmp_path / "list.csv"
        file.write_bytes(content)
        if checksum:
            (tmp_path / "list.csv.sha256").write_text(f"{checksum}  list.csv\n", encoding="utf-8")
        parser = argparse.ArgumentParser()
        watchlist_commands.add_arguments(parser)
        rest = ["--measure", REST.measure, "--reason", REST.reason, "--file-number", REST.file_number, "--country",
                "BE", "--requester", REST.requester, "--until", UNTIL.isoformat()]
        return await watchlist_commands.run(
            parser.parse_args(["deliver", code, str(file), *rest, *options]), zone.engine)
    return run


async def test_a_whole_list_with_its_checksum_beside_it_is_taken_at_once(zone: Zone, deliver: Deliver) -> None:
    content = whole(f"K1;{plate(1)}", "K2;!", f"K3;{plate(3)}")
    said = await deliver(content, checksum=sha256(content).hexdigest())
    assert said.startswith("3 lines, 1 refused, 2 added, 0 changed, 0 ended")
    assert set(zone.live("stolen")) == {"K1", "K3"}
    row = zone.owner.execute("SELECT action, client_address, filters FROM audit").fetchone()
    assert (row["action"], row["client_address"]) == ("watchlist-delivered", "console")
    assert (row["filters"]["list"], row["filters"]["added"], row["filters"]["refused"]) == ("stolen", 2, 1)
    assert plate(1) not in str(row)


async def test_the_same_package_again_says_that_nothing_changed(zone: Zone, deliver: Deliver) -> None:
    content = package((1, numbered(1, 2), {"whole": True}))
    await deliver(content)
    before = zone.everything()
    assert "nothing changed" in await deliver(content)
    assert zone.everything() == before
    assert zone.owner.execute("SELECT FROM audit").rowcount == 1


async def test_what_a_person_has_to_take_waits_and_is_said(zone: Zone, deliver: Deliver) -> None:
    await deliver(numbered(*range(10)), "--rows", "10")
    with pytest.raises(ConfigurationError, match="more than a fifth"):
        await deliver(numbered(1), "--rows", "1")
    zone.add_list("by-hand")
    with pytest.raises(ConfigurationError, match="kept by hand"):
        await deliver(numbered(1), "--rows", "1", code="by-hand")
    assert len(zone.live("stolen")) == 10
    assert zone.live("by-hand") == {}
    assert zone.owner.execute("SELECT FROM watch_deliveries WHERE content IS NOT NULL AND applied_at IS NULL"
                              ).rowcount == 2


async def test_a_file_that_is_not_what_was_sent_is_refused(zone: Zone, deliver: Deliver) -> None:
    for options in ({}, {"checksum": "00" * 32}):
        with pytest.raises(BrokenDeliveryError) as error:
            await deliver(numbered(1), **options)
        assert error.value.why is (Broken.checksum if options else Broken.uncounted)
    with pytest.raises(ConfigurationError, match="no SHA-256"):
        await deliver(numbered(1), checksum="nonsense")
    assert zone.live("stolen") == {}


async def test_a_discreet_list_is_not_delivered_at_the_console(zone: Zone, deliver: Deliver) -> None:
    zone.add_list("watched", "discreet-check")
    with pytest.raises(NotFoundError):
        await deliver(numbered(1), "--rows", "1", code="watched")

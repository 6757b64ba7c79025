"""Deliveries change a list by what they say and by nothing else; broken, doubled and old ones change nothing."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from zipfile import ZipFile

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from services.database import open_engine, transaction
from services.errors import NotFoundError
from services.settings import StoreSettings
from services.watchlists import delivering, staging
from services.watchlists.delivering import Person
from services.watchlists.delivery_files import Broken, BrokenDeliveryError, DeliveryKind, Stated
from services.watchlists.delivery_rule import Outcome
from tests.integration.services.delivery_zone import NOW, REST, Zone, changes, numbered, package, plate, whole

ZIP, PASTE = DeliveryKind.package, DeliveryKind.paste
LATER = NOW + timedelta(hours=20)


@pytest.fixture
async def zone(database: Any, owner: Any) -> AsyncIterator[Zone]:
    """A zone as search reaches it: with its own role, and plans for few rows of large tables."""
    engine = open_engine(StoreSettings(database_url=database.search_url), connections=3, joins_by_index=True,
                         reads_by_index=True, statement_timeout_ms=10_000)
    an, els = (owner.execute("INSERT INTO users (username, display_name, role) VALUES (%s, %s, 'tecint') RETURNING "
                             "user_id", [name, name]).fetchone()["user_id"] for name in ("an", "els"))
    made = Zone(engine, owner, an, els)
    made.add_list("stolen")
    yield made
    await engine.dispose()


async def test_a_whole_list_adds_changes_ends_and_leaves_alone(zone: Zone) -> None:
    counts = await zone.deliver("stolen", numbered(1, 2, 3, 4, 5, 6))
    assert counts == {"lines": 6, "refused": 0, "added": 6, "changed": 0, "ended": 0, "same": 0, "held": 0, "before": 0}
    counts = await zone.deliver("stolen", whole(*(f"K{n};{plate(n)}" for n in (2, 3, 4, 5)), f"K6;{plate(66)}", "K7;1"
                                                f"{plate(7)[1:]}"), now=LATER)
    assert counts == {"lines": 6, "refused": 0, "added": 1, "changed": 1, "ended": 1, "same": 4, "held": 0, "before": 6}
    assert zone.live("stolen") == {**{f"K{n}": plate(n) for n in (2, 3, 4, 5)}, "K6": plate(66), "K7": "1QXA007"}
    versions = zone.owner.execute("SELECT source_key, version, made_at, replaced_at, revoked_at, revoked_because FROM "
                                  "watch_entries ORDER BY source_key, version").fetchall()
    assert [(row["source_key"], row["version"]) for row in versions] == [
        ("K1", 1), ("K2", 1), ("K3", 1), ("K4", 1), ("K5", 1), ("K6", 1), ("K6", 2), ("K7", 1)]
    assert versions[0]["revoked_at"] == LATER
    assert versions[0]["revoked_because"] == "niet meer geleverd"
    assert versions[5]["replaced_at"] == LATER
    assert versions[6]["made_at"] == LATER
    assert all(row["made_at"] == NOW and row["replaced_at"] is None for row in versions[1:5])


async def test_what_is_delivered_is_validated_by_whoever_took_it(zone: Zone) -> None:
    await zone.deliver("stolen", numbered(1))
    row = zone.owner.execute("SELECT * FROM watch_entries").fetchone()
    assert (row["made_by"], row["validated_by"], row["validated_at"]) == (zone.an, zone.els, NOW)
    assert (row["reason"], row["country"], row["since"], row["until"]) == (REST.reason, "BE", NOW, REST.until)
    delivery = zone.owner.execute("SELECT * FROM watch_deliveries").fetchone()
    assert row["delivery_id"] == delivery["delivery_id"]
    assert (delivery["made_by"], delivery["applied_by"], delivery["content"], delivery["rest"]) == (
        zone.an, zone.els, None, {})


async def test_the_report_names_every_line_that_is_refused_and_why(zone: Zone) -> None:
    day = f"{REST.until:%d/%m/%Y}"
    rows = [f"K1;3QXA001;BE;{day}", f"K2;geen!;BE;{day}", f";3QXA003;BE;{day}", "K4;3QXA004;BE",
            f'K5;"3QXA005;BE;{day}', f"K1;3QXA006;BE;{day}", "K7;3QXA007;België;01/12/2019", "K8;3QXA008;BE;soon",
            "K9;3QX????;;", f"K10;3???;BE;{day}", "K11;3QXA011;BE;01/12/2227", "",
            f'K12;"3-QXA-012";"be";{REST.until:%Y-%m-%d}T12:00', "K13;3QXA013;any;", "K14;3Q*7;BE;", "K15;3QXA015;;",
            "K16;3QXA016;;", "=2+3;3QXA017;;", f"K18;3QXA018;;{REST.until:%d/%m/%Y} 23:00",
            f"K19;3QXA019;;{'9' * 5000}",
            *(f"K{number};{plate(number)};;" for number in range(20, 30))]
    content = whole(*rows, header="source_key;plate;country;until")
    handed = await zone.hand_in("stolen", content, stated=Stated(rows=len(rows) - 1))
    assert await zone.refused(handed) == [
        (1, 3, "plate"), (1, 4, "line.key"), (1, 5, "line.cells"), (1, 6, "line.unreadable"), (1, 7, "line.doubled"),
        (1, 8, "country,until.past"), (1, 9, "until"), (1, 10, "plate.vague"), (1, 11, "plate.vague"),
        (1, 12, "until.long"), (1, 16, "plate.vague"), (1, 19, "line.key"), (1, 21, "line.unreadable")]
    assert handed.counts == {"lines": 29, "refused": 13, "added": 16, "changed": 0, "ended": 0, "same": 0, "held": 0,
                             "before": 0}


async def test_a_line_that_is_refused_ends_nothing(zone: Zone) -> None:
    await zone.deliver("stolen", numbered(1, 2, 3, 4))
    counts = await zone.deliver("stolen", whole("K1;3QXA001", "K2;!!", "K3;3QXA003;x", "K4;3QXA004"))
    assert (counts["refused"], counts["ended"], counts["same"]) == (2, 0, 2)
    assert len(zone.live("stolen")) == 4


async def test_the_same_delivery_twice_changes_nothing(zone: Zone) -> None:
    await zone.deliver("stolen", numbered(1, 2, 3))
    before = [row for row in zone.everything() if "plate" in row]
    counts = await zone.deliver("stolen", numbered(1, 2, 3), now=LATER)
    assert (counts["same"], counts["added"], counts["changed"], counts["ended"]) == (3, 0, 0, 0)
    assert [row for row in zone.everything() if "plate" in row] == before
    first = package((1, numbered(1, 2), {"whole": True}), (2, changes(f"add;K3;{plate(3)}")))
    zone.add_list("packed")
    handed = await zone.hand_in("packed", first, ZIP)
    await zone.take("packed", handed.delivery_id)
    before = zone.everything()
    again = await zone.hand_in("packed", first, ZIP, now=LATER)
    assert again.delivery_id == handed.delivery_id
    assert again.applied_at is not None
    assert (await zone.take("packed", again.delivery_id)).outcome is Outcome.over
    assert zone.everything() == before


async def test_changes_are_done_in_their_order(zone: Zone) -> None:
    await zone.deliver("stolen", package((1, numbered(1, 2, 3, 4, 5, 6), {"whole": True, "rows": 6})), ZIP)
    counts = await zone.deliver("stolen", package(
        (2, changes(f"add;K7;{plate(7)}", f"change;K1;{plate(11)}", "remove;K2;", "remove;K99;",
                    f"change;K98;{plate(98)}")),
        (3, changes("remove;K7;", f"change;K7;{plate(77)}", f"add;K7;{plate(78)}", f"change;K1;{plate(12)}",
                    f"toevoegen;K8;{plate(8)}", "verwijderen;K8;", f"turn;K3;{plate(3)}"))), ZIP)
    assert counts == {"lines": 12, "refused": 4, "added": 1, "changed": 1, "ended": 1, "same": 1, "held": 0,
                      "before": 6}
    assert zone.live("stolen") == {"K1": plate(12), **{f"K{n}": plate(n) for n in (3, 4, 5, 6)}, "K7": plate(78)}
    delivery = zone.owner.execute("SELECT refused FROM watch_deliveries ORDER BY revision DESC LIMIT 1").fetchone()
    assert delivery["refused"] == [[1, 5, "line.unknown"], [1, 6, "line.unknown"], [2, 3, "line.unknown"],
                                   [2, 8, "line.operation"]]


async def test_a_revision_must_follow_the_lists_own(zone: Zone) -> None:
    one, two, three = numbered(1), changes(f"add;K2;{plate(2)}"), changes(f"add;K3;{plate(3)}")
    await zone.deliver("stolen", package((7, one, {"whole": True})), ZIP)
    before = zone.everything()
    for content, why in ((package((6, two)), Broken.old), (package((7, two)), Broken.old),
                         (package((9, three)), Broken.gap), (package((6, one, {"whole": True})), Broken.old)):
        with pytest.raises(BrokenDeliveryError) as error:
            await zone.hand_in("stolen", content, ZIP)
        assert error.value.why is why
    with pytest.raises(BrokenDeliveryError) as error:
        await zone.hand_in("stolen", one)
    assert error.value.why is Broken.unnumbered
    assert zone.everything() == before
    # What it has already is skipped in a package that goes on.
    await zone.deliver("stolen", package((6, changes("remove;K1;")), (7, changes("remove;K1;")), (8, two), (9, three)),
                       ZIP)
    assert set(zone.live("stolen")) == {"K1", "K2", "K3"}


async def test_a_revision_that_came_meanwhile_is_noticed_when_it_is_taken(zone: Zone) -> None:
    await zone.deliver("stolen", package((1, numbered(1), {"whole": True})), ZIP)
    early = await zone.hand_in("stolen", package((2, changes(f"add;K2;{plate(2)}"))), ZIP)
    await zone.deliver("stolen", package((2, changes(f"add;K3;{plate(3)}"))), ZIP)
    with pytest.raises(BrokenDeliveryError) as error:
        await zone.take("stolen", early.delivery_id)
    assert error.value.why is Broken.old
    assert set(zone.live("stolen")) == {"K1", "K3"}


async def test_what_ends_much_takes_two_people_who_say_so(zone: Zone) -> None:
    await zone.deliver("stolen", numbered(*range(10)))
    assert (await zone.deliver("stolen", numbered(*range(8))))["ended"] == 2, "a fifth is what one may end"
    shrunken = await zone.hand_in("stolen", numbered(1, 2, 3))
    assert (await zone.take("stolen", shrunken.delivery_id)).outcome is Outcome.unsaid
    assert (await zone.take("stolen", shrunken.delivery_id, said=True, person=Person(zone.an))
            ).outcome is Outcome.another
    assert len(zone.live("stolen")) == 8
    assert (await zone.take("stolen", shrunken.delivery_id, said=True)).outcome is Outcome.done
    assert len(zone.live("stolen")) == 3


async def test_what_the_console_handed_in_and_ends_much_takes_two_people_too(zone: Zone) -> None:
    await zone.deliver("stolen", numbered(*range(10)))
    shrunken = await zone.hand_in("stolen", numbered(1, 2, 3), person=Person(None))
    assert (await zone.take("stolen", shrunken.delivery_id, person=Person(None), said=True)).outcome is Outcome.unsaid
    for _ in range(2):
        outcome = (await zone.take("stolen", shrunken.delivery_id, said=True)).outcome
    assert outcome is Outcome.another
    assert len(zone.live("stolen")) == 10
    assert (await zone.take("stolen", shrunken.delivery_id, said=True, person=Person(zone.an))).outcome is Outcome.done


async def test_where_a_list_is_kept_by_hand_nobody_takes_what_they_handed_in(zone: Zone) -> None:
    pasted = await zone.hand_in("stolen", b"3-QXA-001\r\n\r\n3qxb002\n", PASTE)
    assert pasted.counts["added"] == 2
    for person in (Person(zone.an), Person(None)):
        assert (await zone.take("stolen", pasted.delivery_id, person=person)).outcome is Outcome.own
    assert zone.live("stolen") == {}
    assert (await zone.take("stolen", pasted.delivery_id)).outcome is Outcome.done
    assert set(zone.live("stolen").values()) == {"3QXA001", "3QXB002"}
    rows = zone.owner.execute("SELECT made_by, validated_by, delivery_id FROM watch_entries").fetchall()
    assert {tuple(row.values()) for row in rows} == {(zone.an, zone.els, None)}, "kept by hand from now on"


async def test_who_hands_a_delivered_list_in_may_take_it(zone: Zone) -> None:
    await zone.deliver("stolen", numbered(1))
    more = await zone.hand_in("stolen", numbered(1, 2))
    assert (await zone.take("stolen", more.delivery_id, person=Person(zone.an))).outcome is Outcome.done
    row = zone.owner.execute("SELECT made_by, validated_by FROM watch_entries WHERE source_key = 'K2'").fetchone()
    assert row == {"made_by": None, "validated_by": zone.an}


async def test_what_is_pasted_is_not_the_delivering_partys_to_end(zone: Zone) -> None:
    await zone.deliver("stolen", b"3QXB007", PASTE)
    await zone.deliver("stolen", b"3QXB007\n3QXB008", PASTE)
    await zone.deliver("stolen", numbered(1))
    assert set(zone.live("stolen")) == {"=BE:3QXB007", "=BE:3QXB008", "K1"}


async def test_what_a_person_revoked_stays_so_until_the_party_says_something_else(zone: Zone) -> None:
    await zone.deliver("stolen", numbered(1, 2))
    zone.owner.execute("UPDATE watch_entries SET revoked_at = now(), revoked_by = %s WHERE source_key = 'K1'",
                       [zone.an])
    assert (await zone.deliver("stolen", numbered(1, 2)))["held"] == 1
    assert set(zone.live("stolen")) == {"K2"}
    assert (await zone.deliver("stolen", whole(f"K1;{plate(9)}", f"K2;{plate(2)}")))["changed"] == 1
    assert set(zone.live("stolen")) == {"K1", "K2"}


async def test_what_comes_back_is_the_same_entry_again(zone: Zone) -> None:
    await zone.deliver("stolen", numbered(*range(6)))
    await zone.deliver("stolen", numbered(*range(5)))
    assert (await zone.deliver("stolen", numbered(*range(6)), now=LATER))["added"] == 1
    rows = zone.owner.execute("SELECT entry_id, version, first_made_at, since FROM watch_entries WHERE source_key = "
                              "'K5' ORDER BY version").fetchall()
    assert [row["version"] for row in rows] == [1, 2]
    assert len({(row["entry_id"], row["first_made_at"]) for row in rows}) == 1
    assert rows[1]["since"] == LATER


async def test_what_the_delivery_does_not_speak_of_stays(zone: Zone) -> None:
    await zone.deliver("stolen", numbered(1))
    zone.owner.execute("UPDATE watch_entries SET least_probability = 0.5, hours = repeat('1', 168), cameras = '{4}', "
                       "priority = 2")
    await zone.deliver("stolen", whole(f"K1;{plate(2)}"))
    row = zone.owner.execute("SELECT * FROM watch_entries WHERE matched").fetchone()
    assert (row["plate"], row["least_probability"], row["cameras"], row["priority"]) == (plate(2), 0.5, [4], 2)


@pytest.mark.parametrize(("content", "stated", "why"), [
    (b"", Stated(rows=0), Broken.empty), (b" \r\n\r\n", Stated(rows=0), Broken.empty),
    (b"source_key;plate\n", Stated(rows=0), Broken.empty),
    (numbered(1, 2), Stated(), Broken.uncounted), (numbered(1, 2), Stated(rows=3), Broken.rows),
    (numbered(1, 2)[:-3], Stated(sha256=sha256(numbered(1, 2)).digest()), Broken.checksum),
    (b"K1;3QXA001\n", Stated(rows=1), Broken.header), (b"plate;plate\n3QXA001;1\n", Stated(rows=1), Broken.header),
    (b"source_key;plate;untill\nK1;3QXA001;1\n", Stated(rows=1), Broken.header),
    (b"source_key\nK1\n", Stated(rows=1), Broken.header), (b"\xff\xfeK\x001\x00", Stated(rows=1), Broken.encoding),
    (whole("K1;!", "K2;!", "K3;3QXA003"), Stated(rows=3), Broken.mostly_refused),
    (whole("operation;x"), Stated(rows=1), Broken.mostly_refused),
])
async def test_a_broken_list_changes_nothing(zone: Zone, content: bytes, stated: Stated, why: Broken) -> None:
    await zone.deliver("stolen", numbered(1, 2))
    before = zone.everything()
    with pytest.raises(BrokenDeliveryError) as error:
        await zone.hand_in("stolen", content, stated=stated)
    assert error.value.why is why
    assert "3QXA" not in str(error.value)
    assert "K1" not in str(error.value)
    assert zone.everything() == before
    assert zone.owner.execute("SELECT FROM watch_deliveries WHERE applied_at IS NULL").rowcount == 0


def _without(content: bytes, name: str) -> bytes:
    made = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(made, "w") as new:
        for one in old.namelist():
            if one != name:
                new.writestr(one, old.read(one))
    return made.getvalue()


GOOD = package((1, numbered(1, 2), {"whole": True, "rows": 2}), (2, changes("remove;K1;")), list="stolen")


@pytest.mark.parametrize(("content", "why"), [
    (GOOD[:-30], Broken.archive), (GOOD[:40], Broken.archive), (b"PK\x03\x04nonsense", Broken.archive),
    (_without(GOOD, "manifest.json"), Broken.manifest), (_without(GOOD, "2.csv"), Broken.missing),
    (package((1, numbered(1), {"whole": True, "sha256": "0" * 64})), Broken.checksum),
    (package((1, numbered(1), {"whole": True, "rows": 2})), Broken.rows),
    (package((1, numbered(1), {"whole": True}), (3, changes("remove;K1;"))), Broken.order),
    (package((1, changes("remove;K1;")), (2, numbered(1), {"whole": True})), Broken.order),
    (package((2, changes("remove;K1;"))), Broken.gap), (package((1, b"", {"whole": True})), Broken.empty),
    (package(), Broken.manifest), (package((1, numbered(1), {"whole": True}), list="another"), Broken.list),
    (package((-1, numbered(1), {"whole": True})), Broken.manifest),
    (package((1, numbered(1), {"whole": True}), files=7), Broken.manifest),
], ids=[f"broken-{number}" for number in range(15)])  # a package's own bytes hold the time
async def test_a_broken_package_changes_nothing(zone: Zone, content: bytes, why: Broken) -> None:
    with pytest.raises(BrokenDeliveryError) as error:
        await zone.hand_in("stolen", content, ZIP)
    assert error.value.why is why
    assert zone.live("stolen") == {}


async def test_a_database_that_is_killed_in_the_middle_has_changed_nothing(
        zone: Zone, database_template: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    await zone.deliver("stolen", numbered(1, 2, 3))
    handed = await zone.hand_in("stolen", numbered(2, 3, 4))
    before, tell = zone.everything(), delivering.tell_changed

    async def kill(connection: Any) -> None:
        with psycopg.connect(database_template.superuser_url, autocommit=True) as killer:
            (pid,) = (await connection.exec_driver_sql("SELECT pg_backend_pid()")).one()
            killer.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        await tell(connection)

    with monkeypatch.context() as patch:
        patch.setattr(delivering, "tell_changed", kill)
        with pytest.raises(DBAPIError):
            await zone.take("stolen", handed.delivery_id, said=True)
    assert zone.everything() == before
    assert (await zone.take("stolen", handed.delivery_id, said=True)).outcome is Outcome.done


async def test_nothing_of_a_delivery_stays_in_the_database_behind_its_transaction(zone: Zone) -> None:
    await zone.hand_in("stolen", numbered(1))
    rows = zone.owner.execute("SELECT FROM pg_class WHERE relname IN ('staged', 'terms', 'wanted', 'planned')")
    assert rows.rowcount == 0
    async with transaction(zone.engine) as connection:
        await staging.begin(connection)
        with pytest.raises(DBAPIError, match="permission denied"):
            await connection.exec_driver_sql("CREATE TEMPORARY TABLE mine (x int)")


async def test_a_discreet_list_takes_deliveries_from_its_own_group_alone(zone: Zone) -> None:
    zone.owner.execute("INSERT INTO audiences (audience_id, code, name, user_ids) VALUES (50, 'six', 'Zes', %s)",
                       [[zone.an, zone.els]])
    zone.add_list("watched", "discreet-check", 50)
    for stranger in (Person(zone.an), Person(zone.an, frozenset({1})), Person(None)):
        with pytest.raises(NotFoundError):
            await zone.hand_in("watched", numbered(1), person=stranger)
    handed = await zone.hand_in("watched", numbered(1), person=Person(zone.an, frozenset({50})),
                                rest=replace(REST, until=NOW + timedelta(days=90)))
    with pytest.raises(NotFoundError):
        await zone.take("watched", handed.delivery_id)
    taken = await zone.take("watched", handed.delivery_id, person=Person(zone.els, frozenset({50})))
    assert taken.outcome is Outcome.done
    row = zone.owner.execute("SELECT discreet, audience_id FROM watch_entries").fetchone()
    assert row == {"discreet": True, "audience_id": 50}

"""R8: entries have versions, a second person validates, urgent ones lapse, all end by themselves, once and told."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.audit import Trail
from services.database import transaction
from services.watchlists import entries
from services.watchlists.ending import tell_endings
from services.watchlists.entries import Outcome
from services.watchlists.finding import (
    Wanted,
    find_entry,
    is_in,
    list_requested,
    list_versions,
    list_waiting,
    search_entries,
)
from services.watchlists.lists import Counts, count_entries
from services.watchlists.states import URGENT_LASTS, WARNED_BEFORE, EntryState, state_of
from tests.integration.services.trails import KEY
from tests.integration.services.watching import DAY, NOW, Zone, make_zone

SECOND = timedelta(seconds=1)


@pytest.fixture
async def zone(owner: Any, search_engine: AsyncEngine) -> Zone:
    return await make_zone(owner, search_engine)


async def state(zone: Zone, entry_id: int, now: datetime = NOW) -> EntryState:
    async with transaction(zone.engine) as connection:
        found = await find_entry(connection, entry_id, frozenset(range(200)))
    assert found is not None
    return state_of(found, now)


async def decide(zone: Zone, entry_id: int, who: str, version: int = 1, now: datetime = NOW, *,
                 because: str = "") -> Outcome:
    async with transaction(zone.engine) as connection:
        decider = await zone.decider(who)
        if because:
            return await entries.refuse(connection, entry_id, version, decider, now, because)
        return await entries.validate(connection, entry_id, version, decider, now)


async def tell(zone: Zone, now: datetime) -> int:
    async with transaction(zone.engine) as connection:
        return await tell_endings(connection, Trail(KEY), now)


async def told(zone: Zone) -> list[tuple[str, str, str]]:
    rows = await zone.run("SELECT username, kind, coalesce(subject ->> 'what', '') AS what FROM notices "
                          "JOIN users USING (user_id) ORDER BY 1, 2, 3")
    return [(row.username, row.kind, row.what) for row in rows]


async def audited(zone: Zone) -> list[tuple[str, Any]]:
    rows = await zone.run("SELECT action, filters -> 'entries' AS entries FROM audit ORDER BY audit_id")
    return [(row.action, row.entries) for row in rows]


async def test_what_was_asked_for_is_watched_for_once_somebody_else_agrees(zone: Zone) -> None:
    entry_id = await zone.add("an")
    assert await zone.matched() == []
    assert await decide(zone, entry_id, "an") is Outcome.own
    assert await zone.matched() == []
    assert await decide(zone, entry_id, "kim") is Outcome.done
    assert await zone.matched() == [entry_id]
    assert await decide(zone, entry_id, "luc") is Outcome.over


async def test_the_database_itself_takes_no_validation_by_who_made_it(zone: Zone) -> None:
    entry_id = await zone.add("an")
    with pytest.raises(Exception, match="watch_entries"):
        await zone.run("UPDATE watch_entries SET validated_by = made_by, validated_at = now() WHERE entry_id = :e",
                       e=entry_id)


async def test_an_urgent_one_is_live_at_once_until_somebody_refuses(zone: Zone) -> None:
    entry_id = await zone.add("kim", urgent=True)
    assert await zone.matched() == [entry_id]
    assert await state(zone, entry_id) is EntryState.urgent
    assert await decide(zone, entry_id, "luc", because="Verkeerde nummerplaat") is Outcome.done
    assert await zone.matched() == []
    assert await state(zone, entry_id) is EntryState.refused
    assert await decide(zone, entry_id, "ben") is Outcome.over


async def test_an_urgent_one_lapses_after_a_day_and_not_before(zone: Zone) -> None:
    entry_id = await zone.add("an", urgent=True)
    assert await tell(zone, NOW + URGENT_LASTS - SECOND) == 0
    assert await state(zone, entry_id, NOW + URGENT_LASTS - SECOND) is EntryState.urgent
    assert await state(zone, entry_id, NOW + URGENT_LASTS) is EntryState.lapsed
    assert await decide(zone, entry_id, "kim", now=NOW + URGENT_LASTS) is Outcome.over
    assert await tell(zone, NOW + URGENT_LASTS) == 1
    assert await tell(zone, NOW + URGENT_LASTS + DAY) == 0
    assert await told(zone) == [(who, "entry-decided", "lapsed") for who in ("an", "ben", "kim", "luc")]
    assert await audited(zone) == [("entries-lapsed", [entry_id])]


async def test_one_that_was_validated_does_not_lapse(zone: Zone) -> None:
    entry_id = await zone.add("an", urgent=True, validated_by="kim")
    assert await state(zone, entry_id, NOW + 2 * DAY) is EntryState.live
    assert await tell(zone, NOW + 2 * DAY) == 0


async def test_the_requester_is_warned_a_week_before_the_end_once(zone: Zone) -> None:
    entry_id = await zone.add("an", validated_by="kim")
    until = NOW + 30 * DAY
    assert await tell(zone, until - WARNED_BEFORE - SECOND) == 0
    assert await tell(zone, until - WARNED_BEFORE) == 1
    assert await tell(zone, until - SECOND) == 0
    assert await told(zone) == [("an", "entry-ending", "")]
    assert await audited(zone) == [("entries-warned", [entry_id])]


async def test_one_that_lasts_less_than_a_week_needs_no_warning(zone: Zone) -> None:
    await zone.add("an", validated_by="kim", until=NOW + WARNED_BEFORE)
    assert await tell(zone, NOW + SECOND) == 0


async def test_it_ends_by_itself_and_that_is_told_once(zone: Zone) -> None:
    entry_id = await zone.add("an", validated_by="kim", until=NOW + 2 * DAY)
    assert await tell(zone, NOW + 2 * DAY - SECOND) == 0
    assert await state(zone, entry_id, NOW + 2 * DAY - SECOND) is EntryState.live
    assert await state(zone, entry_id, NOW + 2 * DAY) is EntryState.expired
    assert await tell(zone, NOW + 2 * DAY) == 1
    assert await tell(zone, NOW + 3 * DAY) == 0
    assert await told(zone) == [(who, "entry-decided", "expired") for who in ("an", "ben", "kim", "luc")]
    assert await audited(zone) == [("entries-ended", [entry_id])]


async def test_processes_that_tell_at_the_same_time_tell_once(zone: Zone) -> None:
    for number in range(5):
        await zone.add("an", plate=f"3ABC12{number}", validated_by="kim", until=NOW + DAY)
    assert sum(await asyncio.gather(*(tell(zone, NOW + DAY) for _ in range(3)))) == 5
    assert len([row for row in await told(zone) if row[0] == "an"]) == 5


async def test_of_a_discreet_one_its_group_alone_is_told_and_the_audit_holds_its_number_alone(zone: Zone) -> None:
    entry_id = await zone.add("an", discreet=True, audience="two", until=NOW + DAY, urgent=True)
    await tell(zone, NOW + DAY)
    assert {who for who, _, _ in await told(zone)} == {"an", "kim"}
    rows = await zone.run("SELECT row_to_json(audit)::text AS row FROM audit")
    assert rows
    assert not any(word in row.row for row in rows for word in ("3ABC123", "Gestolen", "GE.11"))
    assert str(entry_id) in rows[0].row


async def test_every_change_is_a_version_that_somebody_else_validates_and_watching_goes_on(zone: Zone) -> None:
    entry_id = await zone.add("an", validated_by="kim")
    changed = await zone.checked(measure="Niet onderscheppen", until=NOW + 60 * DAY)
    async with transaction(zone.engine) as connection:
        assert await entries.change(connection, entry_id, 1, changed, await zone.decider("luc"),
                                    NOW + DAY) is Outcome.done
    assert await zone.matched() == [entry_id]
    assert await state(zone, entry_id, NOW + DAY) is EntryState.urgent
    assert await decide(zone, entry_id, "luc", 2, NOW + DAY) is Outcome.own
    assert await decide(zone, entry_id, "kim", 1, NOW + DAY) is Outcome.newer
    assert await decide(zone, entry_id, "an", 2, NOW + DAY) is Outcome.done
    async with transaction(zone.engine) as connection:
        versions = await list_versions(connection, entry_id, frozenset())
    assert [(one.version, one.measure, one.made_name, one.validated_name) for one in versions] == [
        (2, "Niet onderscheppen", "Luc", "An"), (1, "Onderscheppen", "An", "Kim")]
    assert [one.replaced_at for one in versions] == [None, NOW + DAY]
    assert [one.first_made_at for one in versions] == [NOW, NOW]


async def test_changing_an_urgent_one_wins_no_time_and_what_was_only_asked_is_not_live(zone: Zone) -> None:
    urgent, asked = await zone.add("an", urgent=True), await zone.add("an", plate="3ABC124")
    for entry_id, lapses_at in ((urgent, NOW + URGENT_LASTS), (asked, None)):
        async with transaction(zone.engine) as connection:
            assert await entries.change(connection, entry_id, 1, await zone.checked(measure="Volgen"),
                                        await zone.decider("kim"), NOW + timedelta(hours=23)) is Outcome.done
            found = await find_entry(connection, entry_id, frozenset())
        assert found is not None
        assert found.lapses_at == lapses_at
    assert await zone.matched() == [urgent]


async def test_a_revoked_one_is_not_watched_for_from_the_commit_on(zone: Zone, as_ingest: Any) -> None:
    entry_id = await zone.add("an", validated_by="kim")
    asked = "SELECT entry_id FROM watch_entries WHERE plate = '3ABC123' AND matched AND NOT pattern"
    async with transaction(zone.engine) as connection:
        decider = await zone.decider("kim")
        assert await entries.revoke(connection, entry_id, decider, NOW, "De wagen is teruggevonden") is Outcome.done
        assert as_ingest.execute(asked).fetchall() == [{"entry_id": entry_id}]
    assert as_ingest.execute(asked).fetchall() == []
    assert await state(zone, entry_id) is EntryState.revoked
    async with transaction(zone.engine) as connection:
        assert await entries.revoke(connection, entry_id, decider, NOW, "Nog eens") is Outcome.over


async def test_a_revocation_that_fails_leaves_the_entry_live(zone: Zone) -> None:
    entry_id = await zone.add("an", validated_by="kim")

    async def fail() -> None:
        async with transaction(zone.engine) as connection:
            await entries.revoke(connection, entry_id, await zone.decider("kim"), NOW, "De wagen is terug")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await zone.matched() == [entry_id]


async def test_whoever_holds_entries_in_memory_hears_of_a_change(zone: Zone, as_ingest: Any) -> None:
    as_ingest.execute(f"LISTEN {entries.CHANNEL}")
    await zone.add("an")
    assert [one.channel for one in as_ingest.notifies(timeout=5, stop_after=1)] == [entries.CHANNEL]


async def test_a_discreet_one_is_unknown_outside_its_group(zone: Zone) -> None:
    entry_id = await zone.add("an", discreet=True, audience="two")
    overt = await zone.add("an", plate="3ABC124")
    strange, own = await zone.mine("luc"), await zone.mine("kim")
    async with transaction(zone.engine) as connection:
        for mine, seen in ((strange, [overt]), (own, [overt, entry_id])):
            assert [one.entry_id for one in await search_entries(connection, Wanted(), mine, NOW)] == seen
            assert {one.entry_id for one in await list_waiting(connection, mine, NOW)} == set(seen)
            assert (await count_entries(connection, mine, NOW))[1] == Counts(asked=len(seen))
            assert [one.entry_id for one in await list_requested(connection, zone.users["an"], mine)] == seen
            assert [one.entry_id for one in await list_versions(connection, entry_id, mine)] == seen[1:]
        assert await search_entries(connection, Wanted(plate="3ABC123"), strange, NOW) == []
        stranger = await zone.decider("luc")
        for outcome in (await entries.validate(connection, entry_id, 1, stranger, NOW),
                        await entries.refuse(connection, entry_id, 1, stranger, NOW, "Waarom ook niet"),
                        await entries.revoke(connection, entry_id, stranger, NOW, "Waarom ook niet"),
                        await entries.change(connection, entry_id, 1, await zone.checked(), stranger, NOW)):
            assert outcome is Outcome.unknown


async def test_states_told_in_the_database_are_those_told_by_the_columns(zone: Zone) -> None:
    await zone.add("an")
    await zone.add("an", urgent=True)
    await zone.add("an", validated_by="kim")
    await zone.add("an", validated_by="kim", since=NOW + 3 * DAY)
    await zone.add("an", validated_by="kim", until=NOW + DAY)
    await decide(zone, await zone.add("an"), "kim", because="Geen grond")
    async with transaction(zone.engine) as connection:
        await entries.revoke(connection, await zone.add("an", validated_by="kim"), await zone.decider("kim"), NOW, "x")
    for now in (NOW, NOW + DAY - SECOND, NOW + DAY, NOW + 3 * DAY, NOW + 40 * DAY):
        async with transaction(zone.engine) as connection:
            all_of_them = await search_entries(connection, Wanted(), frozenset(), now)
            assert len(all_of_them) == 7
            for wanted in EntryState:
                found = await search_entries(connection, Wanted(state=wanted), frozenset(), now)
                assert {one.entry_id for one in found} == {
                    one.entry_id for one in all_of_them if state_of(one, now) is wanted}
    assert set(EntryState) == {one for one in EntryState if is_in(one, NOW) is not None}


async def test_a_list_counts_what_is_live_what_is_asked_and_what_ends_soon(zone: Zone) -> None:
    await zone.add("an")
    await zone.add("an", urgent=True)
    await zone.add("an", validated_by="kim", until=NOW + WARNED_BEFORE)
    await zone.add("an", validated_by="kim", until=NOW + WARNED_BEFORE + SECOND)
    await zone.add("an", validated_by="kim", since=NOW + DAY)
    async with transaction(zone.engine) as connection:
        assert (await count_entries(connection, frozenset(), NOW))[1] == Counts(live=3, asked=2, ending=1)
        assert (await count_entries(connection, frozenset(), NOW + 40 * DAY))[1] == Counts()


async def test_entries_are_found_page_by_page_and_by_plate_and_file(zone: Zone) -> None:
    made = [await zone.add("an", plate=f"3ABC12{number}", file_number=f"DOS {number}") for number in range(5)]
    async with transaction(zone.engine) as connection:
        async def found(**wanted: Any) -> list[int]:
            return [one.entry_id for one in await search_entries(connection, Wanted(**wanted), frozenset(), NOW)]
        assert await found(limit=2) == made[:2:-1]
        assert await found(limit=2, before=made[3]) == made[2:0:-1]
        assert await found(plate="3ABC122") == [made[2]]
        assert await found(file_number="DOS 4") == [made[4]]
        assert await found(list_id=99) == []

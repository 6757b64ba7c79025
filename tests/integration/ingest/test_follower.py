"""The follower: patterns and look-alikes are possible hits within two seconds, whatever backlog stands behind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from ingest import follow_rows
from ingest.follower import Follower
from services.clock import utc_now
from tests.ingest_samples import incoming, read, reading
from tests.integration.ingest.watching import until


class Following:
    """A follower at work by hand."""

    def __init__(self, engine: Any) -> None:
        self.woken = 0
        self.follower = Follower(engine, self.wake)

    def wake(self) -> None:
        self.woken += 1

    async def __call__(self) -> int:
        """Follow until nothing waits; return how many batches that took."""
        followed = 0
        while batches := await self.follower.follow_some():
            followed += len(batches)
        return followed


@pytest.fixture
def follow(engine: Any, look: Any) -> Following:
    return Following(engine)


async def test_a_pattern_makes_possible_alerts(store: Any, watchlists: Any, follow: Any, moment: datetime) -> None:
    watchlists.put("3AB?1*", pattern=True)
    await store(incoming(read(moment)), incoming(read(moment, plate="3-ABC-223")), incoming(read(moment, plate=None)))
    assert await follow() == 1
    assert (watchlists.told(), follow.woken) == ([("3ABC123", "pattern")], 1)
    assert watchlists.look.all("SELECT * FROM follow_batches") == []


@pytest.mark.parametrize(("columns", "told"), [
    ({}, True), ({"cameras": [12]}, False), ({"hours": "0" * 168}, False), ({"country": "NL"}, True),
    ({"country": "BE"}, False), ({"until": utc_now() - timedelta(hours=2)}, False), ({"revoked_at": utc_now()}, False),
    ({"validated_at": None, "lapses_at": utc_now() + timedelta(hours=1)}, True),
    ({"validated_at": None, "lapses_at": utc_now() - timedelta(hours=1)}, False)])
async def test_a_pattern_counts_where_and_when_its_entry_does(store: Any, watchlists: Any, follow: Any,
                                                              moment: datetime, columns: dict[str, Any],
                                                              told: bool) -> None:
    watchlists.put("3AB*", pattern=True, **columns)
    watchlists.put("9*", pattern=True)  # so that there is something to follow
    await store(incoming(read(moment, country="nl")))
    await follow()
    assert bool(watchlists.alerts()) is told


async def test_a_look_alike_is_possible_with_its_probability(store: Any, watchlists: Any, follow: Any,
                                                             moment: datetime) -> None:
    watchlists.put("3ABC128", least_probability=0.1)
    for hours in range(5):  # the vehicle drives here
        await store(incoming(read(moment - timedelta(hours=hours), plate="3-ABC-128")))
    await store(incoming(read(moment, plate="3-ABC-12B", confidence=0.55)),
                incoming(read(moment, plate="4-DEF-456", confidence=0.55)))
    await follow()
    (alert,) = [alert for alert in watchlists.alerts() if alert["matched_as"] == "alike"]
    assert (alert["plate"], alert["probability"] > 0.5) == ("3ABC12B", True)
    assert len(watchlists.alerts()) == 6, "what is exact is no look-alike too"


async def test_a_level_that_a_look_alike_does_not_reach_keeps_it_quiet(store: Any, watchlists: Any, follow: Any,
                                                                       moment: datetime) -> None:
    watchlists.put("3ABC128", least_probability=0.1)
    watchlists.put("3ABC128", least_probability=0.999)
    for hours in range(30):  # a vehicle that really bears what looks like it
        await store(incoming(read(moment - timedelta(hours=hours), plate="3-ABC-123", confidence=0.99)))
    await follow()
    assert watchlists.alerts() == []
    await store(incoming(read(moment, plate="3-ABC-12", confidence=0.55)))
    await follow()
    assert {alert["entry_id"] for alert in watchlists.alerts()} == {1}


async def test_a_late_batch_makes_late_alerts_and_waits_for_every_fresh_one(store: Any, watchlists: Any, follow: Any,
                                                                            moment: datetime) -> None:
    watchlists.put("3*", pattern=True)
    await store(incoming(read(moment), received_at=moment + timedelta(hours=3)))
    await store(incoming(read(moment, plate="3-DEF-456"), received_at=moment + timedelta(seconds=1)))
    (first,) = await follow.follower.follow_some()
    assert (first.fresh, watchlists.told()) == (True, [("3DEF456", "pattern")])
    await follow()
    assert [alert["late"] for alert in watchlists.alerts()] == [False, True]


async def test_following_a_batch_again_raises_nothing_again(store: Any, watchlists: Any, follow: Any,
                                                            moment: datetime) -> None:
    watchlists.put("3*", pattern=True)
    message = incoming(read(moment))
    await store(message)
    await follow()
    await store(message)
    await follow()
    assert len(watchlists.alerts()) == 1


async def test_a_reading_that_lost_meanwhile_is_not_followed_and_one_that_loses_later_is_withdrawn(
        store: Any, watchlists: Any, follow: Any, moment: datetime) -> None:
    watchlists.put("3ABC*", pattern=True)
    await store(incoming(reading("3-ABC-123", moment)))
    await store(incoming(reading("3-ABG-123", moment, revision=1)))
    await follow()
    assert watchlists.alerts() == []
    await store(incoming(reading("3-ABC-123", moment, revision=2)))
    await follow()
    assert watchlists.told() == [("3ABC123", "pattern")]
    await store(incoming(reading("3-ABG-123", moment, revision=3)))
    assert watchlists.told() == []


async def test_batch_and_alerts_go_together(store: Any, look: Any, watchlists: Any, follow: Any,
                                            moment: datetime) -> None:
    watchlists.put("3*", pattern=True)
    await store(incoming(read(moment)))
    look.connection.execute("REVOKE DELETE ON follow_batches FROM zoneschild_ingest")
    with pytest.raises(Exception, match="permission denied"):
        await follow()
    assert watchlists.alerts() == []
    look.connection.execute("GRANT DELETE ON follow_batches TO zoneschild_ingest")
    await follow()
    assert len(watchlists.alerts()) == 1


async def test_what_changes_among_the_entries_holds_for_the_next_batch(store: Any, look: Any, watchlists: Any,
                                                                       follow: Any, moment: datetime) -> None:
    first = watchlists.put("3*", pattern=True)
    told = []
    for number in range(5):
        await store(incoming(read(moment + timedelta(seconds=number))))
        await follow()
        told.append([alert["entry_id"] for alert in watchlists.alerts()][sum(map(len, told)):])
        if number == 0:
            second = watchlists.put("3A*", pattern=True)
        elif number == 1:
            watchlists.revoke(first)
        elif number == 2:
            look.connection.execute("UPDATE watchlists SET state = 'off'")
        elif number == 3:
            look.connection.execute("UPDATE watchlists SET state = 'count'")
    assert told == [[first], [first, second], [second], [], [second]]


@pytest.fixture
async def two_followers(engine: Any) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(Follower(engine, lambda: None).run(0.01)) for _ in range(2)]
    yield
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_several_followers_share_what_waits_and_say_how_far_they_are(
        store: Any, look: Any, watchlists: Any, moment: datetime, two_followers: None,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(follow_rows._AT_ONCE, True, 1)
    watchlists.put("3*", pattern=True)
    began = utc_now()
    await asyncio.gather(*(store(incoming(read(moment + timedelta(seconds=number)))) for number in range(20)))
    await until(lambda: not look.one("SELECT count(*) FROM follow_batches")
                and look.one("SELECT coalesce(followed_at, 'epoch') FROM hit_mover") > began)
    assert look.one("SELECT count(*) FROM alerts") == 20

"""Silences in the database: opened, ended, shrunk and given up as reads and heartbeats come, late ones too."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.invented_papers import TAKE_ALL_LIVE
from ingest.lag import Lag
from ingest.silence_watch import SilenceWatch
from services.clock import monday_of, utc_now
from services.database import transaction
from services.rhythms import load_rhythms, measure_rhythms
from services.silence_rule import HOURS_OF_WEEK, Rhythm
from services.silences import LOCK, Watch, find_silences, look

# A read a minute, day and night: twenty minutes without one are a silence.
STEADY = Rhythm([60.0] * HOURS_OF_WEEK)
MINUTE = timedelta(minutes=1)


class Zone:
    """One camera, its reads and heartbeats, and what is known of its silences."""

    def __init__(self, owner: Any, engine: AsyncEngine) -> None:
        self.owner, self.engine = owner, engine
        self.now = utc_now().replace(minute=30, second=0, microsecond=0) - timedelta(hours=1)
        self.camera_id = owner.execute("INSERT INTO cameras (code, name) VALUES ('BRE01A', 'x') RETURNING camera_id"
                                       ).fetchone()["camera_id"]
        owner.execute(TAKE_ALL_LIVE)

    def ago(self, minutes: float) -> datetime:
        return self.now - minutes * MINUTE

    def read(self, minutes_ago: Iterable[float], *, late: bool = False) -> None:
        """Reads that were captured so many minutes ago; `late` ones come now."""
        moments = [self.ago(minutes) for minutes in minutes_ago]
        for monday in {monday_of(moment) for moment in moments}:
            self.owner.execute("SELECT ensure_reads_week(%s)", [monday])
        with self.owner.cursor() as cursor:
            cursor.executemany("INSERT INTO reads (captured_at, received_at, read_id, camera_id, gateway_id, plate, "
                               "late) VALUES (%s, %s, gen_random_uuid(), %s, 0, '3ABC123', %s)",
                               [(moment, self.now if late else moment, self.camera_id, late) for moment in moments])
        self._hear(captured=max(moments), received=self.now if late else max(moments))

    def beat(self, minutes_ago: float) -> None:
        self._hear(beat=self.ago(minutes_ago))

    def _hear(self, captured: datetime | None = None, received: datetime | None = None,
              beat: datetime | None = None) -> None:
        self.owner.execute(
            "INSERT INTO camera_states AS known (camera_id, last_captured_at, last_received_at, heartbeat_at) "
            "VALUES (%s, %s, %s, %s) ON CONFLICT (camera_id) DO UPDATE SET "
            "last_captured_at = greatest(known.last_captured_at, excluded.last_captured_at), "
            "last_received_at = greatest(known.last_received_at, excluded.last_received_at), "
            "heartbeat_at = greatest(known.heartbeat_at, excluded.heartbeat_at)",
            [self.camera_id, captured, received, beat])

    async def look(self, *, rhythm: Rhythm | None = STEADY, watching: float = 999, behind: bool = False) -> None:
        rhythms = {self.camera_id: rhythm} if rhythm else {}
        async with transaction(self.engine) as connection:
            await look(connection, Watch(rhythms, self.ago(watching), behind), self.now)

    def pass_minutes(self, minutes: float) -> None:
        self.now += minutes * MINUTE

    def silences(self) -> list[tuple[float, float | None, str]]:
        """Each as minutes ago, and what told of it."""
        rows = self.owner.execute("SELECT * FROM camera_silences ORDER BY since").fetchall()
        return [((self.now - row["since"]) / MINUTE, row["until"] and (self.now - row["until"]) / MINUTE, row["basis"])
                for row in rows]


@pytest.fixture
def zone(owner: Any, ingest_engine: AsyncEngine) -> Zone:
    """A camera that nobody has heard yet, and ingest's own rights."""
    return Zone(owner, ingest_engine)


async def test_a_camera_without_reads_where_many_are_usual_is_silent_until_the_next(zone: Zone) -> None:
    zone.read([70, 60])
    zone.pass_minutes(-41)
    await zone.look()
    assert zone.silences() == []
    zone.pass_minutes(2)
    await zone.look()
    assert zone.silences() == [(21, None, "rhythm")]
    zone.pass_minutes(39)
    zone.read([3, 2, 1])
    await zone.look()
    assert zone.silences() == [(60, 3, "rhythm")]


async def test_a_silence_is_opened_once_and_goes_on(zone: Zone) -> None:
    zone.read([60])
    await zone.look()
    zone.pass_minutes(5)
    await zone.look()
    assert zone.silences() == [(65, None, "rhythm")]


async def test_a_camera_that_was_never_heard_has_no_silence(zone: Zone) -> None:
    await zone.look()
    assert zone.silences() == []


async def test_a_quiet_night_is_no_silence(zone: Zone) -> None:
    zone.read([360])
    await zone.look(rhythm=Rhythm([3.0] * HOURS_OF_WEEK))
    assert zone.silences() == []


async def test_late_reads_end_a_silence_that_they_fill(zone: Zone) -> None:
    zone.read([60])
    await zone.look()
    assert len(zone.silences()) == 1
    zone.read(range(1, 60), late=True)
    await zone.look()
    assert zone.silences() == []


async def test_late_reads_shrink_a_silence_that_they_fill_in_part(zone: Zone) -> None:
    zone.read([180])
    await zone.look()
    zone.read([1])
    await zone.look()
    assert zone.silences() == [(180, 1, "rhythm")]
    zone.read([150, 140, 135], late=True)
    await zone.look()
    assert zone.silences() == [(180, 150, "rhythm"), (135, 1, "rhythm")]


async def test_heartbeats_that_stop_are_a_silence_until_the_first_sign(zone: Zone) -> None:
    zone.beat(7)
    await zone.look(rhythm=None)
    assert zone.silences() == [(7, None, "heartbeat")]
    zone.pass_minutes(10)
    zone.read([4, 3], late=False)
    zone.beat(2)
    await zone.look(rhythm=None)
    assert zone.silences() == [(17, 4, "heartbeat")]


async def test_at_night_a_heartbeat_silence_without_passages_stays(zone: Zone) -> None:
    zone.beat(60)
    await zone.look(rhythm=None)
    zone.beat(0)
    await zone.look(rhythm=None)
    assert zone.silences() == [(60, 0, "heartbeat")]
    zone.pass_minutes(5)
    zone.read([3])
    zone.beat(0)
    await zone.look(rhythm=None)
    assert zone.silences() == [(65, 5, "heartbeat")]


async def test_a_heartbeat_silence_that_a_gateways_backlog_fills_is_given_up(zone: Zone) -> None:
    zone.beat(90)
    await zone.look()
    zone.read(range(1, 90), late=True)
    zone.beat(0)
    await zone.look()
    assert zone.silences() == []


async def test_a_camera_that_says_it_lives_and_reads_nothing_is_silent_by_its_rhythm(zone: Zone) -> None:
    zone.read([90])
    zone.beat(0)
    await zone.look()
    assert zone.silences() == [(90, None, "rhythm")]


async def test_after_a_heartbeat_silence_the_rhythm_counts_from_its_end(zone: Zone) -> None:
    zone.read([90])
    zone.beat(80)
    await zone.look()
    zone.beat(0)
    await zone.look()
    zone.pass_minutes(30)
    zone.beat(0)
    await zone.look()
    assert zone.silences() == [(110, 30, "heartbeat"), (30, None, "rhythm")]


@pytest.mark.parametrize("how", [{"watching": 4}, {"behind": True}])
async def test_nothing_is_opened_while_ingest_has_only_begun_or_is_behind(zone: Zone, how: Any) -> None:
    zone.read([90])
    zone.beat(90)
    await zone.look(**how)
    assert zone.silences() == []


async def test_one_at_a_time_looks(zone: Zone, owner: Any) -> None:
    zone.read([90])
    with owner.transaction():
        owner.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        await zone.look()
    assert zone.silences() == []
    await zone.look()
    assert len(zone.silences()) == 1


async def test_history_is_judged_by_the_reads_that_are_there(zone: Zone) -> None:
    zone.owner.execute("INSERT INTO camera_rhythms SELECT %s, hour, 60 FROM generate_series(0, 167) AS hour",
                       [zone.camera_id])
    zone.read([*range(300, 200, -1), *range(150, 100, -1), *range(90, 40, -1)])
    for _ in range(2):  # and doing it again changes nothing
        assert await find_silences(zone.engine, zone.ago(1000), zone.now) == 2
        assert zone.silences() == [(201, 150, "rhythm"), (41, None, "rhythm")]
    assert await find_silences(zone.engine, zone.ago(180), zone.now) == 2, "the gap in which it begins counts whole"
    assert zone.silences() == [(201, 150, "rhythm"), (41, None, "rhythm")]


async def test_history_leaves_what_heartbeats_told(zone: Zone) -> None:
    zone.owner.execute("INSERT INTO camera_rhythms SELECT %s, hour, 60 FROM generate_series(0, 167) AS hour",
                       [zone.camera_id])
    zone.owner.execute("INSERT INTO camera_silences VALUES (%s, %s, %s, 'heartbeat')",
                       [zone.camera_id, zone.ago(195), zone.ago(155)])
    zone.read([*range(300, 200, -1), *range(150, 0, -1)])
    assert await find_silences(zone.engine, zone.ago(1000), zone.now) == 0
    assert zone.silences() == [(195, 155, "heartbeat")]


async def test_a_rhythm_is_the_median_of_four_weeks_and_leaves_out_silences(zone: Zone) -> None:
    hour = zone.now.replace(minute=0) - timedelta(days=1)
    for week, number in enumerate((10, 12, 0, 14)):
        begin = (zone.now - hour) / MINUTE + week * 7 * 24 * 60
        if number:
            zone.read([begin - minute - 1 for minute in range(number)])
    zone.read([28 * 24 * 60])
    async with transaction(zone.engine) as connection:
        assert await measure_rhythms(connection, zone.now) == 1
        rhythm = (await load_rhythms(connection))[zone.camera_id]
    assert rhythm.expected(hour, hour + timedelta(hours=1)) == pytest.approx(11), "the median of 0, 10, 12 and 14"
    zone.owner.execute("INSERT INTO camera_silences VALUES (%s, %s, %s, 'rhythm')",
                       [zone.camera_id, hour - timedelta(days=14), hour - timedelta(days=13, hours=23)])
    async with transaction(zone.engine) as connection:
        assert await measure_rhythms(connection, zone.now) == 1
        rhythm = (await load_rhythms(connection))[zone.camera_id]
    assert rhythm.expected(hour, hour + timedelta(hours=1)) == pytest.approx(12)
    assert rhythm.expected(hour + timedelta(hours=1), hour + timedelta(hours=2)) == 0


async def test_ingests_watch_looks_again_and_again(zone: Zone) -> None:
    watch = SilenceWatch(zone.engine, Lag())
    watch._since = utc_now() - timedelta(days=1)
    zone.now = utc_now()
    zone.beat(30)
    task = asyncio.create_task(watch.run(every_s=0.02))
    async with asyncio.timeout(10):
        while not zone.silences():  # noqa: ASYNC110  # the database tells nobody
            await asyncio.sleep(0.02)
        zone.now = utc_now()
        zone.beat(0)
        while zone.silences()[0][1] is None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    task.cancel()
    assert [(round(since), basis) for since, _, basis in zone.silences()] == [(30, "heartbeat")]

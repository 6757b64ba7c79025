"""Replays in a real database: refused under wrong settings, mended, stored once under the time of their arrival."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.invented_papers import TAKE_ALL_LIVE
from ingest.kit import replaying
from ingest.replays import Replayer
from services.clock import local_day, utc_now
from services.database import transaction
from services.errors import ConfigurationError
from services.images import ImageStore, Kind
from services.replaying import ReplayOutcome, Wanted, ask_replay, count_waiting
from services.retention import expire
from services.settings import IngestSettings
from tests import ingest_samples
from tests.ingest_samples import JPEG, picture, read, reading

TAKEN, TRIAL, REFUSED = ReplayOutcome.taken, ReplayOutcome.trial, ReplayOutcome.refused
MAPPING = {"name": "invented", "confidence_scale": 100, "messages": [
    {"kind": "read", "camera": "body.cam", "captured_at": "body.time", "plate": "body.plate", "confidence": "body.p"}]}


@pytest.fixture
def replayer(settings: IngestSettings, engine: AsyncEngine) -> Replayer:
    return Replayer(settings, engine, ImageStore.open(settings.images_url))


@pytest.fixture
def ask(engine: AsyncEngine) -> Callable[..., Any]:
    async def ask(**wanted: Any) -> int:
        async with transaction(engine) as connection:
            return await ask_replay(connection, Wanted(**({"gateway_id": 7} | wanted)), utc_now())

    return ask


def incoming(message: object, topic: str = ingest_samples.TOPIC, received_at: datetime | None = None) -> Any:
    """Return a message that comes now, or came at another time."""
    return ingest_samples.incoming(message, topic, received_at or utc_now())


def set_decoding(look: Any, **settings: Any) -> None:
    look.connection.execute("UPDATE gateways SET profile = 'mapping', decoding = %s WHERE gateway_id = 7",
                            [json.dumps({"mapping": MAPPING, **settings})])


def local(moment: datetime, zone: str = "Europe/Brussels") -> str:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat()


def register(look: Any, camera: str, number: int) -> None:
    look.connection.execute("INSERT INTO cameras (camera_id, code, name) VALUES (%s, %s, %s)", [number, camera, camera])
    look.connection.execute(TAKE_ALL_LIVE)
    look.connection.execute("INSERT INTO gateway_cameras VALUES (7, %s, %s)", [camera, number])


class Sender:
    """Sends messages through a batcher, as the service does."""

    def __init__(self, batcher: Any) -> None:
        self.batcher, self.sent = batcher, 0

    async def __call__(self, *messages: Any) -> None:
        self.batcher.put(*messages)
        self.sent += len(messages)
        await self.batcher.until_acknowledged(self.sent)


@pytest.fixture
async def send(start_batcher: Any) -> Sender:
    return Sender(await start_batcher())


async def test_a_wrong_zone_is_mended_and_its_reads_are_stored_once_under_their_own_arrival(
        send: Any, look: Any, replayer: Replayer, ask: Any) -> None:
    set_decoding(look, time_zone="America/New_York")
    moments = [utc_now().replace(microsecond=0) - timedelta(seconds=30 - number) for number in range(3)]
    messages = [incoming({"cam": "cam1", "time": local(moment), "plate": f"3-ABC-12{number}", "p": 90},
                         received_at=moment + timedelta(seconds=number * 40))
                for number, moment in enumerate(moments)]
    await send(*messages)
    assert [row["reason"] for row in look.all("SELECT reason FROM rejects")] == ["in-the-future"] * 3
    set_decoding(look)
    assert await ask() == 3
    assert await replayer.replay_some() == {TAKEN: 3}
    found = look.all("SELECT plate, captured_at, received_at, late, confidence FROM reads ORDER BY plate")
    assert [(row["captured_at"], row["received_at"]) for row in found] == [
        (moment, moment + timedelta(seconds=number * 40)) for number, moment in enumerate(moments)]
    assert [row["late"] for row in found] == [False, False, True]
    assert look.counts() == {"stored": 3, "doubled": 0, "superseded": 0, "rejected": 3, "heartbeats": 0}
    assert look.one("SELECT late FROM gateway_days WHERE gateway_id = 7") == 1
    await send(*messages)  # this batcher has not heard of the new settings, and refuses them as before
    assert (look.counts()["rejected"], look.counts()["doubled"]) == (3, 3)


async def test_a_scale_that_means_nothing_refuses_everything_until_it_is_mended(
        send: Any, look: Any, replayer: Replayer, ask: Any, moment: datetime) -> None:
    set_decoding(look, confidence_scale="permille")
    message = incoming({"cam": "cam1", "time": local(moment), "plate": "3-ABC-123", "p": 930}, received_at=moment)
    await send(message)
    assert look.one("SELECT reason FROM rejects") == "bad-settings"
    set_decoding(look, confidence_scale=1000)
    assert await ask(reason="no-time") == 0
    assert await ask(reason="bad-settings") == 1
    await replayer.replay_some()
    assert look.all("SELECT confidence, confidence_raw, late FROM reads") == [
        {"confidence": pytest.approx(0.93), "confidence_raw": "930", "late": False}]


async def test_a_camera_registered_meanwhile_gives_its_reads_and_the_reject_keeps_its_row(
        send: Any, look: Any, replayer: Replayer, ask: Any, moment: datetime) -> None:
    await send(incoming({"reads": [read(moment, camera="cam8"), read(moment, camera="cam9"), read(moment)]}))
    register(look, "cam9", 19)
    assert await ask() == 2
    assert await replayer.replay_some() == {TAKEN: 1, REFUSED: 1}
    rows = look.all("SELECT reason, replay_asked_at, replay_outcome, replayed_at > received_at AS replayed, "
                    "body IS NOT NULL AS kept FROM rejects ORDER BY replay_outcome")
    assert rows == [{"reason": "unknown-camera", "replay_asked_at": None, "replay_outcome": outcome, "replayed": True,
                     "kept": True} for outcome in (REFUSED, TAKEN)]
    assert look.one("SELECT count(*) FROM reads") == 2
    assert await ask() == 1, "what is taken is not asked for again"


async def test_replaying_again_and_again_counts_nothing_twice(
        send: Any, look: Any, replayer: Replayer, ask: Any, moment: datetime) -> None:
    await send(incoming(read(moment, camera="cam9")), incoming(b"{"))
    before = look.all("SELECT * FROM gateway_reject_days ORDER BY reason")
    for _ in range(3):
        assert await ask() == 2
        assert await replayer.replay_some() == {REFUSED: 2}
    assert look.counts() == {"stored": 0, "doubled": 0, "superseded": 0, "rejected": 2, "heartbeats": 0}
    assert look.all("SELECT * FROM gateway_reject_days ORDER BY reason") == before
    assert await replayer.replay_some() == {}


async def test_a_read_that_was_sent_again_meanwhile_is_no_double_when_it_is_replayed(
        send: Any, look: Any, replayer: Replayer, ask: Any, moment: datetime) -> None:
    message = incoming(read(moment, camera="cam9"))
    await send(message)
    register(look, "cam9", 19)
    await send(message)
    await ask()
    assert await replayer.replay_some() == {TAKEN: 1}
    assert (look.counts()["stored"], look.counts()["doubled"]) == (1, 0)


async def test_what_is_stored_is_counted_on_the_day_on_which_it_came(
        send: Any, look: Any, replayer: Replayer, ask: Any, moment: datetime) -> None:
    days = [moment - timedelta(days=age) for age in (9, 3)]
    await send(*(incoming(read(day, camera="cam9"), received_at=day) for day in days))
    register(look, "cam9", 19)
    await ask()
    await replayer.replay_some()
    counted = look.all("SELECT day, stored FROM gateway_days WHERE stored > 0 ORDER BY day")
    assert counted == [{"day": local_day(day), "stored": 1} for day in days]


async def test_what_fails_again_stays_with_the_reason_it_has_now(
        send: Any, look: Any, replayer: Replayer, ask: Any, moment: datetime) -> None:
    stranger = "anpr/v1/bree/reads"
    await send(incoming(read(moment, camera="cam9"), stranger))
    digest = look.one("SELECT digest FROM rejects")
    look.connection.execute("INSERT INTO gateways (gateway_id, name) VALUES (9, 'bree')")
    assert await ask(gateway_id=0) == 1
    assert await replayer.replay_some() == {REFUSED: 1}
    assert look.all("SELECT digest, gateway_id, reason, captured_at FROM rejects") == [
        {"digest": digest, "gateway_id": 9, "reason": "unknown-camera", "captured_at": moment}]
    await send(incoming(read(moment, camera="cam9"), stranger))
    assert look.one("SELECT count(*) FROM rejects") == 1, "a redelivery is no second reject, whatever its reason now"


async def test_a_reject_that_turns_out_too_old_is_out_of_sight_at_once_and_gone_with_the_next_expiry(
        send: Any, look: Any, replayer: Replayer, ask: Any, database: Any, settings: IngestSettings) -> None:
    set_decoding(look, confidence_scale="permille")
    old = utc_now() - timedelta(days=370)
    await send(incoming({"cam": "cam1", "time": local(old), "plate": "3-ABC-123"}, received_at=utc_now()))
    set_decoding(look)
    await ask()
    await replayer.replay_some()
    assert look.all("SELECT reason, expires_at < now() AS gone FROM rejects") == [{"reason": "too-old", "gone": True}]
    owner = replaying.open_engine(settings.model_copy(update={
        "database_url": type(settings.database_url)(database.owner_url)}), connections=2)
    await expire(owner, ImageStore.open(settings.images_url), utc_now())
    await owner.dispose()
    assert look.one("SELECT count(*) FROM rejects") == 0


async def test_a_message_that_the_database_refuses_stays_a_reject_and_the_others_are_stored(
        send: Any, look: Any, replayer: Replayer, ask: Any, moment: datetime) -> None:
    await send(*(incoming(read(moment + timedelta(seconds=n), camera="cam9", plate=plate))
                 for n, plate in enumerate(("3-ABC-123", "7-XKV-938", "4-DEF-456"))))
    register(look, "cam9", 19)
    look.connection.execute("ALTER TABLE reads ADD CONSTRAINT poison CHECK (plate <> '7XKV938')")
    await ask()
    assert await replayer.replay_some() == {TAKEN: 2, REFUSED: 1}
    assert look.all("SELECT reason, gateway_id FROM rejects WHERE replay_outcome = 'refused'") == [
        {"reason": "refused-by-store", "gateway_id": 7}]


async def test_pictures_lie_under_the_reads_id_and_without_their_store_a_replay_waits(
        send: Any, look: Any, replayer: Replayer, ask: Any, moment: datetime, image_folder: Any,
        settings: IngestSettings) -> None:
    await send(incoming(reading("3-ABC-123", moment, camera="cam9", images=[picture("plate", JPEG)])),
               incoming(read(moment, camera="cam9", plate="4-DEF-456")))
    register(look, "cam9", 19)
    await ask()
    image_folder.break_()
    assert await replayer.replay_some() == {TAKEN: 1}
    assert await replayer.replay_some() == {}
    image_folder.mend()
    assert await replayer.replay_some() == {TAKEN: 1}
    (stored,) = look.all("SELECT read_id, images, images_pending FROM reads WHERE plate = '3ABC123'")
    assert (stored["images"], stored["images_pending"]) == (1, False)
    assert await ImageStore.open(settings.images_url).get(stored["read_id"], Kind.plate) == JPEG


async def test_a_gateway_in_state_proef_shows_its_rejects_and_may_replay_them_when_it_is_live(
        send: Any, look: Any, replayer: Replayer, ask: Any, moment: datetime) -> None:
    await send(incoming(read(moment, camera="cam9")))
    register(look, "cam9", 19)
    look.connection.execute("UPDATE gateways SET state = 'proef' WHERE gateway_id = 7")
    await ask()
    assert await replayer.replay_some() == {TRIAL: 1}
    assert (look.one("SELECT count(*) FROM reads"), look.one("SELECT count(*) FROM trial_reads")) == (0, 1)
    look.connection.execute("UPDATE gateways SET state = 'live' WHERE gateway_id = 7")
    assert await ask() == 1
    assert await replayer.replay_some() == {TAKEN: 1}
    assert look.one("SELECT count(*) FROM reads") == 1


async def test_two_processes_share_the_work_and_count_it_once(
        send: Any, look: Any, settings: IngestSettings, engine: AsyncEngine, ask: Any, moment: datetime) -> None:
    await send(*(incoming(read(moment + timedelta(seconds=number), camera="cam9")) for number in range(40)))
    register(look, "cam9", 19)
    await ask()
    both = [Replayer(settings, engine, ImageStore.open(settings.images_url)) for _ in range(2)]
    done = await asyncio.gather(*(one.replay_some() for one in both))
    while rest := await both[0].replay_some():
        done.append(rest)
    assert sum(one[TAKEN] for one in done) == 40
    assert look.counts()["stored"] == 40


async def test_one_round_takes_no_more_than_it_can_hold(
        send: Any, look: Any, replayer: Replayer, ask: Any, moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    await send(*(incoming(read(moment + timedelta(seconds=number), camera="cam9")) for number in range(5)))
    await ask()
    size = look.one("SELECT max(octet_length(body)) FROM rejects")
    monkeypatch.setattr("ingest.replays._ROUND_BYTES", 2 * size)
    assert [await replayer.replay_some() for _ in range(4)] == [{REFUSED: 2}, {REFUSED: 2}, {REFUSED: 1}, {}]


@pytest.fixture
def audit_key(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key with which a command seals its audit row."""
    monkeypatch.setenv("ZONESCHILD_DATABASE_URL", database.ingest_url)
    monkeypatch.setenv("ZONESCHILD_AUDIT_KEY", "a" * 32)


async def test_the_command_asks_waits_and_tells(
        send: Any, look: Any, replayer: Replayer, settings: IngestSettings, moment: datetime,
        capsys: pytest.CaptureFixture[str], audit_key: None) -> None:
    await send(*(incoming(read(moment, camera=camera)) for camera in ("cam8", "cam9")), incoming(b"{"))
    register(look, "cam9", 19)
    running = asyncio.create_task(replayer.run(every_s=0.05))
    assert await replaying.run(settings, "houthalen", "unknown-camera", moment - timedelta(days=1)) == 0
    running.cancel()
    assert capsys.readouterr().out.split("\n")[:3] == [
        "2 rejects of gateway houthalen are asked for", "       1 refused again: unknown-camera", "       1 taken"]
    (row,) = look.all("SELECT action, filters, result_count FROM audit")
    assert (row["action"], row["result_count"], row["filters"]["reason"]) == ("replay-asked", 2, "unknown-camera")


async def test_the_command_says_when_nobody_does_it(
        send: Any, look: Any, settings: IngestSettings, engine: AsyncEngine, capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch, audit_key: None) -> None:
    await send(incoming(b"{"))
    monkeypatch.setattr(replaying, "STANDSTILL_S", 0.1)
    assert await replaying.run(settings, "houthalen", None, None) == 1
    assert "1 still wait: is ingest running?" in capsys.readouterr().out
    async with transaction(engine) as connection:
        assert await count_waiting(connection, 7) == 1
    with pytest.raises(ConfigurationError, match="there is no gateway nowhere"):
        await replaying.run(settings, "nowhere", None, None)

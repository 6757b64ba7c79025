"""Hits at webhooks: signed, once, in the order of each hit, again when the receiver is back, and never elsewhere."""

import asyncio
import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import trustme
from prometheus_client import REGISTRY

from services.clock import utc_now
from services.logs import configure_logging
from tests.integration.ingest.deliver.receivers import Outbox, Running, WebReceiver, is_signed
from tests.integration.services.hits_world import PLATE

Start = Callable[..., Running]


async def test_a_hit_arrives_signed_with_everything_that_follows_it_up_and_no_picture(
        start: Start, outbox: Outbox, receiver: WebReceiver) -> None:
    channel, secret = outbox.add_webhook(receiver.url)
    hit = outbox.world.add_hit()
    (message_id,) = outbox.queue(channel, hit)
    await start().until(lambda: not outbox.left())
    ((headers, body),) = receiver.posts
    assert is_signed(headers, body, secret)
    assert not is_signed(headers, body + b" ", secret)
    assert headers["host"] == f"127.0.0.1:{receiver.port}"
    (message,) = receiver.messages
    assert headers["webhook-id"] == message["message_id"] == message_id
    assert message["event"] == {"number": 1, "kind": "raised", "at": message["event"]["at"]}
    said = message["hit"]
    assert (said["hit_id"], said["plate"], said["country"], said["camera"]["code"]) == (hit, PLATE, "BE", "BRE01A")
    assert (said["state"], said["disposition"], said["possible"], said["matched_as"]) == ("open", None, False, "exact")
    assert said["page"] == f"https://anpr.zone.example/hits/{hit}"
    assert [(one["code"], one["measure"], one["authority"], one["file_number"]) for one in said["lists"]] == [
        ("stolen", "Staande houden", "PZ Noord", "HA.11.1/2026")]
    assert len(body) < 2000


async def test_events_of_one_hit_come_one_after_the_other_however_many_deliverers_there_are(
        start: Start, outbox: Outbox, receiver: WebReceiver) -> None:
    receiver.slow_s = 0.02
    channel, _ = outbox.add_webhook(receiver.url)
    hits = [outbox.world.add_hit(f"3ABC{number}") for number in range(101, 106)]
    kinds = ("raised", "claimed", "confirmed", "ended")
    expected = [message_id for hit in hits for message_id in outbox.queue(channel, hit, *kinds)]
    running = [start() for _ in range(3)]
    await running[0].until(lambda: not outbox.left())
    assert sorted(receiver.ids) == sorted(expected), "each once"
    by_hit = {hit: [one["event"]["kind"] for one in receiver.messages if one["hit"]["hit_id"] == hit] for hit in hits}
    assert by_hit == {hit: list(kinds) for hit in hits}


async def test_a_receiver_that_was_away_gets_everything_when_it_is_back_with_the_same_ids(
        start: Start, outbox: Outbox, receiver: WebReceiver) -> None:
    channel, _ = outbox.add_webhook(receiver.url)
    hit = outbox.world.add_hit()
    expected = outbox.queue(channel, hit, "raised", "ended")
    receiver.status = 503
    running = start()
    await running.until(lambda: len(receiver.posts) >= 2)
    assert set(receiver.ids) == {expected[0]}, "what comes later waits"
    receiver.stop()
    await running.until(lambda: outbox.rows()[0]["last_error"] == "no connection")
    receiver.status = 200
    receiver.start()
    await running.until(lambda: not outbox.left())
    assert receiver.ids[-2:] == expected
    assert [row["last_error"] for row in outbox.rows()] == [None, None]


async def test_a_message_that_is_refused_holds_up_its_own_hit_alone(
        start: Start, outbox: Outbox, receiver: WebReceiver) -> None:
    channel, _ = outbox.add_webhook(receiver.url)
    receiver.status = 400
    first = outbox.queue(channel, outbox.world.add_hit())
    running = start()
    await running.until(lambda: outbox.rows()[0]["last_error"] == "status 400")
    outbox.world.run("UPDATE hit_deliveries SET next_at = now() + interval '1 hour'")
    receiver.status = 200
    other = outbox.queue(channel, outbox.world.add_hit("3XYZ987"))
    await running.until(lambda: outbox.left() == 1)
    assert receiver.ids[-1:] == other
    assert first[0] not in receiver.ids[-1:]


async def test_after_a_day_a_message_is_given_up_and_the_next_of_its_hit_has_its_turn(
        start: Start, outbox: Outbox, receiver: WebReceiver) -> None:
    channel, _ = outbox.add_webhook(receiver.url)
    hit = outbox.world.add_hit()
    outbox.queue(channel, hit, made_at=utc_now() - timedelta(hours=25))
    receiver.status = 400
    running = start()
    await running.until(lambda: outbox.rows()[0]["dead_at"])
    assert outbox.rows()[0]["last_error"] == "status 400"
    receiver.status = 200
    ended = outbox.queue(channel, hit, "ended")
    await running.until(lambda: not outbox.left())
    assert receiver.ids[-1:] == ended


async def test_a_redirect_is_followed_nowhere(start: Start, outbox: Outbox, receiver: WebReceiver) -> None:
    elsewhere = WebReceiver()
    elsewhere.start()
    receiver.status, receiver.headers = 307, {"Location": elsewhere.url}
    channel, _ = outbox.add_webhook(receiver.url)
    outbox.queue(channel, outbox.world.add_hit())
    await start().until(lambda: outbox.rows()[0]["last_error"] == "status 307")
    elsewhere.stop()
    assert elsewhere.posts == []


@pytest.mark.parametrize(("url", "error"), [
    ("https://169.254.169.254/latest/meta-data", "address refused"),
    ("http://cad.zone.example/hits", "address or secret unusable"),
    ("https://no-such-host.invalid/hits", "name unknown"),
    ("https://127.0.0.1:1/hits", "no connection")])
async def test_what_was_made_to_lead_elsewhere_is_not_posted_to(start: Start, outbox: Outbox, url: str,
                                                                error: str) -> None:
    channel, _ = outbox.add_webhook(url)
    outbox.queue(channel, outbox.world.add_hit())
    await start().until(lambda: outbox.rows()[0]["last_error"])
    assert outbox.rows()[0]["last_error"] == error


@pytest.mark.parametrize(("name", "error"), [("localhost", None), ("elders.example", "certificate")])
async def test_a_certificate_must_be_that_of_the_name_and_of_somebody_trusted(
        start: Start, outbox: Outbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str,
        error: str | None) -> None:
    authority, receiver = trustme.CA(), WebReceiver(tls=ssl.create_default_context(ssl.Purpose.CLIENT_AUTH))
    assert receiver.tls is not None
    authority.issue_cert(name).configure_cert(receiver.tls)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    receiver.start()
    channel, secret = outbox.add_webhook(f"https://localhost:{receiver.port}/hits")
    outbox.queue(channel, outbox.world.add_hit())
    running = start()
    await running.until(lambda: outbox.rows()[0]["last_error"] == error and outbox.rows()[0]["attempts"])
    await running.until(lambda: error or not outbox.left())
    receiver.stop()
    assert [is_signed(*post, secret) for post in receiver.posts] == [True] * (error is None)


async def test_r11_what_a_channel_may_not_have_any_more_is_not_sent(
        start: Start, outbox: Outbox, receiver: WebReceiver) -> None:
    world = outbox.world
    own, _ = outbox.add_webhook(receiver.url, "eigen", audience_id=world.NAMED)
    other, _ = outbox.add_webhook(receiver.url, "andere")
    hit = world.add_hit(audience_id=world.NAMED, discreet=True)
    outbox.queue(other, hit)
    (allowed,) = outbox.queue(own, hit)
    await start().until(lambda: not outbox.left())
    assert receiver.ids == [allowed]
    assert outbox.rows()[0]["last_error"] == "not for this channel"
    world.run("UPDATE audiences SET roles = '{dispatcher}' WHERE audience_id = %s", world.NAMED)
    outbox.queue(own, hit, "ended")
    await start().until(lambda: not outbox.left())
    assert receiver.ids == [allowed], "the group is not of named people alone any more"


async def test_a_channel_without_agreement_gets_invented_tests_alone(
        start: Start, outbox: Outbox, receiver: WebReceiver) -> None:
    channel, secret = outbox.add_webhook(receiver.url, agreed_at=None, agreed_by=None)
    outbox.queue(channel, outbox.world.add_hit("3XYZ987"))
    (test,) = outbox.queue(channel, None)
    await start().until(lambda: receiver.posts)
    await asyncio.sleep(0.6)
    assert receiver.ids == [test]
    assert receiver.messages[0]["test"] is True
    assert receiver.messages[0]["event"]["kind"] == "test"
    assert is_signed(*receiver.posts[0], secret)
    assert outbox.left() == 1


async def test_lists_that_a_channel_did_not_ask_for_are_not_told(
        start: Start, outbox: Outbox, receiver: WebReceiver) -> None:
    other = outbox.world.add_list("andere")
    channel, _ = outbox.add_webhook(receiver.url, list_ids=[other])
    outbox.queue(channel, outbox.world.add_hit())
    await start().until(lambda: not outbox.left())
    assert receiver.messages[0]["hit"]["lists"] == []


async def test_before_a_message_leaves_the_audit_says_which_read_went_where_once(
        start: Start, outbox: Outbox, receiver: WebReceiver) -> None:
    receiver.status = 503
    channel, _ = outbox.add_webhook(receiver.url)
    (message_id,) = outbox.queue(channel, outbox.world.add_hit())
    running = start()
    await running.until(lambda: len(receiver.posts) >= 2)
    receiver.status = 200
    outbox.queue(channel, None)
    await running.until(lambda: not outbox.left())
    (row,) = outbox.world.run("SELECT * FROM audit WHERE action = 'hits-delivered'")
    assert row["filters"] == {"channel_id": channel, "messages": [message_id]}
    assert row["read_ids"] == [outbox.world.one("SELECT read_id FROM alerts")]
    assert row["result_count"] == 1
    assert PLATE not in str(row)


async def test_r11_what_is_discreet_moves_no_figure(start: Start, outbox: Outbox, receiver: WebReceiver) -> None:
    world = outbox.world

    def sent() -> float:
        return REGISTRY.get_sample_value("zoneschild_deliveries_total", {"kind": "webhook", "outcome": "sent"}) or 0.0

    channel, _ = outbox.add_webhook(receiver.url, audience_id=world.NAMED)
    before = sent()
    outbox.queue(channel, world.add_hit(audience_id=world.NAMED, discreet=True))
    running = start()
    await running.until(lambda: not outbox.left())
    assert sent() == before
    outbox.queue(channel, world.add_hit("3XYZ987", audience_id=world.NAMED))
    await running.until(lambda: not outbox.left())
    await running.until(lambda: sent() == before + 1)


async def test_nothing_that_was_sent_stands_in_a_log_or_an_error(
        start: Start, outbox: Outbox, receiver: WebReceiver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    configure_logging("ingest")
    receiver.status = 500
    channel, secret = outbox.add_webhook(receiver.url)
    outbox.queue(channel, outbox.world.add_hit())
    await start().until(lambda: outbox.rows()[0]["last_error"])
    said = caplog.text + str([row["last_error"] for row in outbox.rows()])
    assert "is away" in caplog.text
    assert not any(word in said for word in (PLATE, "stolen", "HA.11", secret, "geheim"))


async def test_a_channel_that_is_off_keeps_its_messages_for_a_day(
        start: Start, outbox: Outbox, receiver: WebReceiver) -> None:
    channel, _ = outbox.add_webhook(receiver.url, enabled=False)
    outbox.queue(channel, outbox.world.add_hit(), made_at=utc_now() - timedelta(hours=25))
    outbox.queue(channel, outbox.world.add_hit("3XYZ987"))
    await start().until(lambda: outbox.left() == 1)
    assert outbox.rows()[0]["last_error"] == "channel off"
    outbox.world.run("UPDATE channels SET enabled = true")
    await start().until(lambda: not outbox.left())
    assert len(receiver.posts) == 1



"""The push door of a real ingest process: who may push, in which form, and what is answered after the commit."""

import hashlib
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.clock import iso_ms
from tests.ingest_samples import JPEG, PNG, picture, read
from tests.push_process import KEY, WRONG_KEY, PushIngest, put_key, wait_until

BY_KEY = f"/push/houthalen?key={KEY}"
MAPPING = {"name": "invented", "messages": [
    {"kind": "heartbeat", "when": "body.alive", "camera": "body.camera"},
    {"kind": "read", "camera": ["body.camera", "header.\"x-camera\"", "topic[1]"], "captured_at": "body.time",
     "plate": "body.plate", "images": [{"kind": "plate", "part": "plate.jpg"}, {"kind": "overview", "part": "scene"}]},
]}


@pytest.fixture
def ingest(database: Any, look: Any, tmp_path: Path) -> Iterator[PushIngest]:
    """Ingest at work, with a key for one of the two gateways."""
    put_key(look.connection, "houthalen")
    program = PushIngest(database.ingest_url, tmp_path)
    program.start()
    yield program
    program.end()


@pytest.fixture
def client(ingest: PushIngest) -> Iterator[httpx.Client]:
    """A sender without credentials of its own."""
    with httpx.Client(base_url=ingest.address, timeout=30) as one:
        yield one


def only(algorithm: str) -> Callable[[httpx.Response], None]:
    """Make a client deaf to the challenges of another algorithm."""
    def forget(response: httpx.Response) -> None:
        challenges = [one for one in response.headers.get_list("www-authenticate") if f"={algorithm}," in one]
        if challenges:
            del response.headers["www-authenticate"]
            response.headers["www-authenticate"] = challenges[0]

    return forget


def has_profile(ingest: PushIngest, look: Any, profile: str, **settings: Any) -> None:
    """Give the gateway another profile and wait until ingest knows it."""
    look.connection.execute("UPDATE gateways SET profile = %s, decoding = %s WHERE name = 'houthalen'",
                            [profile, json.dumps(settings)])
    wait_until(lambda: f"profile {profile}" in httpx.get(ingest.address + BY_KEY).text)


def plates(look: Any) -> list[str]:
    return [row["plate"] for row in look.reads()]


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_digest_is_believed_with_either_algorithm_and_its_nonce_serves_again(
        ingest: PushIngest, look: Any, moment: datetime, algorithm: str) -> None:
    with httpx.Client(base_url=ingest.address, auth=httpx.DigestAuth("houthalen", KEY),
                      event_hooks={"response": [only(algorithm)]}) as client:
        sent = [client.post("/push/houthalen/reads", json=read(moment + timedelta(seconds=n))) for n in range(3)]
    assert [answer.status_code for answer in sent] == [200] * 3
    assert f"algorithm={algorithm}" in sent[-1].request.headers["authorization"]
    assert look.one("SELECT count(*) FROM reads") == 3
    assert ingest.pushes("no-credentials") == 2  # the first attempt to wait for a challenge, and the start of the test


def test_digest_of_the_older_kind_without_qop_is_believed(client: httpx.Client, moment: datetime) -> None:
    challenge = client.post("/push/houthalen").headers.get_list("www-authenticate")[0]
    nonce = challenge.partition('nonce="')[2].partition('"')[0]
    parts = [hashlib.md5(text.encode()).hexdigest() for text in (f"houthalen:zoneschild:{KEY}", "POST:/push/houthalen")]
    response = hashlib.md5(f"{parts[0]}:{nonce}:{parts[1]}".encode()).hexdigest()
    shown = (f'Digest username="houthalen", realm="zoneschild", nonce="{nonce}", uri="/push/houthalen", '
             f'response="{response}"')
    assert client.post("/push/houthalen", json=read(moment), headers={"Authorization": shown}).status_code == 200


def test_a_key_is_believed_by_basic_and_in_the_address(client: httpx.Client, look: Any, moment: datetime) -> None:
    ways: list[tuple[str, Any]] = [("/push/houthalen", ("houthalen", KEY)), (BY_KEY, None),
                                   (f"/push/houthalen/any/thing?x=1&key={KEY}", None),
                                   (f"/push/houthalen/key/{KEY}", None), (f"/push/houthalen/key/{KEY}/reads", None)]
    for number, (place, auth) in enumerate(ways):
        answer = client.post(place, json=read(moment, plate=f"3-ABC-{number:03}"), auth=auth)
        assert (answer.status_code, answer.json()) == (200, {"reads": 1, "heartbeats": 0, "ignored": 0, "rejected": []})
        assert len(plates(look)) == number + 1  # committed before it was answered


def test_curl_gets_in_in_all_its_ways(ingest: PushIngest, look: Any, moment: datetime) -> None:
    ways = [["--basic"], ["--digest"], ["--anyauth"], ["--digest", "-H", "Expect: 100-continue"],
            ["--basic", "-H", "Transfer-Encoding: chunked"], ["--basic", "--http1.0"]]
    for number, options in enumerate(ways):
        sent = json.dumps(read(moment, plate=f"3-ABC-{number:03}", images=[picture("overview", JPEG * 60_000)]))
        done = subprocess.run(["curl", "-sS", "-u", f"houthalen:{KEY}", *options, "--data-binary", "@-",
                               f"{ingest.address}/push/houthalen"], input=sent, capture_output=True, text=True,
                              check=True)
        assert (options, done.stdout) == (options, '{"reads":1,"heartbeats":0,"ignored":0,"rejected":[]}')
    assert [row["images"] for row in look.reads()] == [2] * len(ways)


def test_json_is_json_whatever_its_header_says(client: httpx.Client, moment: datetime) -> None:
    for kind in ("application/json", "text/plain", "application/octet-stream", "image/jpeg", "", "x",
                 "application/x-www-form-urlencoded", "application/soap+xml; charset=utf-16"):
        answer = client.post(BY_KEY, content=json.dumps(read(moment)), headers={"Content-Type": kind})
        assert (kind, answer.json()["reads"]) == (kind, 1)


def test_batches_and_heartbeats_are_taken_and_what_is_wrong_is_said_and_kept(client: httpx.Client, look: Any,
                                                                             moment: datetime) -> None:
    batch = {"reads": [read(moment), read(moment, camera="cam9"), read(moment, plate="4-ABC-124")]}
    answer = client.post(BY_KEY, json=batch)
    assert (answer.status_code, answer.json()["reads"]) == (200, 2)
    assert [reject["reason"] for reject in answer.json()["rejected"]] == ["unknown-camera"]
    beat = {"camera": "cam1", "sent_at": iso_ms(moment)}
    assert client.post(f"/push/houthalen/heartbeats?key={KEY}", json=beat).json()["heartbeats"] == 1
    assert client.post(BY_KEY, json=beat).json()["heartbeats"] == 1
    garbage = client.post(BY_KEY, content=b"nonsense")
    assert (garbage.status_code, garbage.json()["rejected"][0]["reason"]) == (200, "not-json")
    assert look.counts() == {"stored": 2, "doubled": 0, "superseded": 0, "rejected": 2, "heartbeats": 2}
    assert "push/" in look.all("SELECT topic FROM rejects")[0]["topic"]


def test_xml_forms_and_multipart_with_pictures_are_taken(ingest: PushIngest, client: httpx.Client, look: Any,
                                                         moment: datetime) -> None:
    has_profile(ingest, look, "mapping", mapping=MAPPING)
    event = {"camera": "cam1", "time": iso_ms(moment)}
    xml = "<e xmlns='urn:x'>" + "".join(f"<{name}>{value}</{name}>" for name, value in
                                        (event | {"plate": "4-ABC-124"}).items()) + "</e>"
    parts = {"event.json": ("event.json", json.dumps(event | {"plate": "5-ABC-125"}), "text/plain"),
             "plate.jpg": ("plate.jpg", JPEG, "application/octet-stream"), "scene": ("scene.png", PNG, "image/jpeg")}
    sent = [client.post(BY_KEY, content=xml, headers={"Content-Type": "text/plain"}),
            client.post(BY_KEY, data=event | {"plate": "3-ABC-123"}),
            client.post(BY_KEY, files=parts),
            client.post(BY_KEY, data={"time": iso_ms(moment), "plate": "6-ABC-126"}, headers={"X-Camera": "cam2"}),
            client.post(f"/push/houthalen/key/{KEY}/x/cam2", data={"time": iso_ms(moment), "plate": "7-ABC-127"}),
            client.post(BY_KEY, json={"alive": True, "camera": "cam1"})]
    assert [(answer.status_code, answer.text) for answer in sent] == [(200, "OK")] * 6
    assert plates(look) == ["3ABC123", "4ABC124", "5ABC125", "6ABC126", "7ABC127"]
    assert [row["images"] for row in look.reads()] == [0, 0, 3, 0, 0]
    assert look.counts()["heartbeats"] == 1


def test_a_maker_gets_the_answer_that_its_devices_want(ingest: PushIngest, client: httpx.Client, look: Any) -> None:
    has_profile(ingest, look, "dahua-itsapi")
    answer = client.post(f"/push/houthalen/NotificationInfo/KeepAlive?key={KEY}", json={"Active": "keepAlive"})
    assert answer.status_code == 200
    assert answer.json()["Result"] is True


def test_the_same_push_again_changes_nothing(client: httpx.Client, look: Any, moment: datetime) -> None:
    for _ in range(3):
        assert client.post(BY_KEY, json={"reads": [read(moment), {"camera": 7}]}).json()["reads"] == 1
    assert look.counts() == {"stored": 1, "doubled": 4, "superseded": 0, "rejected": 1, "heartbeats": 0}


def test_an_unknown_gateway_and_a_wrong_key_look_alike_and_take_the_same_time(client: httpx.Client) -> None:
    def refused(place: str) -> tuple[float, tuple[object, ...]]:
        began = time.perf_counter()
        answer = client.post(place, content=b"{}")
        seconds = time.perf_counter() - began
        challenges = (one.partition("nonce")[0] for one in answer.headers.get_list("www-authenticate"))
        return seconds, (answer.status_code, answer.text, *challenges, *sorted(answer.headers))

    refused("/push/genk?key=x")
    wrong = [refused(f"/push/houthalen?key={WRONG_KEY}") for _ in range(6)]
    unknown = [refused(f"/push/hasselt?key={KEY}") for _ in range(6)]
    assert {what for _, what in wrong} == {what for _, what in unknown}
    assert wrong[0][1][0] == 401
    for (wrong_s, _), (unknown_s, _) in zip(wrong, unknown, strict=True):  # at once, and later held back
        assert abs(wrong_s - unknown_s) < 0.2
    assert min(wrong[-1][0], unknown[-1][0]) > 0.5


def test_nobody_speaks_for_a_gateway_without_its_key(client: httpx.Client, look: Any, moment: datetime) -> None:
    digest = httpx.DigestAuth
    ways: list[tuple[str, Any]] = [
        ("/push/houthalen", None), ("/push/houthalen", ("houthalen", WRONG_KEY)), ("/push/houthalen", ("genk", KEY)),
        ("/push/genk", ("houthalen", KEY)), (f"/push/genk?key={KEY}", None), ("/push/houthalen?key=", None),
        (f"/push/houthalen?KEY={KEY}", None), ("/push/houthalen/key/", None), (f"/push/key/{KEY}", None),
        ("/push/houthalen", digest("houthalen", WRONG_KEY)), ("/push/genk", digest("houthalen", KEY))]
    for place, auth in ways:
        assert (place, client.post(place, json=read(moment), auth=auth).status_code) == (place, 401)
    assert plates(look) == []
    assert look.one("SELECT count(*) FROM rejects") == 0


def test_the_address_says_in_a_sentence_what_it_takes(client: httpx.Client) -> None:
    told = client.get(BY_KEY)
    assert (told.status_code, told.text) == (
        200, "This address takes what gateway houthalen sends by POST (profile canonical, state live).\n")
    assert client.head(BY_KEY).status_code == 200
    assert client.get("/push/houthalen").status_code == 401
    assert (client.put(BY_KEY).status_code, client.put(BY_KEY).headers["allow"]) == (405, "POST, GET, HEAD")
    assert client.post("/").status_code == client.post("/metrics").status_code == 404


def test_a_new_key_a_void_one_and_a_disabled_gateway_are_felt_within_seconds(
        ingest: PushIngest, client: httpx.Client, look: Any, moment: datetime) -> None:
    assert client.post(BY_KEY, json=read(moment)).status_code == 200
    put_key(look.connection, "houthalen", "another-invented-key-0003")
    new = BY_KEY.replace(KEY, "another-invented-key-0003")
    wait_until(lambda: client.post(new, json=read(moment)).status_code == 200, seconds=5)
    assert client.post(BY_KEY, json=read(moment)).status_code == 401
    look.connection.execute("UPDATE gateways SET state = 'disabled' WHERE name = 'houthalen'")
    wait_until(lambda: client.post(new, json=read(moment)).status_code == 403, seconds=5)
    assert ingest.pushes("disabled") == 1
    look.connection.execute("UPDATE gateways SET state = 'proef' WHERE name = 'houthalen'")
    wait_until(lambda: client.post(new, json=read(moment, plate="7-XKV-938")).status_code == 200, seconds=5)
    assert plates(look) == ["3ABC123"]  # what comes on trial is shown and not stored
    assert look.one("SELECT count(*) FROM trial_reads") == 1
    look.connection.execute("DELETE FROM gateway_credentials")
    wait_until(lambda: client.post(new, json=read(moment)).status_code == 401, seconds=5)


def test_a_push_before_the_gateways_are_known_is_told_to_come_again(ingest: PushIngest, database: Any,
                                                                    moment: datetime) -> None:
    ingest.end()
    ingest.environment["ZONESCHILD_DATABASE_URL"] = database.ingest_url.replace(database.name, "none_of_ours")
    ingest.start(until=503)
    answer = httpx.post(ingest.address + BY_KEY, json=read(moment))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_what_the_database_refuses_is_kept_as_a_reject_and_said(client: httpx.Client, look: Any,
                                                                moment: datetime) -> None:
    look.connection.execute("ALTER TABLE reads ADD CONSTRAINT poison CHECK (plate <> '7XKV938')")
    answer = client.post(BY_KEY, json=read(moment, plate="7-XKV-938"))
    assert (answer.status_code, answer.json()["rejected"][0]["reason"]) == (200, "refused-by-store")

"""Rejects: what the eye sees is masked, what is kept is whole, and nothing is kept too long."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.rejects import KEPT, excerpt, masked_detail, masked_topic, reject_values
from ingest.rows import Reason, Rejected
from services.clock import from_epoch_ms
from tests.ingest_samples import IDENTITY, NOW, body, decode, incoming, read

PLANTED = "7-XKV-938"


def refuse(message: object, **how: object) -> Rejected:
    (reject,) = decode(incoming(message, **how))
    assert isinstance(reject, Rejected)
    return reject


def test_an_excerpt_shows_our_member_names_and_the_shape_of_the_rest() -> None:
    shown = excerpt(b'{"camera": "cam1", "plate": "7-XKV-938", "secret": "7-xkv-938"}')
    assert shown == '{"camera": "aaa9", "plate": "9-AAA-999", "aaaaaa": "9-aaa-999"}'


@pytest.mark.parametrize("raw", [
    body(read(plate=PLANTED)), PLANTED.encode(), f'"plate":"{PLANTED}":'.encode(), f'"{PLANTED}":'.encode(),
    b"\xff" + PLANTED.encode(), body({PLANTED: {PLANTED: [PLANTED]}}), f'\0{PLANTED}\0'.encode(),
])
def test_an_excerpt_shows_no_plate(raw: bytes) -> None:
    assert "XKV" not in excerpt(raw)
    assert "938" not in excerpt(raw)


@given(st.binary(max_size=500))
def test_an_excerpt_is_text_that_postgresql_keeps(raw: bytes) -> None:
    shown = excerpt(raw)
    assert "\0" not in shown
    shown.encode()


@pytest.mark.parametrize(("topic", "shown"), [
    ("anpr/v1/houthalen/reads", "anpr/v1/aaaaaaaaa/aaaaa"),
    (f"anpr/v1/{PLANTED}/reads", "anpr/v1/9-AAA-999/aaaaa"),
    (f"anpr/{PLANTED}", "aaaa/9-AAA-999"),
    (f"{PLANTED}/v1/{PLANTED}", "9-AAA-999/a9/9-AAA-999"),
    (PLANTED, "9-AAA-999"), ("", ""), ("anpr/v1/\0", "anpr/v1/"), ("a" * 500, "a" * 200),
])
def test_a_topic_shows_what_is_ours_and_the_shape_of_the_rest(topic: str, shown: str) -> None:
    assert masked_topic(topic) == shown


def test_a_detail_keeps_what_is_ours() -> None:
    said = "Expected `str | null`, got `int` - at `$.plate`"
    assert masked_detail(said) == said
    assert masked_detail("Invalid enum value 'left' - at `$.direction`") == (
        "Invalid enum value 'aaaa' - at `$.direction`")
    assert masked_detail("Object contains unknown field `Plate7` - at `$.images[0]`") == (
        "Object contains unknown field `Aaaaa9` - at `$.images[0]`")


@given(st.text())
def test_a_detail_is_short_and_has_no_zero(sent: str) -> None:
    shown = masked_detail(f"Object contains unknown field `{sent}`")
    assert len(shown) <= 300
    assert "\0" not in shown


def test_a_reject_is_kept_whole_for_thirty_days() -> None:
    reject = refuse(read(camera="cam9"))
    values = reject_values(IDENTITY, reject)
    assert values["body"] == b"topic: anpr/v1/houthalen/reads\n\n" + body(read(camera="cam9"))
    assert values["expires_at"] - values["received_at"] == KEPT == timedelta(days=30)


@pytest.mark.parametrize("age", [timedelta(days=340), timedelta(days=364, hours=23)])
def test_a_reject_is_kept_no_longer_than_its_read_would_have_been(age: timedelta) -> None:
    values = reject_values(IDENTITY, refuse(read(NOW - age, camera="cam9")))
    assert values["expires_at"] == NOW - age + timedelta(days=365)


def test_a_read_that_is_too_old_leaves_neither_body_nor_excerpt() -> None:
    values = reject_values(IDENTITY, refuse(read(NOW - timedelta(days=366), plate=PLANTED)))
    assert (values["body"], values["excerpt"]) == (None, "")
    assert values["expires_at"] < NOW


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_the_ends_of_time_can_be_kept(instant: str) -> None:
    assert reject_values(IDENTITY, refuse(read() | {"captured_at": instant}))["reason"] != Reason.not_json


def test_a_redelivered_message_has_the_digest_of_the_first() -> None:
    first, again = refuse(read(lane="x")), refuse(read(lane="x"), received_at=NOW + timedelta(days=1))
    other, elsewhere = refuse(read(lane="y")), refuse(read(lane="x"), topic="anpr/v1/genk/reads")
    digests = [reject_values(IDENTITY, reject)["digest"] for reject in (first, again, other, elsewhere)]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_a_digest_is_the_same_for_any_reason_but_not_for_a_reject_without_its_body() -> None:
    reject = refuse(read(lane="x"))
    otherwise = msgspec.structs.replace(reject, reason=Reason.unknown_camera)
    bodiless = msgspec.structs.replace(reject, reason=Reason.too_old, keep_body=False)
    digests = [reject_values(IDENTITY, one)["digest"] for one in (reject, otherwise, bodiless)]
    assert digests[0] == digests[1] != digests[2]


def test_a_capture_is_kept_where_it_is_known_and_a_clock_could_show_it() -> None:
    assert reject_values(IDENTITY, refuse(read(camera="cam9")))["captured_at"] == NOW
    assert reject_values(IDENTITY, refuse(read(lane="x")))["captured_at"] is None
    assert reject_values(IDENTITY, refuse(read() | {"captured_at": "9999-12-31T23:59:59-14:00"}))["captured_at"] is None


def test_the_receiving_clock_is_ours() -> None:
    reject = refuse(read(lane="x"))
    assert reject_values(IDENTITY, reject)["received_at"] == from_epoch_ms(reject.received_ms)

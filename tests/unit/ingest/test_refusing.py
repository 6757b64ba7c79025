"""Decoding: every reason to refuse, what is kept of it, and that nothing a sender writes can stop ingest."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.rows import Reason, Rejected, Row
from services.images import MAX_IMAGE_BYTES
from services.messages import MAX_MESSAGE_BYTES, Heartbeat, Read
from services.registry import Gateway, State
from tests.ingest_samples import (
    BEATS,
    JPEG,
    NOT_LIVE,
    NOW,
    PNG,
    TOPIC,
    body,
    decode,
    decode_batch,
    incoming,
    picture,
    read,
)

PLANTED = "7-XKV-938"
DEEP = 100_000


def refused(message: object, topic: str = TOPIC) -> Rejected:
    (outcome,) = decode(incoming(message, topic))
    assert isinstance(outcome, Rejected)
    return outcome


@pytest.mark.parametrize("topic", ["anpr/v1/houthalen", "anpr/v1/houthalen/reads/x", "anpr/v1/houthalen/faces",
                                   "anpr/v2/houthalen/reads", "/anpr/v1/houthalen/reads", "", "anpr/v1//reads",
                                   "anpr/v1/houthalen/reads\n"])
def test_a_topic_that_is_none_of_ours_is_refused(topic: str) -> None:
    assert refused(read(), topic).reason == Reason.unknown_topic


@pytest.mark.parametrize("topic", ["anpr/v1/hasselt/reads", "anpr/v1/HOUTHALEN/reads", "anpr/v1/\0/reads"])
def test_an_unregistered_gateway_is_refused_under_number_0(topic: str) -> None:
    reject = refused(read(), topic)
    assert (reject.reason, reject.gateway_id) == (Reason.unknown_gateway, 0)


def test_an_unregistered_camera_is_refused_under_its_gateway() -> None:
    reject = refused(read(camera="cam9"))
    assert (reject.reason, reject.gateway_id, reject.body) == (Reason.unknown_camera, 7, body(read(camera="cam9")))
    assert refused({"camera": "cam9", "sent_at": "2026-11-23T10:15:30Z"}, BEATS).reason == Reason.unknown_camera


def test_a_message_over_8_megabytes_is_refused() -> None:
    assert refused(b" " * (MAX_MESSAGE_BYTES + 1)).reason == Reason.too_large
    assert refused(b" " * MAX_MESSAGE_BYTES).reason == Reason.not_json


@pytest.mark.parametrize("garbage", [
    b"", b" ", b"{", b"nonsense", b"\0", b"\xff\xfe", b"{'camera': 'cam1'}", b"\xef\xbb\xbf{}",
    body(read(plate="@")).replace(b"@", b"\xff"), body(read(plate="@")).replace(b"@", b"\0"),
    body(read(plate="@")).replace(b"@", b"\\ud800"), body(read(plate="@")).replace(b"@", b"\xed\xa0\x80"),
    body(read()) + b"x", body(read())[:-1],
])
@pytest.mark.parametrize("topic", [TOPIC, BEATS])
def test_what_is_not_json_is_refused(garbage: bytes, topic: str) -> None:
    assert refused(garbage, topic).reason in (Reason.not_json, Reason.wrong_shape)


@pytest.mark.parametrize("wrong", [
    None, 1, "read", [], [read()], {}, {"camera": "cam1"}, read(camera=1), read(plate=3), read(captured_at="today"),
    read() | {"captured_at": "2026-11-23T10:15:30"}, read() | {"captured_at": 1763892930}, read(confidence="0.5"),
    read(confidence=1.5), read(speed_kmh=-1), read(images="none"), read(passage="p1"), read(gateway="genk"),
    read(plate="\0"), read(vehicle={"colour": "gr\0y"}), {"reads": []}, {"reads": [read()] * 501}, {"reads": {}},
    {"reads": [read()], "plate": "3-ABC-123"}, {"reads": ["read"]}, read(images=[{"kind": "plate", "data": "%%"}]),
])
def test_what_has_the_wrong_shape_is_refused(wrong: object) -> None:
    reject = refused(wrong)
    assert reject.reason == Reason.wrong_shape
    assert reject.detail


@pytest.mark.parametrize("nested", [
    b"[" * DEEP, b'{"a":' * DEEP, b'{"reads":' + b"[" * DEEP, b'{"reads":[' + b"[" * DEEP + b"]" * DEEP + b"]}",
    b'{"reads":[' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"]}", b'{"images":' + b"[" * DEEP,
    b'{"camera":"cam1","vehicle":' + b'{"make":' * DEEP,
])
@pytest.mark.parametrize("topic", [TOPIC, BEATS])
def test_what_is_nested_beyond_reason_is_refused(nested: bytes, topic: str) -> None:
    assert refused(nested, topic).reason in (Reason.not_json, Reason.wrong_shape)


def test_a_read_older_than_the_law_allows_is_counted_and_its_body_is_not_kept() -> None:
    reject = refused(read(NOW - timedelta(days=365, milliseconds=1)))
    assert (reject.reason, reject.keep_body) == (Reason.too_old, False)


def test_a_read_of_an_unknown_camera_that_is_too_old_is_not_kept_either() -> None:
    assert not refused(read(NOW - timedelta(days=400), camera="cam9")).keep_body


def test_a_read_more_than_five_minutes_ahead_is_refused_and_says_how_far() -> None:
    reject = refused(read(NOW + timedelta(minutes=5, milliseconds=1)))
    assert reject.reason == Reason.in_the_future
    assert "0:05:00" in reject.detail


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_the_ends_of_time_are_refused(instant: str) -> None:
    assert refused(read() | {"captured_at": instant}).reason in (Reason.too_old, Reason.in_the_future)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg/>", PNG[1:], JPEG + b"x" * MAX_IMAGE_BYTES])
def test_a_picture_that_is_none_is_refused_and_its_read_is_stored(content: bytes) -> None:
    batch = decode_batch(incoming(read(images=[picture("plate", content)])))
    assert [row.plate for row in batch.rows] == ["3ABC123"]
    assert (batch.rows[0].images, batch.rows[0].pictures) == (0, ())
    assert [(reject.reason, reject.keep_body) for reject in batch.rejects] == [(Reason.bad_image, False)]


@pytest.mark.parametrize("message", [
    read(**{PLANTED: 1}), read(**{f"a`{PLANTED}": 1}), read(**{f"${PLANTED}": 1}),
    read(**{f"x` - at `$.{PLANTED}": 1}), read(direction=PLANTED), read(direction=f"a'{PLANTED}"),
    read(direction=f"a'{PLANTED}\""), read(vehicle={PLANTED: 1}), read(lane=PLANTED),
    read(vehicle={"make": {PLANTED: 1}}), read(passage={"id": PLANTED, "revision": PLANTED}),
    {"reads": [read()], PLANTED: PLANTED}, read(captured_at=PLANTED), read(direction=f"{PLANTED}\n{PLANTED}"),
    read(images=[{"kind": PLANTED, "data": ""}]), f"{{{PLANTED}".encode(), read(camera=PLANTED),
])
def test_a_reject_says_what_is_wrong_and_never_quotes_a_plate(message: object) -> None:
    reject = refused(message)
    assert reject.detail
    for part in ("XKV", "938"):
        assert part not in reject.detail.upper()


def test_a_reject_names_the_member_that_is_wrong() -> None:
    assert "speed_kmh" in refused(read(speed_kmh="fast")).detail
    assert "direction" in refused(read(direction="left")).detail
    assert "999" in refused(read(**{"plate-738": 1})).detail  # masked, but its shape shows


@pytest.mark.parametrize("message", [read(**{"a\0b": 1}), read(direction="a\0b")])
def test_a_reject_can_be_stored_whatever_the_sender_wrote(message: object) -> None:
    assert "\0" not in refused(message).detail


@given(st.binary(max_size=200))
def test_any_bytes_come_to_something(payload: bytes) -> None:
    for topic in (TOPIC, BEATS):
        assert decode(incoming(payload, topic))


NAMES = st.sampled_from([*Read.__struct_fields__, *Heartbeat.__struct_fields__, "reads", "id", "kind", "data", "make"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["cam1", "plate", "towards"])
    | st.datetimes(timezones=st.timezones()).map(lambda instant: instant.isoformat()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(), inner, max_size=4), max_leaves=8)


@given(VALUES)
def test_any_json_comes_to_something(message: object) -> None:
    for topic in (TOPIC, BEATS):
        assert decode(incoming(message, topic))


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_a_read_with_any_members_comes_to_something(members: dict[str, object]) -> None:
    assert decode(incoming(read() | members))


@given(st.lists(st.just(read()) | VALUES, min_size=1, max_size=5))
def test_every_read_of_a_batch_comes_to_something(reads: list[object]) -> None:
    outcomes = decode(incoming({"reads": reads}))
    rows = [outcome for outcome in outcomes if isinstance(outcome, Row)]
    assert len(outcomes) >= 1
    assert len(rows) >= sum(one == read() for one in reads if len(outcomes) > 1)


@given(st.text())
def test_any_topic_comes_to_something(topic: str) -> None:
    assert decode(incoming(read(), topic.encode("utf-8", "replace").decode()))


def test_every_reason_that_needs_no_makers_format_is_reached_here() -> None:
    odd = {"houthalen": Gateway(7, "houthalen", state=State.disabled), "genk": Gateway(8, "genk", profile="none")}
    cases = [decode(incoming(read(), "x")), decode(incoming(read(), "anpr/v1/x/reads")), [refused(read(camera="x"))],
             [refused(b" " * (MAX_MESSAGE_BYTES + 1))], [refused(b"{")], [refused(read(lane=-1))],
             [refused(read(NOW - timedelta(days=366)))], [refused(read(NOW + timedelta(days=1)))],
             decode(incoming(json.loads(body(read(images=[picture("plate", b"x")]))))),
             decode(incoming(read()), incoming(read(), "anpr/v1/genk/reads"), gateways=odd),
             decode(incoming(read()), gateways={"houthalen": NOT_LIVE})]
    reached = {outcome.reason for outcomes in cases for outcome in outcomes if isinstance(outcome, Rejected)}
    of_formats = {Reason.too_deep, Reason.wrong_encoding, Reason.not_xml, Reason.bad_multipart, Reason.unknown_format,
                  Reason.no_camera, Reason.no_time}
    assert reached == set(Reason) - of_formats - {Reason.refused_by_store}

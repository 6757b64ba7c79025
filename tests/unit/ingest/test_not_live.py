"""R12: of what a camera sees that is not live nothing is kept, and no other camera suffers for it."""

import json
from datetime import timedelta

from ingest.rows import Beat, Reason, Rejected, Row, Trial
from services.clock import epoch_ms
from services.registry import Gateway, State
from tests.ingest_samples import BEATS, NOT_LIVE, NOW, PNG, decode, incoming, picture, read

IN_PROEF = Gateway(7, "houthalen", NOT_LIVE.cameras, state=State.proef, not_live=NOT_LIVE.not_live)
SECOND = timedelta(seconds=1)


def of(gateway: Gateway, *messages: object, topic: str = "anpr/v1/houthalen/reads") -> list[object]:
    return list(decode(*(incoming(message, topic) for message in messages), gateways={"houthalen": gateway}))


def test_what_a_camera_that_is_not_live_sends_is_refused_and_its_body_is_not_kept() -> None:
    (refused,) = of(NOT_LIVE, read())
    assert isinstance(refused, Rejected)
    assert (refused.reason, refused.keep_body) == (Reason.camera_not_live, False)
    assert "ABC" not in refused.detail


def test_another_camera_in_the_same_batch_is_stored() -> None:
    refused, stored = of(NOT_LIVE, {"reads": [read(), read(camera="cam2")]})
    assert isinstance(refused, Rejected)
    assert refused.reason is Reason.camera_not_live
    assert isinstance(stored, Row)
    assert stored.camera_id == 12


def test_whatever_else_is_wrong_with_it_its_body_is_not_kept() -> None:
    for wrong in (read(NOW + timedelta(days=1)), read(NOW - timedelta(days=400)), read(plate="a\0b"),
                  read(images=[picture("plate", b"none")])):
        for gateway in (NOT_LIVE, IN_PROEF):
            refused = [one for one in of(gateway, wrong) if isinstance(one, Rejected)]
            assert refused
            assert not any(one.keep_body for one in refused)


def test_its_heartbeat_is_heard() -> None:
    (beat,) = of(NOT_LIVE, {"camera": "cam1", "sent_at": "2026-11-23T10:15:30Z"}, topic=BEATS)
    assert isinstance(beat, Beat)


def test_what_it_saw_while_it_was_off_is_refused_when_it_is_live_again_and_no_more() -> None:
    since, until = epoch_ms(NOW), epoch_ms(NOW + SECOND)
    gateway = Gateway(7, "houthalen", {"cam1": 11}, not_live={11: [(since, until)]})
    moments = (NOW - timedelta(milliseconds=1), NOW, NOW + SECOND - timedelta(milliseconds=1), NOW + SECOND)
    outcomes = [type(one) for moment in moments for one in of(gateway, read(moment))]
    assert outcomes == [Row, Rejected, Rejected, Row]


def test_in_proef_its_reads_are_trials_of_which_the_shape_alone_is_kept() -> None:
    (trial,) = of(IN_PROEF, read(passage={"id": "3ABC123-7"}, images=[picture("plate", PNG)],
                                 vehicle={"make": "Opel 3ABC123"}))
    assert isinstance(trial, Trial)
    found = json.loads(trial.found)
    assert (found["plate"], found["plate_raw"], found["passage"], found["make"]) == (
        "9AAA999", "9-AAA-999", "9AAA999-9", "Aaaa 9AAA999")
    assert b"ABC" not in trial.found


def test_in_proef_a_car_that_was_not_read_stays_one_that_was_not_read() -> None:
    (trial,) = of(IN_PROEF, read(plate=None))
    assert isinstance(trial, Trial)
    assert json.loads(trial.found)["plate"] is None


def test_in_proef_a_camera_that_is_live_is_shown_as_it_is() -> None:
    (trial,) = of(IN_PROEF, read(camera="cam2"))
    assert isinstance(trial, Trial)
    assert json.loads(trial.found)["plate"] == "3ABC123"

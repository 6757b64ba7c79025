"""What a reject becomes when it is decoded again: itself refused, its parts, or what it should have been."""

import json
from datetime import timedelta
from typing import Any

import pytest

from ingest import envelopes
from ingest.decode import Decoder, Window
from ingest.incoming import Incoming
from ingest.profiles.table import PROFILES
from ingest.rejects import reject_values
from ingest.replays import Attempt, Kept, attempt
from ingest.rows import Beat, Passed, Reason, Rejected
from services.clock import epoch_ms, from_epoch_ms
from services.registry import Gateway, State
from services.replaying import NEVER_REPLAYED, ReplayOutcome
from tests.ingest_samples import BEATS, GATEWAYS, IDENTITY, NOT_LIVE, NOW, body, decode, incoming, picture, read

_LATER = NOW + timedelta(days=20)
_WITH_CAMERA = {"houthalen": Gateway(7, "houthalen", {"cam1": 11, "cam9": 19})}


def keep(message: Incoming, gateways: dict[str, Gateway] | None = None) -> Kept:
    """Reject a message and keep it, as the writer does; return what a replay is given."""
    (refused,) = [outcome for outcome in decode(message, gateways=gateways) if isinstance(outcome, Rejected)]
    values = reject_values(IDENTITY, refused)
    return Kept(values["digest"], values["gateway_id"], values["received_at"],
                envelopes.read(values["body"], epoch_ms(values["received_at"])))


def again(kept: Kept, gateways: dict[str, Gateway] = _WITH_CAMERA) -> Attempt:
    return attempt(IDENTITY, gateways, kept, _LATER)


def test_a_camera_that_is_registered_now_gives_the_read_as_if_it_had_been_known_then() -> None:
    message = incoming(read(camera="cam9"))
    tried = again(keep(message))
    (row,) = tried.rows
    assert (tried.outcome, row.received_ms, row.late) == (ReplayOutcome.taken, message.received_ms, False)
    (known_at_once,) = decode(message, gateways=_WITH_CAMERA)
    assert row == known_at_once


def test_a_read_that_came_late_is_late_when_it_is_replayed() -> None:
    (row,) = again(keep(incoming(read(camera="cam9"), received_at=NOW + timedelta(minutes=2)))).rows
    assert row.late


def test_time_alone_mends_no_clock() -> None:
    tried = again(keep(incoming(read(NOW + timedelta(hours=2)))))
    assert (tried.outcome, tried.again and tried.again.reason) == (ReplayOutcome.refused, Reason.in_the_future)


def test_what_has_become_too_old_meanwhile_is_refused_for_that_and_goes_at_once() -> None:
    kept = keep(incoming(read(NOW - timedelta(days=350), camera="cam9")))
    tried = again(kept)
    assert tried.again is not None
    values = reject_values(IDENTITY, tried.again)
    assert (values["reason"], values["body"]) == (Reason.too_old, None)
    assert values["expires_at"] < _LATER


def test_a_message_that_fails_again_may_fail_for_another_reason_and_keeps_its_digest() -> None:
    kept = keep(incoming(read(camera="cam9")), {"houthalen": Gateway(7, "houthalen", state=State.disabled)})
    tried = again(kept, GATEWAYS)
    assert tried.again is not None
    assert (tried.again.reason, tried.fresh) == (Reason.unknown_camera, ())
    assert reject_values(IDENTITY, tried.again)["digest"] == kept.digest


def test_of_a_batch_that_was_refused_whole_each_read_is_judged() -> None:
    batch = incoming({"reads": [read(), read(camera="cam8"), read(camera="cam9")]})
    tried = again(keep(batch, {}))
    assert (tried.outcome, len(tried.rows)) == (ReplayOutcome.taken, 2)
    (part,) = [one for one in tried.fresh if isinstance(one, Rejected)]
    assert (part.reason, part.body) == (Reason.unknown_camera, body(read(camera="cam8")))


def test_a_picture_that_is_none_is_a_reject_of_its_own() -> None:
    tried = again(keep(incoming(read(camera="cam9", images=[picture("plate", b"no picture")]))))
    assert (tried.outcome, len(tried.rows)) == (ReplayOutcome.taken, 1)
    assert [one.reason for one in tried.fresh if isinstance(one, Rejected)] == [Reason.bad_image]


def test_a_gateway_in_state_proef_gives_trial_reads() -> None:
    tried = again(keep(incoming(read(camera="cam9"))), {"houthalen": Gateway(7, "houthalen", {"cam9": 19},
                                                                            state=State.proef)})
    assert (tried.outcome, tried.rows) == (ReplayOutcome.trial, [])


def test_a_heartbeat_is_replayed_under_its_own_time() -> None:
    tried = again(keep(incoming({"camera": "cam9", "sent_at": "2026-11-23T10:15:30Z"}, BEATS)))
    (beat,) = tried.fresh
    assert isinstance(beat, Beat)
    assert from_epoch_ms(beat.received_ms) == NOW + timedelta(seconds=1)


def test_a_message_that_holds_no_read_under_the_profile_it_has_now_is_taken() -> None:
    profile = Gateway(7, "houthalen", profile="hikvision-isapi")
    tried = again(keep(incoming(b"<EventNotificationAlert><eventType>videoloss</eventType></EventNotificationAlert>")),
                  {"houthalen": profile})
    assert tried.outcome is ReplayOutcome.taken
    assert all(isinstance(one, Beat | Passed) for one in tried.fresh)


def test_a_message_that_is_not_kept_stays_as_it_is() -> None:
    tried = again(Kept(b"d", 7, NOW, None))
    assert (tried.outcome, tried.again, tried.fresh) == (ReplayOutcome.refused, None, ())


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("sent", [b"{", b"", b"\0", b"[[[]]]", body(read()), b"<a/>"])
def test_replaying_twice_comes_to_the_same(profile: str, sent: bytes) -> None:
    decoding: dict[str, Any] = {"mapping": {"name": "m", "messages": [{"kind": "read", "camera": "body.camera"}]}}
    gateway = Gateway(7, "houthalen", {"cam1": 11}, profile,
                      json.dumps(decoding).encode() if profile == "mapping" else b"{}")
    kept = keep(incoming(sent, "anpr/v1/houthalen/reads"), {})
    first, second = (again(kept, {"houthalen": gateway}) for _ in range(2))
    assert first == second


def test_what_is_never_replayed_is_what_is_not_kept_or_not_whole() -> None:
    not_kept = {reason for reason in Reason if not _kept_body(reason)}
    assert {str(reason) for reason in not_kept} | {"too-large"} == NEVER_REPLAYED


def _kept_body(reason: Reason) -> bool:
    """Tell whether the decoder keeps the bodies of what it refuses for this reason."""
    samples = {Reason.too_old: incoming(read(NOW - timedelta(days=400))), Reason.camera_not_live: incoming(read()),
               Reason.bad_image: incoming(read(images=[picture("plate", b"none")]))}
    if reason not in samples:
        return True
    gateways = {"houthalen": NOT_LIVE} if reason is Reason.camera_not_live else GATEWAYS
    decoder = Decoder(IDENTITY, gateways, Window.at(NOW))
    (refused,) = [one for one in decoder.decode(samples[reason]) if isinstance(one, Rejected)]
    return refused.keep_body

"""Feedback: what a gateway hears of its messages, and how often."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from ingest.feedback import Feedback
from ingest.incoming import Door, Incoming
from ingest.rows import Reason, Rejected
from ingest.writer import Counts
from services.messages import Feedback as Message
from services.registry import Gateway, State
from tests.ingest_samples import NOW, TOPIC


class Told:
    """What was published, and whether the connection stands."""

    def __init__(self) -> None:
        self.connected, self.by_topic = True, {}

    def publish(self, topic: str, payload: bytes) -> bool:
        """Take one message, if there is a connection."""
        if self.connected:
            self.by_topic.setdefault(topic, []).append(msgspec.json.decode(payload, type=Message))
        return self.connected

    def of(self, gateway: str) -> list[Message]:
        """What a gateway heard."""
        return self.by_topic.get(f"anpr/feedback/{gateway}", [])


@pytest.fixture
def told() -> Told:
    """An ear."""
    return Told()


@pytest.fixture
def feedback(told: Told) -> Feedback:
    """Feedback to three gateways, of which one is disabled."""
    gateways = {"houthalen": Gateway(7, "houthalen"), "genk": Gateway(8, "genk"),
                "gone": Gateway(9, "gone", state=State.disabled)}
    register: Any = SimpleNamespace(gateways=gateways)
    return Feedback(register, told.publish, NOW)


def messages(number: int, topic: str = TOPIC, door: Door = Door.durable) -> list[Incoming]:
    return [Incoming(topic, b"{}", 0, door=door)] * number


def reject(detail: str, reason: Reason = Reason.unknown_camera, gateway_id: int = 7) -> Rejected:
    return Rejected(gateway_id, reason, detail, TOPIC, b"", 0)


def test_a_gateway_hears_what_came_of_its_messages_and_no_other_hears_it(feedback: Feedback, told: Told) -> None:
    feedback.note(messages(5), {7: Counts(stored=2, doubled=1, rejected=2)}, [reject("first"), reject("second")])
    feedback.publish(NOW + timedelta(seconds=1))
    (heard,) = told.of("houthalen")
    assert (heard.since, heard.at, heard.messages) == (NOW, NOW + timedelta(seconds=1), 5)
    assert (heard.stored, heard.doubled, heard.rejected) == (2, 1, 2)
    assert [(one.reason, one.detail, one.messages) for one in heard.rejects] == [("unknown-camera", "second", 2)]
    assert told.of("genk") == []


def test_messages_are_counted_since_the_start_and_all_else_since_the_last_feedback(feedback: Feedback,
                                                                                  told: Told) -> None:
    for _ in range(2):
        feedback.note(messages(3), {7: Counts(stored=3)}, [reject("x")])
        feedback.publish(NOW)
    assert [(heard.messages, heard.stored, len(heard.rejects)) for heard in told.of("houthalen")] == [
        (3, 3, 1), (6, 3, 1)]


def test_without_news_nothing_is_said_except_to_everybody_now_and_then(feedback: Feedback, told: Told) -> None:
    feedback.note(messages(3), {}, [])
    feedback.publish(NOW)
    feedback.publish(NOW)
    assert len(told.of("houthalen")) == 1
    feedback.publish(NOW, everybody=True)
    assert [heard.messages for heard in told.of("houthalen")] == [3, 3]
    assert [heard.messages for heard in told.of("genk")] == [0]
    assert told.of("gone") == []


def test_what_cannot_be_sent_is_told_later(feedback: Feedback, told: Told) -> None:
    told.connected = False
    feedback.note(messages(1), {7: Counts(stored=1)}, [])
    feedback.publish(NOW)
    told.connected = True
    feedback.note(messages(1), {7: Counts(stored=1)}, [])
    feedback.publish(NOW)
    assert [(heard.messages, heard.stored) for heard in told.of("houthalen")] == [(2, 2)]


def test_pushes_count_as_messages_and_copies_do_not(feedback: Feedback, told: Told) -> None:
    feedback.note([*messages(2, "push/houthalen/x", Door.push), *messages(4, door=Door.live), *messages(1)], {}, [])
    feedback.publish(NOW)
    assert [heard.messages for heard in told.of("houthalen")] == [3]


@pytest.mark.parametrize("topic", ["anpr/v1/stranger/reads", "anpr/v1//reads", "else/where"])
def test_strangers_hear_nothing(feedback: Feedback, told: Told, topic: str) -> None:
    feedback.note(messages(1, topic), {0: Counts(rejected=1)}, [reject("x", Reason.unknown_gateway, 0)])
    feedback.publish(NOW, everybody=True)
    assert set(told.by_topic) == {"anpr/feedback/houthalen", "anpr/feedback/genk"}
    assert all(heard.messages == 0 for topic in told.by_topic for heard in told.by_topic[topic])

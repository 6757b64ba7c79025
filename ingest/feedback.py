"""Feedback: each gateway hears on its own topic what came of its messages, and paces a backlog by it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ingest import metrics
from ingest.incoming import Door, Incoming, sender_and_path
from ingest.register import Register
from ingest.rows import Rejected
from ingest.writer import CountsByGateway
from services import messages
from services.clock import utc_now
from services.registry import Gateway, State

_EVERY_S = 1.0
_REPEATED_EVERY = 10
"""Without news each gateway hears every so many rounds how far we are: quality 0 may lose a message, and a gateway that
paces itself would wait for ever."""
_OUTCOMES = ("stored", "doubled", "superseded", "trial", "ignored", "rejected")

Publish = Callable[[str, bytes], bool]
"""Sends a message to a topic; tells whether it is on its way."""


@dataclass(slots=True)
class Tally:
    """What came of a gateway's messages: all since the start, and each outcome since it last heard of it."""

    messages: int = 0
    has_news: bool = False
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    details: dict[str, str] = field(default_factory=dict)

    def forget(self) -> None:
        """Begin anew, except for the count of messages."""
        self.has_news = False
        for counts in (self.outcomes, self.reasons, self.details):
            counts.clear()


class Feedback:
    """Gathers what comes of messages, and publishes it at most once a second for each gateway."""

    def __init__(self, register: Register, publish: Publish, since: datetime) -> None:
        self._register, self._publish, self._since = register, publish, since
        self._tallies: dict[str, Tally] = {}

    async def run(self) -> None:
        """Publish for ever."""
        rounds = 0
        while True:
            await asyncio.sleep(_EVERY_S)
            rounds += 1
            self.publish(utc_now(), everybody=rounds % _REPEATED_EVERY == 0)

    def note(self, handled: Sequence[Incoming], counts: CountsByGateway, rejects: Iterable[Rejected]) -> None:
        """Take in what came of messages that are stored or kept; who is not registered hears nothing."""
        names = {gateway.gateway_id: name for name, gateway in self._gateways.items()}
        # Copies from the live session are not messages of their own. Counted by topic first: there are few topics.
        for topic, number in Counter([one.topic for one in handled if one.door is not Door.live]).items():
            sender = sender_and_path(topic)
            if sender is not None and sender[0] in self._gateways:
                self._tally(sender[0]).messages += number
        for gateway_id, counted in counts.items():
            if gateway_id in names:
                tally = self._tally(names[gateway_id])
                tally.outcomes.update({outcome: getattr(counted, outcome) for outcome in _OUTCOMES})
        for reject in rejects:
            if reject.gateway_id in names:
                tally = self._tally(names[reject.gateway_id])
                tally.reasons[reject.reason] += 1
                tally.details[reject.reason] = reject.detail

    def publish(self, now: datetime, *, everybody: bool = False) -> None:
        """Tell the gateways of which there is news, or all of them; what cannot be sent now is told later."""
        for name, gateway in self._gateways.items():
            tally = self._tallies.get(name) or Tally()
            if gateway.state is State.disabled or not (tally.has_news or everybody):
                continue
            told = messages.encode(compose(tally, self._since, now))
            if self._publish(messages.feedback_topic(name), told):
                metrics.FEEDBACK.inc()
                tally.forget()

    @property
    def _gateways(self) -> Mapping[str, Gateway]:
        return self._register.gateways

    def _tally(self, name: str) -> Tally:
        """Return a gateway's tally, about to be added to."""
        tally = self._tallies.setdefault(name, Tally())
        tally.has_news = True
        return tally


def compose(tally: Tally, since: datetime, now: datetime) -> messages.Feedback:
    """Return what a gateway hears."""
    notices = [messages.RejectNotice(reason, tally.details[reason], number) for reason, number in tally.reasons.items()]
    return messages.Feedback(since, now, tally.messages, **{name: tally.outcomes[name] for name in _OUTCOMES},
                             rejects=notices)

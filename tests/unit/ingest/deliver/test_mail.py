"""A hit as an e-mail: what is only possible or discreet is said first, and every code has its Dutch words."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from ingest.deliver.mail import compose
from ingest.deliver.message import Event, Message, invented
from services.hits.events import EventKind
from services.hits.following import Disposition, HitState
from services.hits.matching import MatchedAs

NOW = datetime(2026, 11, 26, 9, 15, tzinfo=UTC)
AT = "2026-11-26T09:15:02.412Z"
TEST = invented(UUID("0f9a7a66-7d20-4f2a-9a2e-3a3c2a8f6f10"), AT, None)


def message(kind: EventKind = EventKind.raised, **changes: object) -> Message:
    return msgspec.structs.replace(TEST, test=False, event=Event(number=1, kind=kind, at=AT),
                                   hit=msgspec.structs.replace(TEST.hit, **changes))


def mail(made: Message) -> tuple[str, str]:
    composed = compose(made, "anpr@zone.example", "wacht@zone.example", NOW)
    return str(composed["Subject"]), composed.get_content()


def test_what_is_possible_is_said_before_anything_else() -> None:
    subject, body = mail(message(possible=True, matched_as=MatchedAs.alike, probability=0.873))
    assert subject == "Mogelijke hit 0, prioriteit 4: nieuwe hit"
    assert body.splitlines()[:2] == ["NIEUWE HIT", "MOGELIJK: nog door niemand bevestigd"]
    assert "lijkt erop, kans 87%" in body


def test_what_is_discreet_says_that_nobody_is_stopped() -> None:
    assert "DISCREET: niet staande houden" in mail(message(discreet=True))[1]
    assert "DISCREET" not in mail(message())[1]


def test_a_late_one_says_so_and_times_are_those_of_brussels() -> None:
    assert "do 26/11/2026 10:15:02 - te laat binnengekomen" in mail(message(late=True))[1]


def test_a_test_says_that_everything_is_invented() -> None:
    subject, body = mail(TEST)
    assert subject == "Test van een kanaal voor hits"
    assert body.startswith("TEST VAN DIT KANAAL: ALLES HIERONDER IS VERZONNEN")


@pytest.mark.parametrize("kind", EventKind)
def test_every_event_has_its_words_and_no_subject_holds_the_plate(kind: EventKind) -> None:
    subject, body = mail(message(kind))
    assert subject.startswith("Hit 0, prioriteit 4: ")
    assert "3ABC123" in body
    assert "3ABC123" not in subject


def test_every_state_disposition_and_way_to_match_has_its_words() -> None:
    for state in HitState:
        for disposition in Disposition:
            for matched_as in MatchedAs:
                assert mail(message(state=state, disposition=disposition, matched_as=matched_as))

"""What is said of a gateway: facts in, lines out."""

from dataclasses import replace
from typing import Any

import pytest

from ingest.kit.conform import in_words
from ingest.kit.facts import Camera, Counts, Facts, Refused, Seen
from ingest.kit.judging import Line, Mark, judge
from ingest.kit.remedies import REMEDIES
from ingest.rows import Reason
from services.registry import State

CAMERAS = (Camera("BRE01A"), Camera("BRE02A"))
HOUR = 3600.0


def reads(number: int = 20, delay_s: float = 0.4, **members: Any) -> tuple[Seen, ...]:
    return tuple(Seen(CAMERAS[n % 2].code, delay_s + n / 100, **members) for n in range(number))


GOOD = Facts("bree", "canonical", State.live, 60, Counts(stored=20, heartbeats=2), CAMERAS, reads())


def lines(mark: Mark, **changes: Any) -> list[Line]:
    return [line for line in judge(replace(GOOD, **changes)) if line.mark is mark]


def test_a_gateway_with_which_all_is_right_gets_nothing_but_ticks() -> None:
    said = judge(GOOD)
    assert {line.mark for line in said} == {Mark.right}
    assert len(said) >= 9
    assert [line.remedy for line in said if line.remedy] == []


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"state": State.disabled}, "state disabled", "gateway enable bree"),
    ({"cameras": ()}, "no camera is registered", "--cameras NAME=CODE"),
    ({"refused": {"unknown-camera": Refused(12, "this gateway has no camera of that name")}},
     "refused 12, unknown-camera: this gateway has no camera of that name", "gateway set bree --cameras"),
    ({"seen": reads(delay_s=HOUR)}, "all cameras: 1 h behind our clock", "time_zone"),
    ({"seen": reads(delay_s=-2 * HOUR)}, "all cameras: 2 h ahead of our clock", "wall-clock"),
    ({"refused": {"in-the-future": Refused(3, "captured_at lies 2:00:00 ahead", (-7199.6, -7199.5))}},
     "what was refused: 2 h ahead of our clock", "time_zone"),
    ({"seen": (*reads()[1::2], *(Seen("BRE01A", 241.0) for _ in range(40)))}, "BRE01A: 4 min behind our clock", "NTP"),
    ({"seen": reads(delay_s=-4.0)}, "all cameras: 3.9 s ahead of our clock", "NTP"),
    ({"seen": reads(confidence=0.0093, confidence_shape="9.99")}, "every confidence is below 0.02", "confidence_scale"),
    ({"seen": reads(confidence=None, confidence_shape="99")}, "20 of 20 confidences lie beyond the scale",
     "confidence_scale"),
    ({"seen": reads(country=None, country_shape="AAA")}, "countries are not understood (their shapes: AAA 20 times)",
     "country_coding"),
    ({"seen": reads(unread=True)}, "100% of the plates were not read", "focus"),
    ({"counts": Counts(heartbeats=3, ignored=4)}, "no read among what arrived: refused 0, heartbeats 3, ignored 4",
     "rejects"),
]


@pytest.mark.parametrize(("changes", "found", "remedy"), WRONG)
def test_what_is_wrong_is_said_with_what_to_do_about_it(changes: dict[str, Any], found: str, remedy: str) -> None:
    (line,) = [one for one in lines(Mark.wrong, **changes) if found in one.found]
    assert remedy in line.remedy


DOUBTFUL: list[tuple[dict[str, Any], str]] = [
    ({"state": State.proef}, "state proef"),
    ({"cameras": (*CAMERAS, Camera("GNK01A", heard=False))}, "GNK01A: silent in this time"),
    ({"cameras": (*CAMERAS, Camera("GNK01A", heard=False, heard_before=False))}, "GNK01A: never heard yet"),
    ({"counts": Counts(stored=20)}, "no heartbeat"),
    ({"counts": Counts(stored=20, late=7, heartbeats=1)}, "7 of 20 reads arrived more than a minute"),
    ({"seen": reads(delay_s=-0.7)}, "0.6 s ahead of our clock"),
    ({"seen": reads(delay_s=30.0)}, "30.1 s from capture to arrival"),
    ({"seen": tuple(Seen("BRE01A", 600.0 * n) for n in range(20))}, "BRE01A: sending what is old"),
    ({"seen": reads(confidence=None)}, "no read has a confidence"),
    ({"seen": (*reads(), *reads(3, country=None, country_shape="99"))}, "3 of 23 countries are not understood"),
    ({"seen": reads(country=None)}, "no read has a country"),
    ({"seen": (*reads(), *reads(15, unread=True))}, "43% of the plates were not read"),
    ({"counts": Counts(stored=20, doubled=20, heartbeats=1)}, "20 messages changed nothing"),
    ({"seen": reads(pictured=False)}, "no read has a picture"),
    ({"seen": (*reads(), *reads(2, follows_itself=True))}, "2 reads follow the same plate"),
    ({"passages": 12}, "none of 12 passages had a second message"),
]


@pytest.mark.parametrize(("changes", "found"), DOUBTFUL)
def test_what_is_doubtful_is_said_with_what_to_do_about_it(changes: dict[str, Any], found: str) -> None:
    (line,) = lines(Mark.doubtful, **changes)
    assert found in line.found
    assert line.remedy
    assert lines(Mark.wrong, **changes) == []


def test_when_nothing_arrived_that_is_all_that_is_said() -> None:
    said = judge(replace(GOOD, counts=Counts(), seen=()))
    assert [line.mark for line in said] == [Mark.right, Mark.wrong]
    assert "nothing arrived in 60 s" in said[1].found
    assert "/push/bree" in said[1].remedy


def test_cameras_with_the_same_fault_share_a_line() -> None:
    cameras = tuple(Camera(f"BRE{number:02}A") for number in range(12))
    seen = tuple(Seen(camera.code, HOUR + 1) for camera in cameras[:9]) + tuple(Seen(c.code, 0.3) for c in cameras[9:])
    (line,) = lines(Mark.wrong, cameras=cameras, seen=seen)
    assert line.found == ("BRE00A, BRE01A, BRE02A, BRE03A, BRE04A, BRE05A and 3 more: "
                          "1 h behind our clock, to the minute")


def test_a_few_reads_say_nothing_of_a_share() -> None:
    assert lines(Mark.doubtful, seen=reads(9, unread=True)) == []


def test_every_reason_of_a_reject_has_a_remedy_and_no_remedy_an_open_gap() -> None:
    assert set(map(str, Reason)) <= REMEDIES.keys()
    said = [line for changes, *_ in (*WRONG, *DOUBTFUL) for line in judge(replace(GOOD, **changes))]
    assert not any("{" in line.remedy + line.found for line in said)


def test_a_finding_is_a_line_and_what_to_do_stands_below_it() -> None:
    assert in_words([Line(Mark.right, "good"), Line(Mark.wrong, "bad", "mend it")]) == "✓ good\n✗ bad\n    → mend it"

"""What is right and wrong with a gateway, judged from what was seen of it (pure): a table of questions.

Wrong (✗) is what loses or spoils reads; doubtful (?) is what may be as it should, which whoever installs it must know.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from ingest.kit.facts import Facts, Seen
from ingest.kit.remedies import remedy
from services.registry import State

_NAMED = 6
_MANY_UNREAD, _MOST_UNREAD = 0.3, 0.8
_MANY_DOUBLES = 0.2
_FEW = 10
"""Below so many reads a share says nothing."""
_TINY = 0.02
_LATE_S = 60.0
_STEADY_S = 30.0
"""Delays that differ by less are a clock's; a backlog's differ by more."""


class Mark(StrEnum):
    """How a line is meant."""

    right = "✓"
    doubtful = "?"
    wrong = "✗"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was found, and what to do about it."""

    mark: Mark
    found: str
    remedy: str = ""


def judge(facts: Facts) -> list[Line]:
    """Return what is to be said of a gateway; when nothing arrived, little else can be said."""
    questions = _QUESTIONS if facts.counts.handled else _QUESTIONS[:2]
    return [line for question in questions for line in question(facts)]


def _state(facts: Facts) -> Iterator[Line]:
    mark, found = _STATES[facts.state]
    yield Line(mark, f"state {facts.state}, profile {facts.profile}{found}",
               remedy(f"state-{facts.state}", facts.gateway))


def _messages(facts: Facts) -> Iterator[Line]:
    counts = facts.counts
    reads = counts.stored + counts.trial + counts.superseded
    if not counts.handled:
        yield Line(Mark.wrong, f"nothing arrived in {facts.seconds} s", remedy("nothing", facts.gateway))
    elif not reads and not counts.doubled:
        yield Line(Mark.wrong, f"no read among what arrived: refused {counts.rejected}, heartbeats "
                   f"{counts.heartbeats}, ignored {counts.ignored}", remedy("no-read", facts.gateway))
    else:
        yield Line(Mark.right, f"in {facts.seconds} s: reads {reads}, heartbeats {counts.heartbeats}, messages that "
                   f"hold no read {counts.ignored}")


def _refused(facts: Facts) -> Iterator[Line]:
    for reason, refused in sorted(facts.refused.items(), key=lambda item: -item[1].number):
        yield Line(Mark.wrong, f"refused {refused.number}, {reason}: {refused.detail}", remedy(reason, facts.gateway))
    if not facts.refused:
        yield Line(Mark.right, "nothing refused")


def _cameras(facts: Facts) -> Iterator[Line]:
    never = [camera.code for camera in facts.cameras if not camera.heard and not camera.heard_before]
    silent = [camera.code for camera in facts.cameras if not camera.heard and camera.heard_before]
    if not facts.cameras:
        yield Line(Mark.wrong, "no camera is registered for this gateway", remedy("unknown-camera", facts.gateway))
    elif not never and not silent:
        yield Line(Mark.right, f"every registered camera was heard ({len(facts.cameras)})")
    if never:
        yield Line(Mark.doubtful, f"{_some(never, facts)}: never heard yet", remedy("never-heard"))
    if silent:
        yield Line(Mark.doubtful, f"{_some(silent, facts)}: silent in this time", remedy("silent"))


def _heartbeats(facts: Facts) -> Iterator[Line]:
    if facts.counts.heartbeats:
        yield Line(Mark.right, f"heartbeats: {facts.counts.heartbeats}")
    else:
        yield Line(Mark.doubtful, "no heartbeat", remedy("no-heartbeat"))


def _clocks(facts: Facts) -> Iterator[Line]:
    """Group the cameras by what their clocks show, so that one wrong setting is one line."""
    groups: dict[tuple[Mark, str, str], list[str]] = {}
    for camera, delays in _delays(facts).items():
        groups.setdefault(_clock(delays), []).append(camera)
    for (mark, found, what_to_do), cameras in groups.items():
        yield Line(mark, f"{_some(cameras, facts)}: {found}", remedy(what_to_do))


def _delays(facts: Facts) -> dict[str, list[float]]:
    delays: dict[str, list[float]] = {}
    for seen in facts.seen:
        delays.setdefault(seen.camera, []).append(seen.delay_s)
    if ahead := [delay for refused in facts.refused.values() for delay in refused.delays_s]:
        delays["what was refused"] = ahead
    return delays


def _clock(delays: list[float]) -> tuple[Mark, str, str]:
    """Tell what the delays of one camera say of its clock: mark, words and the remedy's name."""
    delay = median(delays)
    hours = round(delay / 3600)
    side = "behind" if delay > 0 else "ahead of"
    if hours and abs(delay - hours * 3600) < 120 and _spread(delays) < _STEADY_S:
        return Mark.wrong, f"{abs(hours)} h {side} our clock, to the minute", "zone"
    if delay > _LATE_S and _spread(delays) >= _STEADY_S:
        return Mark.doubtful, "sending what is old: its clock cannot be judged", "late"
    return next((mark, words.format(_amount(delay)), name) for limit, mark, words, name in _OFFSETS if delay < limit)


# What a steady delay means, by its size in seconds: a clock that is right shows the time that sending takes.
_OFFSETS = (
    (-1.0, Mark.wrong, "{} ahead of our clock", "clock"),
    (-0.1, Mark.doubtful, "{} ahead of our clock", "clock"),
    (10.0, Mark.right, "in time: {} from capture to arrival", ""),
    (_LATE_S, Mark.doubtful, "{} from capture to arrival", "slow"),
    (float("inf"), Mark.wrong, "{} behind our clock, or as slow", "clock"),
)


def _amount(delay: float) -> str:
    size = abs(delay)
    return f"{size:.1f} s" if size < 120 else f"{size / 60:.0f} min"


def _spread(delays: list[float]) -> float:
    """Return between which limits the middle eight tenths lie."""
    ordered, cut = sorted(delays), len(delays) // 10
    return ordered[-1 - cut] - ordered[cut]


def _late(facts: Facts) -> Iterator[Line]:
    counts = facts.counts
    if counts.late:
        yield Line(Mark.doubtful, f"{counts.late} of {counts.stored} reads arrived more than a minute after their "
                   "capture", remedy("late"))


def _confidence(facts: Facts) -> Iterator[Line]:
    known = [seen.confidence for seen in facts.seen if seen.confidence is not None]
    beyond = [seen.confidence_shape for seen in facts.seen if seen.confidence is None and seen.confidence_shape]
    if beyond:
        yield Line(Mark.wrong, f"{len(beyond)} of {len(facts.seen)} confidences lie beyond the scale or are no numbers "
                   f"(their shapes: {_shapes(beyond)})", remedy("scale-too-small"))
    if known and max(known) < _TINY:
        yield Line(Mark.wrong, f"every confidence is below {_TINY}", remedy("scale-too-large"))
    elif known:
        yield Line(Mark.right, f"confidences from {min(known):.2f} to {max(known):.2f}")
    elif facts.seen and not beyond:
        yield Line(Mark.doubtful, "no read has a confidence", remedy("no-confidence"))


def _country(facts: Facts) -> Iterator[Line]:
    unknown = [seen.country_shape for seen in facts.seen if seen.country is None and seen.country_shape]
    known = sum(seen.country is not None for seen in facts.seen)
    if unknown:
        yield Line(Mark.doubtful if known else Mark.wrong, f"{len(unknown)} of {len(facts.seen)} countries are not "
                   f"understood (their shapes: {_shapes(unknown)})", remedy("country"))
    elif known:
        yield Line(Mark.right, f"countries are understood ({known} of {len(facts.seen)} reads have one)")
    elif facts.seen:
        yield Line(Mark.doubtful, "no read has a country", remedy("no-country"))


def _plates(facts: Facts) -> Iterator[Line]:
    yield from _share(facts, lambda seen: seen.unread, "{} of the plates were not read", "unread",
                      (_MANY_UNREAD, _MOST_UNREAD))


def _doubles(facts: Facts) -> Iterator[Line]:
    counts = facts.counts
    share = counts.doubled / (counts.stored + counts.doubled or 1)
    if share > _MANY_DOUBLES and counts.doubled >= _FEW:
        yield Line(Mark.doubtful, f"{counts.doubled} messages changed nothing: they had come before", remedy("doubles"))
    else:
        yield Line(Mark.right, f"doubles: {counts.doubled}")


def _pictures(facts: Facts) -> Iterator[Line]:
    pictured = sum(seen.pictured for seen in facts.seen)
    if facts.seen and not pictured:
        yield Line(Mark.doubtful, "no read has a picture", remedy("no-picture"))
    elif facts.seen:
        yield Line(Mark.right, f"{pictured} of {len(facts.seen)} reads have pictures")


def _passages(facts: Facts) -> Iterator[Line]:
    following = sum(seen.follows_itself for seen in facts.seen)
    if following:
        yield Line(Mark.doubtful, f"{following} reads follow the same plate at the same camera within seconds",
                   remedy("no-passage"))
    if facts.revised:
        yield Line(Mark.right, f"{facts.revised} of {facts.passages} passages had several messages and became one read")
    elif facts.passages >= _FEW:
        yield Line(Mark.doubtful, f"none of {facts.passages} passages had a second message", remedy("no-revision"))


def _share(facts: Facts, holds: Callable[[Seen], bool], words: str, name: str,
           limits: tuple[float, float]) -> Iterator[Line]:
    if not facts.seen:
        return
    share = sum(map(holds, facts.seen)) / len(facts.seen)
    found = words.format(f"{share:.0%}")
    if len(facts.seen) < _FEW or share <= limits[0]:
        yield Line(Mark.right, found)
    else:
        yield Line(Mark.wrong if share > limits[1] else Mark.doubtful, found, remedy(name))


def _some(names: Iterable[str], facts: Facts) -> str:
    """Name a few cameras, and say when it is all of them."""
    names = sorted(names)
    if len(names) > 1 and len(names) >= len(facts.cameras):
        return "all cameras"
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _shapes(shapes: Iterable[str]) -> str:
    return ", ".join(f"{shape} {number} times" for shape, number in Counter(shapes).most_common(5))


_STATES = {
    State.live: (Mark.right, ""),
    State.proef: (Mark.doubtful, ": its reads are shown to the integrator and to nobody else"),
    State.disabled: (Mark.wrong, ": whatever it sends is refused"),
}

_QUESTIONS: tuple[Callable[[Facts], Iterable[Line]], ...] = (
    _state, _messages, _refused, _cameras, _heartbeats, _clocks, _late, _confidence, _country, _plates, _doubles,
    _pictures, _passages)

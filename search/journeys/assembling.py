"""From reads in order to journeys: every read goes on with the journey that it can belong to (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search.journeys import rules
from search.journeys.legs import Judged, Parting, Roads, Verdict, judge
from search.journeys.seen import Seen


@dataclass(frozen=True, slots=True)
class Journey:
    """Reads in order, the legs between them, and why it begins where it does."""

    reads: tuple[Seen, ...]
    legs: tuple[Judged, ...]
    begins: Parting
    after: Judged | None
    """The leg from the read before, which is no part of it; None for the first."""


_LIKELY = (Verdict.drove, Verdict.again, Verdict.stopped, Verdict.turned, Verdict.unknown)
"""What a read goes on with when it can belong to several journeys: the likeliest first."""


@dataclass(slots=True)
class _Track:
    """A journey that is still under way."""

    begins: Parting
    after: Judged | None
    reads: list[Seen]
    legs: list[Judged]


def assemble(reads: Iterable[Seen], roads: Roads) -> tuple[Journey, ...]:
    """Return the journeys of one plate, in the order of their first reads.

    A read that cannot follow the last one, for nobody drives that fast, does not break the journey under way: it
    begins another beside it, and what comes later goes on with the one that it fits best. So two vehicles that
    bear one plate become two rows of journeys.
    """
    done: list[_Track] = []
    under_way: list[_Track] = []
    for read in sorted(reads, key=lambda seen: (seen.at, seen.read_id)):
        under_way = _go_on(read, under_way, done, roads)
    return tuple(Journey(tuple(track.reads), tuple(track.legs), track.begins, track.after)
                 for track in sorted((*done, *under_way), key=lambda track: track.reads[0].at))


def _go_on(read: Seen, under_way: Sequence[_Track], done: list[_Track], roads: Roads) -> list[_Track]:
    """Put one read where it belongs; return the journeys that may go on after it, the latest first."""
    judged = [(track, judge(track.reads[-1], read, roads)) for track in under_way]
    # Only what was impossible now may be possible later; who came too late today is later still tomorrow.
    done += [track for track, leg in judged if leg.parting not in (None, Parting.impossible)]
    still = [track for track, leg in judged if leg.parting in (None, Parting.impossible)]
    possible = [(track, leg) for track, leg in judged if leg.parting is None]
    if not possible:
        refused = judged[0][1] if judged else None
        begins = refused.parting if refused and refused.parting else Parting.first
        done += still[rules.MOST_BESIDE - 1:]
        return [_Track(begins, refused, [read], []), *still[:rules.MOST_BESIDE - 1]]
    track, leg = min(possible, key=lambda pair: _LIKELY.index(pair[1].verdict))
    track.reads.append(read)
    track.legs.append(leg)
    return [track, *(other for other in still if other is not track)]

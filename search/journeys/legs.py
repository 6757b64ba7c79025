"""Two reads in a row: can it be one vehicle, did it stop or turn round, is it another journey (pure)."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from search.journeys import rules
from search.journeys.network import Network, Route, least_straight
from search.journeys.seen import Seen
from search.journeys.times import LegTimes


class Verdict(StrEnum):
    """What happened between two reads."""

    drove = "drove"            # along the road, in about the usual time or less
    stopped = "stopped"        # along the road, with a stop
    turned = "turned"          # back, or by a way that is no way onward
    again = "again"            # the same camera within a minute
    unknown = "unknown"        # a camera that is not on the network, or stood elsewhere then
    impossible = "impossible"  # nobody drives that fast: two vehicles, or a wrong clock


class Parting(StrEnum):
    """Why a journey begins anew."""

    first = "first"            # nothing before
    long = "long"              # too long after the read before to be on the way still
    turned = "turned"          # the vehicle came back
    impossible = "impossible"  # it cannot be the vehicle of the journey that was still under way


@dataclass(frozen=True, slots=True)
class Roads:
    """What is known of the roads: the network, and how long its legs take."""

    network: Network
    times: LegTimes


@dataclass(frozen=True, slots=True)
class Judged:
    """Two reads in a row with the way between them; times in seconds, `least_s` the shortest that is possible."""

    before: Seen
    after: Seen
    verdict: Verdict
    took_s: float
    least_s: float
    route: Route | None = None
    usual_s: float | None = None
    parting: Parting | None = None
    """Why the second read begins another journey, None when it goes on."""

    @property
    def stop(self) -> timedelta | None:
        """About how long it stood still, None when it did not."""
        if self.verdict is not Verdict.stopped or self.usual_s is None:
            return None
        return timedelta(seconds=self.took_s - self.usual_s)


def judge(before: Seen, after: Seen, roads: Roads) -> Judged:
    """Judge two reads of which the first is the earlier one, by `Seen.at`."""
    took, network = after.at - before.at, roads.network
    start, end = before.place.camera_id, after.place.camera_id
    least = timedelta(seconds=least_seconds(before, after, network))
    if took + slack(before, after) < least:
        return _judged(before, after, Verdict.impossible, least, Parting.impossible)
    if start == end and took <= rules.AGAIN_WITHIN:
        return _judged(before, after, Verdict.again, least)
    if not _on_network(before, network) or not _on_network(after, network):
        late = took > least * rules.TURNED_PACE + rules.ONWARD_SPLIT
        return _judged(before, after, Verdict.unknown, least, Parting.long if late else None)
    route = network.route(start, end)
    if route is None or not network.is_onward(route):
        late = took > least * rules.TURNED_PACE + rules.TURNED_SPLIT
        return _judged(before, after, Verdict.turned, least, Parting.turned if late else None)
    return _judge_onward(before, after, route, roads.times, least)


def _judged(before: Seen, after: Seen, verdict: Verdict, least: timedelta, parting: Parting | None = None) -> Judged:
    return Judged(before, after, verdict, (after.at - before.at).total_seconds(), least.total_seconds(),
                  parting=parting)


def _judge_onward(before: Seen, after: Seen, route: Route, times: LegTimes, least: timedelta) -> Judged:
    pace, took_s = times.of_route(route, before.at), (after.at - before.at).total_seconds()
    stopped = took_s > pace.slow_s + rules.STOP_AFTER.total_seconds()
    late = took_s > pace.slow_s + rules.ONWARD_SPLIT.total_seconds()
    return Judged(before, after, Verdict.stopped if stopped else Verdict.drove, took_s, least.total_seconds(), route,
                  pace.usual_s, Parting.long if late else None)


def least_seconds(before: Seen, after: Seen, network: Network) -> float:
    """Return the shortest time in seconds from one read's place to the other's; 0 when nothing is known of them."""
    if _on_network(before, network) and _on_network(after, network):
        found = network.least_seconds(before.place.camera_id, after.place.camera_id)
        if found is not None:
            return found
    here, there = before.place.point, after.place.point
    return least_straight(here, there) if here and there else 0.0


def slack(before: Seen, after: Seen) -> timedelta:
    """Return by how much two cameras' times may be wrong against each other."""
    unsure = any(seen.clock_synchronised is False and seen.clock_offset_ms is None for seen in (before, after))
    return rules.UNSURE_CLOCK_SLACK if unsure else rules.CLOCK_SLACK


def is_possible(first: Seen, second: Seen, network: Network) -> bool:
    """Tell whether one vehicle can have been at both, whichever was earlier."""
    before, after = (first, second) if first.at <= second.at else (second, first)
    return (after.at - before.at + slack(before, after)).total_seconds() >= least_seconds(before, after, network)


def _on_network(seen: Seen, network: Network) -> bool:
    """A camera that was moved stood elsewhere: the roads from where it stands now say nothing of its old reads."""
    return seen.place.current and seen.place.camera_id in network.nodes

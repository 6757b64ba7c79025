"""After the commit: what came of a batch is told to the metrics, the gateways, the clocks and the watch on the lag."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client import Counter

from ingest import metrics
from ingest.clocks import Clocks
from ingest.feedback import Feedback
from ingest.incoming import Incoming
from ingest.lag import Lag
from ingest.register import Register
from ingest.rows import Batch, Raised, Row
from ingest.writer import Counts, CountsByGateway
from services.clock import epoch_ms, utc_now
from services.registry import Gateway

_SAMPLE = 20
_COUNTED: dict[str, tuple[Counter, tuple[str, ...]]] = {
    **{outcome: (metrics.READS, (outcome,)) for outcome in ("stored", "doubled", "superseded", "trial")},
    "late": (metrics.LATE, ()), "ignored": (metrics.IGNORED, ()), "heartbeats": (metrics.HEARTBEATS, ()),
}
"""What is counted for each gateway; the names come from the register, so there are no more of them than gateways."""


@dataclass(frozen=True, slots=True)
class Aftermath:
    """Everybody who hears of a batch that is stored."""

    register: Register
    lag: Lag
    clocks: Clocks
    feedback: Feedback
    wake_mover: Callable[[], None]

    def tell(self, lane: str, handled: Sequence[Incoming], batch: Batch, counts: CountsByGateway) -> None:
        """Tell what came of `batch`, which `lane` brought."""
        if not all(alert.late for alert in batch.raised):
            self.wake_mover()  # what came late makes no noise: the mover finds it soon enough
        count_alerts(batch.raised)
        names = gateway_names(self.register.gateways)
        count_outcomes(counts, names)
        for reject in batch.rejects:
            metrics.REJECTED.labels(names.get(reject.gateway_id, metrics.UNKNOWN), reject.reason).inc()
        self.feedback.note(handled, counts, batch.rejects)
        if batch.rows:
            _time(lane, batch.rows)
            self._watch(lane, batch.rows)

    def _watch(self, lane: str, rows: Sequence[Row]) -> None:
        if lane == "backlog":
            now_s = time.monotonic()
            self.lag.judge(sum(row.late for row in rows), len(rows), now_s)
            metrics.BACKLOG_AGE.set(_age_s(rows) if self.lag.is_behind(now_s) else 0.0)
            if self.lag.is_behind(now_s):
                return  # what waited for us says nothing of the clocks
        self.clocks.note(rows)


def gateway_names(gateways: Mapping[str, Gateway]) -> dict[int, str]:
    """Return the gateways' names by number."""
    return {gateway.gateway_id: name for name, gateway in gateways.items()}


def count_outcomes(counts: CountsByGateway, names: Mapping[int, str]) -> None:
    """Count what came of messages, gateway by gateway."""
    for gateway_id, tally in counts.items():
        _count(tally, names.get(gateway_id, metrics.UNKNOWN))


def count_alerts(raised: Iterable[Raised]) -> None:
    """Count alerts; one that is discreet may not even be a number (R11)."""
    for alert in raised:
        if not alert.discreet:
            metrics.ALERTS.labels(alert.matched_as).inc()


def _count(tally: Counts, name: str) -> None:
    for outcome, (metric, labels) in _COUNTED.items():
        if number := getattr(tally, outcome):
            metric.labels(name, *labels).inc(number)


def _time(lane: str, rows: Sequence[Row]) -> None:
    now_ms, seconds = epoch_ms(utc_now()), metrics.READ_SECONDS.labels(lane)
    for row in rows[::1 + len(rows) // _SAMPLE]:
        if not row.late:
            seconds.observe(max(0, now_ms - row.captured_ms) / 1000)


def _age_s(rows: Sequence[Row]) -> float:
    captured = sorted(row.captured_ms for row in rows)
    return max(0.0, (epoch_ms(utc_now()) - captured[len(captured) // 2]) / 1000)

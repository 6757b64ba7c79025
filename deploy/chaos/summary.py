"""From outcomes to figures: what the table of `make chaos` says."""

from collections.abc import Iterator, Sequence

from deploy.bench.figures import Figure, percentile
from deploy.chaos.planning import Kind
from deploy.chaos.run import Outcome


def figures_of(outcomes: Sequence[Outcome]) -> list[Figure]:
    """Return every run's account and peaks, then how long recoveries took, by broker and kind of fault."""
    figures = [figure for outcome in outcomes for figure in _of_run(outcome)]
    for broker in dict.fromkeys(outcome.run.broker for outcome in outcomes):
        figures += _recoveries(broker, [outcome for outcome in outcomes if outcome.run.broker == broker])
    return figures


def _of_run(outcome: Outcome) -> Iterator[Figure]:
    name, account = outcome.run.name, outcome.account
    yield Figure(f"{name}: sent", account.sent, "reads", "higher")
    # Without resending a killed broker may forget what it acknowledged, a passage's best reading too.
    goal = 0.0 if outcome.run.kept_s else None
    for what, value, unit in (
            ("lost", account.lost, "reads"), ("not the best plate", account.wrong_plates, "passages"),
            ("pictures missing", account.pictures_missing, "pictures")):
        yield Figure(f"{name}: {what}", value, unit, "lower", goal)
    for what, value, unit in (
            ("doubled", account.doubled, "reads"), ("never sent", account.strange, "reads"),
            ("rejected", outcome.rejected, "reads"),
            ("counters beside the rows", abs(outcome.counted - _rows(outcome)), "reads"),
            ("ended by themselves", outcome.watched.self_ended, "programs")):
        yield Figure(f"{name}: {what}", value, unit, "lower", 0.0)
    yield Figure(f"{name}: resent", outcome.resent, "messages", "lower")
    for program, peak_mb in outcome.watched.peaks_mb.items():
        yield Figure(f"{name}: peak memory of {program}", peak_mb, "MB", "lower")
    if outcome.watched.oldest_s is not None:
        yield Figure(f"{name}: oldest newest read, image store full", outcome.watched.oldest_s, "s", "lower")
    yield Figure(f"{name}: duration", outcome.watched.seconds, "s", "lower")


def _rows(outcome: Outcome) -> int:
    account = outcome.account
    return account.sent - account.lost + account.doubled + account.strange


def _recoveries(broker: str, outcomes: Sequence[Outcome]) -> Iterator[Figure]:
    names: list[tuple[Kind | None, str]] = [*((kind, str(kind)) for kind in Kind), (None, "several at once")]
    for kind, name in names:
        times = [one.seconds for outcome in outcomes for one in outcome.watched.recoveries if one.kind is kind]
        if times:
            label = f"{broker}, back after: {name}"
            yield Figure(f"{label}, p50", percentile(times, 0.5), "s", "lower")
            yield Figure(f"{label}, max", max(times), "s", "lower")

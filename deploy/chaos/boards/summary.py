"""From an outcome to figures: what the table of `make chaos-boards` says."""

from collections.abc import Iterator, Sequence

from deploy.bench.figures import Figure, percentile
from deploy.chaos.boards.listening import well_again
from deploy.chaos.boards.run import Outcome, Struck
from deploy.chaos.boards.settling import Account, alarm_after, first_after

SHOWS_WITHIN_S = 10.0
"""A dead board says so within this time (docs/hits.md)."""


def figures_of(outcome: Outcome) -> list[Figure]:
    """Return the accounts, then how long boards were silent after each strike and when their banners stood there."""
    compared = outcome.compared
    figures = [
        *_account("reads published", "alerts", compared.alerts, ("lost", "doubled", "strange")),
        Figure("events numbered", compared.events, "events", "higher"),
        *_account(f"{len(outcome.listeners)} clients: events to hear", "clients: events", compared.clients),
        Figure("clients: connections made", sum(one.connections for one in outcome.listeners), "", "lower")]
    if outcome.noted:
        figures += [
            *_account(f"{len(outcome.noted)} boards: events to be told", "boards: events", compared.told),
            *_account("boards: cards of open hits", "boards: cards", compared.cards, ("lost", "doubled", "strange")),
            Figure("boards: shared workers", outcome.workers, "", "lower", 1.0)]
    for struck in outcome.struck:
        figures += _live_again(outcome, struck)
    return [*figures, Figure("ended by themselves", outcome.ended_themselves, "programs", "lower", 0.0),
            Figure("duration", outcome.seconds, "s", "lower")]


def _account(first: str, name: str, account: Account,
             parts: Sequence[str] = ("lost", "doubled", "strange", "disordered")) -> Iterator[Figure]:
    words = {"lost": "lost", "doubled": "doubled", "strange": "not theirs", "disordered": "out of order"}
    yield Figure(first, account.wanted, "", "higher", 1.0)
    for part in parts:
        yield Figure(f"{name} {words[part]}", getattr(account, part), "", "lower", 0.0)


def _live_again(outcome: Outcome, struck: Struck) -> Iterator[Figure]:
    strike = struck.strike
    name = f"{strike.what} away {strike.down_s:g} s"
    took = [first_after(well_again(one.beats, struck.started_at), struck.started_at) for one in outcome.listeners]
    yield from _times(f"{name}: clients live again", took)
    if outcome.noted and strike.down_s >= SHOWS_WITHIN_S:
        yield from _times(f"{name}: boards live again", [
            first_after([(at, not line) for at, line in tab.banners], struck.started_at) for tab in outcome.noted])
        shown = [alarm_after(tab.banners, struck.killed_at, struck.started_at) for tab in outcome.noted]
        yield Figure(f"{name}: banner after, worst", max((one for one in shown if one is not None), default=0.0), "s",
                     "lower", SHOWS_WITHIN_S)
        yield Figure(f"{name}: boards with a banner", sum(one is not None for one in shown), "boards", "higher",
                     float(len(shown)))


def _times(name: str, took: Sequence[float | None]) -> Iterator[Figure]:
    known = [one for one in took if one is not None]
    if known:
        yield Figure(f"{name}, p50", percentile(known, 0.5), "s", "lower")
        yield Figure(f"{name}, worst", max(known), "s", "lower")
    yield Figure(f"{name}, never", len(took) - len(known), "", "lower", 0.0)

"""How a gateway fares: as people set it, or quiet though it is live (pure)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from search.gateways.queries import GatewayFigures
from search.gateways.wording import STATES
from search.pages.language import Words, words
from services.registry import State

QUIET = timedelta(minutes=5)
"""A live gateway that sent nothing for so long is quiet: heartbeats come every minute or oftener."""


class Standing(StrEnum):
    """The states, the worst first."""

    quiet = "quiet"
    proef = "proef"
    disabled = "disabled"
    live = "live"


NAMES: dict[Standing, Words] = {Standing.quiet: words("quiet"),
                                **{Standing(state): name for state, name in STATES.items()}}
SIGNS = {Standing.quiet: "■", Standing.proef: "◇", Standing.disabled: "○", Standing.live: "●"}
"""A shape for each, so that nobody needs the colour."""


def is_quiet(state: State, heard_at: datetime | None, now: datetime) -> bool:
    """Tell whether a gateway is live and nothing comes of it."""
    return state is State.live and (heard_at is None or now - heard_at > QUIET)


def standing_of(gateway: GatewayFigures, now: datetime) -> Standing:
    """Return how a gateway fares."""
    if gateway.gateway_id and is_quiet(gateway.state, gateway.last_message_at, now):
        return Standing.quiet
    return Standing(gateway.state)


def worst_first(found: Iterable[GatewayFigures], now: datetime) -> Sequence[GatewayFigures]:
    """Return gateways by how they fare, those with most refused today first among equals."""
    order = tuple(Standing)
    return sorted(found, key=lambda one: (order.index(standing_of(one, now)), -one.today.rejected, one.name))

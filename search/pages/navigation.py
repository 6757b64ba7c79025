"""The main menu: one row a page, shown to whoever may open it; of many, the rarer ones behind "More"."""

from collections.abc import Callable
from dataclasses import dataclass

from search.pages.language import Words, words
from services.roles import Act


@dataclass(frozen=True, slots=True)
class MenuRow:
    """A page of the menu, and what somebody must be allowed to do to see it there."""

    path: str
    label: Words
    act: Act
    rare: bool = False
    """Whether it goes behind "More" where there are more than MOST_SHOWN."""


MOST_SHOWN = 7
"""So many pages fit beside each other on a laptop."""

MENU = (
    MenuRow("/overview", words("The zone now"), Act.see_cameras),
    MenuRow("/hits", words("Hits"), Act.see_hits),
    MenuRow("/reads", words("Search"), Act.ask_reads),
    MenuRow("/journeys", words("Journeys"), Act.ask_reads),
    MenuRow("/watchlists", words("Lists"), Act.see_watchlists),
    MenuRow("/decisions", words("Decisions"), Act.register_decisions, rare=True),
    MenuRow("/actions", words("ANPR operations"), Act.see_actions),
    MenuRow("/cameras", words("Cameras"), Act.see_cameras, rare=True),
    MenuRow("/gateways", words("Gateways"), Act.see_gateways, rare=True),
    MenuRow("/audit", words("Audit"), Act.read_audit),
    MenuRow("/rules", words("Rules"), Act.confirm_rules),
    MenuRow("/approvals", words("Approvals"), Act.approve_questions, rare=True),
    MenuRow("/sent-on", words("Sent on"), Act.handle_hits, rare=True),
    MenuRow("/channels", words("Channels"), Act.keep_channels),
    MenuRow("/users", words("Users"), Act.manage_users),
)


def menu_of(may: Callable[[str], bool]) -> tuple[list[MenuRow], list[MenuRow]]:
    """Return the pages that somebody sees in the menu, and those behind "More"."""
    mine = [row for row in MENU if may(row.act)]
    if len(mine) <= MOST_SHOWN:
        return mine, []
    return [row for row in mine if not row.rare], [row for row in mine if row.rare]

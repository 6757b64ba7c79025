"""The main menu: one row a page, shown to whoever may open it."""

from dataclasses import dataclass

from search.pages.language import Words, words
from services.roles import Act


@dataclass(frozen=True, slots=True)
class MenuRow:
    """A page of the menu, and what somebody must be allowed to do to see it there."""

    path: str
    label: Words
    act: Act


MENU = (
    MenuRow("/hits", words("Hits"), Act.see_hits),
    MenuRow("/reads", words("Search"), Act.ask_reads),
    MenuRow("/journeys", words("Journeys"), Act.ask_reads),
    MenuRow("/watchlists", words("Lists"), Act.see_watchlists),
    MenuRow("/decisions", words("Decisions"), Act.register_decisions),
    MenuRow("/actions", words("ANPR operations"), Act.see_actions),
    MenuRow("/cameras", words("Cameras"), Act.see_cameras),
    MenuRow("/gateways", words("Gateways"), Act.see_gateways),
    MenuRow("/audit", words("Audit"), Act.read_audit),
    MenuRow("/rules", words("Rules"), Act.confirm_rules),
    MenuRow("/approvals", words("Approvals"), Act.approve_questions),
    MenuRow("/sent-on", words("Sent on"), Act.handle_hits),
    MenuRow("/channels", words("Channels"), Act.keep_channels),
    MenuRow("/users", words("Users"), Act.manage_users),
)

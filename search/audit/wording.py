"""The audit in words: what its actions are called on the pages, and what a sample may be found to be."""

from search.pages.language import Words, words
from services.audit import Action
from services.consultations import FileKind
from services.gate import Origin
from services.reasons import Flag
from services.sampling import Finding

ACTIONS: dict[str, Words] = {
    Action.logged_in: words("logged in"),
    Action.login_refused: words("log-in refused"),
    Action.user_changed: words("account changed"),
    Action.token_made: words("API token made"),
    Action.token_ended: words("API token ended"),
    Action.logged_out: words("logged out"),
    Action.login_begun: words("log-in begun"),
    Action.code_refused: words("code refused"),
    Action.second_factor_set: words("second factor set"),
    Action.second_factor_removed: words("second factor removed"),
    Action.password_changed: words("password changed"),
    Action.sessions_ended: words("sessions ended"),
    Action.consultation_opened: words("consultation opened"),
    Action.consultation_ended: words("consultation ended"),
    Action.pv_given: words("PV given"),
    Action.overdue_told: words("told that no PV came"),
    Action.approval_asked: words("agreement asked"),
    Action.approval_given: words("agreement given"),
    Action.approval_refused: words("agreement refused"),
    Action.on_call_changed: words("on call changed"),
    Action.notices_seen: words("notices seen"),
    Action.reads_searched: words("passages searched"),
    Action.read_opened: words("passage opened"),
    Action.search_saved: words("search saved"),
    Action.search_removed: words("saved search removed"),
    Action.reading_confirmed: words("reading confirmed"),
    Action.journeys_asked: words("journeys asked"),
    Action.journeys_exported: words("journeys exported"),
    Action.reject_opened: words("refused message opened"),
    Action.trial_opened: words("trial passage opened"),
    Action.replay_asked: words("processing anew asked"),
    Action.decision_registered: words("decision registered"),
    Action.decision_compared: words("decision compared"),
    Action.decision_refused: words("decision refused"),
    Action.decision_revoked: words("decision revoked"),
    Action.decision_document_opened: words("decision's document opened"),
    Action.audit_consulted: words("audit consulted"),
    Action.audit_exported: words("audit exported"),
    Action.audit_anchored: words("audit anchored"),
    Action.audit_expired: words("oldest rows of the audit removed"),
    Action.plate_reported: words("plate reported"),
    Action.behaviour_reviewed: words("behaviour reviewed"),
    Action.sample_consulted: words("sample consulted"),
    Action.sample_reviewed: words("sample reviewed"),
    Action.colleague_plate_added: words("colleague's plate added"),
    Action.colleague_plate_removed: words("colleague's plate removed"),
    Action.rule_confirmed: words("rule confirmed"),
    Action.denied: words("denied"),
    Action.gateway_changed: words("gateway changed"),
    Action.gateway_added: words("gateway added"),
    Action.gateway_rotated: words("gateway's credentials renewed"),
    Action.gateway_disabled: words("gateway disabled"),
    Action.gateway_enabled: words("gateway enabled"),
    Action.camera_moved: words("camera moved"),
    Action.camera_papers_changed: words("camera's papers changed"),
    Action.camera_live: words("camera taken live"),
    Action.camera_off: words("camera taken off"),
    Action.register_consulted: words("register of cameras consulted"),
    Action.broker_rotated: words("broker's password renewed"),
    Action.watchlist_changed: words("list changed"),
    Action.watchlist_confirmed: words("list confirmed"),
    Action.watchlist_delivered: words("file of entries taken"),
    Action.watchlist_consulted: words("list consulted"),
    Action.entry_added: words("entry added"),
    Action.entry_changed: words("entry changed"),
    Action.entry_validated: words("entry validated"),
    Action.entry_refused: words("entry refused"),
    Action.entry_revoked: words("entry revoked"),
    Action.entries_lapsed: words("urgent entries lapsed"),
    Action.entries_ended: words("entries ended"),
    Action.entries_warned: words("warned that entries end"),
    Action.entry_tried: words("entry tried on past passages"),
    Action.audience_changed: words("group changed"),
    Action.hits_shown: words("hits shown"),
    Action.hit_handled: words("hit handled"),
    Action.hits_escalated: words("hits that nobody took were passed on"),
    Action.hits_reviewed: words("follow-up of hits reviewed"),
    Action.channel_changed: words("channel changed"),
    Action.hits_delivered: words("hits sent to a channel"),
    Action.action_changed: words("ANPR operation changed"),
    Action.action_shown: words("vehicles of an ANPR operation shown"),
    Action.action_handled: words("vehicle of an ANPR operation handled"),
    Action.action_reported: words("report of an ANPR operation shown"),
}

ORIGINS = {
    Origin.stated: words("stated in full"),
    Origin.urgent: words("urgent"),
    Origin.alert: words("from an alert"),
}

FILE_KINDS = {
    FileKind.pv: words("PV"),
    FileKind.note: words("note"),
    FileKind.incident: words("incident"),
}

FLAGS = {
    Flag.same_reason: words("the same words stand under another file number of the same officer"),
    Flag.near_reason: words("nearly the same words stand under another file number of the same officer"),
}

FINDINGS = {
    Finding.in_order: words("In order"),
    Finding.to_discuss: words("To discuss"),
    Finding.not_in_order: words("Not in order"),
}


def name_of_action(code: str) -> Words | str:
    """Return what an action is called; one that has no words yet is shown by its code."""
    return ACTIONS.get(code, code)

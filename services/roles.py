"""Who may do what: one table of role and act; what does not stand in it is refused (pure)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What somebody is here to do."""

    investigator = "investigator"
    tecint = "tecint"
    dispatcher = "dispatcher"
    traffic = "traffic"
    camera_manager = "camera-manager"
    dpo = "dpo"
    auditor = "auditor"
    technical_administrator = "technical-administrator"
    integrator = "integrator"


class Act(StrEnum):
    """Everything that a role may be allowed; each route names the one it needs."""

    be_here = "be-here"                            # one's own session, language and tokens
    consult = "consult"                            # state a reason; ask, decide and export come on top
    ask_reads = "ask-reads"                        # passages, pictures, journeys, look-alikes
    confirm_readings = "confirm-readings"          # say what a picture shows
    register_decisions = "register-decisions"      # of the procureur des Konings
    compare_decisions = "compare-decisions"        # with the document, as the second person
    approve_questions = "approve-questions"        # of a colleague, from one's own session (R19)
    see_cameras = "see-cameras"
    change_cameras = "change-cameras"              # their papers, and whether they are live (R12)
    see_register = "see-register"                  # of camera uses
    see_gateways = "see-gateways"
    change_gateways = "change-gateways"
    see_rejects = "see-rejects"                    # masked
    open_rejects = "open-rejects"                  # in full: plates stand in them
    replay_rejects = "replay-rejects"              # which shows nothing
    see_trials = "see-trials"                      # masked
    read_audit = "read-audit"
    export_audit = "export-audit"
    review_consultations = "review-consultations"  # behaviour, and the monthly sample
    report_plates = "report-plates"                # what is kept of a plate, for whom it belongs to (R20)
    keep_colleagues = "keep-colleagues"            # the hashes of colleagues' plates
    confirm_rules = "confirm-rules"                # what law.md leaves to the DPO
    manage_users = "manage-users"
    hear_overdue = "hear-overdue"                  # urgent consultations for which no PV ever came
    see_hits = "see-hits"                          # of the groups that one belongs to, and no other
    handle_hits = "handle-hits"                    # claim, confirm, dispatch, say what came of it
    see_watchlists = "see-watchlists"              # lists and the entries of one's groups
    request_entries = "request-entries"            # ask that a plate is watched for
    keep_watchlists = "keep-watchlists"            # lists, entries, deliveries of files
    validate_entries = "validate-entries"          # as the second person
    confirm_watchlists = "confirm-watchlists"      # the categories that law.md leaves to the DPO
    keep_audiences = "keep-audiences"              # who belongs to a group
    see_actions = "see-actions"                    # ANPR-acties: their board and report
    run_actions = "run-actions"                    # make and end them
    keep_channels = "keep-channels"                # where hits are sent besides the board


_EVERYBODY = frozenset({Act.be_here})
_ASKING = frozenset({Act.consult, Act.ask_reads, Act.confirm_readings, Act.register_decisions, Act.compare_decisions,
                     Act.see_cameras, Act.see_gateways})
_WATCHING = frozenset({Act.see_hits, Act.handle_hits, Act.see_watchlists, Act.request_entries, Act.see_actions})
_RUNNING = frozenset({Act.see_cameras, Act.see_gateways, Act.replay_rejects})

ALLOWED: Mapping[Role, frozenset[Act]] = MappingProxyType({
    Role.investigator: _EVERYBODY | _ASKING | _WATCHING,
    Role.tecint: _EVERYBODY | _ASKING | _WATCHING | {
        Act.approve_questions, Act.hear_overdue, Act.see_rejects, Act.open_rejects, Act.see_trials,
        Act.keep_watchlists, Act.validate_entries, Act.keep_audiences, Act.run_actions},
    Role.dispatcher: _EVERYBODY | _WATCHING | _ASKING - {Act.register_decisions, Act.compare_decisions},
    Role.traffic: _EVERYBODY | _WATCHING | {Act.run_actions} | _ASKING - {
        Act.register_decisions, Act.compare_decisions},
    Role.camera_manager: _EVERYBODY | _RUNNING | {Act.change_cameras, Act.change_gateways, Act.see_register,
                                                  Act.see_rejects, Act.see_trials},
    Role.dpo: _EVERYBODY | {Act.consult, Act.see_cameras, Act.see_gateways, Act.see_register, Act.read_audit,
                            Act.export_audit, Act.review_consultations, Act.report_plates, Act.keep_colleagues,
                            Act.confirm_rules, Act.hear_overdue, Act.see_watchlists, Act.confirm_watchlists},
    Role.auditor: _EVERYBODY | {Act.see_cameras, Act.see_register, Act.read_audit, Act.export_audit,
                                Act.review_consultations},
    # Sees no plate anywhere (R19): not a reject, not even a masked one, and no audit, in which plates are asked for.
    Role.technical_administrator: _EVERYBODY | _RUNNING | {Act.change_gateways, Act.manage_users,
                                                           Act.keep_channels},
    # What a gateway sends is shown to its maker masked; who opens it in full needs a purpose of R6.
    Role.integrator: _EVERYBODY | _RUNNING | {Act.change_gateways, Act.see_rejects, Act.see_trials},
})


def may(role: Role, act: Act) -> bool:
    """Tell whether a role may do something; what the table does not say, it may not."""
    return act in ALLOWED.get(role, frozenset())


def roles_with(*acts: Act) -> frozenset[Role]:
    """Return the roles that may do all of these."""
    return frozenset(role for role, allowed in ALLOWED.items() if allowed.issuperset(acts))


DPO_ROLES = roles_with(Act.hear_overdue, Act.review_consultations)
"""Whoever is told as data protection officer."""

"""The audit: its vocabulary and its one insert. A row is written in the transaction that runs the question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.audit_chain import START, Sealer
from services.schema_people import audit
from services.settings import AuditSettings, load_settings


class Action(StrEnum):
    """Everything that leaves a row."""

    logged_in = "logged-in"
    login_refused = "login-refused"
    user_changed = "user-changed"            # an account made or changed; whose, in full
    token_made = "token-made"  # noqa: S105 - of an API token
    token_ended = "token-ended"  # noqa: S105
    logged_out = "logged-out"
    login_begun = "login-begun"              # the password was right; the second factor is still to come
    code_refused = "code-refused"            # the second factor was wrong
    second_factor_set = "second-factor-set"
    second_factor_removed = "second-factor-removed"  # by an administrator
    password_changed = "password-changed"    # noqa: S105 - one's own
    sessions_ended = "sessions-ended"        # before their time: one's own, or by an administrator
    consultation_opened = "consultation-opened"
    consultation_ended = "consultation-ended"
    pv_given = "pv-given"                    # the number of an urgent consultation's PV
    overdue_told = "overdue-told"            # no such number came: whom the product told of it
    approval_asked = "approval-asked"        # of a colleague, for a question about everybody
    approval_given = "approval-given"
    approval_refused = "approval-refused"
    on_call_changed = "on-call-changed"      # whether requests for approval reach this officer
    notices_seen = "notices-seen"
    reads_searched = "reads-searched"
    read_opened = "read-opened"
    search_saved = "search-saved"            # a question by name, to be asked again
    search_removed = "search-removed"        # such a one
    reading_confirmed = "reading-confirmed"  # what a read's picture shows
    journeys_asked = "journeys-asked"        # one vehicle's journeys
    journeys_exported = "journeys-exported"  # the same, as a file
    reject_opened = "reject-opened"          # a refused message in full
    trial_opened = "trial-opened"            # a read of a gateway in state proef in full
    replay_asked = "replay-asked"            # rejects are to be decoded again
    decision_registered = "decision-registered"  # of the procureur des Konings; opens nothing yet
    decision_compared = "decision-compared"      # with its document, by somebody else: now it does
    decision_refused = "decision-refused"        # the document says something else
    decision_revoked = "decision-revoked"
    decision_document_opened = "decision-document-opened"
    audit_consulted = "audit-consulted"      # rows, one row, or a consultation with its questions
    audit_exported = "audit-exported"
    audit_anchored = "audit-anchored"        # a signed anchor was made; its digest
    audit_expired = "audit-expired"          # the oldest rows were removed; up to which, and its link
    plate_reported = "plate-reported"        # what is kept of a plate, for whom it belongs to
    behaviour_reviewed = "behaviour-reviewed"
    sample_consulted = "sample-consulted"    # the month's consultations that were drawn
    sample_reviewed = "sample-reviewed"      # what was found of one of them
    colleague_plate_added = "colleague-plate-added"      # whose, never which
    colleague_plate_removed = "colleague-plate-removed"
    rule_confirmed = "rule-confirmed"        # a rule of the gate, by the DPO
    denied = "denied"
    gateway_changed = "gateway-changed"
    gateway_added = "gateway-added"
    gateway_rotated = "gateway-rotated"      # new credentials, the old ones void
    gateway_disabled = "gateway-disabled"
    gateway_enabled = "gateway-enabled"
    camera_moved = "camera-moved"
    camera_papers_changed = "camera-papers-changed"
    camera_live = "camera-live"
    camera_off = "camera-off"
    register_consulted = "register-consulted"  # of camera uses, on screen or as a file
    broker_rotated = "broker-rotated"        # a new password for ingest
    watchlist_changed = "watchlist-changed"  # made, its state, its group, what it asks for
    watchlist_confirmed = "watchlist-confirmed"  # by the DPO
    watchlist_delivered = "watchlist-delivered"  # a file of entries was taken: one row a delivery
    watchlist_consulted = "watchlist-consulted"  # its entries were listed, or one was opened
    entry_added = "entry-added"              # by hand, or asked for
    entry_changed = "entry-changed"
    entry_validated = "entry-validated"
    entry_refused = "entry-refused"          # by the second person
    entry_revoked = "entry-revoked"
    entries_lapsed = "entries-lapsed"        # by the product: urgent ones that nobody validated
    entries_ended = "entries-ended"          # by the product: their end came
    entries_warned = "entries-warned"        # by the product: whoever asked was told that they end within a week
    entry_tried = "entry-tried"              # held against past reads under the gate (R9)
    audience_changed = "audience-changed"
    hits_shown = "hits-shown"                # on somebody's board: which, before they see them
    hit_handled = "hit-handled"              # claimed, confirmed, dispatched, ended; what came of it
    hits_escalated = "hits-escalated"        # by the product: nobody claimed them
    hits_reviewed = "hits-reviewed"          # precision and follow-up, by list and camera
    channel_changed = "channel-changed"
    hits_delivered = "hits-delivered"        # to a channel
    action_changed = "action-changed"        # an ANPR-actie was made, changed or ended
    action_shown = "action-shown"            # its vehicles, on a tablet
    action_handled = "action-handled"        # a vehicle was taken, or what came of it
    action_reported = "action-reported"      # its report was looked at


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and from where."""

    username: str
    role: str
    client_address: str
    user_id: int | None = None


PRODUCT = Actor("zoneschild", "", "")
"""The product itself, for what nobody asked it to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: the question in words and in full, what the gate decided, and what came of it."""

    action: Action
    question: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict)
    decision: Mapping[str, Any] = field(default_factory=dict)
    consultation_id: UUID | None = None
    result_count: int | None = None
    read_ids: Sequence[UUID] = ()


# The lock is held until the transaction ends, so that rows are committed in the order of their numbers; the clock is
# read behind it, so that they are in the order of their times too.
_HEAD = text("SELECT audit_id, link_seal, at FROM lock_audit_head()")
_APPEND = insert(audit)


class Trail:
    """Appends rows to the audit, each sealed and chained to the one before (services/audit_chain.py)."""

    def __init__(self, key: bytes) -> None:
        self._sealer = Sealer(key)

    async def lock(self, connection: AsyncConnection) -> None:
        """Have everybody else who writes to the audit wait from now on: what is counted in it then stays true."""
        await connection.execute(_HEAD)

    async def record(self, connection: AsyncConnection, actor: Actor, entry: Entry) -> None:
        """Append one row inside the caller's transaction, as the last thing that it does.

        Whoever else writes to the audit waits for the transaction's end.
        """
        head = (await connection.execute(_HEAD)).one()
        columns: dict[str, Any] = {
            "at": head.at, "action": str(entry.action), "user_id": actor.user_id, "username": actor.username,
            "role": str(actor.role), "client_address": actor.client_address, "consultation_id": entry.consultation_id,
            "question": entry.question, "filters": dict(entry.filters), "decision": dict(entry.decision),
            "result_count": entry.result_count, "read_ids": list(entry.read_ids)}
        audit_id = (head.audit_id or 0) + 1
        seal = self._sealer.content(columns)
        link = self._sealer.link(audit_id, seal, bytes(head.link_seal) if head.link_seal else START)
        await connection.execute(_APPEND, {"audit_id": audit_id, "content_seal": seal, "link_seal": link, **columns})


def console_trail() -> Trail:
    """Return the trail to which a command writes; raises ConfigurationError when it is given no key."""
    return Trail(load_settings(AuditSettings).audit_key.get_secret_value())

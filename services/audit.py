"""The audit: its vocabulary and its one insert. A row is written in the transaction that runs the question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services import schema


class Action(StrEnum):
    """Everything that leaves a row."""

    logged_in = "logged-in"
    login_refused = "login-refused"
    logged_out = "logged-out"
    consultation_opened = "consultation-opened"
    consultation_ended = "consultation-ended"
    reads_searched = "reads-searched"
    read_opened = "read-opened"
    reading_confirmed = "reading-confirmed"  # what a read's picture shows
    journeys_asked = "journeys-asked"        # one vehicle's journeys
    journeys_exported = "journeys-exported"  # the same, as a file
    reject_opened = "reject-opened"          # a refused message in full
    trial_opened = "trial-opened"            # a read of a gateway in state proef in full
    replay_asked = "replay-asked"            # rejects are to be decoded again
    denied = "denied"
    gateway_changed = "gateway-changed"
    gateway_added = "gateway-added"
    gateway_rotated = "gateway-rotated"      # new credentials, the old ones void
    gateway_disabled = "gateway-disabled"
    gateway_enabled = "gateway-enabled"
    camera_moved = "camera-moved"
    broker_rotated = "broker-rotated"        # a new password for ingest


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and from where."""

    username: str
    role: str
    client_address: str
    user_id: int | None = None


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


async def record(connection: AsyncConnection, actor: Actor, entry: Entry) -> None:
    """Append one row to the audit, inside the caller's transaction."""
    await connection.execute(insert(schema.audit).values(
        action=entry.action, user_id=actor.user_id, username=actor.username, role=actor.role,
        client_address=actor.client_address, consultation_id=entry.consultation_id, question=entry.question,
        filters=dict(entry.filters), decision=dict(entry.decision), result_count=entry.result_count,
        read_ids=list(entry.read_ids)))

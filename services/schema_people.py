"""The tables of people: who they are, why they ask, what was decided, and the audit; schema.py holds the others."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.schema import NOW, Instant, metadata

users = Table(
    "users", metadata,
    Column("user_id", Integer, Identity(start=1), primary_key=True),
    Column("username", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("role", Text, nullable=False),             # services.roles.Role
    Column("password_hash", Text),                    # argon2id; absent: logs in with OpenID Connect alone
    Column("created_at", Instant, nullable=False, server_default=NOW),
    Column("disabled_at", Instant),
    Column("password_changed_at", Instant, nullable=False, server_default=NOW),
    Column("totp_secret", LargeBinary),               # encrypted (services/second_factor.py)
    Column("totp_used_step", BigInteger),             # a code is good once
    Column("oidc_subject", Text, unique=True),        # issuer and subject of the identity provider
    Column("superior_id", Integer, ForeignKey("users.user_id")),
    Column("on_call_since", Instant),                 # requests for a second person's approval reach whoever is
    Column("password_temporary", Boolean, nullable=False, server_default=text("false")),  # to be changed at log-in
    Column("oidc_awaited_until", Instant),            # until then the provider's first log-in of that name is theirs
)

# R5: the lawful reason under which questions are asked (services/consultations.py).
consultations = Table(
    "consultations", metadata,
    Column("consultation_id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("user_id", Integer, ForeignKey("users.user_id"), nullable=False),
    Column("purpose", Text, nullable=False),          # services.gate.PURPOSES
    Column("file_number", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("origin", Text, nullable=False, server_default="stated"),   # services.gate.Origin
    Column("file_kind", Text, nullable=False, server_default="pv"),    # services.consultations.FileKind
    Column("scope", JSONB),                           # what an alert opened: plate, since, until, which entry
    Column("reason_key", LargeBinary),                # keyed hash of the reason's words: is it the same one again?
    Column("flags", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),  # services.reasons.Flag
    Column("pv_number", Text),                        # of an urgent one: what was opened at night needs it by day
    Column("pv_due_at", Instant),
    Column("pv_given_at", Instant),
    Column("told_at", Instant),                       # superior and DPO were told that it never came
    Index("consultations_user", "user_id", "opened_at"),
    Index("consultations_reason", "user_id", "reason_key"),
    Index("consultations_due", "pv_due_at", postgresql_where=text("pv_given_at IS NULL AND pv_due_at IS NOT NULL")),
)

# R3: decisions of the procureur des Konings, with the document itself (services/prosecutor.py).
prosecutor_decisions = Table(
    "prosecutor_decisions", metadata,
    Column("decision_id", Integer, Identity(start=1), primary_key=True),
    Column("reference", Text, nullable=False),
    Column("file_number", Text, nullable=False),      # of the consultations under which it opens something
    Column("magistrate", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("offence_of_a_year", Boolean, nullable=False),
    Column("plates", ARRAY(Text)),                    # absent: any plate
    Column("cameras", ARRAY(Integer)),                # absent: any camera
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("document_name", Text, nullable=False),
    Column("document_sha256", LargeBinary, nullable=False),
    Column("registered_by", Integer, ForeignKey("users.user_id"), nullable=False),
    Column("registered_at", Instant, nullable=False),
    Column("compared_by", Integer, ForeignKey("users.user_id")),       # never who registered it
    Column("compared_at", Instant),
    Column("refused_because", Text),                  # it was compared, and does not say what was registered
    Column("revoked_by", Integer, ForeignKey("users.user_id")),
    Column("revoked_at", Instant),
    Column("revoked_because", Text),
    Index("prosecutor_decisions_file", "file_number"),
    # One that was refused or revoked may be registered anew under the same reference.
    Index("prosecutor_decisions_reference", "reference", unique=True,
          postgresql_where=text("refused_because IS NULL AND revoked_at IS NULL")),
)

# R19: questions about everybody, which a second person agrees to (services/approvals.py).
approvals = Table(
    "approvals", metadata,
    Column("approval_id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("consultation_id", Uuid, ForeignKey("consultations.consultation_id"), nullable=False),
    Column("question_key", LargeBinary, nullable=False),               # stands for the question in full
    Column("question", Text, nullable=False),         # in words, Dutch
    Column("address", Text, nullable=False),          # where it is asked again
    Column("asked_by", Integer, ForeignKey("users.user_id"), nullable=False),
    Column("refused_at", Instant, nullable=False),    # when the gate wanted a second person
    Column("asked_at", Instant),                      # when one was asked; absent: nobody was
    Column("remark", Text, nullable=False, server_default=""),
    Column("decided_by", Integer, ForeignKey("users.user_id")),        # never who asked
    Column("decided_at", Instant),
    Column("agreed", Boolean),
    Column("answer", Text, nullable=False, server_default=""),
    Column("expires_at", Instant, nullable=False),
    UniqueConstraint("consultation_id", "question_key"),
    Index("approvals_open", "asked_at", postgresql_where=text("asked_at IS NOT NULL AND decided_at IS NULL")),
)

# What somebody is told when they next look (services/notices.py).
notices = Table(
    "notices", metadata,
    Column("notice_id", BigInteger, Identity(start=1, always=True), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.user_id"), nullable=False),
    Column("kind", Text, nullable=False),             # services.notices.Kind
    Column("subject", JSONB, nullable=False),
    Column("address", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("seen_at", Instant),
    Index("notices_unseen", "user_id", postgresql_where=text("seen_at IS NULL")),
)

sessions = Table(
    "sessions", metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.user_id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("consultation_id", Uuid, ForeignKey("consultations.consultation_id")),
    Column("session_id", Uuid, nullable=False, unique=True, server_default=text("gen_random_uuid()")),  # to end it by
    Column("seen_at", Instant, nullable=False, server_default=NOW),
    Column("client_address", Text, nullable=False, server_default=""),
    Column("proof", Text, nullable=False, server_default="complete"),  # services.sessions.Proof
    Index("sessions_user", "user_id"),
)

api_tokens = Table(
    "api_tokens", metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.user_id"), nullable=False),
    Column("created_at", Instant, nullable=False, server_default=NOW),
    Column("expires_at", Instant, nullable=False),
    Column("token_id", Uuid, nullable=False, unique=True, server_default=text("gen_random_uuid()")),
    Column("name", Text, nullable=False, server_default=""),
    Column("scope", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),  # services.roles.Act
    Column("ended_at", Instant),
    Column("used_at", Instant),
)

# A log-in at the identity provider that has begun; gone after ten minutes.
oidc_attempts = Table(
    "oidc_attempts", metadata,
    Column("state_hash", LargeBinary, primary_key=True),
    Column("nonce", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("following", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

# What the DPO has confirmed of the gate's rules; what is not here has its cautious default (services/gate_rules.py).
gate_settings = Table(
    "gate_settings", metadata,
    Column("name", Text, primary_key=True),
    Column("value", JSONB, nullable=False),
    Column("document", Text, nullable=False),         # on what the confirmation rests
    Column("confirmed_by", Integer, ForeignKey("users.user_id"), nullable=False),
    Column("confirmed_at", Instant, nullable=False),
)

# Keyed hashes of colleagues' own plates, kept by the DPO: only so is it seen that somebody looks one up.
colleague_plates = Table(
    "colleague_plates", metadata,
    Column("plate_key", LargeBinary, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.user_id")),           # whose, where they have an account
    Column("added_at", Instant, nullable=False),
)

# Questions that an officer asks again and again (search/saved/): never an answer, and not for long.
saved_searches = Table(
    "saved_searches", metadata,
    Column("saved_id", Integer, Identity(), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.user_id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("filters", JSONB, nullable=False),         # by address key, as the audit has them; may name a plate
    Column("by_vehicle", Boolean, nullable=False, server_default=text("false")),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    UniqueConstraint("user_id", "name"),
)

# What the DPO found of the consultations drawn for a month.
sample_reviews = Table(
    "sample_reviews", metadata,
    Column("month", Date, primary_key=True),
    Column("consultation_id", Uuid, ForeignKey("consultations.consultation_id"), primary_key=True),
    Column("finding", Text, nullable=False),          # services.sampling.Finding
    Column("remark", Text, nullable=False, server_default=""),
    Column("reviewed_by", Integer, ForeignKey("users.user_id"), nullable=False),
    Column("reviewed_at", Instant, nullable=False),
)

CAMERA_CHANGES = "action IN ('camera-papers-changed', 'camera-live', 'camera-off', 'camera-moved')"
"""Which rows tell of a camera's papers, place and use (services/camera_papers.py)."""

# Append-only: the programs may insert and read, a trigger refuses everything else to everybody, and the seals, whose
# key the database never holds, tell what was done by whoever can switch the trigger off (services/audit_chain.py).
audit = Table(
    "audit", metadata,
    Column("audit_id", BigInteger, primary_key=True, autoincrement=False),  # without gaps
    Column("at", Instant, nullable=False),
    Column("action", Text, nullable=False),           # services.audit.Action
    Column("user_id", Integer),
    Column("username", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("client_address", Text, nullable=False),
    Column("consultation_id", Uuid),
    Column("question", Text, nullable=False),         # in words, Dutch
    Column("filters", JSONB, nullable=False),         # in full
    Column("decision", JSONB, nullable=False),        # what the gate allowed and withheld
    Column("result_count", Integer),
    Column("read_ids", ARRAY(Uuid), nullable=False),  # opaque; resolve to nothing after expiry
    Column("content_seal", LargeBinary, nullable=False),
    Column("link_seal", LargeBinary, nullable=False),
    Index("audit_at", "at"),
    Index("audit_username", "username", "at"),
    Index("audit_consultation", "consultation_id"),
    Index("audit_cameras", "audit_id", postgresql_where=text(CAMERA_CHANGES)),
    # Who asked for a plate, or opened a passage of it: without these, ten years are read.
    Index("audit_plate", text("(filters -> 'plate')"), postgresql_using="gin",
          postgresql_where=text("filters ? 'plate'")),
    Index("audit_read", text("(filters ->> 'read_id')"), postgresql_where=text("filters ? 'read_id'")),
)

"""The tables of what is watched for: groups who may see, lists, their entries; schema_hits.py holds what came of it."""

from sqlalchemy import (
    ARRAY,
    REAL,
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.schema import EMPTY_OBJECT, NOW, Instant, PlateText, metadata

# Who may see an entry and its hits (R11): whoever has one of the roles, and whoever is named.
audiences = Table(
    "audiences", metadata,
    Column("audience_id", Integer, Identity(start=100), primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),     # services.roles.Role
    Column("user_ids", ARRAY(Integer), nullable=False, server_default=text("'{}'::integer[]")),
)

watchlists = Table(
    "watchlists", metadata,
    Column("list_id", Integer, Identity(start=1), primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("category", Text, nullable=False),         # services.watchlists.categories.Category
    Column("state", Text, nullable=False, server_default="off"),       # services.watchlists.categories.Mode
    Column("priority", SmallInteger, nullable=False),                  # 1, the highest, to 4
    Column("audience_id", Integer, ForeignKey("audiences.audience_id"), nullable=False),
    Column("instruction", Text, nullable=False, server_default=""),    # what whoever sees a hit is to do
    Column("legal_basis", Text, nullable=False, server_default=""),    # of entries that say none of their own
    Column("authority", Text, nullable=False, server_default=""),
    Column("confirmed_by", Integer, ForeignKey("users.user_id")),      # the DPO, for categories that need it
    Column("confirmed_at", Instant),
    Column("document", Text, nullable=False, server_default=""),       # on which the confirmation rests
    Column("revision", BigInteger),                   # of the last delivery; absent: kept by hand
    Column("delivered_at", Instant),
    Column("made_by", Integer, ForeignKey("users.user_id")),
    Column("made_at", Instant, nullable=False, server_default=NOW),
    Column("changed_at", Instant, nullable=False, server_default=NOW),
)

# Files of entries that were taken, or looked at first: one row each, with what it added, changed, ended and refused.
watch_deliveries = Table(
    "watch_deliveries", metadata,
    Column("delivery_id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("list_id", Integer, ForeignKey("watchlists.list_id"), nullable=False),
    Column("kind", Text, nullable=False),             # services.watchlists.delivery_files.DeliveryKind
    Column("revision", BigInteger),
    Column("sha256", LargeBinary, nullable=False),
    Column("made_by", Integer, ForeignKey("users.user_id")),
    Column("made_at", Instant, nullable=False),
    # The first of the two who agree to a delivery that ends much, where nobody with an account handed it in.
    Column("agreed_by", Integer, ForeignKey("users.user_id")),
    Column("applied_by", Integer, ForeignKey("users.user_id")),
    Column("applied_at", Instant),                    # absent: looked at, and not taken (yet)
    Column("content", LargeBinary),                   # gone once it was taken, and after a day
    Column("counts", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("rest", JSONB, nullable=False, server_default=EMPTY_OBJECT),   # what counts where its lines say nothing
    Column("refused", JSONB, nullable=False, server_default=text("'[]'::jsonb")),  # lines and why; never a plate
    Index("watch_deliveries_list", "list_id", "made_at"),
)

# Each row is one version of an entry; the newest has no `replaced_at`. What is watched for is found by `matched`, a
# column of its own so that ingest's index holds nothing else. What it points to is never deleted, and no foreign key
# asks so for each of a million lines (decision 131).
watch_entries = Table(
    "watch_entries", metadata,
    Column("entry_id", BigInteger, nullable=False, autoincrement=False),  # of the sequence watch_entry_ids
    Column("version", Integer, nullable=False, server_default="1"),
    Column("list_id", Integer, nullable=False),
    Column("plate", PlateText, nullable=False),       # normalised, or a pattern as services.patterns writes it
    Column("pattern", Boolean, nullable=False, server_default=text("false")),
    Column("country", Text),                          # ISO 3166-1 alpha-2; absent: any
    Column("least_probability", REAL),                # of look-alikes, which are always "possible"; absent: none
    Column("measure", Text, nullable=False),          # what is to be done
    Column("reason", Text, nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("authority", Text, nullable=False),
    Column("file_number", Text, nullable=False),
    Column("requester", Text, nullable=False),        # who wants to hear what came of it, in words
    Column("requested_by", Integer),      # the same, where they have an account
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("cameras", ARRAY(Integer)),                # absent: all
    Column("hours", Text),                            # 168 times 0 or 1, from Monday 0:00 in Brussels; absent: always
    Column("audience_id", Integer, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("discreet", Boolean, nullable=False, server_default=text("false")),
    Column("made_by", Integer),
    Column("made_at", Instant, nullable=False),       # of this version
    Column("first_made_at", Instant, nullable=False),
    Column("delivery_id", Uuid),
    Column("source_key", Text),                       # what the delivering party calls it
    Column("lapses_at", Instant),                     # urgent: live at once, and over then unless validated
    Column("validated_by", Integer),      # never who made it
    Column("validated_at", Instant),
    Column("revoked_by", Integer),
    Column("revoked_at", Instant),                    # before it was validated: refused
    Column("revoked_because", Text),
    Column("warned_at", Instant),                     # that it is over within a week
    Column("told_at", Instant),                       # that it is over: its end came, or nobody validated it
    Column("replaced_at", Instant),                   # by the next version
    Column("matched", Boolean, Computed(
        "replaced_at IS NULL AND revoked_at IS NULL AND (validated_at IS NOT NULL OR lapses_at IS NOT NULL)",
        persisted=True), nullable=False),
    PrimaryKeyConstraint("entry_id", "version"),
    # Ingest asks with every plate that passes.
    Index("watch_entries_matched", "plate", postgresql_where=text("matched AND NOT pattern")),
    # The follower holds these in memory.
    Index("watch_entries_followed", "list_id",
          postgresql_where=text("matched AND (pattern OR least_probability IS NOT NULL)")),
    Index("watch_entries_list", "list_id", "entry_id", postgresql_where=text("replaced_at IS NULL")),
    Index("watch_entries_source", "list_id", "source_key", unique=True,
          postgresql_where=text("replaced_at IS NULL AND source_key IS NOT NULL")),
    Index("watch_entries_waiting", "made_at", postgresql_where=text(
        "replaced_at IS NULL AND revoked_at IS NULL AND validated_at IS NULL")),
    # The overview counts in it, without looking at a million rows.
    Index("watch_entries_standing", "list_id", "until",
          postgresql_include=["since", "lapses_at", "validated_at", "audience_id", "discreet"],
          postgresql_where=text("replaced_at IS NULL AND revoked_at IS NULL")),
    Index("watch_entries_plate", "plate", postgresql_where=text("replaced_at IS NULL")),
    # What is told once that it ends; of what a delivery brought, the delivering party knows.
    Index("watch_entries_ending", "until", postgresql_where=text(
        "replaced_at IS NULL AND revoked_at IS NULL AND told_at IS NULL AND delivery_id IS NULL")),
    Index("watch_entries_requested", "requested_by", "entry_id", postgresql_where=text(
        "replaced_at IS NULL AND requested_by IS NOT NULL")),
)

# How many reads matched a list, by day (Brussels) and camera: of lists that only count, all that there is.
watch_days = Table(
    "watch_days", metadata,
    Column("list_id", Integer, ForeignKey("watchlists.list_id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("camera_id", Integer, ForeignKey("cameras.camera_id"), primary_key=True),
    Column("discreet", Boolean, primary_key=True),    # counted apart: only its own group may know (R11)
    Column("matched", BigInteger, nullable=False, server_default="0"),
)

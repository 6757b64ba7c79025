"""The tables of reads and of what sends them; schema_people.py holds the others. Migrations create them all; a test
compares. docs/architecture.md tells the life of their rows.
"""

from sqlalchemy import (
    REAL,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()
Instant = DateTime(timezone=True)
PlateText = Text(collation="C")  # compared byte by byte: only so is a prefix a range of an index
NOW = text("now()")
EMPTY_OBJECT = text("'{}'::jsonb")

gateways = Table(
    "gateways", metadata,
    Column("gateway_id", SmallInteger, Identity(start=1), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("profile", Text, nullable=False, server_default="canonical"),
    Column("synthetic", Boolean, nullable=False, server_default=text("false")),
    Column("settings", JSONB, nullable=False, server_default=EMPTY_OBJECT),
    Column("created_at", Instant, nullable=False, server_default=NOW),
    Column("state", Text, nullable=False, server_default="live"),  # services.registry.State
    Column("decoding", JSONB, nullable=False, server_default=EMPTY_OBJECT),  # services.decoding.DecodingSettings
    Column("changed_at", Instant, nullable=False, server_default=NOW),
)

# What proves who speaks; search cannot read it. The digests are those of RFC 7616 (user:realm:key), so that basic,
# digest and a key in the address are all checked without keeping the key.
gateway_credentials = Table(
    "gateway_credentials", metadata,
    Column("gateway_id", SmallInteger, ForeignKey("gateways.gateway_id"), primary_key=True),
    Column("mqtt_password_hash", Text),               # as the broker's password file has it; absent with a certificate
    Column("push_sha256", Text),
    Column("push_md5", Text),
    Column("made_at", Instant, nullable=False, server_default=NOW),
)

cameras = Table(
    "cameras", metadata,
    Column("camera_id", Integer, Identity(start=1), primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("municipality", Text),
    Column("nis", Text),
    Column("road", Text),
    Column("lat", REAL),
    Column("lon", REAL),
    Column("heading_deg", SmallInteger),
    Column("kind", Text),
    Column("section", Text),
    Column("section_role", Text),
    Column("paired_camera", Text),
    Column("site", Text),
    Column("direction", Text),
    Column("speed_limit_kmh", SmallInteger),
    Column("lanes", SmallInteger),
    Column("synthetic", Boolean, nullable=False, server_default=text("false")),
    Column("live_since", Instant),                    # absent: not live; what it sends is refused (R12)
)

# What must be there before a camera goes live (R12): a trigger on `cameras` sees to it.
camera_papers = Table(
    "camera_papers", metadata,
    Column("camera_id", Integer, ForeignKey("cameras.camera_id"), primary_key=True),
    Column("council_decision", Text, nullable=False),
    Column("council_decided_on", Date, nullable=False),
    Column("dpia_reference", Text, nullable=False),
    Column("dpia_made_on", Date, nullable=False),
    Column("register_entry", Text, nullable=False),
    Column("pictogram_since", Date, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", Instant, nullable=False, server_default=NOW),
)

# When a camera that had been live was not: from when it was taken off until it was live again. A trigger keeps it.
camera_off_times = Table(
    "camera_off_times", metadata,
    Column("camera_id", Integer, ForeignKey("cameras.camera_id"), primary_key=True),
    Column("since", Instant, primary_key=True),
    Column("until", Instant),
    Index("camera_off_times_open", "camera_id", unique=True, postgresql_where=text("until IS NULL")),
)

# Where a camera stood: a read's place is the row with since <= captured_at < until (services/camera_places.py).
# A trigger on `cameras` keeps it.
camera_places = Table(
    "camera_places", metadata,
    Column("camera_id", Integer, ForeignKey("cameras.camera_id"), primary_key=True),
    Column("since", Instant, primary_key=True),       # the first: services.camera_places.FIRST_PLACE
    Column("until", Instant),                         # absent: it stands there now
    Column("name", Text, nullable=False),
    Column("municipality", Text),
    Column("road", Text),
    Column("site", Text),
    Column("direction", Text),
    Column("lat", REAL),
    Column("lon", REAL),
    Column("heading_deg", SmallInteger),
    Index("camera_places_open", "camera_id", unique=True, postgresql_where=text("until IS NULL")),
)

# A gateway's own name for a camera; the topic names the gateway, so two gateways may both have a "cam1".
gateway_cameras = Table(
    "gateway_cameras", metadata,
    Column("gateway_id", SmallInteger, ForeignKey("gateways.gateway_id"), primary_key=True),
    Column("source_id", Text, primary_key=True),
    Column("camera_id", Integer, ForeignKey("cameras.camera_id"), nullable=False),
)

# The road network: the way from a camera to the next one that a vehicle meets (services/roads.py).
camera_legs = Table(
    "camera_legs", metadata,
    Column("from_camera", Integer, ForeignKey("cameras.camera_id"), primary_key=True),
    Column("to_camera", Integer, ForeignKey("cameras.camera_id"), primary_key=True),
    Column("km", REAL, nullable=False),
    Column("minutes", REAL, nullable=False),          # without queues
    Column("path", JSONB, nullable=False),            # [[lon, lat], …] along the road
)

# How long a leg takes by hour in Brussels: aggregates of the last weeks, so they may outlive the reads.
leg_times = Table(
    "leg_times", metadata,
    Column("from_camera", Integer, primary_key=True),
    Column("to_camera", Integer, primary_key=True),
    Column("hour", SmallInteger, primary_key=True),
    Column("samples", Integer, nullable=False),
    Column("fastest_s", REAL, nullable=False),        # one vehicle in a hundred is faster
    Column("usual_s", REAL, nullable=False),          # half of them are
    Column("slow_s", REAL, nullable=False),           # five in six are: a sixth stops or waits
    ForeignKeyConstraint(["from_camera", "to_camera"], ["camera_legs.from_camera", "camera_legs.to_camera"],
                         ondelete="CASCADE"),
)

# Partitioned by week of captured_at. Fixed-width columns first: they then need no padding between them.
reads = Table(
    "reads", metadata,
    Column("captured_at", Instant, nullable=False),   # the camera's clock, whole milliseconds
    Column("received_at", Instant, nullable=False),   # ours
    Column("read_id", Uuid, nullable=False),          # services/identity.py
    Column("camera_id", Integer, nullable=False),
    Column("confidence", REAL),                       # 0 to 1
    Column("speed_kmh", REAL),
    Column("gateway_id", SmallInteger, nullable=False),
    Column("lane", SmallInteger),
    Column("images", SmallInteger, nullable=False, server_default="0"),  # bits of services.images.Kind
    Column("images_pending", Boolean, nullable=False, server_default=text("false")),
    Column("late", Boolean, nullable=False, server_default=text("false")),
    Column("superseded", Boolean, nullable=False, server_default=text("false")),
    Column("clock_synchronised", Boolean),
    Column("plate", PlateText, nullable=False),       # normalised; "?" and the camera when nothing was read
    Column("plate_raw", Text),                        # as sent, shortened (services.plates.shorten_sent)
    Column("country", Text),                          # ISO 3166-1 alpha-2
    Column("country_raw", Text),                      # as sent; absent when it equals country
    Column("direction", Text),                        # towards, away
    Column("facing", Text),                           # front, rear
    Column("make", Text),
    Column("model", Text),
    Column("colour", Text),
    Column("vehicle_type", Text),
    Column("confidence_raw", Text),                   # as sent, where the source's scale is another
    Column("clock_basis", Text),                      # how captured_at was obtained; absent: the source gave an instant
    # With these two, how a plate's reads lie over time and cameras is read from the key alone (decision 0162).
    PrimaryKeyConstraint("plate", "captured_at", "read_id", postgresql_include=["camera_id", "superseded"]),
    Index("reads_camera", "camera_id", "captured_at"),
    Index("reads_captured", "captured_at"),
    Index("reads_superseded", "captured_at", postgresql_where=text("superseded")),
    postgresql_partition_by="RANGE (captured_at)",
)

# Every distinct plate of the last twelve months: patterns, look-alikes and what witnesses remember are resolved here,
# never on reads. Found by how it begins, how it ends, what stands in it, and its letters in any order.
plates = Table(
    "plates", metadata,
    Column("plate", PlateText, primary_key=True),
    Column("last_seen", Date, nullable=False),        # day in Brussels; expiry removes the plate by it
    Column("letters", PlateText, nullable=False),     # services.plates.letters_of
    Index("plates_trigram", "plate", postgresql_using="gin", postgresql_ops={"plate": "gin_trgm_ops"}),
    Index("plates_reversed", text("reverse(plate)")),
    Index("plates_letters", "letters", postgresql_include=["plate"]),
)

# Where the next message of the same passing car finds its read. Kept 45 days (retention.py).
passages = Table(
    "passages", metadata,
    Column("camera_id", Integer, primary_key=True),
    Column("passage_key", LargeBinary, primary_key=True),
    Column("captured_at", Instant, nullable=False),
    Column("read_id", Uuid, nullable=False),
    Column("revision", SmallInteger, nullable=False),
    Column("confidence", REAL, nullable=False),       # 0 when the source gives none
    Column("plate", Text, nullable=False),
    Index("passages_captured", "captured_at"),
)

camera_states = Table(
    "camera_states", metadata,
    Column("camera_id", Integer, ForeignKey("cameras.camera_id"), primary_key=True),
    Column("last_captured_at", Instant),
    Column("last_received_at", Instant),
    Column("heartbeat_at", Instant),
    Column("complete_until", Instant),                # declared by the gateway, never guessed
    Column("heartbeat_every_s", REAL),                # the usual time between two
)

# How many reads an hour a camera usually has, for each hour of the week in Brussels (0: Monday 0:00). Of four weeks.
camera_rhythms = Table(
    "camera_rhythms", metadata,
    Column("camera_id", Integer, ForeignKey("cameras.camera_id"), primary_key=True),
    Column("hour_of_week", SmallInteger, primary_key=True, autoincrement=False),
    Column("reads_per_hour", REAL, nullable=False),
)

# How many reads a camera had in the five minutes from `slot` on, by capture: of the last two hours, counted anew all
# the time (services/camera_counts.py).
camera_counts = Table(
    "camera_counts", metadata,
    Column("camera_id", Integer, ForeignKey("cameras.camera_id"), primary_key=True),
    Column("slot", Instant, primary_key=True),
    Column("reads", Integer, nullable=False),
)

# When a camera was silent though it should not have been (services/silence_rule.py).
camera_silences = Table(
    "camera_silences", metadata,
    Column("camera_id", Integer, ForeignKey("cameras.camera_id"), primary_key=True),
    Column("since", Instant, primary_key=True),
    Column("until", Instant),                         # absent while it lasts
    Column("basis", Text, nullable=False),            # services.silence_rule.Basis
    Index("camera_silences_open", "camera_id", unique=True, postgresql_where=text("until IS NULL")),
    Index("camera_silences_until", "until"),
)

rejects = Table(
    "rejects", metadata,
    Column("digest", LargeBinary, primary_key=True),  # keyed hash of topic and body: a redelivery is no second reject
    Column("received_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("gateway_id", SmallInteger, ForeignKey("gateways.gateway_id"), nullable=False),
    Column("topic", Text, nullable=False),            # masked
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),           # masked
    Column("excerpt", Text, nullable=False),          # masked
    Column("body", LargeBinary),                      # an envelope (ingest/envelopes.py); search cannot read it
    Column("captured_at", Instant),                   # where it is known: the gate judges an opened body by it
    Column("replay_asked_at", Instant),               # set by search or a command; ingest replays, and empties it
    Column("replayed_at", Instant),
    Column("replay_outcome", Text),                   # services.replaying.ReplayOutcome
    Index("rejects_gateway", "gateway_id", "received_at"),
    Index("rejects_expiry", "expires_at"),
    Index("rejects_replay", "replay_asked_at", postgresql_where=text("replay_asked_at IS NOT NULL")),
    Index("rejects_open", "gateway_id", "reason", "received_at", postgresql_include=["expires_at"],
          postgresql_where=text("replay_outcome IS DISTINCT FROM 'taken'")),
)

# What gateways in state proef sent, decoded: shown to the integrator, never searched, gone after a week.
trial_reads = Table(
    "trial_reads", metadata,
    Column("trial_id", BigInteger, Identity(start=1, always=True), primary_key=True),
    Column("gateway_id", SmallInteger, ForeignKey("gateways.gateway_id"), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("found", JSONB, nullable=False),           # as `python -m ingest decode` prints it
    Index("trial_reads_gateway", "gateway_id", "received_at"),
    Index("trial_reads_expiry", "expires_at"),
)

# What came of the messages, by gateway and day of arrival (Brussels): aggregates, so they may outlive the reads.
gateway_days = Table(
    "gateway_days", metadata,
    Column("gateway_id", SmallInteger, ForeignKey("gateways.gateway_id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("stored", BigInteger, nullable=False, server_default="0"),
    Column("doubled", BigInteger, nullable=False, server_default="0"),
    Column("superseded", BigInteger, nullable=False, server_default="0"),
    Column("rejected", BigInteger, nullable=False, server_default="0"),
    Column("heartbeats", BigInteger, nullable=False, server_default="0"),
    Column("ignored", BigInteger, nullable=False, server_default="0"),  # messages of kinds that hold no read
    Column("trial", BigInteger, nullable=False, server_default="0"),    # reads of a gateway in state proef
    Column("late", BigInteger, nullable=False, server_default="0"),     # of those stored
)

gateway_reject_days = Table(
    "gateway_reject_days", metadata,
    Column("gateway_id", SmallInteger, ForeignKey("gateways.gateway_id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("rejected", BigInteger, nullable=False, server_default="0"),
)

# How far a camera's clock was ahead of ours, measured on what arrived live: one row for a time in which it stayed.
camera_clocks = Table(
    "camera_clocks", metadata,
    Column("camera_id", Integer, ForeignKey("cameras.camera_id"), primary_key=True),
    Column("since", Instant, primary_key=True),
    Column("until", Instant, nullable=False),
    Column("offset_ms", Integer, nullable=False),     # positive: ahead of ours
    Column("samples", Integer, nullable=False),
    Index("camera_clocks_until", "until"),
)

# Pictures that the image store did not take; bounded by a setting, emptied by ingest when the store is back.
image_spool = Table(
    "image_spool", metadata,
    Column("read_id", Uuid, primary_key=True),
    Column("kind", SmallInteger, primary_key=True),
    Column("captured_at", Instant, nullable=False),
    Column("plate", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("queued_at", Instant, nullable=False, server_default=NOW),
    Index("image_spool_queue", "queued_at"),
)

# What the picture of a read shows, as somebody saw it; goes with the read.
confirmations = Table(
    "confirmations", metadata,
    Column("read_id", Uuid, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.user_id"), primary_key=True),
    Column("captured_at", Instant, nullable=False),
    Column("camera_id", Integer, nullable=False),
    Column("confidence", REAL),
    Column("plate_read", PlateText, nullable=False),
    Column("plate_shown", PlateText, nullable=False),
    Column("confirmed_at", Instant, nullable=False),
    Index("confirmations_captured", "captured_at"),
)

# What was learned of misreads: sums without a plate (services/lookalikes/evidence.py), so they may outlive the reads.
lookalike_evidence = Table(
    "lookalike_evidence", metadata,
    Column("what", Text, primary_key=True),
    Column("which", Text, primary_key=True),
    Column("camera_id", Integer, primary_key=True),   # 0: the whole zone
    Column("amount", Double, nullable=False),
    Column("learned_at", Instant, nullable=False),
)

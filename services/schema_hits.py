"""The tables of what watching brought: alerts, hits and what came of them, deliveries to others, actions."""

from sqlalchemy import (
    ARRAY,
    REAL,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.schema import EMPTY_OBJECT, NOW, Instant, PlateText, metadata

# One read that matched one entry, with what the board shows of the read. Ingest (exact) and the follower (possible)
# insert; the mover alone gives it its hit.
alerts = Table(
    "alerts", metadata,
    Column("alert_id", BigInteger, Identity(start=1, always=True), nullable=False),
    Column("entry_id", BigInteger, nullable=False, autoincrement=False),
    Column("entry_version", Integer, nullable=False),
    Column("list_id", Integer, ForeignKey("watchlists.list_id"), nullable=False),
    Column("audience_id", Integer, ForeignKey("audiences.audience_id"), nullable=False),
    Column("discreet", Boolean, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("matched_as", Text, nullable=False),       # services.hits.matching.MatchedAs
    Column("probability", REAL),                      # of a look-alike
    Column("plate", PlateText, nullable=False),       # as it was read
    Column("captured_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("read_id", Uuid, nullable=False),
    Column("camera_id", Integer, nullable=False),
    Column("country", Text),
    Column("confidence", REAL),
    Column("images", SmallInteger, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("direction", Text),
    Column("make", Text),
    Column("model", Text),
    Column("colour", Text),
    Column("vehicle_type", Text),
    Column("raised_at", Instant, nullable=False, server_default=text("clock_timestamp()")),
    Column("moved_at", Instant),                      # absent: the mover has still to look at it (again)
    Column("hit_id", BigInteger, ForeignKey("hits.hit_id")),
    Column("withdrawn_at", Instant),                  # the plate was corrected, or the entry revoked
    PrimaryKeyConstraint("entry_id", "read_id", "plate"),
    UniqueConstraint("alert_id"),
    Index("alerts_unmoved", "late", "alert_id", postgresql_where=text("moved_at IS NULL")),
    Index("alerts_hit", "hit_id", "captured_at"),
    Index("alerts_read", "read_id"),
    Index("alerts_captured", "captured_at"),
    Index("alerts_list", "list_id", "captured_at"),
)

# What somebody has to follow up: the alerts of one vehicle for one group, until somebody says what came of it.
hits = Table(
    "hits", metadata,
    Column("hit_id", BigInteger, Identity(start=1, always=True), primary_key=True),
    Column("plate", PlateText, nullable=False),       # as it was read
    Column("audience_id", Integer, ForeignKey("audiences.audience_id"), nullable=False),
    Column("discreet", Boolean, nullable=False),
    Column("priority", SmallInteger, nullable=False),                  # the highest of its alerts
    Column("matched_as", Text, nullable=False),       # the surest of its alerts
    Column("probability", REAL),
    Column("sightings", Integer, nullable=False),     # reads; an alert for each entry may stand behind one
    Column("late", Boolean, nullable=False),          # all of them came late: no noise
    Column("first_captured_at", Instant, nullable=False),
    Column("last_captured_at", Instant, nullable=False),
    Column("last_camera_id", Integer, nullable=False),
    Column("raised_at", Instant, nullable=False),     # when the mover made it
    Column("state", Text, nullable=False, server_default="open"),      # services.hits.following.HitState
    Column("claimed_by", Integer, ForeignKey("users.user_id")),
    Column("claimed_at", Instant),
    Column("confirmed_by", Integer, ForeignKey("users.user_id")),
    Column("confirmed_at", Instant),
    Column("confirmed_on", Text),                     # services.hits.following.ConfirmedOn: the image, or on the spot
    Column("dispatched_by", Integer, ForeignKey("users.user_id")),
    Column("dispatched_at", Instant),
    Column("disposition", Text),                      # services.hits.following.Disposition
    Column("ended_by", Integer, ForeignKey("users.user_id")),          # absent though ended: the product did
    Column("ended_at", Instant),
    Column("remark", Text, nullable=False, server_default=""),
    Column("escalated_at", Instant),                  # nobody claimed it in time: others were told
    Index("hits_open", "plate", "audience_id", "discreet", unique=True, postgresql_where=text("ended_at IS NULL")),
    Index("hits_last", "last_captured_at"),
    Index("hits_raised", "raised_at"),
    Index("hits_unclaimed", "raised_at", postgresql_where=text("state = 'open' AND escalated_at IS NULL")),
)

# Everything that changes a hit, in the order in which boards are told: the mover alone gives the number, after the
# commit, so that "greater than the last one that I saw" skips nothing.
hit_events = Table(
    "hit_events", metadata,
    Column("event_id", BigInteger, Identity(start=1, always=True), primary_key=True),
    Column("hit_id", BigInteger, ForeignKey("hits.hit_id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),             # services.hits.events.EventKind
    Column("at", Instant, nullable=False, server_default=text("clock_timestamp()")),
    Column("user_id", Integer, ForeignKey("users.user_id")),           # absent: the product
    Column("detail", JSONB, nullable=False, server_default=EMPTY_OBJECT),  # never a plate
    Column("number", BigInteger, unique=True),
    Index("hit_events_unnumbered", "event_id", postgresql_where=text("number IS NULL")),
    Index("hit_events_hit", "hit_id", "event_id"),
)

# One row: that the mover is alive, and how far it is. A board that sees an old one says that nothing comes any more.
hit_mover = Table(
    "hit_mover", metadata,
    Column("one_row", Boolean, primary_key=True, server_default=text("true")),
    Column("at", Instant),
    Column("last_number", BigInteger, nullable=False, server_default="0"),
    Column("broker_connected", Boolean),
    Column("followed_at", Instant),                   # up to when reads were looked at for patterns and look-alikes
)

# What ingest stored and the follower has still to hold against patterns and look-alikes; a row a transaction.
follow_batches = Table(
    "follow_batches", metadata,
    Column("batch_id", BigInteger, Identity(start=1, always=True), primary_key=True),
    Column("fresh", Boolean, nullable=False),         # these first: a backlog never stands in front of them
    Column("made_at", Instant, nullable=False, server_default=text("clock_timestamp()")),
    Column("oldest_at", Instant, nullable=False),     # the first capture among its reads
    Column("reads", LargeBinary, nullable=False),     # ingest/follow_batches.py; arrays would take twice as long
    Index("follow_batches_next", "fresh", "batch_id"),
)

# Where hits are sent besides the board.
channels = Table(
    "channels", metadata,
    Column("channel_id", Integer, Identity(start=1), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),             # services.hits.channels.ChannelKind: mqtt, webhook, email
    Column("address", Text, nullable=False),          # a topic, an address, a mailbox
    Column("secret", LargeBinary),                    # encrypted; webhooks are signed with it
    Column("audience_id", Integer, ForeignKey("audiences.audience_id"), nullable=False),
    Column("list_ids", ARRAY(Integer)),               # absent: all of its audience
    Column("least_priority", SmallInteger, nullable=False, server_default="4"),
    Column("hours", Text),                            # as of watch_entries
    Column("possible", Boolean, nullable=False, server_default=text("false")),  # look-alikes and patterns too
    Column("events", ARRAY(Text), nullable=False,                      # services.hits.events.EventKind
           server_default=text("'{raised,withdrawn,ended}'::text[]")),
    Column("enabled", Boolean, nullable=False, server_default=text("true")),
    Column("made_by", Integer, ForeignKey("users.user_id")),
    Column("made_at", Instant, nullable=False, server_default=NOW),
    Column("agreed_by", Integer, ForeignKey("users.user_id")),         # somebody of its group, and not who made it
    Column("agreed_at", Instant),                     # absent: no hit is sent there (yet)
)

# The outbox: written by the mover with the event's number, emptied by `python -m ingest deliver`.
hit_deliveries = Table(
    "hit_deliveries", metadata,
    Column("delivery_id", BigInteger, Identity(start=1, always=True), primary_key=True),
    Column("channel_id", Integer, ForeignKey("channels.channel_id"), nullable=False),
    Column("event_id", BigInteger, ForeignKey("hit_events.event_id", ondelete="CASCADE")),  # absent: a test
    Column("hit_id", BigInteger, ForeignKey("hits.hit_id", ondelete="CASCADE")),
    Column("message_id", Uuid, nullable=False, unique=True, server_default=text("gen_random_uuid()")),
    Column("made_at", Instant, nullable=False, server_default=NOW),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("next_at", Instant, nullable=False, server_default=NOW),
    Column("claimed_until", Instant),
    Column("sent_at", Instant),
    Column("dead_at", Instant),                       # given up
    Column("last_error", Text),                       # never what was sent
    UniqueConstraint("channel_id", "event_id"),
    Index("hit_deliveries_due", "next_at", postgresql_where=text("sent_at IS NULL AND dead_at IS NULL")),
    Index("hit_deliveries_hit", "hit_id", "channel_id", "delivery_id"),
    Index("hit_deliveries_channel", "channel_id", "made_at"),
)

# Who goes where after a camera, by hour in Brussels: aggregates of the last weeks (services/onward.py).
onward_shares = Table(
    "onward_shares", metadata,
    Column("from_camera", Integer, primary_key=True),
    Column("to_camera", Integer, primary_key=True),
    Column("hour", SmallInteger, primary_key=True),
    Column("passed", Integer, nullable=False),        # reads at from_camera
    Column("went", Integer, nullable=False),          # of these, next seen at to_camera
    ForeignKeyConstraint(["from_camera", "to_camera"], ["camera_legs.from_camera", "camera_legs.to_camera"],
                         ondelete="CASCADE"),
)

# The same of those that came from a certain neighbour, at any hour.
onward_turns = Table(
    "onward_turns", metadata,
    Column("via_camera", Integer, primary_key=True),
    Column("from_camera", Integer, primary_key=True),
    Column("to_camera", Integer, primary_key=True),
    Column("passed", Integer, nullable=False),
    Column("went", Integer, nullable=False),
    ForeignKeyConstraint(["via_camera", "from_camera"], ["camera_legs.from_camera", "camera_legs.to_camera"],
                         ondelete="CASCADE"),
    ForeignKeyConstraint(["from_camera", "to_camera"], ["camera_legs.from_camera", "camera_legs.to_camera"],
                         ondelete="CASCADE"),
)

# ANPR-acties: a roadside operation with its cameras, lists and teams.
actions = Table(
    "actions", metadata,
    Column("action_id", Integer, Identity(start=1), primary_key=True),
    Column("name", Text, nullable=False),
    Column("place", Text, nullable=False, server_default=""),          # where vehicles are stopped
    Column("file_number", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("list_ids", ARRAY(Integer), nullable=False),
    Column("made_by", Integer, ForeignKey("users.user_id"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ended_at", Instant),                      # before its time
    Index("actions_running", "until", postgresql_where=text("ended_at IS NULL")),
)

action_cameras = Table(
    "action_cameras", metadata,
    Column("action_id", Integer, ForeignKey("actions.action_id", ondelete="CASCADE"), primary_key=True),
    Column("camera_id", Integer, ForeignKey("cameras.camera_id"), primary_key=True),
    Column("soonest_s", Integer, nullable=False),     # from this camera to the place
    Column("latest_s", Integer, nullable=False),
)

action_teams = Table(
    "action_teams", metadata,
    Column("team_id", Integer, Identity(start=1), primary_key=True),
    Column("action_id", Integer, ForeignKey("actions.action_id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("action_id", "name"),
)

# The vehicles of an action: one row a vehicle, from when a camera saw it until a team stopped it or it had passed.
action_vehicles = Table(
    "action_vehicles", metadata,
    Column("vehicle_id", BigInteger, Identity(start=1, always=True), primary_key=True),
    Column("action_id", Integer, ForeignKey("actions.action_id", ondelete="CASCADE"), nullable=False),
    Column("plate", PlateText, nullable=False),
    Column("captured_at", Instant, nullable=False),   # at the last of the action's cameras
    Column("read_id", Uuid, nullable=False),
    Column("camera_id", Integer, nullable=False),
    Column("images", SmallInteger, nullable=False),
    Column("country", Text),
    Column("make", Text),
    Column("model", Text),
    Column("colour", Text),
    Column("vehicle_type", Text),
    Column("expected_from", Instant, nullable=False),
    Column("expected_until", Instant, nullable=False),
    Column("team_id", Integer, ForeignKey("action_teams.team_id")),
    Column("taken_at", Instant),
    Column("outcome", Text),                          # services.hits.action_rule.Outcome
    Column("outcome_at", Instant),
    Column("outcome_by", Integer, ForeignKey("users.user_id")),
    Column("remark", Text, nullable=False, server_default=""),
    UniqueConstraint("action_id", "plate"),
    Index("action_vehicles_expected", "action_id", "expected_until"),
    Index("action_vehicles_captured", "captured_at"),
)

# Why a vehicle is in an action: its alerts. Whom a vehicle is shown, how urgent it is and what for follow from these
# (R11), and one whose alerts were all withdrawn is shown to nobody any more.
action_alerts = Table(
    "action_alerts", metadata,
    Column("vehicle_id", BigInteger, ForeignKey("action_vehicles.vehicle_id", ondelete="CASCADE"), primary_key=True),
    Column("alert_id", BigInteger, ForeignKey("alerts.alert_id", ondelete="CASCADE"), primary_key=True),
    Index("action_alerts_alert", "alert_id"),
)

# What a tablet sent, so that the same outcome sent twice counts once.
action_reports = Table(
    "action_reports", metadata,
    Column("report_key", Uuid, primary_key=True),     # made by the tablet
    Column("vehicle_id", BigInteger, ForeignKey("action_vehicles.vehicle_id", ondelete="CASCADE"), nullable=False),
    Column("received_at", Instant, nullable=False),
)

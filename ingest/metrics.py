"""Every way for a message to be stored, doubled, delayed, refused or held back has a metric here."""

from prometheus_client import Counter, Gauge, Histogram

UNKNOWN = "unknown"
"""The gateway of messages whose sender is not registered: names come from the register, never from a message."""

RECEIVED = Counter("zoneschild_messages_received_total", "Messages taken from the broker.")
ACKNOWLEDGED = Counter("zoneschild_messages_acknowledged_total", "Messages acknowledged after their commit.")
READS = Counter("zoneschild_reads_total", "Reads by what came of them: stored, doubled, superseded, trial.",
                ["gateway", "outcome"])
LATE = Counter("zoneschild_late_reads_total", "Reads stored that came more than a minute after their capture.",
               ["gateway"])
REJECTED = Counter("zoneschild_rejects_total", "Messages, or reads of a batch, that were refused, by reason.",
                   ["gateway", "reason"])
PROFILE_FAULTS = Counter("zoneschild_profile_faults_total", "Messages on which a profile itself failed: our fault; "
                         "they are rejects and can be replayed.", ["profile"])
IGNORED = Counter("zoneschild_ignored_messages_total", "Messages of kinds that hold no read.", ["gateway"])
HEARTBEATS = Counter("zoneschild_heartbeats_total", "Heartbeats of cameras and gateways.", ["gateway"])
READ_SECONDS = Histogram("zoneschild_read_seconds", "Time from the capture (the camera's clock) to the commit, of "
                         "reads that are not late; of a large batch a sample.", ["lane"],
                         buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60))
BATCH_RETRIES = Counter("zoneschild_batch_retries_total", "Transactions tried again after the database failed.")
BATCH_SECONDS = Histogram("zoneschild_batch_seconds", "Time from the first message of a batch to its commit.",
                          buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30))
ALERTS = Counter("zoneschild_alerts_total", "Alerts raised, by how sure they are; none that is discreet.", ["matched"])
FOLLOW_SECONDS = Histogram("zoneschild_follow_seconds", "Time from the commit of a batch until it was held against "
                           "patterns and look-alikes, by lane.", ["lane"],
                           buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 600, 3600))
REPLAYS = Counter("zoneschild_replays_total", "Rejects decoded again: taken, trial, or refused again.", ["outcome"])
LANE_SECONDS = Histogram("zoneschild_lane_seconds", "Time for which the oldest message of a batch waited in its lane.",
                         ["lane"], buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60))
BACKLOG_AGE = Gauge("zoneschild_backlog_age_seconds", "How long ago the reads were captured that the durable session "
                    "brings now, by the middle one of its last batch; 0 when it is not behind.")
LIVE_SUBSCRIBED = Gauge("zoneschild_live_subscribed", "1 while the durable session is behind, and copies of what is "
                        "fresh come by the live session.")
COPIES_STORED = Counter("zoneschild_copies_stored_total", "Reads that a copy from the live session stored first.")
COPIES_DROPPED = Counter("zoneschild_copies_dropped_total", "Copies from the live session that were not taken: old, "
                         "retained, full, held, refused. The durable session brings each of them again.", ["why"])
WEEKS_REFUSED = Counter("zoneschild_weeks_refused_total", "Times that the database would not make a week of reads.")
FEEDBACK = Counter("zoneschild_feedback_messages_total", "Feedback messages sent to gateways.")
CLOCK_OFFSETS = Counter("zoneschild_clock_offsets_total", "Measurements of cameras' clocks, by class: ok, flagged, "
                        "excluded.", ["class"])
SILENT = Gauge("zoneschild_silent_cameras", "Cameras that are silent though they should not be.")
DELIVERIES = Counter("zoneschild_deliveries_total", "Messages to channels by kind and what came of them: sent, failed, "
                     "given-up; none that is discreet.", ["kind", "outcome"])
DELIVERY_SECONDS = Histogram("zoneschild_delivery_seconds", "Time from what happened to a hit until a channel took the "
                             "message; none that is discreet.", ["kind"],
                             buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 86400))
DELIVERIES_WAITING = Gauge("zoneschild_deliveries_waiting", "Messages that wait to be sent, by kind of channel; none "
                           "that is discreet.", ["kind"])
QUEUED_BYTES = Gauge("zoneschild_queue_bytes", "Payloads received and not yet stored.", ["lane"])
PAUSES = Counter("zoneschild_receive_pauses_total", "Times that ingest stopped reading because its queue was full.")
CONNECTED = Gauge("zoneschild_broker_connected", "1 while ingest is connected to the broker and subscribed.")
DISCONNECTS = Counter("zoneschild_broker_disconnects_total", "Connections to the broker that were lost, or never made.",
                      ["session"])
PICTURES_SPOOLED = Counter("zoneschild_pictures_spooled_total", "Pictures kept in the database as the store failed.")
SPOOL_BYTES = Gauge("zoneschild_spool_bytes", "Pictures waiting in the database for their store, when last looked at.")
MESSAGES_HELD = Counter("zoneschild_messages_held_total", "Messages with pictures held back, as the spool was full.")
PUSHES = Counter("zoneschild_pushes_total", "Pushes by how they were answered: stored, described (GET), or why not.",
                 ["answer"])
PUSH_SECONDS = Histogram("zoneschild_push_seconds", "Time from the last byte of a push to its commit.",
                         buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25))
PUSH_BODY_BYTES = Gauge("zoneschild_push_body_bytes", "Bodies of pushes that are being read.")
PUSH_CONNECTIONS = Gauge("zoneschild_push_connections", "Connections to the push door.")
PUSH_CONNECTIONS_CUT = Counter("zoneschild_push_connections_cut_total",
                               "Connections to the push door that were ended: malformed, silent, endless, too-many, "
                               "stopping, failed.", ["reason"])

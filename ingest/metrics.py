"""Every way for a message to be stored, doubled, delayed, refused or held back has a metric here."""

from prometheus_client import Counter, Gauge, Histogram

RECEIVED = Counter("zoneschild_messages_received_total", "Messages taken from the broker.")
ACKNOWLEDGED = Counter("zoneschild_messages_acknowledged_total", "Messages acknowledged after their commit.")
READS = Counter("zoneschild_reads_total", "Reads by what came of them.", ["outcome"])
REJECTED = Counter("zoneschild_rejects_total", "What was kept as a reject, by reason.", ["reason"])
BATCH_RETRIES = Counter("zoneschild_batch_retries_total", "Transactions tried again after the database failed.")
BATCH_SECONDS = Histogram("zoneschild_batch_seconds", "Time from the first message of a batch to its commit.",
                          buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30))
QUEUED_BYTES = Gauge("zoneschild_queue_bytes", "Payloads received and not yet stored.")
PAUSES = Counter("zoneschild_receive_pauses_total", "Times that ingest stopped reading because its queue was full.")
CONNECTED = Gauge("zoneschild_broker_connected", "1 while ingest is connected to the broker and subscribed.")
DISCONNECTS = Counter("zoneschild_broker_disconnects_total", "Connections to the broker that were lost.")
PICTURES_SPOOLED = Counter("zoneschild_pictures_spooled_total", "Pictures kept in the database as the store failed.")
MESSAGES_HELD = Counter("zoneschild_messages_held_total", "Messages with pictures held back, as the spool was full.")

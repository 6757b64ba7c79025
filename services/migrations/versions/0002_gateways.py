"""Gateways with profiles, states and credentials; trial reads; rejects that can be replayed; cameras' clocks."""

from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = """
ALTER TABLE gateways
    ADD COLUMN state text NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'proef', 'disabled')),
    ADD COLUMN decoding jsonb NOT NULL DEFAULT '{}'::jsonb,
    ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();

CREATE TABLE gateway_credentials (
    gateway_id smallint PRIMARY KEY REFERENCES gateways,
    mqtt_password_hash text,
    push_sha256 text,
    push_md5 text,
    made_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE reads
    ADD COLUMN confidence_raw text,
    ADD COLUMN clock_basis text;

CREATE TABLE trial_reads (
    trial_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway_id smallint NOT NULL REFERENCES gateways,
    received_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    digest bytea NOT NULL UNIQUE,
    found jsonb NOT NULL
);
CREATE INDEX trial_reads_gateway ON trial_reads (gateway_id, received_at);
CREATE INDEX trial_reads_expiry ON trial_reads (expires_at);

ALTER TABLE rejects
    ADD COLUMN captured_at timestamptz,
    ADD COLUMN replay_asked_at timestamptz,
    ADD COLUMN replayed_at timestamptz,
    ADD COLUMN replay_outcome text;
CREATE INDEX rejects_replay ON rejects (replay_asked_at) WHERE replay_asked_at IS NOT NULL;
CREATE INDEX rejects_open ON rejects (gateway_id, reason, received_at) INCLUDE (expires_at)
    WHERE replay_outcome IS DISTINCT FROM 'taken';

ALTER TABLE gateway_days
    ADD COLUMN ignored bigint NOT NULL DEFAULT 0,
    ADD COLUMN trial bigint NOT NULL DEFAULT 0,
    ADD COLUMN late bigint NOT NULL DEFAULT 0;

CREATE TABLE gateway_reject_days (
    gateway_id smallint NOT NULL REFERENCES gateways,
    day date NOT NULL,
    reason text NOT NULL,
    rejected bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (gateway_id, day, reason)
) WITH (fillfactor = 50);

CREATE TABLE camera_clocks (
    camera_id integer NOT NULL REFERENCES cameras,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    offset_ms integer NOT NULL,
    samples integer NOT NULL,
    PRIMARY KEY (camera_id, since)
);
CREATE INDEX camera_clocks_until ON camera_clocks (until);
"""

# A gateway's state, format and credentials are changed at the console alone: who breaks into search lets nobody in.
# Search sees no credentials and no reject's body; it may ask for a replay, which ingest does. The audited page opens a
# body through a function that gives one body at a time. What fails again may get another reason and gateway, and may
# turn out to be older than was known; what was sent, and when it came, nobody changes.
GRANTS = """
REVOKE UPDATE ON gateways FROM zoneschild_search;
GRANT UPDATE (settings) ON gateways TO zoneschild_search;
GRANT SELECT ON gateway_credentials TO zoneschild_ingest;
GRANT SELECT, INSERT ON trial_reads TO zoneschild_ingest;
GRANT SELECT, UPDATE (gateway_id, reason, detail, captured_at, expires_at, replay_asked_at, replayed_at, replay_outcome)
    ON rejects TO zoneschild_ingest;
GRANT UPDATE (confidence, speed_kmh, lane, country, country_raw, direction, facing, make, model, colour, vehicle_type,
              confidence_raw) ON reads TO zoneschild_ingest;
GRANT SELECT, INSERT, UPDATE ON gateway_reject_days, camera_clocks TO zoneschild_ingest;

GRANT SELECT ON trial_reads, gateway_reject_days, camera_clocks TO zoneschild_search;
GRANT SELECT (captured_at, replay_asked_at, replayed_at, replay_outcome), UPDATE (replay_asked_at)
    ON rejects TO zoneschild_search;

CREATE FUNCTION reject_body(wanted bytea) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN (SELECT body FROM rejects WHERE digest = wanted AND expires_at > now());
REVOKE ALL ON FUNCTION reject_body(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reject_body(bytea) TO zoneschild_search;
"""


def upgrade() -> None:
    """Add tables, columns and rights."""
    for part in (TABLES, GRANTS):
        op.execute(part)

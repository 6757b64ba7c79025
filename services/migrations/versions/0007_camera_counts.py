"""How many reads each camera had in the last five minutes and in those before: no plate, and for two hours only."""

from alembic import op

revision = "0007"
down_revision = "0006"

CAMERA_COUNTS = """
CREATE TABLE camera_counts (
    camera_id integer NOT NULL REFERENCES cameras,
    slot timestamptz NOT NULL,
    reads integer NOT NULL,
    PRIMARY KEY (camera_id, slot)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON camera_counts TO zoneschild_ingest;
GRANT SELECT ON camera_counts TO zoneschild_search;
"""


def upgrade() -> None:
    """Add what is new."""
    op.execute(CAMERA_COUNTS)

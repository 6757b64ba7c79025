"""The key of reads tells their cameras too: how a plate's reads lie over time and cameras is read from it alone."""

from alembic import op

revision = "0008"
down_revision = "0007"

KEY = """
ALTER TABLE reads DROP CONSTRAINT reads_pkey,
    ADD CONSTRAINT reads_pkey PRIMARY KEY (plate, captured_at, read_id) INCLUDE (camera_id, superseded)
"""


def upgrade() -> None:
    """Make the keys of all weeks anew: twenty seconds for twenty million reads, which wait meanwhile."""
    op.execute(KEY)

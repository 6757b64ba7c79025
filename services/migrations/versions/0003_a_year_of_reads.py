"""A legal year of reads: plates compared byte by byte, found from either end and by their letters in any order."""

from alembic import op

revision = "0003"
down_revision = "0002"

# Prefixes are ranges of an index in the "C" collation alone, whatever the collation of the database.
PLATES = """
ALTER TABLE plates ALTER COLUMN plate TYPE text COLLATE "C", ADD COLUMN letters text COLLATE "C";
UPDATE plates SET letters = (
    SELECT string_agg(letter, '' ORDER BY letter COLLATE "C") FROM regexp_split_to_table(plate, '') AS letter);
ALTER TABLE plates ALTER COLUMN letters SET NOT NULL;
CREATE INDEX plates_reversed ON plates (reverse(plate));
CREATE INDEX plates_letters ON plates (letters);

ALTER TABLE reads ALTER COLUMN plate TYPE text COLLATE "C";
CREATE INDEX reads_superseded ON reads (captured_at) WHERE superseded;
"""


def upgrade() -> None:
    """Change what is there and add what is new."""
    for part in (PLATES,):
        op.execute(part)

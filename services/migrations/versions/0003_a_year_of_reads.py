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
CREATE INDEX plates_letters ON plates (letters) INCLUDE (plate);

ALTER TABLE reads ALTER COLUMN plate TYPE text COLLATE "C";
CREATE INDEX reads_superseded ON reads (captured_at) WHERE superseded;
"""

# Where a camera stood, and when: kept by the database itself, so that whatever changes a camera leaves the old place.
# A transaction may change a camera twice, and may have begun before the last change was committed: hence `greatest`.
CAMERA_PLACES = """
CREATE TABLE camera_places (
    camera_id integer NOT NULL REFERENCES cameras,
    since timestamptz NOT NULL,
    until timestamptz CHECK (until > since),
    name text NOT NULL,
    municipality text, road text, site text, direction text,
    lat real, lon real, heading_deg smallint,
    PRIMARY KEY (camera_id, since)
);
CREATE UNIQUE INDEX camera_places_open ON camera_places (camera_id) WHERE until IS NULL;
GRANT SELECT ON camera_places TO zoneschild_ingest, zoneschild_search;

INSERT INTO camera_places (camera_id, since, name, municipality, road, site, direction, lat, lon, heading_deg)
SELECT camera_id, '2000-01-01T00:00Z', name, municipality, road, site, direction, lat, lon, heading_deg FROM cameras;

CREATE FUNCTION keep_camera_place() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    began timestamptz := (SELECT since FROM camera_places WHERE camera_id = NEW.camera_id AND until IS NULL);
    moment timestamptz := CASE WHEN began IS NULL THEN '2000-01-01T00:00Z' ELSE greatest(began, now()) END;
BEGIN
    UPDATE camera_places SET until = moment WHERE camera_id = NEW.camera_id AND until IS NULL AND since < moment;
    INSERT INTO camera_places (camera_id, since, name, municipality, road, site, direction, lat, lon, heading_deg)
    VALUES (NEW.camera_id, moment, NEW.name, NEW.municipality, NEW.road, NEW.site, NEW.direction, NEW.lat, NEW.lon,
            NEW.heading_deg)
    ON CONFLICT (camera_id, since) DO UPDATE SET
        name = excluded.name, municipality = excluded.municipality, road = excluded.road, site = excluded.site,
        direction = excluded.direction, lat = excluded.lat, lon = excluded.lon, heading_deg = excluded.heading_deg;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_camera_place() FROM PUBLIC;
CREATE TRIGGER cameras_first_place AFTER INSERT ON cameras FOR EACH ROW EXECUTE FUNCTION keep_camera_place();
CREATE TRIGGER cameras_next_place
    AFTER UPDATE OF name, municipality, road, site, direction, lat, lon, heading_deg ON cameras FOR EACH ROW
    WHEN ((OLD.name, OLD.municipality, OLD.road, OLD.site, OLD.direction, OLD.lat, OLD.lon, OLD.heading_deg)
          IS DISTINCT FROM
          (NEW.name, NEW.municipality, NEW.road, NEW.site, NEW.direction, NEW.lat, NEW.lon, NEW.heading_deg))
    EXECUTE FUNCTION keep_camera_place();
"""

SILENCES = """
ALTER TABLE camera_states ADD COLUMN heartbeat_every_s real;

CREATE TABLE camera_rhythms (
    camera_id integer NOT NULL REFERENCES cameras,
    hour_of_week smallint NOT NULL CHECK (hour_of_week BETWEEN 0 AND 167),
    reads_per_hour real NOT NULL,
    PRIMARY KEY (camera_id, hour_of_week)
);

CREATE TABLE camera_silences (
    camera_id integer NOT NULL REFERENCES cameras,
    since timestamptz NOT NULL,
    until timestamptz CHECK (until > since),
    basis text NOT NULL CHECK (basis IN ('heartbeat', 'rhythm')),
    PRIMARY KEY (camera_id, since)
);
CREATE UNIQUE INDEX camera_silences_open ON camera_silences (camera_id) WHERE until IS NULL;
CREATE INDEX camera_silences_until ON camera_silences (until);
GRANT SELECT, INSERT, UPDATE, DELETE ON camera_rhythms, camera_silences TO zoneschild_ingest;
GRANT SELECT ON camera_rhythms, camera_silences TO zoneschild_search;
"""

LOOKALIKES = """
CREATE TABLE confirmations (
    read_id uuid NOT NULL,
    user_id integer NOT NULL REFERENCES users,
    captured_at timestamptz NOT NULL,
    camera_id integer NOT NULL,
    confidence real,
    plate_read text COLLATE "C" NOT NULL,
    plate_shown text COLLATE "C" NOT NULL,
    confirmed_at timestamptz NOT NULL,
    PRIMARY KEY (read_id, user_id)
);
CREATE INDEX confirmations_captured ON confirmations (captured_at);

CREATE TABLE lookalike_evidence (
    what text NOT NULL,
    which text NOT NULL,
    camera_id integer NOT NULL,
    amount double precision NOT NULL,
    learned_at timestamptz NOT NULL,
    PRIMARY KEY (what, which, camera_id)
);

GRANT SELECT, INSERT, UPDATE (plate_shown, confirmed_at) ON confirmations TO zoneschild_search;
GRANT SELECT ON lookalike_evidence TO zoneschild_search;
"""

# The road network: from which camera a vehicle meets which next, and how long that takes by hour (aggregates alone).
ROADS = """
CREATE TABLE camera_legs (
    from_camera integer NOT NULL REFERENCES cameras,
    to_camera integer NOT NULL REFERENCES cameras,
    km real NOT NULL,
    minutes real NOT NULL,
    path jsonb NOT NULL,
    PRIMARY KEY (from_camera, to_camera)
);
CREATE TABLE leg_times (
    from_camera integer NOT NULL,
    to_camera integer NOT NULL,
    hour smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),
    samples integer NOT NULL,
    fastest_s real NOT NULL,
    usual_s real NOT NULL,
    slow_s real NOT NULL,
    PRIMARY KEY (from_camera, to_camera, hour),
    FOREIGN KEY (from_camera, to_camera) REFERENCES camera_legs ON DELETE CASCADE
);
GRANT SELECT ON camera_legs, leg_times TO zoneschild_search;
"""


def upgrade() -> None:
    """Change what is there and add what is new."""
    for part in (PLATES, CAMERA_PLACES, SILENCES, LOOKALIKES, ROADS):
        op.execute(part)

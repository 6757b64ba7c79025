"""Fills the real tables with reads by SQL alone: skewed plates, 92 cameras."""

import random
from datetime import date, timedelta

import psycopg

from deploy.bench import traffic
from services.clock import local_day, midnight, monday_of, utc_now
from services.plates import normalise

_DISTINCT_SHARE = 0.12
"""Distinct plates among reads: 40,684 of 51,065 in five days of patrol cars, far fewer past fixed cameras."""

# 167 hours: the week of March in which the clock moves has no more.
# Cubed, so that a few vehicles pass daily and most once.
_FILL = """
INSERT INTO reads (captured_at, received_at, read_id, camera_id, confidence, speed_kmh, gateway_id, lane, images,
                   plate, plate_raw, country, direction, facing, make, colour, vehicle_type)
SELECT captured_at, captured_at + interval '300 milliseconds',
       (lpad(to_hex((extract(epoch FROM captured_at) * 1000)::bigint), 12, '0') || '8' || substr(digest, 1, 3)
        || 'a' || substr(digest, 4, 15))::uuid,
       camera, 0.7 + 0.3 * chance, 30 + 60 * chance, gateway, 1 + (chance * 2)::int %% 2, 3,
       p.plate, '-', 'BE', 'towards',
       'front', (ARRAY['Volkswagen', 'Renault', 'BMW', 'Audi', 'Ford'])[1 + (chance * 5)::int %% 5],
       (ARRAY['black', 'grey', 'white', 'blue', 'red', NULL])[1 + (chance * 6)::int %% 6], 'car'
FROM (
    SELECT floor(%(distinct)s::int * power(random(), 3))::int AS number, random() AS chance,
           md5(i::text || %(seed)s::text) AS digest,
           %(camera)s::int + floor(92 * random())::int AS camera, %(gateway)s::int AS gateway,
           date_trunc('milliseconds', %(week)s + random() * interval '167 hours') AS captured_at
    FROM generate_series(1, %(rows)s::int) AS i
) AS made JOIN bench_plates AS p USING (number)
WHERE captured_at BETWEEN now() - %(days)s::int * interval '1 day' AND now()
"""


def fill(connection: psycopg.Connection, rows: int, days: int) -> list[str]:
    """Put about `rows` reads of the last `days` days into the store; return the distinct plates, the frequent first."""
    distinct = int(rows * _DISTINCT_SHARE)
    plates = _plates(distinct)
    connection.execute("CREATE TEMP TABLE bench_plates (number int PRIMARY KEY, plate text)")
    with connection.cursor().copy("COPY bench_plates FROM STDIN") as copy:
        for number, plate in enumerate(plates):
            copy.write_row((number, plate))
    connection.execute("INSERT INTO plates SELECT plate, %s, string_agg(letter, '' ORDER BY letter COLLATE \"C\") "
                       "FROM bench_plates, regexp_split_to_table(plate, '') AS letter GROUP BY plate",
                       [local_day(utc_now())])
    gateway, camera = _register(connection)
    mondays = _mondays(days)
    for monday in mondays:
        connection.execute("SELECT ensure_reads_week(%s)", [monday])
        connection.execute(_FILL, {"distinct": distinct, "seed": str(monday), "camera": camera, "gateway": gateway,
                                   "week": midnight(monday), "rows": rows * 7 // days, "days": days})
    connection.execute("VACUUM ANALYZE")
    return plates


def _plates(number: int) -> list[str]:
    rng = random.Random(20261123)
    found: dict[str, None] = {}
    while len(found) < number:
        found[normalise(traffic.make_plate(rng)) or ""] = None
    return list(found)


def _mondays(days: int) -> list[date]:
    now = utc_now()
    return sorted({monday_of(now - timedelta(days=back)) for back in range(days)})


def _register(connection: psycopg.Connection) -> tuple[int, int]:
    gateway = connection.execute("INSERT INTO gateways (name, synthetic) VALUES ('bench', true) "
                                 "RETURNING gateway_id").fetchone()
    connection.execute("INSERT INTO cameras (code, name, synthetic) SELECT code, code, true FROM unnest(%s::text[]) "
                       "AS code", [traffic.CAMERAS])
    first = connection.execute("SELECT min(camera_id) FROM cameras").fetchone()
    assert gateway is not None and first is not None  # noqa: S101, PT018  # just inserted
    return int(gateway[0]), int(first[0])

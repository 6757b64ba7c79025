"""The lists of the bench: a million entries that nobody drives, and the plates that will pass."""

import random
from collections.abc import Iterator, Sequence

from deploy.bench.stand import Stand
from deploy.bench.traffic import make_plate
from services.plates import normalise

ENTRIES = 1_000_000
_LIST = """
INSERT INTO watchlists (code, name, category, state, priority, audience_id, legal_basis, authority)
VALUES (%s, %s, 'stolen-vehicle', 'live', 1, 1, 'Bench', 'Bench') RETURNING list_id
"""
_COLUMNS = """entry_id, list_id, plate, least_probability, measure, reason, legal_basis, authority, file_number,
    requester, since, until, audience_id, priority, made_at, first_made_at, validated_at"""
_ENTRY = """nextval('watch_entry_ids'), {list_id}, {plate}, {level}, 'Bench', 'Meting', 'Bench', 'Bench', 'BENCH/2026',
    'Bench', now() - interval '1 hour', now() + interval '7 days', 1, 1, now(), now(), now()"""
# Series 8 and 9 are driven by nobody on the bench.
_MASS = """
SELECT {entry} FROM (SELECT (8 + number %% 2) || chr(65 + number / 50000 %% 26) || chr(65 + number / 1900 %% 26)
                            || chr(65 + number / 76 %% 26) || lpad((number %% 1000)::text, 3, '0') AS plate
                     FROM generate_series(1, %(entries)s) AS number) AS made
"""


def enter(stand: Stand, exact: Sequence[str], alike: Sequence[str]) -> None:
    """Put ENTRIES entries on a list, and the plates that will pass: some exactly, of some something like it."""
    with stand.connect() as connection:
        row = connection.execute(_LIST, ["bench", "Bench"]).fetchone()
        list_id = int(row[0]) if row else 0
        entry = _ENTRY.format(list_id=list_id, plate="plate", level="NULL")
        connection.execute(f"INSERT INTO watch_entries ({_COLUMNS}) {_MASS.format(entry=entry)}", {"entries": ENTRIES})
        for plates, level in ((exact, None), (alike, 0.1)):
            entry = _ENTRY.format(list_id=list_id, plate="%s", level="%s")
            with connection.cursor() as cursor:
                cursor.executemany(f"INSERT INTO watch_entries ({_COLUMNS}) VALUES ({entry})",  # noqa: S608 - constants
                                   [(plate, level) for plate in plates])
        connection.execute("VACUUM ANALYZE watch_entries")
        connection.execute("NOTIFY watchlists")


def draw_plates(rng: random.Random, taken: set[str]) -> Iterator[str]:
    """Yield invented plates, normalised, none twice and none of `taken`."""
    while True:
        plate = normalise(make_plate(rng)) or ""
        if plate not in taken:
            taken.add(plate)
            yield plate

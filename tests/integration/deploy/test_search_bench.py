"""A tiny legal year is filled into the real schema, and every question of the search bench is answered over it."""

import re
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from deploy.bench.asking import Asked
from deploy.bench.engines.child import ask_twice
from deploy.bench.engines.loading import export_reads
from deploy.bench.engines.naive import ask_naive
from deploy.bench.engines.statements import DIALECTS, statements
from deploy.bench.questions import KINDS, Kind, Sample
from deploy.bench.sampling import draw_sample
from deploy.bench.search_bench import PERIODS, Passes, ask_kind, prepare
from deploy.bench.year.store import Year, open_year
from services.clock import ZONE, midnight, monday_of

ROWS = 15_000
FEW = 3
INDEXES = """
SELECT replace(replace(pg_get_indexdef(indexrelid), %(name)s, 'week'), ' WITH (fillfactor=''100'')', ''), indisprimary,
       indisvalid FROM pg_index
WHERE indrelid = %(name)s::regclass ORDER BY 1
"""


@pytest.fixture(scope="module")
def year() -> Iterator[Year]:
    """The year, built once for this file, where the user that runs PostgreSQL can reach it."""
    with tempfile.TemporaryDirectory(prefix="zoneschild-year-") as name:
        Path(name).chmod(0o755)
        yield open_year(ROWS, folder=Path(name))


@pytest.fixture
def owner(year: Year) -> Iterator[psycopg.Connection]:
    """The owner's connection to the store that is served."""
    with year.serve() as stand, stand.connect() as connection:
        yield connection


def _one(connection: psycopg.Connection, query: str) -> object:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def test_the_year_holds_the_reads_that_it_says_in_all_its_weeks(year: Year, owner: psycopg.Connection) -> None:
    assert year.filled.reads == _one(owner, "SELECT count(*) FROM reads")
    assert year.filled.reads == pytest.approx(ROWS, rel=0.2)  # 41 a day are few to cut trips from
    assert 52 <= int(str(_one(owner, "SELECT count(DISTINCT tableoid) FROM reads"))) <= 54
    assert _one(owner, "SELECT to_regnamespace('filling')") is None


def test_a_filled_week_has_the_same_key_and_indexes_as_one_that_ingest_makes_but_packed(
        year: Year, owner: psycopg.Connection) -> None:
    filled = f"reads_{monday_of(midnight(year.filled.first + timedelta(days=20))):%Y_%m_%d}"
    next_monday = monday_of(midnight(year.filled.last + timedelta(days=7)))
    owner.execute("SELECT ensure_reads_week(%s)", [next_monday])
    made = f"reads_{next_monday:%Y_%m_%d}"
    found = [owner.execute(INDEXES, {"name": name}).fetchall() for name in (filled, made)]
    assert found[0] == found[1] != []


def test_every_plate_that_was_read_stands_in_the_dictionary_with_its_last_day(owner: psycopg.Connection) -> None:
    owner.execute("SET timezone = 'Europe/Brussels'")
    assert _one(owner, "SELECT count(*) FROM (SELECT plate, max(captured_at)::date FROM reads GROUP BY plate EXCEPT "
                       "SELECT plate, last_seen FROM plates) AS missing") == 0
    assert _one(owner, "SELECT count(*) FROM plates WHERE letters <> (SELECT string_agg(letter, '' ORDER BY letter "
                       "COLLATE \"C\") FROM regexp_split_to_table(plate, '') AS letter)") == 0
    assert _one(owner, "SELECT count(*) FROM plates LEFT JOIN reads USING (plate) WHERE reads.plate IS NULL") == 0


def test_the_reads_lie_in_the_legal_year_and_nothing_after_it(year: Year, owner: psycopg.Connection) -> None:
    row = owner.execute("SELECT min(captured_at), max(captured_at) FROM reads").fetchone()
    assert row is not None
    assert row[0].astimezone(ZONE).date() == year.filled.first
    assert midnight(year.filled.last) - timedelta(days=1) < row[1] < midnight(year.filled.last)


def test_index_only_scans_work_at_once(owner: psycopg.Connection) -> None:
    assert _one(owner, "SELECT min(relallvisible::real / greatest(relpages, 1)) FROM pg_class "
                       "WHERE relname LIKE 'reads\\_2%' AND relkind = 'r' AND relpages > 0") == 1


@pytest.fixture(scope="module")
def asking(year: Year) -> tuple[str, dict[str, Sample]]:
    """The bench's token and what it draws its questions from."""
    return prepare(year)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_of_question_is_answered_over_the_year(year: Year, asking: tuple[str, dict[str, Sample]],
                                                         kind: Kind) -> None:
    token, samples = asking
    passes = ask_kind(year, token, PERIODS[0], kind, samples["year"], within_s=5, number=FEW)
    assert len(passes.cold) == len(passes.warm) == FEW
    assert all(0 < one.sql_ms < one.whole_ms for one in (*passes.cold, *passes.warm))


def test_without_a_decision_the_month_alone_is_asked(year: Year, asking: tuple[str, dict[str, Sample]]) -> None:
    token, samples = asking
    assert max(seen.captured_at for seen in samples["month"].reads) - min(
        seen.captured_at for seen in samples["month"].reads) < timedelta(days=31)
    passes = ask_kind(year, token, PERIODS[1], KINDS[0], samples["month"], within_s=5, number=FEW)
    assert isinstance(passes, Passes)
    assert all(isinstance(one, Asked) for one in passes.warm)


def test_a_naive_schema_finds_the_reads_that_the_real_one_finds(year: Year, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="zoneschild-naive-") as name, year.serve() as stand, \
            stand.connect() as connection:
        Path(name).chmod(0o755)
        export_reads(connection, Path(name) / "reads.csv")
        sample = draw_sample(connection, midnight(year.filled.first))
        dialect = DIALECTS["naive PostgreSQL"]
        questions = {kind.name: [statements(pairs, dialect) for pairs in kind.questions(sample, FEW)]
                     for kind in KINDS if kind.name in ("exact plate", "50 plates", "camera + hour")}
        said = ask_naive(Path(name) / "naive", Path(name) / "reads.csv", questions, within_s=5)

        def ask(statement: str) -> int:
            ours = re.sub(r"camera = ('\w+')", r"camera_id = (SELECT camera_id FROM cameras WHERE code = \1)",
                          statement)
            return len(connection.execute(ours.encode()).fetchall())

        for kind, asked in questions.items():
            assert said["kinds"][kind]["rows"] == ask_twice(ask, asked, within_s=5)["rows"] > 0, kind

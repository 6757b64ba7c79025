"""Trigrams as PostgreSQL has them: pg_trgm itself is the judge."""

from typing import Any

import psycopg
import pytest

from simulator.score.rivals import Trigrams

TEXTS = ["3ABC123", "3ABC128", "3A8C123", "ABC123", "7XYZ987", "3ABC1234", "AAAA", "K71BTB"]


@pytest.mark.parametrize("plate", ["3ABC123", "AAAA", "7QQQ999"])
def test_similarity_is_that_of_the_database(database: Any, plate: str) -> None:
    found = dict(Trigrams.of(TEXTS).similar(plate, 0.0))
    with psycopg.connect(database.owner_url) as connection:
        for text in TEXTS:
            row = connection.execute("SELECT similarity(%s, %s)", [plate, text]).fetchone()
            assert row is not None
            assert text == plate or found[text] == pytest.approx(row[0], abs=1e-6), text

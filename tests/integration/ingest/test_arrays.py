"""Array literals come back from PostgreSQL as they went in, whatever a sender writes."""

from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from ingest import arrays
from services.database import transaction

ODD = st.text(st.sampled_from('"\\{},; \tNULnul\n\r\'%:ÄÖÜé漢😀')) | st.sampled_from(["NULL", "null", "", " ", "\\N"])
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


async def returned(engine: Any, kind: str, literal: str) -> list[Any]:
    async with transaction(engine) as connection:
        rows = await connection.execute(
            text(f"SELECT value FROM unnest(CAST(:literal AS {kind}[])) WITH ORDINALITY AS t (value, place) "
                 "ORDER BY place"), {"literal": literal})
        return [value for (value,) in rows]


@quick
@example(["NULL", "null", None, "", '"', "\\", '\\"', "{", "}", ",", "a,b", " a ", "\\\\", "{}", "é漢😀", "\n"])
@given(st.lists(st.none() | ODD | TEXTS, max_size=8))
async def test_texts_come_back(engine: Any, values: list[str | None]) -> None:
    assert await returned(engine, "text", arrays.text_array(values)) == values


@quick
@given(st.lists(st.none() | st.floats(0, 1)), st.lists(st.none() | st.integers(-2**63, 2**63 - 1)),
       st.lists(st.none() | st.booleans()))
async def test_numbers_and_booleans_come_back(engine: Any, fractions: list[float | None],
                                              whole: list[int | None], booleans: list[bool | None]) -> None:
    assert await returned(engine, "double precision", arrays.number_array(fractions)) == fractions
    assert await returned(engine, "bigint", arrays.number_array(whole)) == whole
    assert await returned(engine, "boolean", arrays.boolean_array(booleans)) == booleans

"""How a plate's reads lie is read from the key: ten thousand of them lie on ten thousand pages of the weeks."""

from typing import Any

import httpx

from tests.integration.search.test_r4_plans import Statements, explain, reads, statements
from tests.integration.search.world import World

__all__ = ["reads", "statements"]


async def test_the_reads_of_a_plate_are_counted_from_the_key_alone(
        reads: None, world: World, database: Any, asker: httpx.AsyncClient, statements: Statements) -> None:
    world.run("VACUUM (ANALYZE) reads")
    answer = await asker.get("/reads", params={"plate": "3ABC123", "spread": "yes"})
    assert answer.json()["spread"]["total"] == 5, "the month that is open without a decision"
    counted = next(one for one in reversed(statements) if "array_agg" in one[0])
    plan = explain(database.search_url, counted, "force_generic_plan")
    assert plan.count("Index Only Scan") == plan.count("Heap Fetches: 0") == 5
    assert plan.count("Scan") == 5

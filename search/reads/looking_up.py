"""The newest reads of one plate, and of many, each looked up by itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, BindParameter, Select, Text, bindparam, func, select, text, true
from sqlalchemy.engine import Result

from search.answers import Permitted
from services.schema import PlateText, reads


def look_up_each(query: Select[Any], plates: Sequence[str], limit: int | BindParameter[Any]) -> Select[Any]:
    """Return the newest `limit` rows of `query`, which selects from reads, for the plates named.

    Each plate's newest reads are taken from the end of its range in the primary key, then the newest of all. Asked for
    all plates at once, PostgreSQL would rather walk all reads by time and hold each against the list: it expects so
    many reads of every plate that the page would soon be full, and an unusual plate has none in most weeks.
    """
    texts = bindparam("wanted", list(plates), type_=ARRAY(Text), unique=True)
    wanted = func.unnest(texts, type_=PlateText).table_valued("plate", name="wanted").render_derived()
    newest = (query.where(reads.c.plate == wanted.c.plate.collate("C")).correlate(wanted).order_by(None)
              .order_by(reads.c.captured_at.desc(), reads.c.read_id.desc()).limit(limit).lateral("newest"))
    found = newest.c
    return (select(*found).select_from(wanted.join(newest, true()))
            .order_by(found.captured_at.desc(), found.read_id.desc(), found.plate.desc()).limit(limit))


async def execute_planned_once(permitted: Permitted, statement: Select[Any],
                               values: Mapping[str, Any] | None = None) -> Result[Any]:
    """Run a statement, and what follows in its transaction, under plans that were made once for any value.

    One plate's look-up is the same in every week, whichever plate it is; planning it anew for the fifty-three weeks of
    a year takes ten times as long as the look-up itself. All others get a plan of their own (decision 0040), but for
    the look-ups by key that follow an answer, which need none.
    """
    await permitted.connection.execute(_FOR_ANY_VALUE)
    return await permitted.execute(statement, values)


_FOR_ANY_VALUE = text("SET LOCAL plan_cache_mode = force_generic_plan")

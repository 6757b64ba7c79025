"""The newest reads of one plate, and of many, each looked up by itself."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, BindParameter, Select, Text, bindparam, func, select, true

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

"""Alerts on their way into the database: each takes what the board shows of its read from the read itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingest import arrays
from ingest.rows import Raised
from services.hits.matching import MatchedAs
from services.watchlists.watched import Watched

_FOUND = (("entry_id", "bigint"), ("entry_version", "int"), ("list_id", "int"), ("audience_id", "int"),
          ("discreet", "boolean"), ("priority", "smallint"), ("matched_as", "text"), ("probability", "real"),
          ("plate", "text"), ("captured_ms", "bigint"), ("read_id", "uuid"))
_OF_READ = ("plate", "captured_at", "received_at", "read_id", "camera_id", "country", "confidence", "images",
            "direction", "make", "model", "colour", "vehicle_type")
_OF_ENTRY = tuple(name for name, _ in _FOUND[:8])

# An alert that was withdrawn is raised again when its plate wins again; any other that is there already stays as it is.
_INSERT = f"""
INSERT INTO alerts ({", ".join((*_OF_ENTRY, *_OF_READ, "late"))})
SELECT {", ".join([*(f"found.{name}" for name in _OF_ENTRY), *(f"reads.{name}" for name in _OF_READ)])},
       reads.late OR :late
FROM unnest({", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _FOUND)})
     AS found ({", ".join(name for name, _ in _FOUND)})
JOIN reads ON reads.plate = found.plate AND reads.read_id = found.read_id
          AND reads.captured_at = 'epoch'::timestamptz + found.captured_ms * interval '1 millisecond'
WHERE NOT reads.superseded {{new}}
ORDER BY found.entry_id, found.read_id, found.plate {{lock}}
ON CONFLICT (entry_id, read_id, plate) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in _OF_ENTRY[1:])}, withdrawn_at = NULL, moved_at = NULL
    WHERE alerts.withdrawn_at IS NOT NULL
RETURNING discreet, matched_as, late
"""  # noqa: S608  # made of the constants above

# A read that this transaction neither stored nor corrected came before, and was held against what was watched for then.
_INSERT_OF_NEW = _INSERT.format(new="AND reads.xmin = pg_current_xact_id()::xid", lock="")
# A correction under way is waited for, and one that comes later finds the alert and withdraws it.
_INSERT_OF_ANY = _INSERT.format(new="", lock="FOR SHARE OF reads")


class ReadKey(NamedTuple):
    """The primary key of a read."""

    plate: str
    captured_ms: int
    read_id: str


@dataclass(frozen=True, slots=True)
class Match:
    """A read that matches an entry."""

    read: ReadKey
    entry: Watched
    matched_as: MatchedAs
    probability: float | None = None


async def insert_alerts(connection: AsyncConnection, matches: Iterable[Match], *, late: bool = False,
                        new_reads_only: bool = False) -> list[Raised]:
    """Insert the alerts that are not there yet, for reads that are not superseded; return what was raised.

    `late` makes all of them late; with `new_reads_only` reads that this transaction did not write raise nothing.
    """
    # One row for each: two of the same, from two copies of a message, would make the statement fail.
    found = list({(match.entry.entry_id, match.read): match for match in matches}.values())
    if not found:
        return []
    columns = zip(*map(_values, found), strict=True)
    values = {name: arrays.LITERALS[kind](column) for (name, kind), column in zip(_FOUND, columns, strict=True)}
    statement = _INSERT_OF_NEW if new_reads_only else _INSERT_OF_ANY
    rows = await connection.execute(text(statement), values | {"late": late})
    return [Raised(row.discreet, MatchedAs(row.matched_as), row.late) for row in rows]


def _values(match: Match) -> tuple[object, ...]:
    entry = match.entry
    return (entry.entry_id, entry.version, entry.list_id, entry.audience_id, entry.discreet, entry.priority,
            str(match.matched_as), match.probability, *match.read)

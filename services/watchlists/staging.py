"""Every statement that holds a delivery against its list: copied into temporary tables, compared in sets, applied.

The temporary tables end with the transaction, so nothing of a delivery stays behind, whatever happens in the middle.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import AsyncConnection as Psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.watchlists.delivery_lines import PASTED, STAGED, TERMS, Fault, Refusal

_WITHIN = "10min"
"""How long one statement of a delivery may take: a question's own limit is too short for a million lines."""

# A question is planned for few rows of large tables; a delivery reads a list as a whole.
_AS_A_WHOLE = (
    f"SET LOCAL statement_timeout = '{_WITHIN}'", "SET LOCAL work_mem = '128MB'", "SET LOCAL enable_seqscan = on",
    "SET LOCAL enable_hashjoin = on", "SET LOCAL enable_mergejoin = on",
)

# Where nothing is known yet of how many entries there are, one table row by row for each row of another may look
# cheap to the planner; with many lines it takes hours.
_FEW = 1_000
_IN_SETS = "SET LOCAL enable_nestloop = off"
_MANY = 10_000
"""So many new versions are worth a fresh look at the statistics of all entries."""
_ANALYZE_ENTRIES = "SELECT analyze_watch_entries()"
_MAKE, _ANALYZE = "SELECT make_delivery_tables()", "SELECT analyze_delivery_tables()"

# A key that stands twice in a whole list: the first line counts.
_DOUBLED = """
DELETE FROM staged USING (
    SELECT key, min(line) AS line FROM staged WHERE part = 1 AND operation <> 'x' GROUP BY key HAVING count(*) > 1
) AS first
WHERE staged.key = first.key AND staged.part = 1 AND staged.operation <> 'x' AND staged.line > first.line
RETURNING staged.part, staged.line
"""

# What is to be changed or removed must be there when its turn comes: put by the last line of its key that adds or
# removes (odd where it adds), else, unless the whole list came first, by the list itself.
_UNKNOWN = """
DELETE FROM staged USING (
    SELECT part, line, key, operation, max(
        CASE operation WHEN 'a' THEN (part::bigint << 40) + line * 2::bigint + 1
                       WHEN 'r' THEN (part::bigint << 40) + line * 2::bigint END)
        OVER (PARTITION BY key ORDER BY part, line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM staged WHERE operation <> 'x'
) AS turn
WHERE turn.operation IN ('c', 'r') AND staged.part = turn.part AND staged.line = turn.line AND NOT CASE
    WHEN turn.before IS NOT NULL THEN turn.before % 2 = 1
    WHEN :whole THEN false
    ELSE EXISTS (SELECT FROM watch_entries AS entry WHERE entry.list_id = :list_id AND entry.source_key = turn.key
                 AND entry.replaced_at IS NULL AND (entry.revoked_at IS NULL OR entry.revoked_by IS NOT NULL)) END
RETURNING staged.part, staged.line
"""

_WANTED = """
INSERT INTO wanted (key, operation, plate, pattern, file_number, term)
SELECT DISTINCT ON (key) key, operation, plate, pattern, file_number, term
FROM staged WHERE operation <> 'x' ORDER BY key, part DESC, line DESC
"""

# What becomes of each key. A revocation by the product, because an earlier delivery no longer held the entry, is undone
# when it comes back; one by a person stays until the delivering party says something else than it said then.
_PLAN = """
INSERT INTO planned (key, plate, pattern, file_number, term, entry_id, version, what)
SELECT wanted.key, wanted.plate, wanted.pattern, coalesce(wanted.file_number, terms.file_number), wanted.term,
       entry.entry_id, entry.version,
       CASE
           WHEN wanted.operation = 'r' THEN CASE WHEN entry.revoked_at IS NULL AND entry.entry_id IS NOT NULL
                                                 THEN 'ended' ELSE 'same' END
           WHEN entry.entry_id IS NULL OR (entry.revoked_at IS NOT NULL AND entry.revoked_by IS NULL) THEN 'added'
           WHEN (entry.plate, entry.pattern, entry.measure, entry.reason, entry.legal_basis, entry.authority,
                 entry.file_number, entry.requester, entry.until)
                = (wanted.plate, wanted.pattern, terms.measure, terms.reason, terms.legal_basis, terms.authority,
                   coalesce(wanted.file_number, terms.file_number), terms.requester, terms.until)
                AND entry.country IS NOT DISTINCT FROM terms.country
                AND entry.since = coalesce(terms.since, least(entry.since, :now))
                THEN CASE WHEN entry.revoked_at IS NULL THEN 'same' ELSE 'held' END
           ELSE 'changed'
       END
FROM wanted LEFT JOIN terms USING (term)
LEFT JOIN watch_entries AS entry ON entry.list_id = :list_id AND entry.source_key = wanted.key
    AND entry.replaced_at IS NULL
"""

# What a whole list no longer holds. A line that was refused says that its key is still there.
_ENDED = """
INSERT INTO planned (key, entry_id, version, what)
SELECT entry.source_key, entry.entry_id, entry.version, 'ended'
FROM watch_entries AS entry
WHERE entry.list_id = :list_id AND entry.replaced_at IS NULL AND entry.revoked_at IS NULL AND entry.until > :now
    AND entry.source_key NOT LIKE :pasted
    AND NOT EXISTS (SELECT FROM wanted WHERE wanted.key = entry.source_key)
    AND NOT EXISTS (SELECT FROM staged WHERE staged.key = entry.source_key AND staged.operation = 'x')
"""

_COUNTS = "SELECT what, count(*) AS entries FROM planned GROUP BY what"
_BEFORE = """
SELECT count(*) FROM watch_entries WHERE list_id = :list_id AND replaced_at IS NULL AND revoked_at IS NULL
    AND until > :now AND source_key NOT LIKE :pasted
"""

_ADD = """
INSERT INTO watch_entries (entry_id, list_id, plate, pattern, country, measure, reason, legal_basis, authority,
    file_number, requester, since, until, audience_id, priority, discreet, made_by, made_at, first_made_at, delivery_id,
    source_key, validated_by, validated_at)
SELECT nextval('watch_entry_ids'), :list_id, plan.plate, plan.pattern, terms.country, terms.measure, terms.reason,
    terms.legal_basis, terms.authority, plan.file_number, terms.requester, coalesce(terms.since, :now), terms.until,
    :audience_id, :priority, :discreet, :made_by, :now, :now, :delivery_id, plan.key, :validated_by, :now
FROM planned AS plan JOIN terms USING (term) WHERE plan.what = 'added' AND plan.entry_id IS NULL
"""

# What a delivery does not speak of (area, hours, look-alikes, group) stays; so does a beginning that has passed.
_CHANGE = """
WITH old AS (
    UPDATE watch_entries AS entry SET replaced_at = :now FROM planned AS plan
    WHERE entry.entry_id = plan.entry_id AND entry.version = plan.version AND plan.what IN ('added', 'changed')
        AND entry.replaced_at IS NULL
    RETURNING entry.*, plan.key, plan.plate AS new_plate, plan.pattern AS new_pattern,
        plan.file_number AS new_file_number, plan.term, plan.what
)
INSERT INTO watch_entries (entry_id, version, list_id, plate, pattern, country, least_probability, measure, reason,
    legal_basis, authority, file_number, requester, requested_by, since, until, cameras, hours, audience_id, priority,
    discreet, made_by, made_at, first_made_at, delivery_id, source_key, validated_by, validated_at, warned_at)
SELECT old.entry_id, old.version + 1, old.list_id, old.new_plate, old.new_pattern, terms.country,
    old.least_probability, terms.measure, terms.reason, terms.legal_basis, terms.authority, old.new_file_number,
    terms.requester, old.requested_by,
    coalesce(terms.since, CASE WHEN old.what = 'added' THEN :now ELSE least(old.since, :now) END), terms.until,
    old.cameras, old.hours, old.audience_id, old.priority, old.discreet, :made_by, :now, old.first_made_at,
    :delivery_id, old.source_key, :validated_by, :now, CASE WHEN terms.until = old.until THEN old.warned_at END
FROM old JOIN terms USING (term)
"""

# As a revocation by hand: in place, and by nobody.
_END = """
UPDATE watch_entries AS entry SET revoked_at = :now, revoked_because = :because FROM planned AS plan
WHERE entry.entry_id = plan.entry_id AND entry.version = plan.version AND plan.what = 'ended'
    AND entry.replaced_at IS NULL AND entry.revoked_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Target:
    """The list that a delivery changes, with what its new entries get from it."""

    list_id: int
    audience_id: int
    priority: int
    discreet: bool


@dataclass(frozen=True, slots=True)
class By:
    """Which delivery changes a list, who handed it in and who answers for it; None is the console."""

    delivery_id: UUID | None
    """None where the entries are pasted: those are kept by hand from then on."""
    made_by: int | None
    validated_by: int | None


async def begin(connection: AsyncConnection) -> None:
    """Make the temporary tables; they are gone when the transaction ends."""
    for statement in (*_AS_A_WHOLE, _MAKE):
        await connection.execute(text(statement))


async def copy(connection: AsyncConnection, terms: Sequence[str], staged: Sequence[str]) -> None:
    """Copy rows as `services.watchlists.delivery_lines.Staging` writes them."""
    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, Psycopg)  # noqa: S101  # the only driver the product uses
    for table, columns, rows in (("terms", TERMS, terms), ("staged", STAGED, staged)):
        if rows:
            statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
            async with driver.cursor() as cursor, cursor.copy(statement.encode()) as copying:
                await copying.write("".join(rows))


async def plan(connection: AsyncConnection, target: Target, lines: int, now: datetime, *, whole: bool,
               changes: bool) -> list[Refusal]:
    """Decide what becomes of every entry of so many staged lines; return the lines that turn out to be refused.

    `whole` says that the first part is the whole list, `changes` that there are parts that change one.
    """
    values = {"list_id": target.list_id, "now": now, "pasted": f"{PASTED}%", "whole": whole}
    if lines > _FEW:
        await connection.execute(text(_IN_SETS))
    refused = [Refusal(row.part, row.line, Fault.doubled) for row in await connection.execute(text(_DOUBLED))
               ] if whole or not changes else []
    await connection.execute(text(_ANALYZE))
    if changes:
        unknown = await connection.execute(text(_UNKNOWN), values)
        refused += [Refusal(row.part, row.line, Fault.unknown) for row in unknown]
    for statement in (_WANTED, _ANALYZE, _PLAN, *((_ENDED,) if whole else ()), _ANALYZE):
        await connection.execute(text(statement), values if ":list_id" in statement else {})
    return refused


async def count(connection: AsyncConnection, target: Target, now: datetime) -> dict[str, int]:
    """Return how many entries are added, changed, ended, the same and held, and how many there were `before`."""
    found: Mapping[str, int] = {row.what: row.entries for row in await connection.execute(text(_COUNTS))}
    before: int = (await connection.execute(text(_BEFORE), {
        "list_id": target.list_id, "now": now, "pasted": f"{PASTED}%"})).scalar_one()
    return {**{what: found.get(what, 0) for what in ("added", "changed", "ended", "same", "held")}, "before": before}


async def apply(connection: AsyncConnection, target: Target, by: By, because: str, now: datetime) -> None:
    """Do what was planned: new versions of what changed, nothing for what did not; `because` tells why one ended."""
    values = {"list_id": target.list_id, "audience_id": target.audience_id, "priority": target.priority,
              "discreet": target.discreet, "delivery_id": by.delivery_id, "made_by": by.made_by,
              "validated_by": by.validated_by, "because": because, "now": now}
    written = [(await connection.execute(text(statement), values)).rowcount for statement in (_ADD, _CHANGE, _END)]
    if sum(written) > _MANY:
        await connection.execute(text(_ANALYZE_ENTRIES))

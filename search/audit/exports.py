"""The audit as a file: CSV for people, JSON lines with the seals for whoever holds rows against their chain."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import msgspec

from search.audit.queries import AuditRow
from search.sheets import MEDIA_TYPE, write_sheet
from services.clock import ZONE, iso_ms

_HEADER = ("audit_id", "at", "at_brussels", "action", "username", "role", "client_address", "consultation_id",
           "purpose", "file_number", "origin", "question", "filters", "decision", "result_count", "read_ids")


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: its media type and how it is written."""

    media_type: str
    write: Callable[[Sequence[AuditRow]], bytes]


def write_csv(rows: Iterable[AuditRow]) -> bytes:
    """Write CSV with a header, oldest row first."""
    return write_sheet(_HEADER, map(_cells, rows))


def _cells(row: AuditRow) -> Iterable[object]:
    yield from (row.audit_id, iso_ms(row.at), row.at.astimezone(ZONE).isoformat(), row.action, row.username, row.role,
                row.client_address, row.consultation_id, row.purpose, row.file_number, row.origin, row.question)
    yield from (msgspec.json.encode(row.filters).decode(), msgspec.json.encode(row.decision).decode(),
                row.result_count, " ".join(map(str, row.read_ids)))


def write_json_lines(rows: Iterable[AuditRow]) -> bytes:
    """Write a JSON object a line (UTF-8), oldest row first; times are exact to the microsecond, as they were sealed."""
    return b"".join(msgspec.json.encode(in_full(row)) + b"\n" for row in rows)


def in_full(row: AuditRow) -> dict[str, object]:
    """Return a row with its seals, as JSON has it."""
    return {"audit_id": row.audit_id, "at": row.at, "action": row.action, "user_id": row.user_id,
            "username": row.username, "role": row.role, "client_address": row.client_address,
            "consultation_id": row.consultation_id, "purpose": row.purpose, "file_number": row.file_number,
            "origin": row.origin, "question": row.question, "filters": row.filters, "decision": row.decision,
            "result_count": row.result_count, "read_ids": list(row.read_ids),
            "content_seal": row.content_seal.hex(), "link_seal": row.link_seal.hex()}


FORMATS = {
    "csv": Format(MEDIA_TYPE, write_csv),
    "jsonl": Format("application/jsonl", write_json_lines),
}

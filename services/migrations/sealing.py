"""Sealing the audit rows that were written before there were seals; a part of migration 0004."""

from sqlalchemy import Connection, text

from services.audit_chain import CONTENT, START, Sealer
from services.settings import AuditSettings, load_settings

_ROWS = text(f"SELECT audit_id, {', '.join(CONTENT)} FROM audit ORDER BY audit_id")  # noqa: S608 - our own names
_SEAL = text("UPDATE audit SET audit_id = :number, content_seal = :content, link_seal = :link WHERE audit_id = :old")


def seal_old_rows(connection: Connection) -> None:
    """Number the rows without gaps and seal them; raises ConfigurationError when there are some and no key is set."""
    if connection.scalar(text("SELECT EXISTS (SELECT FROM audit)")) is not True:
        return
    sealer, previous = Sealer(load_settings(AuditSettings).audit_key.get_secret_value()), START
    connection.execute(text("ALTER TABLE audit DISABLE TRIGGER audit_append_only"))
    for number, row in enumerate(connection.execute(_ROWS).mappings().all(), 1):
        content = sealer.content(dict(row))
        previous = sealer.link(number, content, previous)
        connection.execute(_SEAL, {"number": number, "old": row["audit_id"], "content": content, "link": previous})
    connection.execute(text("ALTER TABLE audit ENABLE TRIGGER audit_append_only"))

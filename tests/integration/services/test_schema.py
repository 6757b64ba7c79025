"""The tables that migrations make are those of services/schema*.py, and a repeated migration changes nothing."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine

from services import migrating as migrations
from services import schema_hits, schema_people, schema_watchlists
from services.schema import metadata
from services.settings import StoreSettings

TOLD_IN = (schema_people, schema_watchlists, schema_hits)
"""Beside services.schema: each adds its tables to the one metadata."""


def differences(connection: Connection) -> list[Any]:
    def ours(_object: Any, name: str | None, kind: str, reflected: bool, _compared: Any) -> bool:
        return not (reflected and kind == "table" and str(name).startswith("reads_2"))

    options = {"compare_type": True, "compare_server_default": False, "include_object": ours}
    found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    return [difference for difference in found if "alembic_version" not in str(difference)]


def test_migrations_make_the_tables_of_the_code(database: Any, owner: Any) -> None:
    owner.execute("SELECT ensure_reads_week(date_trunc('week', now())::date)")
    engine = create_engine(StoreSettings(database_url=database.owner_url).sqlalchemy_url())
    with engine.connect() as connection:
        assert differences(connection) == []
    engine.dispose()


def test_every_table_and_column_of_the_code_is_there_in_its_order_and_with_its_default(owner: Any) -> None:
    rows = owner.execute("SELECT table_name, column_name, is_nullable, column_default, identity_generation, "
                         "is_generated FROM information_schema.columns WHERE table_schema = 'public' "
                         "ORDER BY table_name, ordinal_position").fetchall()
    found = {}
    for row in rows:
        has_default = (row["column_default"] is not None or row["identity_generation"] is not None
                       or row["is_generated"] == "ALWAYS")
        found.setdefault(row["table_name"], []).append((row["column_name"], row["is_nullable"] == "YES", has_default))
    found.pop("alembic_version")
    assert found == {table.name: [(column.name, column.nullable, column.server_default is not None)
                                  for column in table.columns] for table in metadata.tables.values()}


async def test_migrating_again_changes_nothing(database: Any, owner: Any) -> None:
    await migrations.migrate(StoreSettings(database_url=database.owner_url))
    assert owner.execute("SELECT version_num FROM alembic_version").fetchall() == [{"version_num": "0008"}]

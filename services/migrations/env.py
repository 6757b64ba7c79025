"""Alembic's entry: runs migrations on the connection that `services.database.migrate` hands it."""

from alembic import context

from services.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()

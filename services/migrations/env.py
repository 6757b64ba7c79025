"""Alembic's entry: runs migrations on the connection that `services.migrating.migrate` hands it."""

from alembic import context

from services import schema_people

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=schema_people.users.metadata)
with context.begin_transaction():
    context.run_migrations()

"""Alembic executes this file; `nai.core.migrations` hands it the connection."""

from alembic import context

from nai.core.migration_environment import resumable

connection = context.config.attributes["connection"]
resumable.register()
context.configure(
    connection=connection,
    version_table=context.config.attributes["version_table"],
    # SQLite alters a table by copying it.
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()

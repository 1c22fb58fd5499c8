"""Run by Alembic. The connection and its transaction belong to the caller, `adapters/stores/migrate.py`."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()

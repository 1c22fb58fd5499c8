"""The store in SQL: SQLite here, schema by Alembic in `migrations/`."""

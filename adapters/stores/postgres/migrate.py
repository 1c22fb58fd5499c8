"""Makes a PostgreSQL database, or brings it to the schema of this code.

Imported only when there is something to do: Alembic and SQLAlchemy make a start a second slower.
"""

from __future__ import annotations

import psycopg
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from adapters.stores import migrate
from adapters.stores.migrations import MOVING, UNFINISHED
from adapters.stores.postgres.link import MIGRATE_LOCK, conninfo
from schemas.errors import RecordUnavailable, WrongUse


def upgrade(url: str) -> None:
    """All steps in one transaction, and one process at a time: another one waits and finds it done.

    Raises WrongUse for a revision this code does not know, RecordUnavailable when it cannot be written.
    """
    info = conninfo(url)
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(info),
        poolclass=NullPool,
        hide_parameters=True,
    )
    try:
        with engine.begin() as connection:
            # A step may take longer on much data than a statement of the gateway may.
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATE_LOCK})
            if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar() is not None:
                found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
                if str(found).startswith(MOVING):
                    raise WrongUse(UNFINISHED)
            migrate.upgrade(connection)
    except (SQLAlchemyError, psycopg.Error) as error:
        raise RecordUnavailable("het databaseschema is niet bij te werken") from error
    finally:
        engine.dispose()

"""Brings a SQLite file to the schema of this code.

Imported only when there is something to do: Alembic and SQLAlchemy make a start a second slower.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from adapters.stores import migrate
from adapters.stores.sqlite.engine import sqlite3
from schemas.errors import RecordUnavailable


def upgrade(connect: Callable[[], sqlite3.Connection]) -> None:
    """All steps in one transaction: after a crash the file has the old schema or the new one.

    `connect` gives connections in autocommit. Raises WrongUse for a revision this code does not know,
    RecordUnavailable when the file cannot be written.
    """
    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool, module=sqlite3)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("BEGIN IMMEDIATE"))
            migrate.upgrade(connection)
            connection.execute(text("COMMIT"))
    except SQLAlchemyError as error:
        raise RecordUnavailable("het databaseschema is niet bij te werken") from error
    finally:
        engine.dispose()

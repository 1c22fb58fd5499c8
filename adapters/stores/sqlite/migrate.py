"""Brings a SQLite file to the schema of this code.

Imported only when there is something to do: Alembic and SQLAlchemy make a start a second slower.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from schemas.errors import RecordUnavailable, WrongUse

MIGRATIONS = Path(__file__).parent / "migrations"


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made


def upgrade(connect: Callable[[], sqlite3.Connection]) -> None:
    """All steps in one transaction: after a crash the file has the old schema or the new one.

    `connect` gives connections in autocommit. Raises WrongUse for a revision this code does not know,
    RecordUnavailable when the file cannot be written.
    """
    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    made = config()
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("BEGIN IMMEDIATE"))
            made.attributes["connection"] = connection
            command.upgrade(made, "head")
            connection.execute(text("COMMIT"))
    except CommandError as error:
        raise WrongUse("deze database is gemaakt door een nieuwere versie van de gateway") from error
    except SQLAlchemyError as error:
        raise RecordUnavailable("het databaseschema is niet bij te werken") from error
    finally:
        engine.dispose()

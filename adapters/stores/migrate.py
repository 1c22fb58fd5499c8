"""Brings a database to the schema of this code.

Imported only when there is something to do: Alembic and SQLAlchemy make a start a second slower.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from schemas.errors import WrongUse

MIGRATIONS = Path(__file__).parent / "migrations"


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Take all steps, in the transaction that the caller began and ends.

    Raises WrongUse for a revision that this code does not know.
    """
    made = config()
    made.attributes["connection"] = connection
    try:
        command.upgrade(made, revision)
    except CommandError as error:
        raise WrongUse("deze database is gemaakt door een nieuwere versie van de gateway") from error

"""The steps of the schema: the same on both engines, and together what the schema is said to be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from adapters.stores import migrate, schema
from adapters.stores.migrations import REVISION
from tests.pgsession import Databases

Described = dict[str, set[tuple[object, ...]]]
"""By table its columns, constraints and indexes; names that the database made up itself left out."""

_COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity
    FROM information_schema.columns WHERE table_schema = 'public'
"""
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
"""
_INDEXES = """
    SELECT tablename, indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


def described(connection: sa.Connection) -> Described:
    """The schema as the database itself tells it, in whichever order it was made."""
    if connection.dialect.name == "sqlite":
        rows = list(_sqlite(connection))
    else:
        rows = [
            tuple(row)
            for query in (_COLUMNS, _CONSTRAINTS, _INDEXES)
            for row in connection.exec_driver_sql(query)
        ]
    found: Described = {}
    for table, *what in rows:
        found.setdefault(str(table), set()).add(tuple(what))
    return {table: what for table, what in found.items() if table != "alembic_version"}


def _sqlite(connection: sa.Connection) -> Iterator[tuple[object, ...]]:
    made = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    for kind, name, table, sql in connection.exec_driver_sql(made).all():
        if kind == "index":
            yield table, name, _plain(sql)
            continue
        yield table, "without rowid", "WITHOUT ROWID" in sql
        yield table, "checks", *sorted(re.findall(r"CHECK \(.*?\)", sql))
        for _, column, type_, notnull, default, key in connection.exec_driver_sql(
            f"PRAGMA table_info({name})"
        ):
            yield table, column, type_, notnull, _plain(default), key
        for row in connection.exec_driver_sql(f"PRAGMA foreign_key_list({name})"):
            yield table, "references", *row[2:]
        for _, index, unique, origin, *_ in connection.exec_driver_sql(f"PRAGMA index_list({name})").all():
            if origin != "c":
                columns = connection.exec_driver_sql(f"PRAGMA index_info({index})").all()
                yield table, "unique", unique, *(column for *_, column in columns)


def _plain(text: str | None) -> str:
    return " ".join((text or "").replace('"', "").replace("'", "").split())


@pytest.fixture(params=["postgres", "sqlite"])
def engine(
    request: pytest.FixtureRequest, tmp_path: Path, databases: Databases
) -> Iterator[Callable[[], sa.Engine]]:
    """Makes empty databases of one engine."""
    made: list[sa.Engine] = []

    def make() -> sa.Engine:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path / str(len(made))}.db"
        else:
            url = databases.make().replace("postgresql://", "postgresql+psycopg://")
        made.append(sa.create_engine(url, poolclass=NullPool))
        return made[-1]

    yield make
    for one in made:
        one.dispose()


def test_all_steps_together_are_the_schema(engine: Callable[[], sa.Engine]) -> None:
    """Who reads schema.py reads what every database has, whichever release it began with."""
    with engine().begin() as stepped, engine().begin() as fresh:
        migrate.upgrade(stepped)
        schema.META.create_all(fresh, tables=schema.of_engine(fresh.dialect.name))
        assert described(stepped) == described(fresh)
        assert len(described(stepped)) > 10


def test_a_step_that_is_forgotten_is_seen(engine: Callable[[], sa.Engine]) -> None:
    """The comparison sees a missing index, column, constraint and table, each by itself."""
    with engine().begin() as connection:
        migrate.upgrade(connection)
        before = described(connection)
        for change in (
            "DROP INDEX levering_held",
            "ALTER TABLE leerling DROP COLUMN identity_key",
            "DROP TABLE jti",
        ):
            connection.exec_driver_sql(change)
            after = described(connection)
            assert after != before
            before = after


def test_the_first_row_of_state_is_the_empty_log(engine: Callable[[], sa.Engine]) -> None:
    """Both engines begin with a log of no leaves and no register."""
    with engine().begin() as connection:
        migrate.upgrade(connection)
        rows = connection.execute(sa.select(schema.STATE)).all()
    assert [tuple(row) for row in rows] == [(1, bytes(8), 0, 0, None, None)]


def test_the_code_knows_the_newest_step() -> None:
    """A step added without raising REVISION would never be looked for."""
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(migrate.config()).get_current_head() == REVISION

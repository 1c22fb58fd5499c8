"""Moves all that a SQLite file holds to a PostgreSQL database, row by row as it stands.

The file is held for as long as this takes: its lock keeps gateways out, an open transaction keeps tools from
writing. Rows go over in the order of their key, a portion per transaction, so how far a move had come is how
many rows are there, and one that was killed goes on from that. Until it is whole, the target says in the
place of its revision which file it is being filled from, and no gateway opens it. At the end the file says
in the same place that it has moved before the target says that it may be used: never both.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import orjson
import psycopg
import sqlalchemy as sa
from psycopg import sql

from adapters.stores.migrations import MOVED, MOVING, REVISION
from adapters.stores.postgres.link import MOVE_LOCK, conninfo
from adapters.stores.postgres.migrate import upgrade
from adapters.stores.schema import META, of_engine
from adapters.stores.sqlite.engine import sqlite3
from adapters.stores.sqlite.file import hold
from schemas.errors import AlreadyRunning, LedgerBroken, RecordUnavailable, WrongUse

PORTION: Final = 1_000
"""Rows per transaction."""

Tick = Callable[[int], None]

_STATE: Final = "state"
_TABLES: Final = tuple(t for t in META.sorted_tables if "engine" not in t.info and t.name != _STATE)
"""The tables in the order in which rows may refer to each other. The one row of `state` is there from the
beginning.
"""

# ruff: noqa: S608 - only names of our own tables are put together
# PostgreSQL numbers each postbus by itself, SQLite all together: a partij goes on after its own last place.
_SOURCES: Final = {
    "nummer": (
        "(SELECT partij, soort, laatste FROM nummer UNION ALL SELECT ontvanger, 'postbus', max(positie)"
        " FROM levering WHERE positie IS NOT NULL GROUP BY ontvanger)"
    )
}


class Move:
    """A move from a file that is held to a database that is ours alone. `moving` makes it."""

    def __init__(self, source: sqlite3.Connection, target: psycopg.Connection[Any]) -> None:
        self._source, self._target = source, target
        note = source.execute("SELECT note FROM checkpoint").fetchone()
        self.checkpoint: str | None = note and note[0]
        """The last checkpoint that the file keeps."""
        self.rows = {str(table.name): self._count(table.name) for table in _TABLES}
        """How many rows there are to move, by table."""
        self.kenmerk = self._kenmerk()
        """The mark of what the file holds. Another file, or the same file after a gateway used it, has
        another mark.
        """

    @property
    def total(self) -> int:
        return sum(self.rows.values())

    def begin(self) -> None:
        """Make the target ready, or find that it was begun. Raises WrongUse when it holds anything else."""
        marked = f"{MOVING}{self.kenmerk}"
        found = self._revision()
        if found == marked:
            return
        if found is not None and found.startswith(MOVING):
            raise WrongUse(
                "--to is begonnen met een ander bestand, of met dit bestand voordat het weer in gebruik was:"
                " neem een nieuwe, lege database"
            )
        if self._moved():
            raise WrongUse("dit bestand is al verhuisd")
        if found != REVISION or self._holds_rows():
            raise WrongUse("--to is niet leeg: een verhuizing kan alleen naar een lege database")
        with self._target.transaction():
            self._target.execute("UPDATE alembic_version SET version_num = %s", (marked,))

    def copy(self, tick: Tick | None, at_once: int = PORTION) -> None:
        """Copy the rows that are not there yet. `tick` is told how many rows are."""
        done = 0
        for table in _TABLES:
            there = self._there(table)
            done += there
            for portion in self._portions(table, there, at_once):
                with (
                    self._target.transaction(),
                    self._target.cursor() as cursor,
                    cursor.copy(_copy_into(table)) as copy,
                ):
                    for row in portion:
                        copy.write_row(row)
                done += len(portion)
                if tick is not None:
                    tick(done)
        self._finish()

    def compare(self, tick: Tick | None) -> None:
        """Compare every row of every table here and there, byte for byte. Raises LedgerBroken when one
        differs.
        """
        done = 0
        for table in (*_TABLES, META.tables[_STATE]):
            ours, theirs = hashlib.sha256(), hashlib.sha256()
            here = there = 0
            for portion in self._portions(table, 0, PORTION):
                ours.update(b"".join(repr(row).encode() for row in portion))
                here += len(portion)
            for portion in self._written(table):
                theirs.update(b"".join(repr(row).encode() for row in portion))
                there += len(portion)
            if here != there or ours.digest() != theirs.digest():
                raise LedgerBroken(
                    f"de tabel {table.name} is niet gelijk ({here} en {there} rijen): er is niets overgezet;"
                    " neem een nieuwe, lege database"
                )
            done += here
            if tick is not None:
                tick(done)

    def receipts(self) -> int:
        """How many leaves were named in an answer; each of them has its line in the target. Raises
        LedgerBroken.
        """
        with self._target.transaction(), self._target.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE genoemd (blad bytea) ON COMMIT DROP")
            with cursor.copy("COPY genoemd FROM STDIN") as copy:
                for (body,) in self._source.execute("SELECT body FROM answer"):
                    for leaf in _named(body):
                        copy.write_row((leaf,))
            found = cursor.execute(
                "SELECT count(*), count(*) FILTER (WHERE NOT EXISTS"
                " (SELECT FROM entry WHERE leaf_hash = blad)) FROM genoemd"
            ).fetchone()
        named, missing = found or (0, 0)
        if missing:
            raise LedgerBroken(f"van {missing} uitgegeven bewijzen ontbreekt de regel in de verantwoording")
        return int(named)

    def leave(self) -> None:
        """Mark the file, so that nobody uses it again by accident.

        When we are killed after this and before `arrive`, neither of the two may be used until the move is
        run again.
        """
        self._source.execute("UPDATE alembic_version SET version_num = ?", (f"{MOVED}{REVISION}",))
        self._source.execute("COMMIT")

    def arrive(self) -> None:
        """Mark the target: from now on it may be used."""
        with self._target.transaction():
            self._target.execute("UPDATE alembic_version SET version_num = %s", (REVISION,))

    def _finish(self) -> None:
        """Write what rows alone do not say: the size of the tree, and the next numbers that the database
        draws.
        """
        columns = [column.name for column in META.tables[_STATE].columns]
        (row,) = self._source.execute(f"SELECT {', '.join(columns)} FROM {_STATE}").fetchall()
        with self._target.transaction():
            for name, value in zip(columns, row, strict=True):
                change = sql.SQL("UPDATE state SET {} = %s").format(sql.Identifier(name))
                self._target.execute(change, (value,))
            for name in ("fact", "levering", "taak", "zaak"):
                self._target.execute(
                    sql.SQL(
                        "SELECT setval(pg_get_serial_sequence(%s, 'n'), coalesce(max(n), 1),"
                        " max(n) IS NOT NULL) FROM {}"
                    ).format(sql.Identifier(name)),
                    (name,),
                )

    def _count(self, name: str) -> int:
        return int(self._source.execute(f"SELECT count(*) FROM {_SOURCES.get(name, name)}").fetchone()[0])

    def _kenmerk(self) -> str:
        (frontier,) = self._source.execute("SELECT frontier FROM state").fetchone()
        said = repr((sorted(self.rows.items()), frontier, self.checkpoint))
        return hashlib.sha256(said.encode()).hexdigest()[:20]

    def _moved(self) -> bool:
        row = self._source.execute("SELECT version_num FROM alembic_version").fetchone()
        return row is not None and str(row[0]).startswith(MOVED)

    def _revision(self) -> str | None:
        row = self._target.execute("SELECT version_num FROM alembic_version").fetchone()
        return None if row is None else str(row[0])

    def _holds_rows(self) -> bool:
        """Whether it holds other rows than those of a new schema."""
        for table in of_engine("postgresql"):
            where = " WHERE frontier <> '\\x0000000000000000' OR register_version > 0"
            rest = where if table.name == _STATE else ""
            query = sql.SQL("SELECT EXISTS (SELECT FROM {}" + rest + ")").format(sql.Identifier(table.name))
            if self._target.execute(query).fetchone() == (True,):
                return True
        return False

    def _there(self, table: sa.Table) -> int:
        row = self._target.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table.name))
        ).fetchone()
        return 0 if row is None else int(row[0])

    def _portions(self, table: sa.Table, start: int, at_once: int) -> Iterator[list[tuple[Any, ...]]]:
        names = ", ".join(column.name for column in table.columns)
        key = ", ".join(column.name for column in table.primary_key)
        cursor = self._source.execute(
            f"SELECT {names} FROM {_SOURCES.get(table.name, table.name)} ORDER BY {key} LIMIT -1 OFFSET ?",
            (start,),
        )
        while portion := cursor.fetchmany(at_once):
            yield portion

    def _written(self, table: sa.Table) -> Iterator[list[tuple[Any, ...]]]:
        """The rows in the order of the bytes of the key, as SQLite has them, whatever the language of the
        database.
        """
        key = [
            sql.SQL("{} COLLATE {}").format(sql.Identifier(column.name), sql.Identifier("C"))
            if isinstance(column.type, sa.Text)
            else sql.Identifier(column.name)
            for column in table.primary_key
        ]
        query = sql.SQL("SELECT {} FROM {} ORDER BY {}").format(
            sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns),
            sql.Identifier(table.name),
            sql.SQL(", ").join(key),
        )
        with self._target.transaction(), self._target.cursor("rijen", binary=True) as cursor:
            cursor.execute(query)
            while portion := cursor.fetchmany(PORTION):
                yield portion


@contextmanager
def moving(path: Path, url: str) -> Iterator[Move]:
    """Hold the file and the database.

    Raises WrongUse and RecordUnavailable, and AlreadyRunning while a gateway has the file or another move is
    under way.
    """
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(_source(path))
        try:
            target = stack.enter_context(_target(url))
            move = Move(source, target)
            move.begin()
            yield move
        except psycopg.Error as error:
            raise RecordUnavailable("de database antwoordt niet, of weigert wat nodig is") from error
        except sqlite3.Error as error:
            raise RecordUnavailable(f"{path} is niet te lezen") from error


def undo(path: Path) -> None:
    """Lets a gateway start on a file that has moved. Raises WrongUse when it has not, AlreadyRunning."""
    with hold(path) as source:
        found = source.execute("SELECT version_num FROM alembic_version").fetchone()
        if found is None or not str(found[0]).startswith(MOVED):
            raise WrongUse(f"{path} is niet verhuisd")
        revision = str(found[0]).removeprefix(MOVED)
        source.execute("UPDATE alembic_version SET version_num = ?", (revision,))


@contextmanager
def _source(path: Path) -> Iterator[sqlite3.Connection]:
    """The file at the schema of this code, while nobody else can write in it."""
    with hold(path, upgrade=True) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


@contextmanager
def _target(url: str) -> Iterator[psycopg.Connection[Any]]:
    """The target with a schema, which is made when there was none, and with no other move at work in it."""
    info = conninfo(url)
    with psycopg.connect(info, autocommit=True) as connection:
        connection.execute("SET statement_timeout = 0")
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        connection.execute("SET enable_seqscan = on")
        if connection.execute("SELECT pg_try_advisory_lock(%s)", (MOVE_LOCK,)).fetchone() != (True,):
            raise AlreadyRunning("een andere verhuizing naar deze database is bezig")
        known = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
        if known == (None,):
            others = connection.execute(
                "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema())"
            ).fetchone()
            if others == (True,):
                raise WrongUse("--to is niet leeg: een verhuizing kan alleen naar een lege database")
            upgrade(url)
        yield connection


def _copy_into(table: sa.Table) -> sql.Composed:
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)


def _named(body: bytes) -> Iterator[bytes]:
    """The hash of the leaf that a stored answer promises."""
    try:
        said = orjson.loads(body)
        if not isinstance(said, dict):
            return
        receipt = said.get("ontvangstbewijs")
        if isinstance(receipt, dict):
            part = str(receipt["jws"]).split(".")[1]
            said = orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        if "bladHash" in said:
            yield base64.b64decode(said["bladHash"], validate=True)
    except (KeyError, IndexError, TypeError, binascii.Error, orjson.JSONDecodeError) as error:
        raise LedgerBroken("een bewaard antwoord is niet te lezen") from error

"""What an accepted exchange costs when much is stored already: gateways that differ in that alone.

On each engine one gateway per amount, side by side. The rows are copies of what one real, delivered exchange
left behind (leerling, koppeling, uitwisseling, levering, answer), each under ids of its own, put in with COPY
on PostgreSQL and in one transaction on SQLite; the account itself is not filled. They take turns, so that all
meet the same machine; the load is about leerlingen whose ouders have agreed.
"""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from tests.benchmarks.engines import Half, Site, postgres, push, site
from tests.benchmarks.exchange import Json

AMOUNTS: Final = (1_000, 100_000, 1_000_000)
"""Rows stored before the measurement begins, over the tables below together."""
_COLUMNS: Final = {
    "leerling": ("id",),
    "koppeling": ("leerling", "ref"),
    "uitwisseling": ("id",),
    "levering": ("id", "uitwisseling", "leerling"),
    "answer": ("key_hash",),
}
"""Per table of which each copy gets one row, the columns that get another value in every copy."""


def measure(rounds: int, seconds: float, tell: Callable[[str], None]) -> Json:
    with tempfile.TemporaryDirectory(prefix="ozlijn-bench-") as name, postgres() as server:
        folder = Path(name)
        with contextlib.ExitStack() as stack:
            sites: dict[str, Site] = {}
            for engine, there in (("sqlite", None), ("postgres", server)):
                for amount in AMOUNTS:
                    label = f"{engine}-{amount}"
                    made = stack.enter_context(site(label, folder, there, 1))
                    push(made, 0.5)
                    begun = time.perf_counter()
                    copies = fill(made, amount)
                    tell(f"{label}: {copies} copies put in, in {time.perf_counter() - begun:.0f} s")
                    sites[label] = made
            halves: dict[str, list[Half]] = {label: [] for label in sites}
            for n in range(rounds):
                for label in list(sites)[:: 1 if n % 2 else -1]:
                    half = push(sites[label], seconds)
                    halves[label].append(half)
                    tell(f"round {n + 1} {label}: {half.rate:.0f}/s, gateway {half.cpu_us:.0f} us")
    figures: Json = {}
    for label, found in halves.items():
        least = f"{label.rpartition('-')[0]}-{AMOUNTS[0]}"
        ratios = [h.cpu_us / b.cpu_us for h, b in zip(found, halves[least], strict=True)]
        figures[label] = {
            "gateway CPU us": statistics.median(h.cpu_us for h in found),
            "accepted per second": statistics.median(h.rate for h in found),
            f"CPU to {AMOUNTS[0]} rows": statistics.median(ratios),
            "per round": ratios,
        }
    return figures


def fill(at: Site, rows: int) -> int:
    """Puts that many rows in; gives how many copies of an exchange that is."""
    copies = rows // len(_COLUMNS)
    if at.server is None:
        fill_file(at.settings.sqlite_path, copies)
        return copies
    with psycopg.connect(at.url, autocommit=True) as pg:
        for table, (names, row) in _patterns(lambda q: _postgres_row(pg, q)).items():
            order = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
            )
            with pg.cursor().copy(order) as copy:
                for values in _copies(table, names, row, copies):
                    copy.write_row(values)
        pg.execute("ANALYZE")
    return copies


def fill_file(file: Path, copies: int, *, lean: bool = False) -> None:
    """Puts so many copies of an exchange into a SQLite file. `lean`: without what it says, for who reads none
    of it.
    """
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")  # only while it is filled
        db.execute("BEGIN IMMEDIATE")
        for table, (names, row) in _patterns(lambda q: _sqlite_row(db, q)).items():
            values = [_short(v) for v in row] if lean else row
            marks = ", ".join("?" * len(names))
            columns = ", ".join(names)
            db.executemany(
                f"INSERT INTO {table} ({columns}) VALUES ({marks})",
                _copies(table, names, values, copies),
            )
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("ANALYZE")


def _short(value: object) -> object:
    if isinstance(value, bytes):
        return value[:32]
    return "{}" if isinstance(value, str) and len(value) > 100 else value


Row = tuple[list[str], list[Any]]


def _patterns(read: Callable[[str], Row]) -> dict[str, Row]:
    """One real row of each table: of a levering that is done, so that no job ever looks at its copies."""
    found: dict[str, Row] = {}
    for table in _COLUMNS:
        names, row = read(f"SELECT * FROM {table} LIMIT 1")
        if "n" in names:  # drawn by the database
            at = names.index("n")
            names, row = names[:at] + names[at + 1 :], row[:at] + row[at + 1 :]
        values = dict(zip(names, row, strict=True))
        if table == "levering":
            values |= {"status": "bevestigd", "positie": None, "lease_tot": None, "overgedragen": 0}
        if table == "leerling":
            values |= {"kijk_op": None}
        found[table] = (names, [values[n] for n in names])
    return found


def _copies(table: str, names: list[str], row: list[Any], count: int) -> Iterator[tuple[Any, ...]]:
    """Rows whose ids the copies of all tables share, so that a join finds what it found of the real one."""
    at = {n: names.index(n) for n in (*_COLUMNS[table], *_OTHER.get(table, ())) if n in names}
    for i in range(count):
        values = list(row)
        for name, place in at.items():
            values[place] = _value(table, name, i, values[place])
        yield tuple(values)


_OTHER: Final = {"leerling": ("blind_index", "lookalike", "ref"), "uitwisseling": ("nummer",)}
_KINDS: Final = ("leerling", "uitwisseling", "levering", "ref")
_SALT: Final = secrets.token_hex(8)


def _value(table: str, name: str, i: int, was: object) -> object:
    if name == "nummer":
        return -1 - i  # before all that is pushed while it is measured
    if isinstance(was, bytes | memoryview):
        return i.to_bytes(8) + secrets.token_bytes(24)
    kind = {"id": table, "leerling": "leerling", "uitwisseling": "uitwisseling", "ref": "ref"}[name]
    return f"{_SALT}{_KINDS.index(kind):04d}{i:012d}"


def _sqlite_row(db: sqlite3.Connection, query: str) -> Row:
    found = db.execute(query)
    row = found.fetchone()
    return [d[0] for d in found.description], list(row)


def _postgres_row(pg: psycopg.Connection[Any], query: str) -> Row:
    found = pg.execute(query.encode())
    assert found.description is not None
    row = found.fetchone()
    assert row is not None
    return [d.name for d in found.description], list(row)

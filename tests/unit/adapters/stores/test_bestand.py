"""A database that cannot be used says why, in Dutch, from what SQLite itself answers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from adapters.stores.sqlite.engine import sqlite3
from adapters.stores.sqlite.store import _because


def read_only(folder: Path) -> None:
    file = folder / "ozlijn.db"
    with closing(sqlite3.connect(file)) as made:
        made.execute("CREATE TABLE t (n)")
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        connection.execute("INSERT INTO t VALUES (1)")


def absent(folder: Path) -> None:
    sqlite3.connect(folder / "geen map" / "ozlijn.db")


def full(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "ozlijn.db")) as connection:
        connection.execute("PRAGMA max_page_count = 1")
        connection.execute("CREATE TABLE t (n)")


def something_else(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "ozlijn.db")) as connection:
        connection.execute("SELECT n FROM t")


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (read_only, ": het bestand of de map is alleen te lezen"),
        (absent, ": het bestand is niet te openen"),
        (full, ": de schijf is vol"),
        (something_else, ""),
    ],
)
def test_why_a_database_cannot_be_used(happens: Callable[[Path], None], told: str, tmp_path: Path) -> None:
    """Its English texts are not repeated; what we have no words for is left out."""
    with pytest.raises(sqlite3.OperationalError) as caught:
        happens(tmp_path)
    assert _because(caught.value) == told

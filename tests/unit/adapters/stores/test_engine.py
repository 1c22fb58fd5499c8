"""Which SQLite runs, and whether it has the fault that damages a database in WAL mode."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.stores.sqlite.engine import has_wal_reset_fault
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("version", "faulty"),
    [
        ((3, 6, 23), False),  # no WAL yet
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 46, 1), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
        ((3, 53, 4), False),
        ((4, 0, 0), False),
    ],
    ids=lambda v: ".".join(map(str, v)) if isinstance(v, tuple) else str(v),
)
def test_the_fault_is_in_these_versions(version: tuple[int, int, int], faulty: bool) -> None:
    """As sqlite.org/wal.html says: repaired in 3.51.3, and in a patch of two older lines."""
    assert has_wal_reset_fault(version) is faulty


def test_the_package_is_taken_where_it_is_installed(tmp_path: Path) -> None:
    """In every part of the store at once: one process has one SQLite."""
    package = tmp_path / "pysqlite3"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "dbapi2.py").write_text(
        "from sqlite3.dbapi2 import *\nsqlite_version, sqlite_version_info = '3.99.1', (3, 99, 1)\n"
    )
    ask = (
        "import adapters.stores.chosen, adapters.stores.move, sys\n"
        "import adapters.stores.sqlite.migrate, adapters.stores.sqlite.engine as e\n"
        "print(e.NAME, {m.sqlite3.__name__ for n, m in sys.modules.items()"
        " if n.startswith('adapters.') and hasattr(m, 'sqlite3')})"
    )
    told = {}
    for where in (str(ROOT), f"{ROOT}{os.pathsep}{tmp_path}"):
        env = {**os.environ, "PYTHONPATH": where}
        done = subprocess.run(
            [sys.executable, "-c", ask], capture_output=True, text=True, check=True, env=env
        )
        told[where] = done.stdout.strip()
    own, other = told.values()
    assert own.endswith("(sqlite3) {'sqlite3'}")
    assert other == "SQLite 3.99.1 (pysqlite3) {'pysqlite3.dbapi2'}"


def test_nothing_else_imports_a_sqlite() -> None:
    """Two copies of SQLite in one process drop each other's locks on a file."""
    found = set()
    for package in ("adapters", "consent", "gateway", "schemas"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                if {n.partition(".")[0] for n in names} & {"sqlite3", "pysqlite3", "apsw"}:
                    found.add(path.relative_to(ROOT).as_posix())
    assert found == {"adapters/stores/sqlite/engine.py"}

"""The SQLite that runs: that of the package `pysqlite3` where it is installed, else the interpreter's own.

The interpreter's own is the one of the distribution, and that is often years old: see decision 0041.
Nothing else in the product imports either of them (a test looks). One process must never have one file open
in two copies of SQLite: whichever closes it first drops the locks of the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3
else:
    try:
        from pysqlite3 import dbapi2 as sqlite3
    except ImportError:
        import sqlite3

__all__ = ["NAME", "VERSION", "has_wal_reset_fault", "sqlite3"]

VERSION: Final[tuple[int, int, int]] = sqlite3.sqlite_version_info
NAME: Final = f"SQLite {sqlite3.sqlite_version} ({sqlite3.__name__.partition('.')[0]})"
"""For people: the version, and the package that it came with (`pysqlite3`, or Python's own `sqlite3`)."""

_FIRST_WITH_WAL: Final = (3, 7, 0)
_FIXED: Final = (3, 51, 3)
_BACKPORTS: Final = {44: 6, 50: 7}
"""Of which minor version a release got the repair as well, and from which patch on."""


def has_wal_reset_fault(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite can damage a database in WAL mode to which two connections write or checkpoint.

    https://www.sqlite.org/wal.html, "the WAL-reset bug": from 3.7.0 to 3.51.2. A distribution may have
    repaired an older one without another number; that cannot be seen from here.
    """
    major, minor, patch = version
    if not _FIRST_WITH_WAL <= version < _FIXED:
        return False
    return not (major == _FIXED[0] and patch >= _BACKPORTS.get(minor, patch + 1))

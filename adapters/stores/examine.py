"""Look at a database without changing it, bringing it along or holding anybody up: for `ozlijn doctor`.

It may be of any release, half made or no database at all. Whatever is not there is left out.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import psycopg

from adapters.stores.migrations import MOVED, MOVING, REVISION
from adapters.stores.postgres.link import conninfo
from adapters.stores.sqlite.engine import NAME, VERSION, sqlite3
from schemas.errors import RecordUnavailable
from schemas.storage.storage import Register
from schemas.storage.toestand import Toestand

_REVISION: Final = "SELECT version_num FROM alembic_version"
_LINE: Final = "SELECT position, canonical FROM entry ORDER BY position DESC LIMIT 1"
_SIGNED: Final = "SELECT size FROM checkpoint"
_VERSION: Final = "SELECT register_version FROM state"
_REGISTER: Final = "SELECT kind, id, json FROM register"
_POSTGRES: Final = (
    "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit',"
    " 'data_checksums', 'zero_damaged_pages', 'server_version_num', 'server_version')"
)
_SESSION: Final = (
    "SELECT pg_is_in_recovery(), coalesce((SELECT rolsuper FROM pg_roles"
    " WHERE rolname = current_user), false),"
    " coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),"
    " inet_server_addr() IS NULL OR inet_server_addr() <<= '127.0.0.0/8' OR inet_server_addr() = '::1'"
)

Ask = Callable[[str], Sequence[Any]]
"""The rows of a question; none when what it asks about is not there."""


def sqlite(path: Path) -> Toestand:
    """Raises RecordUnavailable when there is a file that cannot be read as a database by this user."""
    if not path.exists():
        return Toestand(NAME, VERSION, there=False, wanted=REVISION)
    try:
        # In WAL mode there is a -wal for as long as anybody has the file open. Without one nobody writes, and
        # only a reader who says so leaves no files behind.
        alone = not path.with_name(path.name + "-wal").exists()
        address = f"file:{quote(str(path.absolute()))}?mode=ro{'&immutable=1' if alone else ''}"
        mode = "wal" if _header(path)[18:20] == b"\2\2" else "delete"
        with closing(sqlite3.connect(address, uri=True, timeout=2, isolation_level=None)) as connection:

            def ask(question: str) -> Sequence[Any]:
                try:
                    return connection.execute(question).fetchall()
                except sqlite3.OperationalError as error:
                    if "no such table" in str(error) or "no such column" in str(error):
                        return ()
                    raise

            return _seen(ask, Toestand(NAME, VERSION, there=True, settings={"journal_mode": mode}))
    except (sqlite3.Error, OSError) as error:
        raise RecordUnavailable("de database is niet te lezen, of is geen SQLite-database") from error


def _header(path: Path) -> bytes:
    """The first 100 bytes, in which SQLite says how it writes."""
    with path.open("rb") as file:
        return file.read(100)


def postgres(url: str) -> Toestand:
    """Raises WrongUse for a wrong address, RecordUnavailable when it does not answer."""
    try:
        with psycopg.connect(conninfo(url), autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = on")
            settings: dict[str, str] = dict(connection.execute(_POSTGRES).fetchall())
            asked = dt.datetime.now(dt.UTC)
            ((now,),) = connection.execute("SELECT clock_timestamp()").fetchall()
            ((standby, superuser, tls, local),) = connection.execute(_SESSION).fetchall()
            told = {"standby": standby, "superuser": superuser, "tls": tls, "local": local}
            settings |= {n: "on" if v else "off" for n, v in told.items()}

            def ask(question: str) -> Sequence[Any]:
                try:
                    return connection.execute(question.encode()).fetchall()
                except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
                    return ()

            number = int(settings["server_version_num"])
            version = number // 10_000, number % 10_000
            name = f"PostgreSQL {settings['server_version'].split()[0]}"
            base = Toestand(name, version, there=True, settings=settings, now=now, asked=asked)
            return _seen(ask, base)
    except psycopg.Error as error:
        raise RecordUnavailable("de database antwoordt niet, of weigert deze gebruiker") from error


def _seen(ask: Ask, base: Toestand) -> Toestand:
    revision = next((str(v) for (v,) in ask(_REVISION)), None)
    line = next(iter(ask(_LINE)), None)
    return Toestand(
        base.engine,
        base.version,
        there=revision is not None,
        revision=revision,
        wanted=REVISION,
        moving=revision is not None and revision.startswith((MOVED, MOVING)),
        settings=base.settings,
        now=base.now,
        asked=base.asked,
        last_line=None if line is None else _written(line[1]),
        size=None if revision is None else 0 if line is None else int(line[0]) + 1,
        signed=next((int(n) for (n,) in ask(_SIGNED)), None),
        register=_register(ask),
    )


def _written(canonical: Any) -> dt.datetime | None:
    """When this line was written. Somebody may have written anything over it."""
    try:
        return dt.datetime.fromisoformat(json.loads(bytes(canonical))["vastgelegdOp"])
    except (ValueError, KeyError, TypeError):
        return None


def _register(ask: Ask) -> Register | None:
    version = next((int(v) for (v,) in ask(_VERSION)), None)
    if version is None:
        return None
    found = Register(version)
    for kind, ident, text in ask(_REGISTER):
        if kind in found.soorten:
            found.soorten[kind][ident] = text
    return found

"""How far the clock of a sandbox was moved, in the database: all its processes tell the same time."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

import psycopg

from adapters.stores.postgres.link import CLOCK_LOCK, conninfo
from schemas.errors import Busy, RecordUnavailable

_MICROSECOND: Final = dt.timedelta(microseconds=1)


class PostgresShift:
    """Fits gateway/ports `Shift`."""

    def __init__(self, url: str) -> None:
        self._info = conninfo(url)

    def read(self) -> dt.timedelta:
        """Raises RecordUnavailable."""
        with self._connected() as connection:
            row = connection.execute("SELECT verschuiving FROM proefklok").fetchone()
        return dt.timedelta(microseconds=row[0] if row else 0)

    def write(self, shift: dt.timedelta) -> None:
        """Store the shift. It never goes back, whoever else writes at the same moment."""
        with self._connected() as connection:
            connection.execute(
                "INSERT INTO proefklok AS p (id, verschuiving) VALUES (1, %s) ON CONFLICT (id)"
                " DO UPDATE SET verschuiving = greatest(p.verschuiving, excluded.verschuiving)",
                (shift // _MICROSECOND,),
            )

    @contextlib.contextmanager
    def moving(self) -> Iterator[None]:
        with self._connected() as connection:
            found = connection.execute("SELECT pg_try_advisory_lock(%s)", (CLOCK_LOCK,)).fetchone()
            if not found or not found[0]:
                raise Busy("another process is moving the clock")
            yield

    @contextlib.contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[Any]]:
        try:
            with psycopg.connect(self._info, autocommit=True) as connection:
                yield connection
        except psycopg.Error as error:
            raise RecordUnavailable("the clock of the sandbox cannot be reached") from error

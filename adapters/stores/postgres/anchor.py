"""The last signed checkpoint in a PostgreSQL database of its own, for gateways on more than one machine.

It must be another database than the one it guards, and better on another server: what is restored from a
backup of that server would take the anchor back with it.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from typing import Any, Final

import psycopg

from adapters.stores.postgres.link import conninfo
from schemas.errors import LedgerBroken, RecordUnavailable, WrongUse
from schemas.storage.storage import StoredCheckpoint

_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS ozlijn_anker"
    " (log_name text PRIMARY KEY, size bigint NOT NULL, note text NOT NULL)"
)
_SEEN: Final = (
    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = %s"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class PostgresAnchor:
    """Fits gateway/ports `Anchor`. Any number of processes may use it."""

    def __init__(self, url: str, log_name: str) -> None:
        """Raises WrongUse for a wrong address, RecordUnavailable when it does not answer."""
        self._info, self._log_name = conninfo(url), log_name
        with self._connected() as connection:
            connection.execute(_TABLE)

    def read(self) -> StoredCheckpoint | None:
        with self._connected() as connection:
            row = connection.execute(
                "SELECT size, note FROM ozlijn_anker WHERE log_name = %s", (self._log_name,)
            ).fetchone()
        return None if row is None else StoredCheckpoint(*row)

    def replace(self, old: StoredCheckpoint | None, new: StoredCheckpoint) -> None:
        with self._connected() as connection:
            if old is None:
                done = connection.execute(
                    "INSERT INTO ozlijn_anker (log_name, size, note) VALUES (%s, %s, %s)"
                    " ON CONFLICT DO NOTHING",
                    (self._log_name, new.size, new.note),
                )
            else:
                done = connection.execute(
                    "UPDATE ozlijn_anker SET size = %s, note = %s"
                    " WHERE log_name = %s AND size = %s AND note = %s",
                    (new.size, new.note, self._log_name, old.size, old.note),
                )
            if not done.rowcount:
                raise LedgerBroken("the anchor does not hold the checkpoint that was signed last")

    def must_not_be(self, guarded: str) -> None:
        """Raises WrongUse when the database at the URL `guarded` is the one the anchor is in.

        Two addresses may be of one database: it is seen by a lock that is taken in the one and looked for in
        the other.
        """
        mark = secrets.randbelow(2**31)
        try:
            with psycopg.connect(conninfo(guarded), autocommit=True) as other:
                other.execute("SELECT pg_advisory_lock(%s)", (mark,))
                with self._connected() as connection:
                    if connection.execute(_SEEN, (mark,)).fetchone() is not None:
                        raise WrongUse(
                            "anchor_database is de database die het anker moet bewaken: kies een andere,"
                            " liefst op een andere server"
                        )
        except psycopg.Error as error:
            raise RecordUnavailable("de database antwoordt niet, of weigert deze gebruiker") from error

    @contextlib.contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[Any]]:
        try:
            with psycopg.connect(self._info, autocommit=True) as connection:
                yield connection
        except psycopg.Error as error:
            raise RecordUnavailable("het anker in de database is niet te bereiken") from error

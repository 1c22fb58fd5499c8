"""The statements by which work is divided: rows that are due and that nobody has are claimed for a while."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from adapters.stores.moments import moment
from adapters.stores.sqlite.engine import sqlite3
from schemas.storage.storage import Job, Portion

_FREE: Final = "NOT EXISTS (SELECT 1 FROM claim c WHERE c.id = r.id AND c.job = ? AND c.until > ?)"

# ruff: noqa: S608 - only texts of this file are put together
DUE: Final = (
    "SELECT id FROM levering WHERE n IN (SELECT n FROM (SELECT n FROM levering r"
    " WHERE status IN ('aangehouden', 'klaar', 'mislukt') AND vervalt_op <= ?"
    f" AND (lease_tot IS NULL OR lease_tot <= ?) AND {_FREE} LIMIT ?)"
    " UNION SELECT n FROM (SELECT n FROM levering r"
    f" WHERE status = 'klaar' AND opgehaald > 0 AND opgehaald >= ? AND lease_tot <= ? AND {_FREE} LIMIT ?))"
    " ORDER BY n LIMIT ?"
)
HELD: Final = (
    "SELECT id FROM levering WHERE n IN (SELECT n FROM (SELECT n FROM levering r"
    f" WHERE status = 'aangehouden' AND decided_under < ? AND {_FREE} LIMIT ?)"
    " UNION SELECT n FROM (SELECT n FROM levering r"
    f" WHERE status = 'aangehouden' AND decided_under > ? AND {_FREE} LIMIT ?))"
    " ORDER BY n LIMIT ?"
)
LOOKS: Final = f"SELECT id FROM leerling r WHERE kijk_op <= ? AND {_FREE} ORDER BY kijk_op, id LIMIT ?"
TAKEN: Final = (
    "SELECT id FROM taak r WHERE status = 'open' AND geescaleerd = 0 AND uiterlijk <= ?"
    f" AND {_FREE} ORDER BY uiterlijk LIMIT ?"
)


def free(job: Job, portion: Portion) -> tuple[object, ...]:
    """The values that tell which rows nobody has."""
    return job.value, moment(portion.now)


def keep(db: sqlite3.Connection, job: Job, portion: Portion, ids: Iterable[str]) -> None:
    """Claim these rows, and forget claims that lapsed."""
    until = moment(portion.until)
    db.execute("DELETE FROM claim WHERE until <= ?", (moment(portion.now),))
    db.executemany(
        "INSERT OR REPLACE INTO claim (id, job, until) VALUES (?, ?, ?)",
        [(ident, job.value, until) for ident in ids],
    )


def is_free(db: sqlite3.Connection, job: Job, ident: str, now: int) -> bool:
    sql = "SELECT 1 FROM claim WHERE id = ? AND job = ? AND until > ?"
    return db.execute(sql, (ident, job.value, now)).fetchone() is None


def end(db: sqlite3.Connection, ident: str) -> None:
    """End the claim on one row, whichever job it was for."""
    db.execute("DELETE FROM claim WHERE id = ?", (ident,))


def give_back(db: sqlite3.Connection, job: Job, ids: Sequence[str]) -> None:
    db.executemany("DELETE FROM claim WHERE id = ? AND job = ?", [(ident, job.value) for ident in ids])

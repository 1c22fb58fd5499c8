"""The statements that forget what outlived its term, some rows at a time. `secure_delete` wipes the bytes."""

from __future__ import annotations

import datetime as dt
from typing import Final

from adapters.stores.moments import moment
from adapters.stores.sqlite.engine import sqlite3
from schemas.storage.storage import Purged

_BEGIN: Final = (-1, -1)


def answers(db: sqlite3.Connection, before: dt.datetime, limit: int) -> int:
    return db.execute(
        "DELETE FROM answer WHERE rowid IN (SELECT rowid FROM answer WHERE at <= ? ORDER BY at LIMIT ?)",
        (moment(before), limit),
    ).rowcount


def tokens(db: sqlite3.Connection, now: dt.datetime, limit: int) -> int:
    return db.execute(
        "DELETE FROM jti WHERE (client, jti_hash) IN"
        " (SELECT client, jti_hash FROM jti WHERE expires <= ? ORDER BY expires LIMIT ?)",
        (moment(now), limit),
    ).rowcount


def zaken(db: sqlite3.Connection, now: dt.datetime, limit: int) -> int:
    due = "SELECT id FROM zaak WHERE vergeten_op <= ? ORDER BY vergeten_op, n LIMIT ?"
    values = (moment(now), limit)
    db.execute(f"DELETE FROM zaakpartij WHERE zaak IN ({due})", values)  # noqa: S608 - a text of this file
    return db.execute(f"DELETE FROM zaak WHERE id IN ({due})", values).rowcount  # noqa: S608 - the same


def taken(db: sqlite3.Connection, before: dt.datetime, after: tuple[int, int] | None, limit: int) -> Purged:
    ended = moment(before)
    seen = db.execute(
        "SELECT gesloten, n FROM taak WHERE gesloten <= ? AND (gesloten, n) > (?, ?)"
        " ORDER BY gesloten, n LIMIT ?",
        (ended, *(after or _BEGIN), limit),
    ).fetchall()
    if not seen:
        return Purged(0, None)
    gone = db.execute(
        "DELETE FROM taak WHERE n IN (SELECT n FROM taak WHERE gesloten <= ? AND (gesloten, n) > (?, ?)"
        " ORDER BY gesloten, n LIMIT ?) AND uiterlijk <= ?"
        " AND NOT EXISTS (SELECT 1 FROM levering v WHERE v.leerling = taak.leerling"
        " AND v.status IN ('aangehouden', 'klaar', 'mislukt'))"
        " AND NOT EXISTS (SELECT 1 FROM taak o WHERE o.leerling = taak.leerling AND o.status = 'open')",
        (ended, *(after or _BEGIN), limit, ended),
    ).rowcount
    return Purged(gone, None if len(seen) < limit else tuple(seen[-1]))

"""Between rows and values. Moments are stored as microseconds since 1970 UTC, exact and sortable."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from schemas.base import Model
from schemas.errors import StateBroken
from schemas.storage.storage import LeerlingRow, Sealed, StoredFact

M = TypeVar("M", bound=Model)

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


LEERLING: Final = (
    "SELECT l.id, l.owner, l.ref, k.ref, l.key, l.identity_key, l.identity_content, l.epoch, l.volgnummer,"
    " l.accepted, l.blind_index, l.feitenhash, l.stamp FROM koppeling k JOIN leerling l ON l.id = k.leerling"
)
LEERLING_BY_ID: Final = f"{LEERLING} AND k.partij = l.owner WHERE l.id = ?"


def leerling_row(row: Any) -> LeerlingRow:
    """Of a row of LEERLING. A stamp that is not there is empty: as little ours as one that is wrong."""
    ident, owner, owner_ref, ref, key, identity_key, identity_content, *rest = row
    epoch, volgnummer, accepted, blind_index, feitenhash, stamp = rest
    return LeerlingRow(
        ident,
        owner,
        owner_ref,
        ref,
        key,
        Sealed(identity_key, identity_content),
        epoch,
        volgnummer,
        accepted,
        blind_index,
        feitenhash or b"",
        stamp or b"",
    )


def moment(at: dt.datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def instant(stored: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(microseconds=stored)


class Rows:
    """Reads the hashes of the ledger for adapters/ledger/tree.py, from one connection."""

    def __init__(self, query: Callable[[str, Sequence[object]], list[sqlite3.Row]]) -> None:
        self._query = query

    def leaf_hashes(self, start: int, end: int) -> list[bytes]:
        rows = self._query(
            "SELECT leaf_hash FROM entry WHERE position >= ? AND position < ? ORDER BY position", (start, end)
        )
        return [leaf for (leaf,) in rows]

    def nodes(self, level: int, start: int, end: int) -> list[bytes]:
        rows = self._query(
            "SELECT hash FROM node WHERE level = ? AND idx >= ? AND idx < ? ORDER BY idx", (level, start, end)
        )
        return [node for (node,) in rows]


def read(kind: type[M], text: str) -> M:
    """Raises StateBroken for what no gateway wrote, without the text of the error, which quotes it."""
    try:
        return kind.model_validate_json(text)
    except ValidationError:
        raise StateBroken(kind.__name__.lower(), "") from None


def fact_row(row: Any) -> StoredFact:
    ident, leerling, kind, recorded_by, recorded_at, key, content = row
    return StoredFact(ident, leerling, kind, recorded_by, instant(recorded_at), Sealed(key, content))

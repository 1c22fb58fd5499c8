"""Leveringen of a partij are found by period, as sender and as recipient, and those about one leerling.

Of every levering who sent it, as it stands in the levering itself, and the moment by which it counts: of its
first hand-over, else of what happened to it last. That stands in its history.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BATCH = 1_000
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_RECEIVED = sa.text("overgedragen = 1")

_levering = sa.table("levering", *map(sa.column, ("n", "json", "overgedragen", "afzender", "telt_op")))
_event = sa.table("event", *map(sa.column, ("levering", "volgnummer", "json")))


def upgrade() -> None:
    op.add_column("levering", sa.Column("afzender", sa.Text, nullable=False, server_default=""))
    op.add_column("levering", sa.Column("telt_op", sa.BigInteger, nullable=False, server_default="0"))
    fill = (
        sa.update(_levering)
        .where(_levering.c.n == sa.bindparam("at"))
        .values(afzender=sa.bindparam("sender"), telt_op=sa.bindparam("since"))
    )
    for rows in _batches():
        told = _histories(rows[0][0], rows[-1][0])
        op.get_bind().execute(
            fill,
            [
                {
                    "at": n,
                    "sender": json.loads(text)["afzender"],
                    "since": _counts(told.get(n, []), handed_over=bool(handed_over)),
                }
                for n, text, handed_over in rows
            ],
        )
    op.create_index("levering_leerling", "levering", ["leerling"])
    op.create_index("levering_sent", "levering", ["afzender", "telt_op", "id"])
    op.create_index(
        "levering_received",
        "levering",
        ["ontvanger", "telt_op", "id"],
        sqlite_where=_RECEIVED,
        postgresql_where=_RECEIVED,
    )


def _counts(events: list[dict[str, Any]], *, handed_over: bool) -> int:
    taken = [e for e in events if e["soort"] == "opgehaald"] if handed_over else []
    found = (taken or events[-1:])[:1]
    if not found:
        return 0
    return (dt.datetime.fromisoformat(found[0]["op"]) - _EPOCH) // dt.timedelta(microseconds=1)


def _batches() -> Iterator[list[Any]]:
    """The leveringen, some at a time."""
    rows = (
        sa.select(_levering.c.n, _levering.c.json, _levering.c.overgedragen)
        .order_by(_levering.c.n)
        .limit(_BATCH)
    )
    found = list(op.get_bind().execute(rows))
    while found:
        yield found
        found = list(op.get_bind().execute(rows.where(_levering.c.n > found[-1][0])))


def _histories(first: int, last: int) -> dict[int, list[dict[str, Any]]]:
    """The events of the leveringen with these numbers, in order."""
    rows = (
        sa.select(_event.c.levering, _event.c.json)
        .where(_event.c.levering.between(first, last))
        .order_by(_event.c.levering, _event.c.volgnummer)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for levering, text in op.get_bind().execute(rows):
        found.setdefault(levering, []).append(json.loads(text))
    return found

"""Leaves by their id instead of their position, and numbers of each partij's own to page by.

A position is known later than the leaf (an engine may give it after the commit), and it counts the traffic of
everybody. What stood there keeps its order: each partij's uitwisselingen and taken are numbered in it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BATCH = 1_000
_FIRST_TAAK = 10**12
"""Above every number that was given out before, so that none of those leaves out a taak."""

_entry = sa.table("entry", sa.column("position"), sa.column("canonical"), sa.column("id"))
_old = sa.table("uitwisseling", *map(sa.column, ("position", "id", "afzender", "json")))
_new = sa.table("uitwisseling_nieuw", *map(sa.column, ("id", "afzender", "nummer", "leaves", "json")))
_taak = sa.table("taak", *map(sa.column, ("n", "partij", "nummer")))
_levering = sa.table("levering", sa.column("uitwisseling"))
_nummer = sa.table("nummer", *map(sa.column, ("partij", "soort", "laatste")))


def upgrade() -> None:
    op.create_table(
        "nummer",
        sa.Column("partij", sa.Text, primary_key=True),
        sa.Column("soort", sa.Text, primary_key=True),
        sa.Column("laatste", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    _entries()
    op.add_column("fact", sa.Column("leaf", sa.Text))
    op.execute("UPDATE fact SET leaf = (SELECT id FROM entry WHERE entry.position = fact.position)")
    op.drop_column("fact", "position")
    _uitwisselingen()
    _taken()


def _entries() -> None:
    op.add_column("entry", sa.Column("id", sa.Text))
    fill = sa.update(_entry).where(_entry.c.position == sa.bindparam("at")).values(id=sa.bindparam("leaf"))
    for rows in _batches(_entry.c.position, _entry.c.canonical):
        op.get_bind().execute(fill, [{"at": at, "leaf": _event_id(text)} for at, text in rows])
    # A ledger that somebody wrote in must open too, so that `ledger verify` can say where.
    first = sa.select(sa.func.min(_entry.c.position)).where(_entry.c.id.is_not(None)).group_by(_entry.c.id)
    twice = sa.select(_entry.c.id).group_by(_entry.c.id).having(sa.func.count(_entry.c.id) > 1)
    again = _entry.c.id.in_(twice) & _entry.c.position.not_in(first)
    op.execute(sa.update(_entry).where(again).values(id=None))
    op.create_index("entry_id", "entry", ["id"], unique=True)


def _event_id(canonical: object) -> str | None:
    try:
        found = json.loads(canonical)  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return None
    ident = found.get("eventId") if isinstance(found, dict) else None
    return ident if isinstance(ident, str) else None


def _uitwisselingen() -> None:
    op.create_table(
        "uitwisseling_nieuw",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("afzender", sa.Text, nullable=False),
        sa.Column("nummer", sa.BigInteger, nullable=False),
        sa.Column("leaves", sa.Text, nullable=False),
        sa.Column("json", sa.Text, nullable=False),
        sa.UniqueConstraint("afzender", "nummer"),
    )
    last: Counter[str] = Counter()
    for rows in _batches(*_old.c):
        made = []
        for position, ident, afzender, text in rows:
            last[afzender] += 1
            made.append(
                {
                    "id": ident,
                    "afzender": afzender,
                    "nummer": last[afzender],
                    "leaves": " ".join(_leaves(position, ident)),
                    "json": text,
                }
            )
        op.get_bind().execute(sa.insert(_new), made)
    op.drop_table("uitwisseling")
    op.rename_table("uitwisseling_nieuw", "uitwisseling")
    _save("uitwisseling", last)


def _leaves(position: int, uitwisseling: str) -> Iterator[str]:
    """Of the accepting change: the request, and a decision for each of its leveringen."""
    bind = op.get_bind()
    count = sa.select(sa.func.count()).select_from(_levering)
    decided = bind.execute(count.where(_levering.c.uitwisseling == uitwisseling)).scalar_one()
    at = _entry.c.position
    mine = sa.select(_entry.c.id).where(at >= position, at <= position + decided).order_by(at)
    for (ident,) in bind.execute(mine):
        if ident is not None:
            yield ident


def _taken() -> None:
    op.add_column("taak", sa.Column("nummer", sa.BigInteger, nullable=False, server_default="0"))
    fill = sa.update(_taak).where(_taak.c.n == sa.bindparam("at")).values(nummer=sa.bindparam("drawn"))
    made: Counter[str] = Counter()
    for rows in _batches(_taak.c.n, _taak.c.partij):
        drawn = []
        for n, partij in rows:
            drawn.append({"at": n, "drawn": _FIRST_TAAK + made[partij]})
            made[partij] += 1
        op.get_bind().execute(fill, drawn)
    op.drop_index("taak_open", "taak")
    where = sa.text("status = 'open'")
    op.create_index("taak_open", "taak", ["partij", "nummer"], sqlite_where=where, postgresql_where=where)
    _save("taak", Counter({partij: _FIRST_TAAK + count - 1 for partij, count in made.items()}))


def _save(soort: str, last: Counter[str]) -> None:
    rows = [{"partij": partij, "soort": soort, "laatste": laatste} for partij, laatste in last.items()]
    if rows:
        op.get_bind().execute(sa.insert(_nummer), rows)


def _batches(*columns: sa.ColumnElement[Any]) -> Iterator[list[Any]]:
    """All rows in the order of the first of these columns, some at a time."""
    key = columns[0]
    ordered = sa.select(*columns).order_by(key).limit(_BATCH)
    found = list(op.get_bind().execute(ordered))
    while found:
        yield found
        found = list(op.get_bind().execute(ordered.where(key > found[-1][0])))

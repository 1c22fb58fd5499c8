"""The first schema.

Moments are microseconds since 1970 UTC. A model is stored whole, as the JSON it publishes; the columns
beside it are only what a query looks for. Indexes are partial where only open leveringen are looked for,
so that they stay as small as what is going on, however much is kept.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""SQLite numbers its rows only in a column of the type INTEGER, and that holds as much."""
_KLAAR = sa.text("status = 'klaar'")
_OPEN = sa.text("status IN ('aangehouden', 'klaar', 'mislukt')")


def upgrade() -> None:
    op.create_table(
        "state",
        sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
        sa.Column("frontier", sa.LargeBinary, nullable=False),
        sa.Column("positie", sa.BigInteger, nullable=False),
        sa.Column("register_version", sa.Integer, nullable=False),
    )
    names = ("id", "positie", "register_version")
    state = sa.table("state", sa.column("frontier", sa.LargeBinary), *map(sa.column, names))
    op.execute(state.insert().values(id=1, frontier=bytes(8), positie=0, register_version=0))
    _ledger()
    _leerlingen()
    _exchanges()
    _register()


def _ledger() -> None:
    op.create_table(
        "entry",
        sa.Column("position", _BIG, primary_key=True, autoincrement=False),
        sa.Column("leaf_hash", sa.LargeBinary, nullable=False),
        sa.Column("soort", sa.Text, nullable=False),
        sa.Column("canonical", sa.LargeBinary, nullable=False),
        sa.Column("detail", sa.LargeBinary),
    )
    op.create_table(
        "node",
        sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("idx", _BIG, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checkpoint",
        sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )


def _leerlingen() -> None:
    op.create_table(
        "leerling",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("blind_index", sa.LargeBinary, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("identity_key", sa.LargeBinary, nullable=False),
        sa.Column("identity_content", sa.LargeBinary, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("volgnummer", sa.Integer, nullable=False),
        sa.UniqueConstraint("owner", "blind_index"),
        sqlite_with_rowid=False,
    )
    # The owner's own reference stands here too: one look-up serves every partij.
    op.create_table(
        "koppeling",
        sa.Column("partij", sa.Text, primary_key=True),
        sa.Column("ref", sa.Text, primary_key=True),
        sa.Column("leerling", sa.Text, sa.ForeignKey("leerling.id"), nullable=False),
        sa.Column("levering", sa.Text),
        sa.UniqueConstraint("leerling", "partij"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "fact",
        sa.Column("n", _BIG, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("leerling", sa.Text, sa.ForeignKey("leerling.id"), nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )


def _exchanges() -> None:
    op.create_table(
        "answer",
        sa.Column("partij", sa.Text, primary_key=True),
        sa.Column("key_hash", sa.LargeBinary, primary_key=True),
        sa.Column("request_hash", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    # Numbered by the position of its first leaf: that is its place in the account and in its sender's list.
    op.create_table(
        "uitwisseling",
        sa.Column("position", _BIG, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("afzender", sa.Text, nullable=False, index=True),
        sa.Column("json", sa.Text, nullable=False),
    )
    op.create_table(
        "levering",
        sa.Column("n", _BIG, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("uitwisseling", sa.Text, nullable=False, index=True),
        sa.Column("leerling", sa.Text, nullable=False),
        sa.Column("ontvanger", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("positie", sa.BigInteger),
        sa.Column("vervalt_op", sa.BigInteger, nullable=False),
        sa.Column("lease_tot", sa.BigInteger),
        sa.Column("opgehaald", sa.Integer, nullable=False),
        sa.Column("versie", sa.Integer, nullable=False),
        sa.Column("json", sa.Text, nullable=False),
    )
    _partial("levering_open", ["leerling"], _OPEN)
    _partial("levering_term", ["vervalt_op"], _OPEN)
    _partial("levering_held", ["id"], sa.text("status = 'aangehouden'"))
    _partial("levering_postbus", ["ontvanger", "positie"], _KLAAR)
    _partial("levering_line", ["ontvanger", "leerling", "positie"], _KLAAR)
    _partial("levering_taken", ["opgehaald", "lease_tot"], sa.text("status = 'klaar' AND opgehaald > 0"))
    op.create_table(
        "event",
        sa.Column("levering", _BIG, sa.ForeignKey("levering.n"), primary_key=True, autoincrement=False),
        sa.Column("volgnummer", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("json", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    # Apart from its levering, so that destroying it is deleting one row.
    op.create_table(
        "content",
        sa.Column("levering", _BIG, sa.ForeignKey("levering.n"), primary_key=True, autoincrement=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )


def _partial(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "levering", columns, sqlite_where=where, postgresql_where=where)


def _register() -> None:
    op.create_table(
        "register",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("json", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "jti",
        sa.Column("client", sa.Text, primary_key=True),
        sa.Column("jti_hash", sa.LargeBinary, primary_key=True),
        sa.Column("expires", sa.BigInteger, nullable=False, index=True),
        sqlite_with_rowid=False,
    )

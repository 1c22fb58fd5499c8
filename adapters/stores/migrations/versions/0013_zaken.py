"""Zaken and overleggen, and in whose list each stands. A database of before has none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ENDED = sa.text("vergeten_op IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "zaak",
        sa.Column("n", _BIG, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("soort", sa.Text, nullable=False),
        sa.Column("leerling", sa.Text, sa.ForeignKey("leerling.id"), nullable=False),
        sa.Column("versie", sa.Integer, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("stamp", sa.LargeBinary, nullable=False),
        sa.Column("vergeten_op", sa.BigInteger),
    )
    op.create_index("ix_zaak_leerling", "zaak", ["leerling"])
    op.create_index(
        "zaak_vergeten", "zaak", ["vergeten_op", "n"], sqlite_where=_ENDED, postgresql_where=_ENDED
    )
    op.create_table(
        "zaakpartij",
        sa.Column("partij", sa.Text, primary_key=True, nullable=False),
        sa.Column("zaak", sa.Text, sa.ForeignKey("zaak.id"), primary_key=True, nullable=False),
        sa.Column("nummer", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("zaakpartij_nummer", "zaakpartij", ["partij", "nummer"])
    op.create_index("zaakpartij_zaak", "zaakpartij", ["zaak"])

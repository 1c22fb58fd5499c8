"""What partijen must do (taken), and on which day each leerling must be looked at.

`kijk_op` is a proleptic day number. Of who was there before it is 1: the first
round looks at them all once.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("status = 'open'")


def upgrade() -> None:
    op.create_table(
        "taak",
        sa.Column("n", _BIG, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("partij", sa.Text, nullable=False),
        sa.Column("sleutel", sa.Text, nullable=False),
        sa.Column("leerling", sa.Text, sa.ForeignKey("leerling.id"), nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("uiterlijk", sa.BigInteger, nullable=False),
        sa.Column("geescaleerd", sa.Integer, nullable=False),
        sa.Column("json", sa.Text, nullable=False),
        sa.UniqueConstraint("partij", "sleutel"),
    )
    _partial("taak_open", ["partij", "n"], _OPEN)
    _partial("taak_leerling", ["leerling"], _OPEN)
    _partial("taak_term", ["uiterlijk"], sa.text("status = 'open' AND geescaleerd = 0"))
    op.add_column("levering", sa.Column("overgedragen", sa.Integer, nullable=False, server_default="0"))
    if op.get_bind().dialect.name == "sqlite":  # PostgreSQL came later: there is nothing of before there
        op.execute(
            "UPDATE levering SET overgedragen = 1 WHERE json_extract(json, '$.overgedragen') IS NOT NULL"
        )
    gone = sa.text("overgedragen = 1")
    op.create_index("levering_gone", "levering", ["leerling"], sqlite_where=gone, postgresql_where=gone)
    op.add_column("leerling", sa.Column("kijk_op", sa.Integer))
    op.execute("UPDATE leerling SET kijk_op = 1 WHERE epoch > 0")
    op.create_index("leerling_kijk_op", "leerling", ["kijk_op", "id"])


def _partial(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "taak", columns, sqlite_where=where, postgresql_where=where)

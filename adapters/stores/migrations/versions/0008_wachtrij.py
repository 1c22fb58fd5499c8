"""What only many processes on one database need: where leaves wait for their place in the ledger, which they
get after the commit there, and how far the clock of a sandbox was moved.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":  # leaves get their place in the commit, the clock is in a file
        return
    op.create_table(
        "leaf_waiting",
        sa.Column("n", sa.BigInteger, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("soort", sa.Text, nullable=False),
        sa.Column("canonical", sa.LargeBinary, nullable=False),
        sa.Column("detail", sa.LargeBinary),
    )
    op.create_table(
        "proefklok",
        sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
        sa.Column("verschuiving", sa.BigInteger, nullable=False),
    )

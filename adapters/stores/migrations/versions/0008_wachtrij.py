"""Where leaves wait for their place in the ledger, on the engine that gives it after the commit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":  # there a leaf gets its place in the commit itself
        return
    op.create_table(
        "leaf_waiting",
        sa.Column("n", sa.BigInteger, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("soort", sa.Text, nullable=False),
        sa.Column("canonical", sa.LargeBinary, nullable=False),
        sa.Column("detail", sa.LargeBinary),
    )

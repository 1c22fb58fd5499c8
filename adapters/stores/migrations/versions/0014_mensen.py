"""What is kept of people who sign in: sessions, references, invitations, mail. Before there was none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ENDS = sa.text("verloopt IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "kept",
        sa.Column("soort", sa.Text, primary_key=True, nullable=False),
        sa.Column("id", sa.Text, primary_key=True, nullable=False),
        sa.Column("groep", sa.Text, nullable=False),
        sa.Column("versie", sa.Integer, nullable=False),
        sa.Column("verloopt", sa.BigInteger),
        sa.Column("inhoud", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("kept_groep", "kept", ["soort", "groep", "id"])
    op.create_index("kept_verloopt", "kept", ["verloopt"], sqlite_where=_ENDS, postgresql_where=_ENDS)

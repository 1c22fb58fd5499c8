"""What a decision rests on besides facts, and who is doing which work.

Of every levering under which register and policy it was last decided: of what is there nothing is known, so
all that is held is decided again once. Every leerling is looked at in the first daily round, so that what is
ready is decided again as well: what people recorded before counts by the rules of now (docs/decisions/0030).
Claims are gone when the work is done; a lapsed one is nobody's.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_HELD = sa.text("status = 'aangehouden'")


def upgrade() -> None:
    op.add_column("leerling", sa.Column("accepted", sa.Integer, nullable=False, server_default="0"))
    op.add_column("levering", sa.Column("decided_under", sa.Text, nullable=False, server_default=""))
    op.execute("UPDATE leerling SET kijk_op = 1 WHERE epoch > 0")
    op.drop_index("levering_held", "levering")
    op.create_index(
        "levering_held", "levering", ["decided_under"], sqlite_where=_HELD, postgresql_where=_HELD
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("job", sa.Text, primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False, index=True),
        sqlite_with_rowid=False,
    )

"""Working state that is held to the account: room for the stamps.

What is there already gets them from the gateway, which has the keys, at its first start: it holds every row
to the account before it stamps it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("leerling", sa.Column("feitenhash", sa.LargeBinary))
    op.add_column("leerling", sa.Column("stamp", sa.LargeBinary))
    op.add_column("answer", sa.Column("stamp", sa.LargeBinary))
    op.add_column("state", sa.Column("register_stamp", sa.LargeBinary))
    # The leaf that says that everything is stamped from there on.
    op.add_column("state", sa.Column("stamped_from", sa.Text))
    # Its newest line is what the register is held to.
    register = sa.text("soort = 'register.changed'")
    op.create_index("entry_register", "entry", ["position"], sqlite_where=register, postgresql_where=register)
    op.create_table(
        "register_past_stamp",
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("stamp", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )

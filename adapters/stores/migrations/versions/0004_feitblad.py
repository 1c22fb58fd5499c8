"""Where in the account each fact stands, for the proof a signer gets of his statement.

Of what was recorded before, the leaf itself names its fact.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("fact", sa.Column("position", sa.BigInteger))
    if op.get_bind().dialect.name != "sqlite":  # PostgreSQL came later: there is nothing of before there
        return
    # By the unique id of the fact: one look-up per leaf, however many there are.
    op.execute(
        "UPDATE fact SET position = told.position FROM"
        " (SELECT position, json_extract(CAST(canonical AS TEXT), '$.feit') AS feit FROM entry"
        " WHERE soort IN ('consent.recorded', 'consent.withdrawn', 'authority.changed',"
        " 'capacity.recorded', 'objection.recorded', 'veto.recorded')) AS told WHERE fact.id = told.feit"
    )

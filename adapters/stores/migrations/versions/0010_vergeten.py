"""What has had its time is found without reading the rest, to be forgotten.

Of every taak that ended, since when: as it stands in the taak itself. One about a withdrawal stays for good.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BATCH = 1_000
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_CLOSED = sa.text("gesloten IS NOT NULL")

_taak = sa.table("taak", *map(sa.column, ("n", "status", "json", "gesloten")))


def upgrade() -> None:
    op.create_index("ix_answer_at", "answer", ["at"])
    op.add_column("taak", sa.Column("gesloten", sa.BigInteger))
    fill = sa.update(_taak).where(_taak.c.n == sa.bindparam("at")).values(gesloten=sa.bindparam("since"))
    for rows in _batches():
        ended = [{"at": n, "since": since} for n, text in rows if (since := _since(text)) is not None]
        if ended:
            op.get_bind().execute(fill, ended)
    op.create_index(
        "taak_gesloten", "taak", ["gesloten", "n"], sqlite_where=_CLOSED, postgresql_where=_CLOSED
    )


def _since(text: str) -> int | None:
    taak = json.loads(text)
    if taak["soort"] == "intrekking_verwerken":
        return None
    return (dt.datetime.fromisoformat(taak["sinds"]) - _EPOCH) // dt.timedelta(microseconds=1)


def _batches() -> Iterator[list[Any]]:
    """The taken that ended, some at a time."""
    ended = (
        sa.select(_taak.c.n, _taak.c.json).where(_taak.c.status != "open").order_by(_taak.c.n).limit(_BATCH)
    )
    found = list(op.get_bind().execute(ended))
    while found:
        yield found
        found = list(op.get_bind().execute(ended.where(_taak.c.n > found[-1][0])))

"""What is known of earlier iJw messages, in one table of facts that is only ever added to.

Apart from the store of the gateway itself: another file or schema, with its own lifetime. For any database
SQLAlchemy speaks to. One writer at a time: between `check_verloop` and `apply` nobody else may apply a
message of the same two parties, which no table can promise.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import (
    Column,
    Engine,
    Executable,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    case,
    func,
    insert,
    select,
)
from sqlalchemy.exc import SQLAlchemyError

from adapters.ijw.feiten import Feit, Sleutel, Waarde
from adapters.ijw.gelezen import Pseudonym
from adapters.ijw.verloop import Contracttarief, Feitenverloop, Volledig
from schemas.errors import RecordUnavailable

METADATA: Final = MetaData()
FEIT: Final = Table(
    "ijw_feit",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("soort", String(24), nullable=False),
    Column("sleutel", String(400), nullable=False),
    Column("waarde", Text, nullable=False),
    Column("teken", SmallInteger, nullable=False),
    Index("ijw_feit_sleutel", "soort", "sleutel"),
)
"""Make it with `METADATA.create_all(engine)`."""

_LEES: Final = (
    select(
        FEIT.c.waarde,
        func.sum(case((FEIT.c.teken > 0, 1), else_=0)),
        func.sum(case((FEIT.c.teken < 0, 1), else_=0)),
    )
    .group_by(FEIT.c.waarde)
    .order_by(FEIT.c.waarde)
)


class SqlVerloop(Feitenverloop):
    """The facts in `FEIT`. `apply` is durable when it returns; what it adds, it adds in one transaction.

    Raises RecordUnavailable when the database does not answer. What a database says of that can hold the
    values of a statement, so it goes no further.
    """

    def __init__(
        self,
        engine: Engine,
        pseudonym: Pseudonym,
        *,
        volledig: Volledig,
        tarief: Contracttarief = lambda *_: None,
    ) -> None:
        super().__init__(pseudonym, volledig=volledig, tarief=tarief)
        self._engine = engine

    def _facts(self, soort: str, sleutel: Sleutel) -> Mapping[Waarde, tuple[int, int]]:
        question = _LEES.where(FEIT.c.soort == soort, FEIT.c.sleutel == _text(sleutel))
        return {tuple(json.loads(waarde)): (put, back) for waarde, put, back in self._run(question)}

    def _add(self, feiten: Iterable[Feit]) -> None:
        rows = [
            {"soort": f.soort, "sleutel": _text(f.sleutel), "waarde": _text(f.waarde), "teken": f.teken}
            for f in feiten
        ]
        if rows:
            self._run(insert(FEIT), rows)

    def _run(self, statement: Executable, rows: list[dict[str, Any]] | None = None) -> list[Any]:
        try:
            with self._engine.begin() as connection:
                result = connection.execute(statement, rows)
                return list(result) if result.returns_rows else []
        except SQLAlchemyError:
            pass
        raise RecordUnavailable("the history of iJw messages cannot be reached")


def _text(values: Sleutel | Waarde) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))

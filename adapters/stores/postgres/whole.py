"""Reading everything that a database has, to compare it with the account and to stamp it."""

from __future__ import annotations

from typing import Any, Final, LiteralString

from psycopg import AsyncConnection

from adapters.stores.postgres.link import Link
from adapters.stores.stored import ANSWER, LEERLING, leerling_row, read, stored_answer
from schemas.account.verantwoording import EventType, Leaf
from schemas.base import Model
from schemas.errors import RecordUnavailable
from schemas.exchange.uitwisseling import Levering, Uitwisseling
from schemas.storage.storage import Adopted, LeerlingRow, StoredAnswer

MAX_ROWS: Final = 1_000
"""No read returns more rows of a list than this, whatever it is asked."""

LEVERING: Final = "SELECT l.json, l.positie FROM levering l"
LEAF: Final = "INSERT INTO leaf_waiting (id, soort, canonical, detail) VALUES (%s, %s, %b, %b)"

_LEERLINGEN: Final = (
    "UPDATE leerling l SET feitenhash = x.feitenhash, stamp = x.stamp"
    " FROM unnest(%s::text[], %b::bytea[], %b::bytea[]) AS x(id, feitenhash, stamp) WHERE l.id = x.id"
)
_LEVERINGEN: Final = (
    "UPDATE levering l SET json = x.json FROM unnest(%s::text[], %s::integer[], %s::text[])"
    " AS x(id, versie, json) WHERE l.id = x.id AND l.versie = x.versie"
)
_UITWISSELINGEN: Final = (
    "UPDATE uitwisseling u SET json = x.json FROM unnest(%s::text[], %s::text[]) AS x(id, json)"
    " WHERE u.id = x.id"
)
_ANSWERS: Final = (
    "UPDATE answer a SET stamp = x.stamp FROM unnest(%s::text[], %b::bytea[], %b::bytea[])"
    " AS x(partij, key_hash, stamp) WHERE a.partij = x.partij AND a.key_hash = x.key_hash"
)
_REGISTER: Final = "UPDATE state SET register_stamp = %b WHERE register_version = %s"
_PAST: Final = (
    "INSERT INTO register_past_stamp (version, stamp) VALUES (%s, %b)"
    " ON CONFLICT (version) DO UPDATE SET stamp = excluded.stamp"
)
_LAST_LEAF: Final = (
    "SELECT canonical FROM ("
    " (SELECT 1 AS later, canonical FROM leaf_waiting WHERE soort = %(soort)s ORDER BY n DESC LIMIT 1)"
    " UNION ALL (SELECT 0, canonical FROM entry WHERE soort = %(soort)s ORDER BY position DESC LIMIT 1)"
    ") AS found ORDER BY later DESC LIMIT 1"
)


class Whole:
    """Part of PostgresStorage: its connections, how it reads, and what reads or stamps everything there
    is.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._closed = False
        self._others = 0
        """The number of transactions that wrote something, beside those of the exchange path."""

    async def leerlingen(self, after: str, limit: int) -> tuple[LeerlingRow, ...]:
        rows = await self._all(
            f"{LEERLING} AND k.partij = l.owner WHERE l.id > %s ORDER BY l.id LIMIT %s",
            (after, rows_of(limit)),
        )
        return tuple(map(leerling_row, rows))

    async def leerlingen_of(self, partij: str, after: bytes, limit: int) -> tuple[LeerlingRow, ...]:
        rows = await self._all(
            f"{LEERLING} AND k.partij = l.owner WHERE l.owner = %s AND l.blind_index > %b"
            " ORDER BY l.blind_index LIMIT %s",
            (partij, after, rows_of(limit)),
        )
        return tuple(map(leerling_row, rows))

    async def all_leveringen(self, after: int, limit: int) -> tuple[tuple[int, Levering], ...]:
        rows = await self._all(
            "SELECT json, positie, n FROM levering WHERE n > %s ORDER BY n LIMIT %s", (after, rows_of(limit))
        )
        return tuple((row[2], levering_row(row)) for row in rows)

    async def all_uitwisselingen(
        self, after: str, limit: int
    ) -> tuple[tuple[Uitwisseling, tuple[str, ...]], ...]:
        rows = await self._all(
            "SELECT json, leaves FROM uitwisseling WHERE id > %s ORDER BY id LIMIT %s",
            (after, rows_of(limit)),
        )
        return tuple((read(Uitwisseling, text), tuple(leaves.split())) for text, leaves in rows)

    async def answers(self, after: tuple[str, bytes] | None, limit: int) -> tuple[StoredAnswer, ...]:
        rows = await self._all(
            f"{ANSWER} WHERE (partij, key_hash) > (%s, %b) ORDER BY partij, key_hash LIMIT %s",
            (*(after or ("", b"")), rows_of(limit)),
        )
        return tuple(map(stored_answer, rows))

    async def last_leaf(self, soort: EventType) -> bytes | None:
        row = await self._one(_LAST_LEAF, {"soort": soort.value})
        return None if row is None else row[0]

    async def waiting(self) -> str | None:
        row = await self._one("SELECT id FROM leaf_waiting ORDER BY n DESC LIMIT 1")
        return None if row is None else row[0]

    async def stamped_from(self) -> str | None:
        found: str | None = await self._state("SELECT stamped_from FROM state")
        return found

    async def adopt(self, adopted: Adopted) -> None:
        self._check_open()
        async with self._link.transaction() as connection:
            for sql, columns in _columns(adopted):
                if columns[0]:
                    await connection.execute(sql, columns)
            for version, stamp in adopted.registers.items():
                await _adopt_register(connection, version, stamp)
            if (leaf := adopted.leaf) is not None:
                await connection.execute(LEAF, leaf_values(leaf))
                await connection.execute("UPDATE state SET stamped_from = %s", (leaf.id,))
        self._others += 1

    async def _state(self, sql: LiteralString) -> Any:
        return (await self._all(sql))[0][0]

    async def _leveringen(self, sql: LiteralString, values: Any) -> tuple[Levering, ...]:
        return tuple(levering_row(row) for row in await self._all(sql, values))

    async def _one(self, sql: LiteralString, values: Any = ()) -> Any:
        rows = await self._all(sql, values)
        return rows[0] if rows else None

    async def _all(self, sql: LiteralString, values: Any = ()) -> list[Any]:
        self._check_open()
        return await self._link.rows(sql, values)

    def _check_open(self) -> None:
        if self._closed:
            raise RecordUnavailable("the store is closed")


def rows_of(limit: int) -> int:
    return max(0, min(limit, MAX_ROWS))


def leaf_values(leaf: Leaf) -> tuple[object, ...]:
    """The values for LEAF."""
    return leaf.id, leaf.soort.value, leaf.canonical, leaf.detail


def _columns(adopted: Adopted) -> list[tuple[LiteralString, tuple[list[Any], ...]]]:
    """The values that each statement gets."""
    people, leveringen = adopted.leerlingen, adopted.leveringen
    sent, answers = adopted.uitwisselingen, adopted.answers
    return [
        (
            _LEERLINGEN,
            (list(people), [p.feitenhash for p in people.values()], [p.stamp for p in people.values()]),
        ),
        (
            _LEVERINGEN,
            ([v.id for v in leveringen], [v.versie for v in leveringen], [_json(v) for v in leveringen]),
        ),
        (_UITWISSELINGEN, ([u.id for u in sent], [_json(u) for u in sent])),
        (
            _ANSWERS,
            ([a.partij for a in answers], [a.key_hash for a in answers], [a.stamp for a in answers]),
        ),
    ]


async def _adopt_register(connection: AsyncConnection[Any], version: int, stamp: bytes) -> None:
    present = await connection.execute(_REGISTER, (stamp, version))
    if not present.rowcount:
        await connection.execute(_PAST, (version, stamp))


def levering_row(row: Any) -> Levering:
    """A levering from its row. Its position is drawn while the row is written, so it stands only in its
    column.
    """
    text, positie, *_ = row
    found = read(Levering, text)
    return found if found.positie == positie else found.model_copy(update={"positie": positie})


def _json(model: Model) -> str:
    """JSON of a model. One that was copied into a shape that cannot be read again fails here, before it is
    stored.
    """
    return model.model_dump_json(warnings="error")

"""The store that many processes share: one PostgreSQL database, any number of gateways and workers.

A commit is one statement (commit.sql), shared by the changes that wait at the same moment. Leaves get their
place in the ledger afterwards (sequencer.py). Nothing here keeps what another process could change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, LiteralString, Self

import psycopg

from adapters.ledger.tree import Frontier, consistency_proof, inclusion_proof, root_at
from adapters.stores.migrations import MOVING, REVISION, UNFINISHED
from adapters.stores.moments import moment
from adapters.stores.postgres import claims
from adapters.stores.postgres.group import GroupCommit
from adapters.stores.postgres.kept import KeptRows
from adapters.stores.postgres.link import ADOPT_LOCK, PATIENCE_SECONDS, REGISTER_LOCK, Link, conninfo
from adapters.stores.postgres.many import ManyReads
from adapters.stores.postgres.sequencer import Sequencer
from adapters.stores.postgres.tiles import computed
from adapters.stores.postgres.whole import LEAF, LEVERING, Whole, leaf_values, rows_of
from adapters.stores.stored import (
    ANSWER,
    LEERLING,
    ZAAK,
    fact_row,
    leerling_row,
    read,
    stored_answer,
    zaak_row,
)
from schemas.account.verantwoording import EventType, Leaf
from schemas.errors import LedgerBroken, RecordUnavailable, WrongUse
from schemas.exchange.taak import Taak
from schemas.exchange.uitwisseling import Levering, Leveringgebeurtenis, Uitwisseling
from schemas.storage.storage import (
    WHOLE,
    Change,
    CommitResult,
    Entry,
    Job,
    LeerlingRow,
    Portion,
    Register,
    Sealed,
    StoredAnswer,
    StoredCheckpoint,
    StoredFact,
    TreeHead,
    Under,
    ZaakRow,
)

_NO_NUMBER: Final = 2**63 - 1
"""Higher than every number."""
_EXPIRED_AT_ONCE: Final = 16
"""Expired token ids removed per claim: more than come in, and few enough not to be felt."""

_OWNED: Final = f"{LEERLING} AND k.partij = l.owner"
_FACT: Final = "SELECT id, leerling, kind, recorded_by, recorded_at, key, content FROM fact"
_FIRST_IN_LINE: Final = (
    "NOT EXISTS (SELECT FROM levering e WHERE e.status = 'klaar' AND e.ontvanger = l.ontvanger"
    " AND e.leerling = l.leerling AND e.positie < l.positie AND e.vervalt_op > %(now)s)"
)
_IS_FIRST: Final = f"SELECT 1 FROM levering l WHERE id = %(id)s AND {_FIRST_IN_LINE}"
# An id that is not there reads the first row instead, so that it takes the time of one that is.
# ruff: noqa: S608 - only texts of this file are put together
_LEVERING_FOR: Final = (
    f"{LEVERING} WHERE n = coalesce((SELECT n FROM levering WHERE id = %(id)s), 1)"
    " AND ontvanger = %(ontvanger)s AND (status = 'klaar' OR overgedragen = 1) AND id = %(id)s"
)
_BEHIND_CURSOR: Final = (
    "l.positie > coalesce((SELECT c.positie FROM levering c WHERE c.id = %(after)s AND c.status = 'klaar'"
    " AND c.ontvanger = l.ontvanger AND c.vervalt_op > %(now)s), 0)"
)


class PostgresStorage(Whole, KeptRows, ManyReads):
    """The Storage port on PostgreSQL. Its docstrings are in gateway/ports; here is only what is its own."""

    def __init__(self, info: str, patience: float = PATIENCE_SECONDS) -> None:
        """Only for `open`, which first looks whether the database has the right schema."""
        super().__init__(Link(info, patience))
        self._group = GroupCommit(self._link)
        self._sequencer = Sequencer(self._link)

    @classmethod
    def open(cls, url: str) -> Self:
        """The database at `url`, which must have the present schema: `ozlijn migrate` sees to that.

        Raises WrongUse for an address or a schema that is wrong, RecordUnavailable when it does not answer.
        """
        info = conninfo(url)
        revision = _revision(info)
        if revision is not None and revision.startswith(MOVING):
            raise WrongUse(UNFINISHED)
        if revision != REVISION:
            raise WrongUse(
                "de database heeft niet het schema van deze versie"
                f" ({revision or 'geen'} in plaats van {REVISION}): draai eerst ozlijn migrate"
            )
        return cls(info)

    async def close(self) -> None:
        """Finishes what waits; changes that come after raise RecordUnavailable."""
        self._closed = True
        await self._group.close()
        await self._sequencer.close()
        await self._link.close()

    @property
    def commits(self) -> int:
        return self._group.commits + self._others

    @property
    def batch_size(self) -> float:
        """The number of changes per transaction since the start, on average."""
        return self._group.jobs / max(self._group.commits, 1)

    # --- writes

    async def commit(self, change: Change) -> CommitResult:
        return await self._group.run(change)

    async def sequence(self) -> int | None:
        self._check_open()
        placed = await self._sequencer.run()
        self._others += bool(placed)
        return placed

    async def apply_register(
        self, register: Register, expected_version: int, leaves: tuple[Leaf, ...], *, look_again: bool = False
    ) -> bool:
        self._check_open()
        rows = [(kind, key, text) for kind, kept in register.soorten.items() for key, text in kept.items()]
        async with self._link.transaction() as connection:
            # Every commit shares this lock, so all commits before it are done and all after it see the new
            # version.
            await connection.execute("SELECT pg_advisory_xact_lock(%s)", (REGISTER_LOCK,))
            await connection.execute(
                "INSERT INTO register_past_stamp (version, stamp) SELECT register_version, register_stamp"
                " FROM state WHERE register_version = %s AND register_stamp IS NOT NULL",
                (expected_version,),
            )
            raised = await connection.execute(
                "UPDATE state SET register_version = register_version + 1, register_stamp = %b"
                " WHERE register_version = %s",
                (register.stamp, expected_version),
            )
            if not raised.rowcount:
                return False
            await connection.execute(
                "INSERT INTO register_past (version, kind, id, json) SELECT %s, kind, id, json FROM register",
                (expected_version,),
            )
            await connection.execute("DELETE FROM register")
            cursor = connection.cursor()
            await cursor.executemany("INSERT INTO register (kind, id, json) VALUES (%s, %s, %s)", rows)
            await cursor.executemany(LEAF, [leaf_values(leaf) for leaf in leaves])
            if look_again:
                await connection.execute(
                    "UPDATE leerling SET kijk_op = 1 WHERE id IN"
                    " (SELECT leerling FROM levering WHERE status = 'klaar')"
                )
        self._others += 1
        return True

    @asynccontextmanager
    async def adopting(self) -> AsyncIterator[None]:
        async with self._link.alone(ADOPT_LOCK):
            try:
                yield
            finally:
                await self._sequencer.close()  # placing the leaves goes on in a worker

    async def claim_jti(self, client: str, jti_hash: bytes, expires: dt.datetime, now: dt.datetime) -> bool:
        self._check_open()
        until, present = moment(expires), moment(now)
        if until <= present:
            return False
        async with self._link.transaction() as connection:
            made = await connection.execute(
                "INSERT INTO jti AS j (client, jti_hash, expires) VALUES (%s, %b, %s)"
                " ON CONFLICT (client, jti_hash) DO UPDATE SET expires = excluded.expires"
                " WHERE j.expires <= %s",
                (client, jti_hash, until, present),
            )
            if not made.rowcount:
                return False
            await connection.execute(
                "DELETE FROM jti WHERE ctid IN (SELECT ctid FROM jti WHERE expires <= %s ORDER BY expires"
                " LIMIT %s FOR UPDATE SKIP LOCKED)",
                (present, _EXPIRED_AT_ONCE),
            )
        self._others += 1
        return True

    async def set_lookalikes(self, known: Mapping[str, bytes]) -> None:
        self._check_open()
        async with self._link.transaction() as connection:
            await connection.cursor().executemany(
                "UPDATE leerling SET lookalike = %b WHERE id = %s AND lookalike IS NULL",
                [(lookalike, ident) for ident, lookalike in sorted(known.items())],
            )
        self._others += 1

    async def save_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        self._check_open()
        async with self._link.transaction() as connection:
            # Two processes that save at once follow each other, and the second sees what the first saved.
            found = await connection.execute("SELECT frontier FROM state FOR NO KEY UPDATE")
            (frontier,) = await found.fetchone() or (b"",)
            size = Frontier.from_bytes(frontier).size
            row = await (await connection.execute("SELECT size FROM checkpoint")).fetchone()
            if not (row[0] if row else 0) <= checkpoint.size <= size:
                raise LedgerBroken("a checkpoint does not lie between the last one and the present size")
            await connection.execute(
                "INSERT INTO checkpoint (id, size, note) VALUES (1, %s, %s)"
                " ON CONFLICT (id) DO UPDATE SET size = excluded.size, note = excluded.note",
                (checkpoint.size, checkpoint.note),
            )
        self._others += 1

    # --- work that is divided

    async def claim_due(self, portion: Portion, max_takes: int) -> tuple[str, ...]:
        return await self._claimed(claims.DUE, Job.EXPIRE, portion, takes=max_takes)

    async def claim_held(self, portion: Portion, under: Under) -> tuple[str, ...]:
        return await self._claimed(claims.HELD, Job.REDECIDE, portion, under=str(under))

    async def claim_looks(self, portion: Portion, today: dt.date) -> tuple[str, ...]:
        return await self._claimed(claims.LOOKS, Job.LOOK, portion, today=today.toordinal())

    async def claim_taken(self, portion: Portion) -> tuple[str, ...]:
        return await self._claimed(claims.TAKEN, Job.ESCALATE, portion)

    async def claim_job(self, job: Job, now: dt.datetime, until: dt.datetime) -> bool:
        return bool(await self._claimed(claims.WHOLE, job, Portion(now, until, 1), id=WHOLE))

    async def give_back(self, job: Job, ids: Sequence[str]) -> None:
        self._check_open()
        async with self._link.transaction() as connection:
            await connection.execute(claims.GIVE_BACK, (job.value, list(ids)))
        self._others += 1

    async def _claimed(
        self, sql: LiteralString, job: Job, portion: Portion, **values: object
    ) -> tuple[str, ...]:
        self._check_open()
        values |= {"job": job.value, "now": moment(portion.now), "until": moment(portion.until)}
        values["limit"] = rows_of(portion.limit)
        mine: tuple[str, ...] = ()
        due = True
        while due and not mine:  # everything that was due went to others meanwhile, so look for more
            async with self._link.transaction() as connection, connection.cursor(binary=True) as cursor:
                await cursor.execute(sql, values)
                rows = await cursor.fetchall()
                due, mine = bool(rows), tuple(ident for ident, ours in rows if ours)
                if mine:
                    await cursor.execute(claims.FORGET, values)
        self._others += bool(mine)
        return mine

    # --- reads

    async def answer(self, partij: str, key_hash: bytes) -> StoredAnswer | None:
        row = await self._one(
            f"{ANSWER} WHERE partij = %s AND key_hash = %b",
            (partij, key_hash),
        )
        return None if row is None else stored_answer(row)

    async def leerling_by_index(self, partij: str, blind_index: bytes) -> LeerlingRow | None:
        row = await self._one(
            f"{LEERLING} AND k.partij = l.owner WHERE l.owner = %s AND l.blind_index = %b",
            (partij, blind_index),
        )
        return None if row is None else leerling_row(row)

    async def leerling_by_ref(self, partij: str, ref: str) -> LeerlingRow | None:
        row = await self._one(f"{LEERLING} WHERE k.partij = %s AND k.ref = %s", (partij, ref))
        return None if row is None else leerling_row(row)

    async def leerling(self, leerling: str) -> LeerlingRow | None:
        row = await self._one(f"{LEERLING} AND k.partij = l.owner WHERE l.id = %s", (leerling,))
        return None if row is None else leerling_row(row)

    async def lookalikes(self, partij: str, lookalike: bytes) -> tuple[LeerlingRow, ...]:
        sql: LiteralString = f"{_OWNED} WHERE l.owner = %s AND l.lookalike = %b ORDER BY l.id"
        return tuple(map(leerling_row, await self._all(sql, (partij, lookalike))))

    async def without_lookalike(self, after: str, limit: int) -> tuple[LeerlingRow, ...]:
        sql: LiteralString = f"{_OWNED} WHERE l.lookalike IS NULL AND l.id > %s ORDER BY l.id LIMIT %s"
        return tuple(map(leerling_row, await self._all(sql, (after, rows_of(limit)))))

    async def facts(self, leerling: str) -> tuple[StoredFact, ...]:
        return tuple(map(fact_row, await self._all(f"{_FACT} WHERE leerling = %s ORDER BY n", (leerling,))))

    async def fact(self, fact: str) -> StoredFact | None:
        row = await self._one(f"{_FACT} WHERE id = %s", (fact,))
        return None if row is None else fact_row(row)

    async def fact_leaf(self, fact: str) -> str | None:
        row = await self._one("SELECT leaf FROM fact WHERE id = %s", (fact,))
        return None if row is None else row[0]

    async def uitwisseling(self, uitwisseling: str) -> tuple[Uitwisseling, tuple[str, ...]] | None:
        row = await self._one("SELECT json, leaves FROM uitwisseling WHERE id = %s", (uitwisseling,))
        return None if row is None else (read(Uitwisseling, row[0]), tuple(row[1].split()))

    async def uitwisselingen(
        self, afzender: str, before: int | None, limit: int
    ) -> tuple[tuple[int, Uitwisseling], ...]:
        rows = await self._all(
            "SELECT nummer, json FROM uitwisseling WHERE afzender = %s AND nummer < %s"
            " ORDER BY nummer DESC LIMIT %s",
            (afzender, _NO_NUMBER if before is None else before, rows_of(limit)),
        )
        return tuple((nummer, read(Uitwisseling, text)) for nummer, text in rows)

    async def leveringen(self, uitwisseling: str) -> tuple[Levering, ...]:
        return await self._leveringen(f"{LEVERING} WHERE uitwisseling = %s ORDER BY n", (uitwisseling,))

    async def levering(self, levering: str) -> Levering | None:
        found = await self._leveringen(f"{LEVERING} WHERE id = %s", (levering,))
        return found[0] if found else None

    async def levering_for(self, levering: str, ontvanger: str) -> Levering | None:
        found = await self._leveringen(_LEVERING_FOR, {"id": levering, "ontvanger": ontvanger})
        return found[0] if found else None

    async def history(self, levering: str) -> tuple[Leveringgebeurtenis, ...]:
        rows = await self._all(
            "SELECT e.json FROM levering l JOIN event e ON e.levering = l.n WHERE l.id = %s"
            " ORDER BY e.volgnummer",
            (levering,),
        )
        return tuple(Leveringgebeurtenis.model_validate_json(text) for (text,) in rows)

    async def content(self, levering: str) -> Sealed | None:
        row = await self._one(
            "SELECT c.key, c.content FROM levering l JOIN content c ON c.levering = l.n WHERE l.id = %s",
            (levering,),
        )
        return None if row is None else Sealed(*row)

    async def open_leveringen(self, leerling: str) -> tuple[Levering, ...]:
        return await self._leveringen(
            f"{LEVERING} WHERE leerling = %s AND status IN ('aangehouden', 'klaar', 'mislukt') ORDER BY n",
            (leerling,),
        )

    async def postbus(
        self, ontvanger: str, after: str | None, now: dt.datetime, limit: int
    ) -> tuple[Levering, ...]:
        return await self._leveringen(
            f"{LEVERING} WHERE status = 'klaar' AND ontvanger = %(ontvanger)s AND vervalt_op > %(now)s"
            f" AND {_BEHIND_CURSOR} AND {_FIRST_IN_LINE} ORDER BY positie LIMIT %(limit)s",
            {"ontvanger": ontvanger, "after": after, "now": moment(now), "limit": rows_of(limit)},
        )

    async def is_first_in_line(self, levering: str, now: dt.datetime) -> bool:
        return await self._one(_IS_FIRST, {"id": levering, "now": moment(now)}) is not None

    async def zaak(self, zaak: str) -> ZaakRow | None:
        row = await self._one(f"{ZAAK} WHERE z.id = %s", (zaak,))
        return None if row is None else zaak_row(row)

    async def zaken(self, partij: str, soort: str, after: int, limit: int) -> tuple[tuple[int, ZaakRow], ...]:
        rows = await self._all(
            f"SELECT p.nummer, z.* FROM zaakpartij p JOIN ({ZAAK}) z ON z.id = p.zaak"
            " WHERE p.partij = %s AND z.soort = %s AND p.nummer > %s ORDER BY p.nummer LIMIT %s",
            (partij, soort, after, rows_of(limit)),
        )
        return tuple((nummer, zaak_row(row)) for nummer, *row in rows)

    async def zaken_of(self, leerling: str) -> tuple[ZaakRow, ...]:
        return tuple(
            map(zaak_row, await self._all(f"{ZAAK} WHERE z.leerling = %s ORDER BY z.n", (leerling,)))
        )

    async def all_zaken(self, after: int, limit: int) -> tuple[tuple[int, ZaakRow], ...]:
        rows = await self._all(f"{ZAAK} WHERE z.n > %s ORDER BY z.n LIMIT %s", (after, rows_of(limit)))
        return tuple((row[0], zaak_row(row)) for row in rows)

    async def delivered(self, leerling: str) -> tuple[Levering, ...]:
        return await self._leveringen(
            f"{LEVERING} WHERE leerling = %s AND overgedragen = 1 ORDER BY n", (leerling,)
        )

    async def taak(self, taak: str) -> Taak | None:
        row = await self._one("SELECT json FROM taak WHERE id = %s", (taak,))
        return None if row is None else Taak.model_validate_json(row[0])

    async def taak_by_sleutel(self, partij: str, sleutel: str) -> Taak | None:
        row = await self._one("SELECT json FROM taak WHERE partij = %s AND sleutel = %s", (partij, sleutel))
        return None if row is None else Taak.model_validate_json(row[0])

    async def taken(self, partij: str, after: int, limit: int) -> tuple[tuple[int, Taak], ...]:
        rows = await self._all(
            "SELECT nummer, json FROM taak WHERE status = 'open' AND partij = %s AND nummer > %s"
            " ORDER BY nummer LIMIT %s",
            (partij, after, rows_of(limit)),
        )
        return tuple((nummer, Taak.model_validate_json(text)) for nummer, text in rows)

    async def taken_of(self, leerling: str) -> tuple[Taak, ...]:
        rows = await self._all(
            "SELECT json FROM taak WHERE status = 'open' AND leerling = %s ORDER BY n", (leerling,)
        )
        return tuple(Taak.model_validate_json(text) for (text,) in rows)

    async def register(self) -> Register:
        rows = await self._all(
            "SELECT '' AS kind, '' AS id, register_version::text AS json, register_stamp AS stamp FROM state"
            " UNION ALL SELECT kind, id, json, NULL FROM register ORDER BY kind"
        )
        return _register(int(rows[0][2]), rows)

    async def register_at(self, version: int) -> Register | None:
        rows = await self._all(
            "SELECT kind, id, json, NULL::bytea FROM register"
            " WHERE (SELECT register_version FROM state) = %(version)s"
            " UNION ALL SELECT kind, id, json, NULL FROM register_past WHERE version = %(version)s"
            " UNION ALL SELECT '', '', '', stamp FROM register_past_stamp WHERE version = %(version)s"
            " UNION ALL SELECT '', '', '', register_stamp FROM state WHERE register_version = %(version)s",
            {"version": version},
        )
        return _register(version, rows) if rows else None

    async def register_version(self) -> int:
        version: int = await self._state("SELECT register_version FROM state")
        return version

    async def head(self) -> TreeHead:
        frontier = Frontier.from_bytes(await self._state("SELECT frontier FROM state"))
        return TreeHead(frontier.size, frontier.root())

    async def entries(self, start: int, limit: int) -> tuple[Entry, ...]:
        rows = await self._all(
            "SELECT position, soort, canonical, leaf_hash FROM entry WHERE position >= %s"
            " ORDER BY position LIMIT %s",
            (start, rows_of(limit)),
        )
        return tuple(Entry(position, EventType(soort), text, leaf) for position, soort, text, leaf in rows)

    async def registers(self, before: int, limit: int) -> tuple[Entry, ...]:
        rows = await self._all(
            "SELECT position, canonical, leaf_hash FROM entry WHERE soort = 'register.changed'"
            " AND position < %s ORDER BY position DESC LIMIT %s",
            (before, rows_of(limit)),
        )
        return tuple(Entry(at, EventType.REGISTER_CHANGED, text, leaf) for at, text, leaf in rows)

    async def positions_of(self, leaves: Sequence[str]) -> tuple[int | None, ...]:
        rows = await self._all("SELECT id, position FROM entry WHERE id = ANY(%s)", (list(leaves),))
        return tuple(map(dict(rows).get, leaves))

    async def details(self, leaves: Sequence[str]) -> dict[str, bytes]:
        rows = await self._all(
            "SELECT id, detail FROM entry WHERE id = ANY(%s) AND detail IS NOT NULL", (list(leaves),)
        )
        return {leaf: bytes(detail) for leaf, detail in rows}

    async def inclusion_proof(self, position: int, size: int) -> Sequence[bytes]:
        await self._check_size(size)
        return await computed(self._all, lambda reader: inclusion_proof(position, size, reader))

    async def consistency_proof(self, old: int, size: int) -> Sequence[bytes]:
        await self._check_size(size)
        return await computed(self._all, lambda reader: consistency_proof(old, size, reader))

    async def root(self, size: int) -> bytes:
        await self._check_size(size)
        return await computed(self._all, lambda reader: root_at(size, reader))

    async def last_checkpoint(self) -> StoredCheckpoint | None:
        row = await self._one("SELECT size, note FROM checkpoint")
        return None if row is None else StoredCheckpoint(*row)

    async def _check_size(self, size: int) -> None:
        if size > (await self.head()).size:
            raise WrongUse("the log is not that long")

    async def _state(self, sql: LiteralString) -> Any:
        return (await self._all(sql))[0][0]


def _revision(info: str) -> str | None:
    try:
        with psycopg.connect(info, autocommit=True) as connection:
            if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
                return None
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except psycopg.Error as error:
        raise RecordUnavailable("de database antwoordt niet, of weigert deze gebruiker") from error
    return None if row is None else str(row[0])


def _register(version: int, rows: Sequence[Any]) -> Register:
    """A register from its rows. The row without a kind has the stamp."""
    found = Register(version, stamp=next((row[3] for row in rows if row[3]), b""))
    for kind, key, text, _ in rows:
        if kind:
            found.soorten[kind][key] = text
    return found

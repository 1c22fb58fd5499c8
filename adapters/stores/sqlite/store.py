"""The embedded store: one SQLite file in WAL mode with synchronous=FULL, one gateway, no service.

Durability is that of fsync. Several processes may have the file open (`ozlijn apply` writes beside a
gateway), but only one gateway: it holds `<file>.lock` for as long as it lives.
"""

from __future__ import annotations

import datetime as dt
import functools
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from adapters.ledger.tree import Frontier, consistency_proof, inclusion_proof, root_at
from adapters.stores.moments import moment
from adapters.stores.records import SQLITE, Records
from adapters.stores.sqlite import purge
from adapters.stores.sqlite.engine import sqlite3
from adapters.stores.sqlite.file import connected, make_file, make_fit, take_lock
from adapters.stores.sqlite.group import GroupCommit
from adapters.stores.sqlite.kept import KeptRows
from adapters.stores.sqlite.lookalikes import Lookalikes
from adapters.stores.sqlite.many import ManyReads
from adapters.stores.sqlite.rows import Rows
from adapters.stores.sqlite.transaction import FIND_ANSWER, MAX_ROWS, Transaction
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
from schemas.errors import RecordUnavailable, WrongUse, why
from schemas.exchange.taak import Taak
from schemas.exchange.uitwisseling import Levering, Leveringgebeurtenis, Uitwisseling
from schemas.storage.storage import (
    Adopted,
    Change,
    CommitResult,
    Entry,
    Job,
    LeerlingRow,
    Portion,
    Purged,
    Register,
    Sealed,
    StoredAnswer,
    StoredCheckpoint,
    StoredFact,
    TreeHead,
    Under,
    ZaakRow,
)

_BECAUSE: Final = {
    sqlite3.SQLITE_READONLY: "het bestand of de map is alleen te lezen",
    sqlite3.SQLITE_CANTOPEN: "het bestand is niet te openen",
    sqlite3.SQLITE_FULL: "de schijf is vol",
    sqlite3.SQLITE_IOERR: "de schijf geeft een fout",
}

T = TypeVar("T")
_NO_NUMBER: Final = 2**63 - 1
"""Higher than every number."""

_FACT = "SELECT id, leerling, kind, recorded_by, recorded_at, key, content FROM fact"
_FIRST_IN_LINE = (
    "NOT EXISTS (SELECT 1 FROM levering e WHERE e.status = 'klaar' AND e.ontvanger = l.ontvanger"
    " AND e.leerling = l.leerling AND e.positie < l.positie AND e.vervalt_op > ?)"
)
_BEHIND_CURSOR = (
    "l.positie > coalesce((SELECT c.positie FROM levering c WHERE c.id = ? AND c.status = 'klaar'"
    " AND c.ontvanger = l.ontvanger AND c.vervalt_op > ?), 0)"
)


class SqliteStorage(Lookalikes, KeptRows, ManyReads):
    """The Storage port on one file. Its docstrings are in gateway/ports; here is only what is SQLite's.

    Reads run on the calling thread, on a connection of their own: WAL readers never wait for the writer.
    """

    def __init__(
        self, path: Path, lock: int | None, connect: Callable[..., sqlite3.Connection] = sqlite3.connect
    ) -> None:
        """Only for `open`, which first brings the file to the present schema."""
        self._lock = lock
        self._reader = connected(path, connect)
        self._reader.execute("PRAGMA query_only = ON")
        self._group = GroupCommit(functools.partial(connected, path, connect))

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        gateway: bool = True,
        create: bool = True,
        connect: Callable[..., sqlite3.Connection] = sqlite3.connect,
    ) -> Self:
        """Open the file at `path`, made and brought to the present schema where needed (mode 0600).

        `gateway` False is for tools that may work beside a running gateway: they take the lock only to
        change the schema. `connect` stands in for sqlite3.connect, so that a test can let it fail.
        Raises AlreadyRunning when another gateway has it, WrongUse for a path that cannot be a database
        or one of a newer version, RecordUnavailable when it is busy.
        """
        lock: int | None = None
        try:
            make_file(path, create=create)
            lock = take_lock(path) if gateway else None
            try:
                make_fit(path, connect, locked=gateway)
                return cls(path, lock, connect)
            except BaseException:
                if lock is not None:
                    os.close(lock)
                raise
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise RecordUnavailable(f"{path} is bezet: een ander proces schrijft erin") from error
            raise WrongUse(f"{path} is niet te gebruiken als database{_because(error)}") from error
        except sqlite3.DatabaseError as error:
            raise WrongUse(f"{path} is geen SQLite-database") from error
        except OSError as error:
            raise WrongUse(f"{path} is niet te gebruiken als database: {why(error)}") from error

    async def close(self) -> None:
        """Finishes what waits; changes that come after raise RecordUnavailable."""
        await self._group.close()
        self._reader.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @property
    def commits(self) -> int:
        return self._group.commits

    @property
    def batch_size(self) -> float:
        """The number of changes per transaction since the start, on average."""
        return self._group.jobs / max(self._group.commits, 1)

    # --- writes

    async def commit(self, change: Change) -> CommitResult:
        return await self._group.run(lambda transaction: transaction.apply(change))

    async def _run(self, job: Callable[[Transaction], T]) -> T:
        return await self._group.run(job)

    async def sequence(self) -> int | None:
        return 0

    async def apply_register(
        self, register: Register, expected_version: int, leaves: tuple[Leaf, ...], *, look_again: bool = False
    ) -> bool:
        return await self._group.run(
            lambda transaction: transaction.apply_register(
                register, expected_version, leaves, look_again=look_again
            )
        )

    async def waiting(self) -> str | None:
        return None  # a leaf gets its position in its commit

    def adopting(self) -> AbstractAsyncContextManager[None]:
        """Nothing to wait for, as one gateway has the file. A tool that comes at its first start makes the
        same stamps.
        """
        return nullcontext()

    async def adopt(self, adopted: Adopted) -> None:
        await self._group.run(lambda transaction: transaction.adopt(adopted))

    async def claim_jti(self, client: str, jti_hash: bytes, expires: dt.datetime, now: dt.datetime) -> bool:
        return await self._group.run(
            lambda transaction: transaction.claim_jti(client, jti_hash, expires, now)
        )

    async def claim_due(self, portion: Portion, max_takes: int) -> tuple[str, ...]:
        return await self._group.run(lambda transaction: transaction.claim_due(portion, max_takes))

    async def claim_held(self, portion: Portion, under: Under) -> tuple[str, ...]:
        return await self._group.run(lambda transaction: transaction.claim_held(portion, under))

    async def claim_looks(self, portion: Portion, today: dt.date) -> tuple[str, ...]:
        return await self._group.run(lambda transaction: transaction.claim_looks(portion, today))

    async def claim_taken(self, portion: Portion) -> tuple[str, ...]:
        return await self._group.run(lambda transaction: transaction.claim_taken(portion))

    async def claim_job(self, job: Job, now: dt.datetime, until: dt.datetime) -> bool:
        return await self._group.run(lambda transaction: transaction.claim_job(job, Portion(now, until, 1)))

    async def give_back(self, job: Job, ids: Sequence[str]) -> None:
        await self._group.run(lambda transaction: transaction.give_back(job, ids))

    async def purge_answers(self, before: dt.datetime, limit: int) -> int:
        return await self._group.run(lambda transaction: transaction.write(purge.answers, before, limit))

    async def purge_tokens(self, now: dt.datetime, limit: int) -> int:
        return await self._group.run(lambda transaction: transaction.write(purge.tokens, now, limit))

    async def purge_zaken(self, now: dt.datetime, limit: int) -> int:
        return await self._group.run(lambda transaction: transaction.write(purge.zaken, now, limit))

    async def purge_taken(self, before: dt.datetime, after: tuple[int, int] | None, limit: int) -> Purged:
        return await self._group.run(lambda transaction: transaction.write(purge.taken, before, after, limit))

    async def save_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        await self._group.run(lambda transaction: transaction.save_checkpoint(checkpoint))

    # --- reads

    async def answer(self, partij: str, key_hash: bytes) -> StoredAnswer | None:
        row = self._one(FIND_ANSWER, (partij, key_hash))
        return None if row is None else stored_answer(row)

    async def leerling_by_index(self, partij: str, blind_index: bytes) -> LeerlingRow | None:
        return self._leerling(
            f"{LEERLING} AND k.partij = l.owner WHERE l.owner = ? AND l.blind_index = ?",
            (partij, blind_index),
        )

    async def leerling_by_ref(self, partij: str, ref: str) -> LeerlingRow | None:
        return self._leerling(f"{LEERLING} WHERE k.partij = ? AND k.ref = ?", (partij, ref))

    async def leerling(self, leerling: str) -> LeerlingRow | None:
        return self._leerling(f"{LEERLING} AND k.partij = l.owner WHERE l.id = ?", (leerling,))

    async def facts(self, leerling: str) -> tuple[StoredFact, ...]:
        return tuple(map(fact_row, self._all(f"{_FACT} WHERE leerling = ? ORDER BY n", (leerling,))))

    async def fact(self, fact: str) -> StoredFact | None:
        row = self._one(f"{_FACT} WHERE id = ?", (fact,))
        return None if row is None else fact_row(row)

    async def fact_leaf(self, fact: str) -> str | None:
        row = self._one("SELECT leaf FROM fact WHERE id = ?", (fact,))
        return None if row is None else row[0]

    async def uitwisseling(self, uitwisseling: str) -> tuple[Uitwisseling, tuple[str, ...]] | None:
        row = self._one("SELECT json, leaves FROM uitwisseling WHERE id = ?", (uitwisseling,))
        return None if row is None else (read(Uitwisseling, row[0]), tuple(row[1].split()))

    async def uitwisselingen(
        self, afzender: str, before: int | None, limit: int
    ) -> tuple[tuple[int, Uitwisseling], ...]:
        rows = self._all(
            "SELECT nummer, json FROM uitwisseling WHERE afzender = ? AND nummer < ?"
            " ORDER BY nummer DESC LIMIT ?",
            (afzender, _NO_NUMBER if before is None else before, _rows(limit)),
        )
        return tuple((nummer, read(Uitwisseling, text)) for nummer, text in rows)

    async def leveringen(self, uitwisseling: str) -> tuple[Levering, ...]:
        return self._leveringen("WHERE uitwisseling = ? ORDER BY n", (uitwisseling,))

    async def levering(self, levering: str) -> Levering | None:
        found = self._leveringen("WHERE id = ?", (levering,))
        return found[0] if found else None

    async def levering_for(self, levering: str, ontvanger: str) -> Levering | None:
        # An id that is not there reads the first row instead, so that it takes the time of one that is.
        found = self._leveringen(
            "WHERE n = coalesce((SELECT n FROM levering WHERE id = ?), 1) AND ontvanger = ?"
            " AND (status = 'klaar' OR overgedragen = 1) AND id = ?",
            (levering, ontvanger, levering),
        )
        return found[0] if found else None

    async def history(self, levering: str) -> tuple[Leveringgebeurtenis, ...]:
        rows = self._all(
            "SELECT e.json FROM levering l JOIN event e ON e.levering = l.n WHERE l.id = ?"
            " ORDER BY e.volgnummer",
            (levering,),
        )
        return tuple(Leveringgebeurtenis.model_validate_json(text) for (text,) in rows)

    async def content(self, levering: str) -> Sealed | None:
        row = self._one(
            "SELECT c.key, c.content FROM levering l JOIN content c ON c.levering = l.n WHERE l.id = ?",
            (levering,),
        )
        return None if row is None else Sealed(*row)

    async def open_leveringen(self, leerling: str) -> tuple[Levering, ...]:
        # Named, because without statistics SQLite takes the index that has what is over as well.
        return self._leveringen(
            "INDEXED BY levering_open"
            " WHERE leerling = ? AND status IN ('aangehouden', 'klaar', 'mislukt') ORDER BY n",
            (leerling,),
        )

    async def postbus(
        self, ontvanger: str, after: str | None, now: dt.datetime, limit: int
    ) -> tuple[Levering, ...]:
        at = moment(now)
        return self._leveringen(
            f"AS l WHERE status = 'klaar' AND ontvanger = ? AND vervalt_op > ? AND {_BEHIND_CURSOR}"
            f" AND {_FIRST_IN_LINE} ORDER BY positie LIMIT ?",
            (ontvanger, at, after, at, at, _rows(limit)),
        )

    async def is_first_in_line(self, levering: str, now: dt.datetime) -> bool:
        sql = f"SELECT 1 FROM levering l WHERE id = ? AND {_FIRST_IN_LINE}"  # noqa: S608 - texts of this file
        return self._one(sql, (levering, moment(now))) is not None

    async def zaak(self, zaak: str) -> ZaakRow | None:
        row = self._one(f"{ZAAK} WHERE z.id = ?", (zaak,))
        return None if row is None else zaak_row(row)

    async def zaken(self, partij: str, soort: str, after: int, limit: int) -> tuple[tuple[int, ZaakRow], ...]:
        rows = self._all(
            f"SELECT p.nummer, z.* FROM zaakpartij p JOIN ({ZAAK}) z ON z.id = p.zaak"  # noqa: S608 - our texts
            " WHERE p.partij = ? AND z.soort = ? AND p.nummer > ? ORDER BY p.nummer LIMIT ?",
            (partij, soort, after, _rows(limit)),
        )
        return tuple((nummer, zaak_row(row)) for nummer, *row in rows)

    async def zaken_of(self, leerling: str) -> tuple[ZaakRow, ...]:
        rows = self._all(f"{ZAAK} WHERE z.leerling = ? ORDER BY z.n", (leerling,))
        return tuple(map(zaak_row, rows))

    async def all_zaken(self, after: int, limit: int) -> tuple[tuple[int, ZaakRow], ...]:
        rows = self._all(f"{ZAAK} WHERE z.n > ? ORDER BY z.n LIMIT ?", (after, _rows(limit)))
        return tuple((row[0], zaak_row(row)) for row in rows)

    async def delivered(self, leerling: str) -> tuple[Levering, ...]:
        return self._leveringen(
            "INDEXED BY levering_gone WHERE leerling = ? AND overgedragen = 1 ORDER BY n", (leerling,)
        )

    async def all_leveringen(self, after: int, limit: int) -> tuple[tuple[int, Levering], ...]:
        rows = self._all("SELECT n, json FROM levering WHERE n > ? ORDER BY n LIMIT ?", (after, _rows(limit)))
        return tuple((n, read(Levering, text)) for n, text in rows)

    async def taak(self, taak: str) -> Taak | None:
        row = self._one("SELECT json FROM taak WHERE id = ?", (taak,))
        return None if row is None else Taak.model_validate_json(row[0])

    async def taak_by_sleutel(self, partij: str, sleutel: str) -> Taak | None:
        row = self._one("SELECT json FROM taak WHERE partij = ? AND sleutel = ?", (partij, sleutel))
        return None if row is None else Taak.model_validate_json(row[0])

    async def taken(self, partij: str, after: int, limit: int) -> tuple[tuple[int, Taak], ...]:
        rows = self._all(
            "SELECT nummer, json FROM taak WHERE status = 'open' AND partij = ? AND nummer > ?"
            " ORDER BY nummer LIMIT ?",
            (partij, after, _rows(limit)),
        )
        return tuple((nummer, Taak.model_validate_json(text)) for nummer, text in rows)

    async def taken_of(self, leerling: str) -> tuple[Taak, ...]:
        rows = self._all(
            "SELECT json FROM taak WHERE status = 'open' AND leerling = ? ORDER BY n", (leerling,)
        )
        return tuple(Taak.model_validate_json(text) for (text,) in rows)

    async def leerlingen(self, after: str, limit: int) -> tuple[LeerlingRow, ...]:
        rows = self._all(
            f"{LEERLING} AND k.partij = l.owner WHERE l.id > ? ORDER BY l.id LIMIT ?", (after, _rows(limit))
        )
        return tuple(map(leerling_row, rows))

    async def leerlingen_of(self, partij: str, after: bytes, limit: int) -> tuple[LeerlingRow, ...]:
        rows = self._all(
            f"{LEERLING} AND k.partij = l.owner WHERE l.owner = ? AND l.blind_index > ?"
            " ORDER BY l.blind_index LIMIT ?",
            (partij, after, _rows(limit)),
        )
        return tuple(map(leerling_row, rows))

    async def all_uitwisselingen(
        self, after: str, limit: int
    ) -> tuple[tuple[Uitwisseling, tuple[str, ...]], ...]:
        rows = self._all(
            "SELECT json, leaves FROM uitwisseling WHERE id > ? ORDER BY id LIMIT ?", (after, _rows(limit))
        )
        return tuple((read(Uitwisseling, text), tuple(leaves.split())) for text, leaves in rows)

    async def answers(self, after: tuple[str, bytes] | None, limit: int) -> tuple[StoredAnswer, ...]:
        rows = self._all(
            f"{ANSWER} WHERE (partij, key_hash) > (?, ?) ORDER BY partij, key_hash LIMIT ?",
            (*(after or ("", b"")), _rows(limit)),
        )
        return tuple(map(stored_answer, rows))

    async def stamped_from(self) -> str | None:
        found: str | None = self._state("stamped_from")
        return found

    async def register(self) -> Register:
        rows = self._all(
            "SELECT '' AS kind, '' AS id, register_version AS json, register_stamp AS stamp FROM state"
            " UNION ALL SELECT kind, id, json, NULL FROM register",
            (),
        )
        found = Register(rows[0][2], stamp=rows[0][3] or b"")
        for kind, key, text, _ in rows[1:]:
            found.soorten[kind][key] = text
        return found

    async def register_at(self, version: int) -> Register | None:
        rows = self._all(
            "SELECT '' AS kind, '' AS id, '' AS json, register_stamp AS stamp FROM state"
            " WHERE register_version = ?"
            " UNION ALL SELECT kind, register.id, json, NULL FROM state JOIN register"
            " WHERE register_version = ?"
            " UNION ALL SELECT '', '', '', stamp FROM register_past_stamp WHERE version = ?"
            " UNION ALL SELECT kind, id, json, NULL FROM register_past WHERE version = ?",
            (version, version, version, version),
        )
        found = Register(version, stamp=next((row[3] for row in rows if row[3]), b""))
        for kind, key, text, _ in rows:
            if kind:  # the present register has a row, even when it is empty
                found.soorten[kind][key] = text
        return found if rows else None

    async def register_version(self) -> int:
        version: int = self._state("register_version")
        return version

    async def head(self) -> TreeHead:
        frontier = self.frontier()
        return TreeHead(frontier.size, frontier.root())

    def frontier(self) -> Frontier:
        """All that is kept of the tree. Raises LedgerBroken when that is no frontier."""
        kept = self._state("frontier")
        return Frontier.from_bytes(kept if isinstance(kept, bytes) else b"")

    async def entries(self, start: int, limit: int) -> tuple[Entry, ...]:
        rows = self._all(
            "SELECT position, soort, canonical, leaf_hash FROM entry WHERE position >= ?"
            " ORDER BY position LIMIT ?",
            (start, _rows(limit)),
        )
        return tuple(Entry(position, EventType(soort), text, leaf) for position, soort, text, leaf in rows)

    async def registers(self, before: int, limit: int) -> tuple[Entry, ...]:
        rows = self._all(
            "SELECT position, canonical, leaf_hash FROM entry WHERE soort = 'register.changed'"
            " AND position < ? ORDER BY position DESC LIMIT ?",
            (before, _rows(limit)),
        )
        return tuple(Entry(at, EventType.REGISTER_CHANGED, text, leaf) for at, text, leaf in rows)

    async def last_leaf(self, soort: EventType) -> bytes | None:
        row = self._one(
            "SELECT canonical FROM entry WHERE soort = ? ORDER BY position DESC LIMIT 1", (soort.value,)
        )
        return None if row is None else bytes(row[0])

    async def positions_of(self, leaves: Sequence[str]) -> tuple[int | None, ...]:
        found = [self._one("SELECT position FROM entry WHERE id = ?", (leaf,)) for leaf in leaves]
        return tuple(None if row is None else row[0] for row in found)

    async def details(self, leaves: Sequence[str]) -> dict[str, bytes]:
        found = [self._one("SELECT id, detail FROM entry WHERE id = ?", (leaf,)) for leaf in leaves]
        return {row[0]: bytes(row[1]) for row in found if row is not None and row[1] is not None}

    def lines(self, start: int, limit: int) -> list[tuple[int, object, object, object]]:
        """Position, soort, canonical bytes and leaf hash of lines as they stand, whatever somebody made of
        them.
        """
        return self._all(
            "SELECT position, soort, canonical, leaf_hash FROM entry WHERE position >= ?"
            " ORDER BY position LIMIT ?",
            (start, _rows(limit)),
        )

    async def inclusion_proof(self, position: int, size: int) -> Sequence[bytes]:
        self._check_size(size)
        return inclusion_proof(position, size, self.tiles)

    async def consistency_proof(self, old: int, size: int) -> Sequence[bytes]:
        self._check_size(size)
        return consistency_proof(old, size, self.tiles)

    async def root(self, size: int) -> bytes:
        self._check_size(size)
        return root_at(size, self.tiles)

    @property
    def tiles(self) -> Rows:
        """The stored hashes of the tree, for `ozlijn ledger verify`."""
        return Rows(self._all)

    @property
    def records(self) -> Records:
        """What is stored beside the account and has a line in it, for `ozlijn ledger verify`."""
        return Records(self._all, SQLITE)

    async def last_checkpoint(self) -> StoredCheckpoint | None:
        row = self._one("SELECT size, note FROM checkpoint", ())
        return None if row is None else StoredCheckpoint(*row)

    def _check_size(self, size: int) -> None:
        if size > Frontier.from_bytes(self._state("frontier")).size:
            raise WrongUse("the log is not that long")

    def _state(self, column: str) -> Any:
        return self._all(f"SELECT {column} FROM state", ())[0][0]  # noqa: S608 - a name from this file

    def _leerling(self, sql: str, values: Sequence[object]) -> LeerlingRow | None:
        row = self._one(sql, values)
        return None if row is None else leerling_row(row)

    def _leveringen(self, where: str, values: Sequence[object]) -> tuple[Levering, ...]:
        rows = self._all(f"SELECT json FROM levering {where}", values)  # noqa: S608 - texts of this file
        return tuple(read(Levering, text) for (text,) in rows)

    def _one(self, sql: str, values: Sequence[object]) -> Any:
        rows = self._all(sql, values)
        return rows[0] if rows else None

    def _all(self, sql: str, values: Sequence[object]) -> list[Any]:
        try:
            return self._reader.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise RecordUnavailable("the store cannot be read") from error


def _rows(limit: int) -> int:
    return max(0, min(limit, MAX_ROWS))


def _because(error: sqlite3.OperationalError) -> str:
    """Why SQLite cannot use the file, where it says so in a code; its texts are English."""
    told = _BECAUSE.get((getattr(error, "sqlite_errorcode", None) or 0) & 0xFF)
    return "" if told is None else f": {told}"

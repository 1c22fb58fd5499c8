"""Group commit: changes that wait at the same moment share one statement, which is one transaction."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from importlib.resources import files
from typing import Any, Final, NamedTuple

import psycopg
from psycopg import AsyncConnection, errors

from adapters.stores.changes import ContractBroken, Present, check_change, check_taak, check_write
from adapters.stores.postgres.batch import Batch, about, taak_key
from adapters.stores.postgres.link import REGISTER_LOCK, Link, looks_alive
from adapters.stores.stored import stored_answer
from schemas.errors import Busy, RecordUnavailable
from schemas.exchange.taak import Taak
from schemas.exchange.uitwisseling import Leveringstatus
from schemas.storage.storage import (
    AlreadyAnswered,
    Change,
    CommitResult,
    Committed,
    Moved,
)

MAX_WAITING: Final = 10_000
MAX_BATCH: Final = 64
MAX_BATCH_BYTES: Final = 16_000_000
"""The most bytes of sealed content in a batch; a single change may have more."""
TRIES: Final = 5
"""How often a change that ran into one of another process is tried again before it is refused."""

_COMMIT: Final = "SELECT * FROM pg_temp.commit_changes(%s::jsonb, %b::bytea[])"
_LEVERINGEN: Final = "SELECT id, versie, status, positie FROM levering WHERE id = ANY(%s)"
_TAKEN: Final = (
    "SELECT t.json FROM taak t"
    " JOIN unnest(%s::text[], %s::text[]) AS x(partij, sleutel) USING (partij, sleutel)"
)
_CROSSED: Final = (errors.UniqueViolation, errors.DeadlockDetected, errors.SerializationFailure)
"""Nothing was written, because another process wrote something that stood in the way."""

Outcome = CommitResult | BaseException


class _Waiting(NamedTuple):
    change: Change
    future: asyncio.Future[CommitResult]


class GroupCommit:
    """Each change gets its own outcome when it is durable. Use it from one event loop.

    A change that fails unexpectedly fails alone: the others of its batch are run again without it.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._connection: AsyncConnection[Any] | None = None
        self._waiting: deque[_Waiting] = deque()
        self._pump: asyncio.Task[None] | None = None
        self._closed = False
        self.commits = 0
        """The number of transactions that wrote something and were committed."""
        self.jobs = 0
        """The number of changes in those transactions; divided by `commits` it is the size of a batch."""

    async def run(self, change: Change) -> CommitResult:
        """Store one change. Raises Busy when too much is waiting, RecordUnavailable when it is not known
        whether it is stored.
        """
        check_change(change)
        if self._closed:
            raise RecordUnavailable("the store is closed")
        if len(self._waiting) >= MAX_WAITING:
            raise Busy("too many changes are waiting for the store")
        future: asyncio.Future[CommitResult] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(change, future))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._drain())
        return await future

    async def close(self) -> None:
        """Accept nothing more, finish what waits, and close the connection."""
        self._closed = True
        if self._pump is not None:
            await asyncio.wait((self._pump,))
        await self._drop()

    async def _drain(self) -> None:
        while self._waiting:
            batch = self._next()
            try:
                outcomes = await self._together([waiting.change for waiting in batch])
            except Exception as error:  # noqa: BLE001 - nobody may be left waiting, whatever broke
                outcomes = [_unavailable(error) for _ in batch]
            for (_, future), outcome in zip(batch, outcomes, strict=True):
                if future.done():  # its caller was cancelled; the change itself stands
                    continue
                if isinstance(outcome, BaseException):
                    future.set_exception(outcome)
                else:
                    future.set_result(outcome)

    def _next(self) -> list[_Waiting]:
        """The changes at the front that touch nothing in common. Those that stay behind keep their order."""
        batch: list[_Waiting] = []
        left: list[_Waiting] = []
        seen: set[tuple[object, ...]] = set()
        size = 0
        while self._waiting and len(batch) < MAX_BATCH and len(left) < MAX_BATCH:
            waiting = self._waiting.popleft()
            keys = set(about(waiting.change))
            size += _size(waiting.change)
            fits = seen.isdisjoint(keys) and (not batch or size <= MAX_BATCH_BYTES)
            (batch if fits else left).append(waiting)
            seen |= keys
        self._waiting.extendleft(reversed(left))
        return batch

    async def _together(self, changes: list[Change], tries: int = TRIES) -> list[Outcome]:
        """One outcome per change: its result, or the exception its caller gets."""
        try:
            connection = await self._connected()
            with self._link.watching(connection):
                refused = await _refused(connection, changes)
        except (psycopg.Error, OSError) as error:
            await self._drop()
            return [_unavailable(error) for _ in changes]
        left = [change for number, change in enumerate(changes) if number not in refused]
        try:
            done = iter(await self._write(connection, left) if left else [])
        except _CROSSED as error:
            if tries > 1:
                return await self._apart(changes, tries - 1)
            return [_unavailable(error) for _ in changes]
        except Exception as error:  # noqa: BLE001 - whatever it is, it may cost one caller only
            if connection.closed or isinstance(error, (errors.QueryCanceled, OSError)):
                await self._drop()  # the answer was lost, but the commit may have succeeded
            elif len(changes) > 1:
                return await self._apart(changes, tries)
            return [_unavailable(error) for _ in changes]
        return [refused[number] if number in refused else next(done) for number in range(len(changes))]

    async def _apart(self, changes: list[Change], tries: int) -> list[Outcome]:
        return [outcome for change in changes for outcome in await self._together([change], tries)]

    async def _write(self, connection: AsyncConnection[Any], changes: list[Change]) -> list[CommitResult]:
        batch = Batch(changes)
        with self._link.watching(connection):
            async with connection.cursor(binary=True) as cursor:
                await cursor.execute(_COMMIT, (batch.json(), batch.blobs))
                rows = await cursor.fetchall()
        written = sum(row[0] for row in rows)
        self.commits += bool(written)
        self.jobs += written
        return [_result(change, row) for change, row in zip(changes, rows, strict=True)]

    async def _connected(self) -> AsyncConnection[Any]:
        if self._connection is None or not looks_alive(self._connection):
            await self._drop()
            connection = await self._link.connect()
            made = files(__package__).joinpath("commit.sql").read_text(encoding="utf-8")
            with self._link.watching(connection):
                await connection.execute(made.replace(":register)", f"{REGISTER_LOCK})").encode())
            self._connection = connection
        return self._connection

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


async def _refused(connection: AsyncConnection[Any], changes: list[Change]) -> dict[int, ContractBroken]:
    """The changes that break the contract, by number, which is the caller's fault.

    This is read without a lock. That is enough: every write raises the version of its row, so what was true
    of a row at the version that a change expects is still true when the change is written, or the change is
    Moved.
    """
    writes = [write.levering.id for c in changes for write in c.leveringen if write.expected is not None]
    keys = [taak_key(made.taak) for c in changes for made in c.taken if made.expected is not None]
    present: dict[str, Present] = {}
    taken: dict[tuple[str, str], Taak] = {}
    if writes:
        found = await connection.execute(_LEVERINGEN, (writes,))
        present = {row[0]: Present(row[1], Leveringstatus(row[2]), row[3]) for row in await found.fetchall()}
    if keys:
        found = await connection.execute(_TAKEN, tuple(map(list, zip(*keys, strict=True))))
        models = [Taak.model_validate_json(text) for (text,) in await found.fetchall()]
        taken = {taak_key(taak): taak for taak in models}
    refused: dict[int, ContractBroken] = {}
    for number, change in enumerate(changes):
        try:
            for write in change.leveringen:
                stored = present.get(write.levering.id)
                if (stored and stored.versie) == write.expected:
                    check_write(write, stored)
            for made in change.taken:
                known = taken.get(taak_key(made.taak))
                if (known and known.versie) == made.expected:
                    check_taak(made.taak, known)
        except ContractBroken as broken:
            refused[number] = broken
    return refused


def _result(change: Change, row: Any) -> CommitResult:
    written, partij, *rest = row
    if written:
        return Committed(tuple(leaf.id for leaf in change.leaves))
    if partij is None:
        return Moved()
    return AlreadyAnswered(stored_answer((partij, *rest)))


def _size(change: Change) -> int:
    contents: Iterable[Any] = (write.content for write in change.leveringen)
    return sum(len(content.content) for content in contents if content is not None)


def _unavailable(error: Exception) -> RecordUnavailable:
    """The error for the caller, without the text of `error`, which may quote a stored value. That one stays
    behind as the cause.
    """
    unavailable = RecordUnavailable("the change is not known to be stored")
    unavailable.__cause__ = error
    return unavailable

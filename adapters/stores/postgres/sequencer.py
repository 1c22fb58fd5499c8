"""Gives leaves their place in the ledger: after the commit, in batches, by one process at a time.

A commit leaves its leaves in `leaf_waiting`, numbered in the order in which they came. The process that holds
the lock moves them to the end of the ledger, in that order. Two commits about one leerling follow each other,
because the second waits for the first. A change of the register waits for all commits before it, and all
later ones wait for it. So whoever sees a leaf waiting also sees every leaf that must stand before it, waiting
or in the ledger.

The lock is that of a database session. When the process or its connection ends, another one gets it, and
everything that is written here goes through that same session.
"""

from __future__ import annotations

from typing import Any, Final, LiteralString

import psycopg
from psycopg import AsyncConnection

from adapters.ledger.tree import Frontier, tiles_completed
from adapters.stores.postgres.link import SEQUENCER_LOCK, Link, looks_alive
from adapters.stores.postgres.tiles import computed
from schemas.errors import RecordUnavailable

MAX_BATCH: Final = 1_000

_LOCK: Final = "SELECT pg_try_advisory_lock(%s)"
_SIZE: Final = "SELECT frontier FROM state FOR NO KEY UPDATE"
_MOVE: Final = """
    WITH moved AS (
        DELETE FROM leaf_waiting WHERE n IN (SELECT n FROM leaf_waiting ORDER BY n LIMIT %(limit)s)
        RETURNING n, id, soort, canonical, detail
    ), placed AS (
        INSERT INTO entry (position, leaf_hash, soort, canonical, detail, id)
        SELECT %(size)s + row_number() OVER (ORDER BY n) - 1, sha256('\\x00'::bytea || canonical), soort,
            canonical, detail, id
        FROM moved RETURNING position, leaf_hash
    )
    SELECT leaf_hash FROM placed ORDER BY position
"""
_KEEP_NODES: Final = """
    INSERT INTO node (level, idx, hash)
    SELECT * FROM unnest(%s::integer[], %s::bigint[], %b::bytea[])
"""


class Sequencer:
    """Use from one event loop, one call at a time."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._connection: AsyncConnection[Any] | None = None

    async def run(self) -> int | None:
        """Place one batch at most; gives how many leaves got their place, or None while another process does
        this.

        Raises RecordUnavailable; then it is not known whether they got it.
        """
        try:
            connection = await self._holding()
            if connection is None:
                return None
            with self._link.watching(connection):
                return await _batch(connection)
        except (psycopg.Error, OSError) as error:
            await self.close()
            raise RecordUnavailable("the ledger cannot be written") from error

    async def close(self) -> None:
        """Leave the work to another process."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _holding(self) -> AsyncConnection[Any] | None:
        if self._connection is not None and looks_alive(self._connection):
            return self._connection
        await self.close()
        connection = await self._link.connect()
        try:
            with self._link.watching(connection):
                found = await (await connection.execute(_LOCK, (SEQUENCER_LOCK,))).fetchone()
            if found and found[0]:
                self._connection = connection
        finally:
            if self._connection is None:
                await connection.close()
        return self._connection


async def _batch(connection: AsyncConnection[Any]) -> int:
    async with connection.transaction(), connection.cursor(binary=True) as cursor:
        (kept,) = await (await cursor.execute(_SIZE)).fetchone() or (b"",)
        frontier = Frontier.from_bytes(kept)
        await cursor.execute(_MOVE, {"limit": MAX_BATCH, "size": frontier.size})
        hashes = [leaf for (leaf,) in await cursor.fetchall()]
        if not hashes:
            return 0

        async def fetch(sql: LiteralString, values: tuple[object, ...]) -> list[Any]:
            return await (await cursor.execute(sql, values)).fetchall()

        tiles = await computed(fetch, lambda reader: tiles_completed(frontier.size, hashes, reader))
        if tiles:
            columns = zip(*((tile.level, tile.index, tile.hash) for tile in tiles), strict=True)
            await cursor.execute(_KEEP_NODES, tuple(map(list, columns)))
        grown = frontier.extend(hashes).to_bytes()
        await cursor.execute("UPDATE state SET frontier = %b", (grown,))
        return len(hashes)

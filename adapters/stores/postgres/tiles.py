"""The hashes of the ledger for adapters/ledger/tree.py, which reads them as if they were all in memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, LiteralString, TypeVar

from adapters.ledger.tree import Reader

T = TypeVar("T")
Fetch = Callable[[LiteralString, tuple[object, ...]], Awaitable[list[Any]]]

LEAVES: Final = "SELECT leaf_hash FROM entry WHERE position >= %s AND position < %s ORDER BY position"
NODES: Final = "SELECT hash FROM node WHERE level = %s AND idx >= %s AND idx < %s ORDER BY idx"


class _Missing(Exception):
    def __init__(self, level: int, start: int, end: int) -> None:
        self.asked = level, start, end


class _Fetched:
    """Fits `Reader` with what was fetched so far."""

    def __init__(self) -> None:
        self.rows: dict[tuple[int, int, int], list[bytes]] = {}

    def leaf_hashes(self, start: int, end: int) -> list[bytes]:
        return self.nodes(0, start, end)

    def nodes(self, level: int, start: int, end: int) -> list[bytes]:
        try:
            return self.rows[level, start, end]
        except KeyError:
            raise _Missing(level, start, end) from None


async def computed(fetch: Fetch, compute: Callable[[Reader], T]) -> T:
    """What `compute` makes of the tree.

    It is begun again for each range of hashes that it turns out to need. That is a few times per proof: what
    it computes is cheap, and what it reads never changes.
    """
    fetched = _Fetched()
    while True:
        try:
            return compute(fetched)
        except _Missing as missing:
            level, start, end = missing.asked
            rows = await (fetch(NODES, (level, start, end)) if level else fetch(LEAVES, (start, end)))
            fetched.rows[level, start, end] = [row[0] for row in rows]

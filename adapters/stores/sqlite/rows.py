"""Reads the hashes of the ledger for adapters/ledger/tree.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from adapters.stores.sqlite.engine import sqlite3


class Rows:
    """The hashes, read on one connection."""

    def __init__(self, query: Callable[[str, Sequence[object]], list[sqlite3.Row]]) -> None:
        self._query = query

    def leaf_hashes(self, start: int, end: int) -> list[bytes]:
        rows = self._query(
            "SELECT leaf_hash FROM entry WHERE position >= ? AND position < ? ORDER BY position", (start, end)
        )
        return [leaf for (leaf,) in rows]

    def nodes(self, level: int, start: int, end: int) -> list[bytes]:
        rows = self._query(
            "SELECT hash FROM node WHERE level = ? AND idx >= ? AND idx < ? ORDER BY idx", (level, start, end)
        )
        return [node for (node,) in rows]

"""The stores that a suite can run on, by name; each test gets one that nobody used before."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import pytest

from adapters.stores.migrations import REVISION
from adapters.stores.postgres.migrate import upgrade
from adapters.stores.postgres.store import PostgresStorage
from schemas.account.verantwoording import Leaf
from schemas.storage.storage import Change, CommitResult, Register
from tests.pgsession import Databases

STORES: Final = ("memory", "postgres", "sqlite")


def new_database(request: pytest.FixtureRequest) -> str:
    """The URL of a PostgreSQL database with the schema and nothing in it."""
    databases: Databases = request.getfixturevalue("databases")
    return databases.make(databases.template(f"ozlijn_{REVISION}", upgrade))


class Sequenced(PostgresStorage):
    """Gives positions right after each commit, as a worker does a moment later."""

    def __init__(self, info: str) -> None:
        super().__init__(info)
        self._turn = asyncio.Lock()
        self._placings = 0

    @property
    def commits(self) -> int:
        """Without those of the worker that this plays."""
        return super().commits - self._placings

    async def commit(self, change: Change) -> CommitResult:
        result = await super().commit(change)
        await self._place()
        return result

    async def apply_register(
        self, register: Register, expected_version: int, leaves: tuple[Leaf, ...], *, look_again: bool = False
    ) -> bool:
        applied = await super().apply_register(register, expected_version, leaves, look_again=look_again)
        await self._place()
        return applied

    async def positions_of(self, leaves: Sequence[str]) -> tuple[int | None, ...]:
        await self._place()  # also of what was committed while this closed
        return await super().positions_of(leaves)

    async def _place(self) -> None:
        async with self._turn:
            if self._closed:  # meanwhile; the commit itself stands
                return
            # The lock of a store that was just closed may be there for a moment.
            while (placed := await self.sequence()) is None:  # noqa: ASYNC110 - nobody tells that it ended
                await asyncio.sleep(0.01)
            self._placings += bool(placed)

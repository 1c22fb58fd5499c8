"""One store per test and engine. A further engine is one more class in ENGINES."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol

import pytest

from adapters.stores.memory import MemoryStorage
from adapters.stores.migrations import REVISION
from adapters.stores.postgres.migrate import upgrade
from adapters.stores.postgres.store import PostgresStorage
from adapters.stores.sqlite.store import SqliteStorage
from gateway.ports.storage import Storage
from schemas.account.verantwoording import Leaf
from schemas.storage.storage import Change, CommitResult, Register
from tests.pgsession import Databases


class Engine(Protocol):
    """Opens a store; `lasts` says whether a second opening finds what the first one left."""

    lasts: bool

    def __init__(self, folder: Path, databases: Databases) -> None: ...

    def open(self) -> Storage: ...


class Memory:
    lasts = False

    def __init__(self, folder: Path, databases: Databases) -> None:
        pass

    def open(self) -> Storage:
        return MemoryStorage()


class Sqlite:
    lasts = True

    def __init__(self, folder: Path, databases: Databases) -> None:
        self.path = folder / "ozlijn.db"

    def open(self) -> Storage:
        return SqliteStorage.open(self.path)


class Sequenced(PostgresStorage):
    """Gives positions right after each commit, as a worker does a moment later."""

    def __init__(self, info: str) -> None:
        super().__init__(info)
        self._turn = asyncio.Lock()

    async def commit(self, change: Change) -> CommitResult:
        result = await super().commit(change)
        await self._place()
        return result

    async def apply_register(
        self, register: Register, expected_version: int, leaves: tuple[Leaf, ...]
    ) -> bool:
        applied = await super().apply_register(register, expected_version, leaves)
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
            while await self.sequence() is None:
                await asyncio.sleep(0.01)


class Postgres:
    lasts = True

    def __init__(self, folder: Path, databases: Databases) -> None:
        self.url = databases.make(databases.template(f"ozlijn_{REVISION}", upgrade))

    def open(self) -> Storage:
        return Sequenced.open(self.url)


ENGINES: dict[str, type[Engine]] = {"memory": Memory, "postgres": Postgres, "sqlite": Sqlite}

Story = Callable[[Storage], Awaitable[None]]


class Stage:
    """Runs stories on one store, each in an event loop of its own after opening it again."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def run(self, story: Story) -> None:
        async def scene() -> None:
            store = self.engine.open()
            try:
                await story(store)
            finally:
                await store.close()

        asyncio.run(scene())


@pytest.fixture(params=sorted(ENGINES))
def stage(request: pytest.FixtureRequest, tmp_path: Path, databases: Databases) -> Stage:
    return Stage(ENGINES[request.param](tmp_path, databases))

"""One store per test and engine. A further engine is one more class in ENGINES."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import pytest

from adapters.stores.memory import MemoryStorage
from adapters.stores.sqlite.store import SqliteStorage
from gateway.ports.storage import Storage
from tests.stores import Sequenced, new_database


class Engine(Protocol):
    """Opens a store; `lasts` says whether a second opening finds what the first one left."""

    lasts: bool

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None: ...

    def open(self) -> Storage: ...


class Memory:
    lasts = False

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None:
        pass

    def open(self) -> Storage:
        return MemoryStorage()


class Sqlite:
    lasts = True

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None:
        self.path = folder / "ozlijn.db"

    def open(self) -> Storage:
        return SqliteStorage.open(self.path)


class Postgres:
    lasts = True

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None:
        self.url = new_database(request)

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
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Stage:
    return Stage(ENGINES[request.param](tmp_path, request))

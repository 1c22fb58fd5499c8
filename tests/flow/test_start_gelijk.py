"""A gateway starts as soon with a great many exchanges stored as with a few: what a start asks, counted."""

from __future__ import annotations

import asyncio
import io
import re
import shutil
from pathlib import Path
from typing import Any, Final

from adapters.stores.sqlite.engine import sqlite3
from adapters.stores.sqlite.store import SqliteStorage
from gateway.app import create_app
from gateway.runtime.logs import make_log
from gateway.runtime.settings import Settings
from gateway.wiring import MovableClock, open_world
from tests.benchmarks.growth import fill_file
from tests.callers import ISSUER
from tests.line import NOW, another, open_line, prepare

FEW: Final = 10
MORE: Final = 1_000
EVERY: Final = 10
"""Steps of SQLite's machine between two counts. Reading a row takes at least one."""


class Counted:
    """Connections of which every statement is kept, and every step of the machine that runs it is counted."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.steps = 0

    def connect(self, *given: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = sqlite3.connect(*given, **named)
        connection.set_trace_callback(lambda text: self.statements.append(re.sub(r"\d+", "N", text)))
        connection.set_progress_handler(self._tick, EVERY)
        return connection

    def _tick(self) -> int:
        self.steps += EVERY
        return 0


def started(folder: Path) -> Counted:
    """What a start asks, from opening the file until requests may come."""
    settings = Settings(
        database=str(folder / "ozlijn.db"),
        keys=folder / "keys",
        issuer=ISSUER,
        log_name="ozlijn.test/2026",
        checkpoint_seconds=60,
    )
    counted = Counted()
    world = open_world(settings, lambda path: SqliteStorage.open(Path(path), connect=counted.connect))
    clock = MovableClock()
    clock.move_to(NOW)
    app = create_app(settings, world, make_log(io.BytesIO()), clock)

    async def life() -> Counted:
        async with app.router.lifespan_context(app):
            seen = Counted()
            seen.statements, seen.steps = list(counted.statements), counted.steps
            return seen

    return asyncio.run(life())


def test_a_start_asks_no_more_of_a_store_with_more_in_it(tmp_path: Path) -> None:
    """The same statements, and as many steps: none of them goes over what is stored."""
    first = tmp_path / "weinig"
    first.mkdir()
    prepare("sqlite", first)

    async def one() -> None:
        async with open_line("sqlite", first) as line:
            leerling = await line.gezag(leerling={"leerlingid": "LL-0"})
            await line.both_agree(leerling)
            await line.push(raw=another("LL-0"))

    asyncio.run(one())
    second = shutil.copytree(first, tmp_path / "veel")
    fill_file(first / "ozlijn.db", FEW)
    fill_file(second / "ozlijn.db", MORE)
    few, many = started(first), started(second)
    assert len(few.statements) > 10
    assert many.statements == few.statements
    assert many.steps <= few.steps + 4 * EVERY

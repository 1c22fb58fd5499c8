"""Two gateways and two workers as real processes on one PostgreSQL database."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.callers import es256
from tests.faults.load import Book, Clients
from tests.faults.processes import Site, processes, site
from tests.faults.story import verify
from tests.faults.test_crash import EVERYBODY
from tests.line import partijen
from tests.stores import new_database

LOAD_SECONDS: Final = 2.0
SETTINGS: Final = "checkpoint_seconds = 0.1\n"


@pytest.mark.timeout(600)
def test_two_gateways_and_two_workers_are_one_line(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """One of each is killed under load: what was promised is there, and what is left goes on."""
    book = Book(20_261_130, {partij: es256() for partij in EVERYBODY})
    with site(tmp_path, database=new_database(request), more=SETTINGS, ports=2) as line:
        line.run("migrate", "--settings", str(line.file))
        line.apply(partijen(book.keys))
        first, second = line.ports
        commands = {
            "gateway 1": ("serve", first),
            "gateway 2": ("serve", second),
            "worker 1": ("worker", first),
            "worker 2": ("worker", first),
        }
        with processes(line, commands):
            try:
                asyncio.run(_story(line, book))
            except BaseException:
                sys.stderr.write(line.tail())
                raise
            assert not book.violations, book.violations[:20]
            assert len(book.leaves) > 10
            assert [line.processes[n].stop() for n in ("gateway 2", "worker 2", "gateway 1")] == [0, 0, 0]
        size = verify(line.settings, book)
        assert size > len(book.leaves)
        told = line.run("ledger", "verify", "--settings", str(line.file))
        assert f"{size} regels" in told


async def _story(line: Site, book: Book) -> None:
    first, second = line.ports
    for process in line.processes.values():
        process.start(whole=True)
    for gateway in line.gateways:
        await gateway.ready()
    here, there = Clients(book, first, line.issuer), Clients(book, second, line.issuer)
    await here.record_leerlingen()
    load = asyncio.create_task(here.load(1))
    beside = asyncio.create_task(there._push(random.Random(2)))
    await asyncio.wait((load, beside), timeout=LOAD_SECONDS)
    line.processes["worker 1"].kill()
    await asyncio.wait((load, beside), timeout=LOAD_SECONDS)
    line.processes["gateway 1"].kill()
    await load
    await asyncio.wait((beside,), timeout=LOAD_SECONDS / 3)
    beside.cancel()
    await asyncio.gather(beside, return_exceptions=True)
    line.processes["gateway 1"].start(whole=True)
    await line.processes["gateway 1"].ready()
    await there.check(tuple(book.pushes), book.assertions[-5:])
    await here.close()
    await there.close()
    await asyncio.sleep(1)  # a worker places and signs what came last


def test_a_worker_has_nothing_to_do_on_sqlite(tmp_path: Path) -> None:
    """There the gateway does it itself; a second process on the file would only be in the way."""
    with site(tmp_path) as line:
        said = line.run("worker", "--settings", str(line.file), code=2)
        assert "op SQLite" in said
        assert "schema" in line.run("migrate", "--settings", str(line.file))


def test_nothing_starts_on_a_database_without_the_schema(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Neither gateway nor worker changes what others may be using, and the anchor stays out of it."""
    empty = request.getfixturevalue("databases").make()
    with site(tmp_path, database=empty) as line:
        for command in ("serve", "worker"):
            assert "ozlijn migrate" in line.run(command, "--settings", str(line.file), code=2)
        line.run("migrate", "--settings", str(line.file))
        with line.file.open("a", encoding="utf-8") as settings:
            settings.write(f'anchor_database = "{empty}"\n')
        assert "anchor_database" in line.run("serve", "--settings", str(line.file), code=2)

"""No page of the FG reads more than the month that it shows: what lies in other months costs nothing."""

from __future__ import annotations

import asyncio
import datetime as dt
import inspect
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest

from gateway.ports.storage import Storage
from gateway.web.bezoek import Werkrol
from schemas.account.verantwoording import EventType
from schemas.exchange.uitwisseling import Leveringstatus
from schemas.people.mensen import SCOPES, Mensrol
from schemas.storage.storage import Change
from tests.bezoekers import Bezoekers, sign_in
from tests.contract.values import a_leerling, fresh_id, leaf, levering, write
from tests.faults.faulty import FaultyStorage
from tests.flow.test_fg_bladen import PAGES
from tests.flow.test_toezicht import weighed
from tests.line import FG, NOW, SCHOOL, Line, open_line, prepare

MAAND: Final = "maand=2026-11"
LONG_AGO: Final = NOW - dt.timedelta(days=500)
"""Before the thirteen months of the line of a year."""
_BISECTION: Final = 64
"""So many lines more a place in the account may cost: it is found by halving."""


class Read(FaultyStorage):
    """Counts what is asked of the store, and how many rows it gives."""

    def __init__(self, inner: Storage) -> None:
        super().__init__(inner)
        self.asked: Counter[str] = Counter()
        self.rows: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return self._counted(name, found) if inspect.iscoroutinefunction(found) else found

    def _counted(self, name: str, found: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def asked(*arguments: Any, **named: Any) -> Any:
            self.asked[name] += 1
            told = await found(*arguments, **named)
            if isinstance(told, tuple | list | dict):
                self.rows[name] += len(told)
            return told

        return asked


async def other_months(line: Line, many: int) -> None:
    """So many exchanges of long ago, each with a line in the account."""
    store = line.world.storage
    ident = await a_leerling(store)
    for start in range(0, many, 500):
        writes, lines = [], []
        for n in range(start, min(start + 500, many)):
            op = LONG_AGO + dt.timedelta(minutes=n % 1_000)
            made = write(levering(ident, Leveringstatus.VERVALLEN, afzender=SCHOOL))
            writes.append(replace(made, event=made.event.model_copy(update={"op": op})))
            told = {"eventId": fresh_id(), "vastgelegdOp": op.isoformat(), "soort": "exchange.decided"}
            lines.append(leaf(json.dumps(told), EventType.EXCHANGE_DECIDED))
        await store.commit(Change(leveringen=tuple(writes), leaves=tuple(lines)))


async def each_page(line: Line, sessies: Bezoekers) -> dict[str, tuple[int, int]]:
    """(how often the store was asked, how many rows it gave) for each page."""
    fg = await sign_in(line, sessies, FG, Werkrol.FG, SCOPES[Mensrol.FG])
    store = line.context.storage
    read = line.world.storage
    assert isinstance(read, Read), store
    found = {}
    for path in PAGES:
        read.asked.clear()
        read.rows.clear()
        answer = await fg.get(f"{path}?{MAAND}&partij={SCHOOL}")
        assert answer.status_code == 200, path
        found[path] = (read.asked.total(), read.rows.total())
    return found


def test_what_lies_in_other_months_costs_no_page_a_row(tmp_path: Path) -> None:
    """At 1,000 exchanges as at 20,000, but for the halvings by which a place in the account is found."""

    async def story(many: int) -> dict[str, tuple[int, int]]:
        sessies = Bezoekers()
        async with open_line("memory", tmp_path, Read, sessies=sessies) as line:
            await other_months(line, many)
            await weighed(line)
            return await each_page(line, sessies)

    few, many = asyncio.run(story(1_000)), asyncio.run(story(20_000))
    assert few["/fg"][1] < 100, "the first page reads what the month has"
    more = {path: (few[path], many[path]) for path in PAGES if many[path][1] > few[path][1] + _BISECTION}
    assert more == {}


@pytest.mark.stores
def test_postgresql_reads_no_more_rows_for_the_first_page(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Counted by PostgreSQL itself, over all tables: at 1,000 exchanges as at 20,000."""

    def rows(database: str) -> int:
        query = "SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables"
        with psycopg.connect(database, autocommit=True) as db:
            found = db.execute(query).fetchone()
        assert found is not None
        return int(found[0])

    async def filled(folder: Path, many: int) -> tuple[str, dict[str, Any]]:
        async with open_line("postgres", folder) as line:
            await other_months(line, many)
            await weighed(line)
            return line.settings.database, {p: c.key for p, c in line.callers.items()}

    async def opened(folder: Path, keys: dict[str, Any], pages: tuple[str, ...]) -> None:
        sessies = Bezoekers()
        async with open_line("postgres", folder, keys=keys, sessies=sessies) as line:
            fg = await sign_in(line, sessies, FG, Werkrol.FG, SCOPES[Mensrol.FG])
            for path in pages:
                assert (await fg.get(f"{path}?{MAAND}")).status_code == 200, path

    cost = {}
    for many in (1_000, 20_000):
        folder = tmp_path / str(many)
        folder.mkdir()
        prepare("postgres", folder, request)
        database, keys = asyncio.run(filled(folder, many))
        with psycopg.connect(database, autocommit=True) as db:
            db.execute("VACUUM ANALYZE")
        told = []
        for pages in ((), ("/fg", "/fg/leveringen", "/fg/partners")):
            before = rows(database)
            asyncio.run(opened(folder, keys, pages))
            told.append(rows(database) - before)
        cost[many] = told[1] - told[0]
    assert cost[20_000] <= cost[1_000] + 3 * _BISECTION, cost

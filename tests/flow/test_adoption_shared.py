"""Stamps on a database that many processes share: given once, and compared with lines that come later."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from adapters.stores import schema
from adapters.stores.postgres.store import PostgresStorage
from adapters.stores.sqlite.store import SqliteStorage
from gateway.jobs.holding import hold_once
from gateway.ports.storage import Storage
from gateway.runtime.logs import make_log
from gateway.runtime.settings import Settings
from gateway.wiring import adopt_for_tools, verify_rows
from schemas.errors import RecordUnavailable
from schemas.storage.storage import Adopted
from tests.callers import ISSUER
from tests.line import Line, open_line, story
from tests.release_data import client_keys
from tests.stores import new_database

LACK: Final = (
    "SELECT (SELECT count(*) FROM leerling WHERE stamp IS NULL) + (SELECT count(*) FROM answer WHERE stamp IS"
    " NULL) + (SELECT count(*) FROM levering WHERE coalesce(json::json ->> 'stamp', '') = '')"
    " + (SELECT count(*) FROM uitwisseling WHERE coalesce(json::json ->> 'stamp', '') = '')"
    " + (SELECT count(*) FROM state WHERE register_stamp IS NULL)"
    " + (SELECT count(DISTINCT version) FROM register_past) - (SELECT count(*) FROM register_past_stamp)"
)
ADOPTED: Final = (
    "SELECT (SELECT count(*) FROM entry WHERE soort = 'state.adopted')"
    " + (SELECT count(*) FROM leaf_waiting WHERE soort = 'state.adopted')"
)


@pytest.fixture
def moved(request: pytest.FixtureRequest, release_0_1_0: Path) -> Settings:
    """All rows of a release's database in one of PostgreSQL, with its keys and its anchor."""
    asyncio.run(SqliteStorage.open(release_0_1_0, gateway=False).close())  # brings the schema along
    url = new_database(request)
    (release_0_1_0.parent / "database.url").write_text(url)
    old = sa.create_engine(f"sqlite:///{release_0_1_0}", poolclass=NullPool)
    new = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    with old.connect() as source, new.begin() as target:
        target.execute(sa.delete(schema.STATE))
        for table in schema.of_engine("sqlite"):
            rows = [row._asdict() for row in source.execute(sa.select(table))]
            if rows:
                target.execute(sa.insert(table), rows)
        for name in ("fact", "levering", "taak"):
            drawn = f"setval(pg_get_serial_sequence('{name}', 'n'), (SELECT max(n) FROM {name}))"
            target.exec_driver_sql(f"SELECT {drawn}")
    keys = release_0_1_0.parent / "keys"
    return Settings(database=url, keys=keys, issuer=ISSUER, log_name="ozlijn.test/2026")


def one(settings: Settings, query: Any) -> Any:
    with psycopg.connect(settings.database) as db:
        row = db.execute(query).fetchone()
    assert row is not None
    return row[0]


async def adopted(settings: Settings, storage: PostgresStorage) -> bool:
    try:
        return await adopt_for_tools(settings, storage, make_log(io.BytesIO(), strict=True))
    finally:
        await storage.close()


def test_one_of_several_processes_adopts_and_the_others_wait(moved: Settings) -> None:
    """Everything gets its stamp, the account says so once, and a gateway goes on with what was stored."""

    async def starts() -> list[bool]:
        stores = [PostgresStorage.open(moved.database) for _ in range(4)]
        return await asyncio.gather(*(adopted(moved, store) for store in stores))

    assert sorted(asyncio.run(starts())) == [False, False, False, True]
    assert (one(moved, LACK), one(moved, ADOPTED)) == (0, 1)
    broken, counted = verify_rows(moved.database)
    assert (broken, counted.facts, counted.leveringen) == ([], 45, 20)

    async def life() -> None:
        async with open_line("postgres", moved.keys.parent, keys=client_keys()) as line:
            line.later(minutes=17)
            await line.push()
            assert await hold_once(line.context) == 0

    asyncio.run(life())
    assert one(moved, ADOPTED) == 1


def test_who_adopted_leaves_the_placing_to_a_worker(moved: Settings) -> None:
    """It gave its own line a position, and keeps no lock on that work for as long as it lives."""

    async def scene() -> None:
        first, worker = PostgresStorage.open(moved.database), PostgresStorage.open(moved.database)
        assert await adopt_for_tools(moved, first, make_log(io.BytesIO(), strict=True))
        assert await worker.waiting() is None
        while await worker.sequence() is None:  # noqa: ASYNC110 - the server ends a connection a moment later
            await asyncio.sleep(0.01)
        await worker.close()
        await first.close()

    asyncio.run(scene())


class Dies(PostgresStorage):
    """Right after the end of an adoption was committed, before its line has a position."""

    async def adopt(self, adopted: Adopted) -> None:
        await super().adopt(adopted)
        if adopted.leaf is not None:
            raise RecordUnavailable("the process was killed")


def test_a_line_that_waits_for_its_position_counts(moved: Settings) -> None:
    """Who comes after a process that died there places the line, and does not adopt a second time."""
    with pytest.raises(RecordUnavailable, match="killed"):
        asyncio.run(adopted(moved, Dies.open(moved.database)))
    assert one(moved, "SELECT count(*) FROM leaf_waiting") == 1
    assert asyncio.run(adopted(moved, PostgresStorage.open(moved.database))) is False
    assert one(moved, "SELECT count(*) FROM leaf_waiting") == 0
    assert one(moved, ADOPTED) == 1


class Late(PostgresStorage):
    """Leaves get their position only after somebody asked which of them wait."""

    async def waiting(self) -> str | None:
        found = await super().waiting()
        await self.sequence()
        return found


def late(inner: Storage) -> Storage:
    assert isinstance(inner, PostgresStorage)
    return Late(inner._link._info)


@story("postgres", wrap=late)
async def test_rows_that_are_ahead_of_the_account_are_no_difference(line: Line) -> None:
    """What was just committed stands in no line yet: the comparison waits until it does."""
    await line.permitted()
    store = line.world.storage
    before = await store.head()
    assert await hold_once(line.context) == 0
    assert (await store.head()).size > before.size


@story("postgres", wrap=late)
async def test_a_register_counts_before_its_line_has_a_position(line: Line) -> None:
    """Partijen sign in and messages are accepted right after `ozlijn apply`."""
    assert (await line.world.storage.head()).size == 0
    await line.push()

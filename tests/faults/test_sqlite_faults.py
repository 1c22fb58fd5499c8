"""What SQLite leaves behind when the disk, another process or a bad change gets in the way."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from adapters.ledger.tree import Frontier
from adapters.stores import migrate
from adapters.stores.memory import MemoryStorage
from adapters.stores.sqlite.store import SqliteStorage
from gateway.ports.storage import Storage
from schemas.errors import AlreadyRunning, Busy, RecordUnavailable, WrongUse
from schemas.exchange.uitwisseling import Leveringstatus
from schemas.storage.storage import (
    Change,
    Committed,
    Job,
    Portion,
    Register,
    StoredCheckpoint,
    TaakWrite,
    TreeHead,
    Unchanged,
    Under,
)
from tests.contract.values import (
    NOW,
    SCHOOL,
    answer,
    delivery,
    expecting,
    leaf,
    levering,
    new_leerling,
    positions_of,
    rewrite,
    sealed,
    taak,
    uitwisseling,
    write,
)
from tests.faults.faulty import FaultyStorage

Write = Callable[[Storage], Coroutine[Any, Any, object]]
Seen = Callable[[Storage], Awaitable[bool]]


class Faulty(sqlite3.Connection):
    """Fails its next COMMIT, before or after doing it."""

    fail: bool | None = None
    """None: works. True: fails after the commit was done."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if sql != "COMMIT" or Faulty.fail is None:
            return super().execute(sql, parameters)
        stored, Faulty.fail = Faulty.fail, None
        if stored:
            super().execute(sql)
        raise sqlite3.OperationalError("disk I/O error")


@pytest.fixture(autouse=True)
def _working() -> Iterator[None]:
    yield
    Faulty.fail = None


class Connections:
    """Stands in for sqlite3.connect and keeps what it opened: the last one is the writer's."""

    def __init__(self) -> None:
        self.opened: list[sqlite3.Connection] = []

    def __call__(self, path: str, **options: Any) -> sqlite3.Connection:
        self.opened.append(sqlite3.connect(path, **options))
        return self.opened[-1]


@contextlib.asynccontextmanager
async def opened(path: Path, **options: Any) -> Any:
    store = SqliteStorage.open(path, **options)
    try:
        yield store
    finally:
        await store.close()


async def whole(store: Storage) -> int:
    """The size of the log, after computing it from its leaves again."""
    hashes = [entry.leaf_hash for entry in await store.entries(0, 1_000)]
    assert await store.head() == TreeHead(len(hashes), Frontier().extend(hashes).root())
    return len(hashes)


async def _answered(store: Storage) -> bool:
    return await store.answer(SCHOOL, b"key") is not None


async def _applied(store: Storage) -> bool:
    return await store.register_version() == 1


async def _claimed(store: Storage) -> bool:
    return not await store.claim_jti(SCHOOL, b"jti", NOW.replace(year=2030), NOW)


async def _signed(store: Storage) -> bool:
    return await store.last_checkpoint() is not None


WRITES: dict[str, tuple[Write, Seen]] = {
    "commit": (lambda store: store.commit(Change(answer=answer(), leaves=(leaf(),))), _answered),
    "apply_register": (lambda store: store.apply_register(Register(0), 0, (leaf(),)), _applied),
    "claim_jti": (lambda store: store.claim_jti(SCHOOL, b"jti", NOW.replace(year=2030), NOW), _claimed),
    "save_checkpoint": (lambda store: store.save_checkpoint(StoredCheckpoint(0, "note\n")), _signed),
}


@pytest.mark.parametrize("name", sorted(WRITES))
@pytest.mark.parametrize("stored", [True, False])
def test_a_failed_commit_leaves_all_or_nothing(tmp_path: Path, name: str, *, stored: bool) -> None:
    """Each write whose commit fails raises, is there or not there as a whole, and the next one works."""
    perform, seen = WRITES[name]

    async def story() -> None:
        async with opened(
            tmp_path / "x.db", connect=functools.partial(sqlite3.connect, factory=Faulty)
        ) as store:
            Faulty.fail = stored
            with pytest.raises(RecordUnavailable):
                await perform(store)
            before = await whole(store)
            assert await seen(store) is stored
            await store.commit(Change(leaves=(leaf(),)))
            assert await whole(store) == before + 1

    asyncio.run(story())


@pytest.mark.parametrize("name", sorted(WRITES))
@pytest.mark.parametrize("stored", [True, False])
def test_the_stand_in_fails_the_same_way(name: str, *, stored: bool) -> None:
    """The store for flow tests loses a write as a real one does, once."""
    perform, seen = WRITES[name]

    async def story() -> None:
        store = FaultyStorage(MemoryStorage())
        fits: Storage = store
        store.fail_next_write(stored=stored)
        with pytest.raises(RecordUnavailable):
            await perform(fits)
        assert await seen(fits) is stored

    asyncio.run(story())


def test_a_failed_commit_fails_its_whole_batch(tmp_path: Path) -> None:
    """All changes that shared the failed commit hear it, none is stored, and all can be repeated."""

    async def story() -> None:
        async with opened(
            tmp_path / "x.db", connect=functools.partial(sqlite3.connect, factory=Faulty)
        ) as store:
            changes = [Change(answer=answer(b"%d" % n), leaves=(leaf(),)) for n in range(20)]
            Faulty.fail = False
            results = await asyncio.gather(*map(store.commit, changes), return_exceptions=True)
            assert [type(result) for result in results] == [RecordUnavailable] * 20
            assert await whole(store) == 0
            results = await asyncio.gather(*map(store.commit, changes))
            assert all(isinstance(result, Committed) for result in results)
            assert await whole(store) == 20

    asyncio.run(story())


def test_a_poisonous_change_fails_alone(tmp_path: Path) -> None:
    """A change that breaks the statements takes nothing down: its nineteen neighbours are committed."""

    async def story() -> None:
        async with opened(tmp_path / "x.db") as store:
            new = new_leerling()
            await store.commit(Change(new_leerling=new))
            poison = Change(new_leerling=replace(new_leerling(), id=new.id), leaves=(leaf(),))
            changes = [Change(leaves=(leaf(),)) for _ in range(20)]
            changes[7] = poison
            results = await asyncio.gather(*map(store.commit, changes), return_exceptions=True)
            assert isinstance(results[7], RecordUnavailable)
            done = [result for result in results if isinstance(result, Committed)]
            assert [await positions_of(store, result) for result in done] == [(n,) for n in range(19)]
            assert await whole(store) == 19

    asyncio.run(story())


def test_no_stored_value_stands_in_an_error(tmp_path: Path) -> None:
    """SQLite's own text stays behind as the cause: the error itself quotes nothing."""

    async def story() -> None:
        async with opened(tmp_path / "x.db") as store:
            new = new_leerling()
            await store.commit(Change(new_leerling=new))
            with pytest.raises(RecordUnavailable) as caught:
                await store.commit(Change(new_leerling=replace(new_leerling(), id=new.id)))
            assert "leerling" not in str(caught.value)
            assert isinstance(caught.value.__cause__, sqlite3.IntegrityError)

    asyncio.run(story())


def test_a_full_disk_refuses_and_recovers(tmp_path: Path) -> None:
    """What does not fit raises and leaves no trace, the rest is still read; with room it works again."""
    connections = Connections()

    async def story() -> None:
        async with opened(tmp_path / "x.db", connect=connections) as store:
            new = new_leerling()
            await store.commit(Change(new_leerling=new, answer=answer()))
            writer = connections.opened[-1]
            (pages,) = writer.execute("PRAGMA page_count").fetchone()
            writer.execute(f"PRAGMA max_page_count = {pages + 2}")
            big = Change(
                leaves=(leaf(),), leveringen=(write(levering(new.id), content=sealed(b"x" * 50_000)),)
            )
            with pytest.raises(RecordUnavailable):
                await store.commit(big)
            assert await whole(store) == 0
            assert await store.answer(SCHOOL, b"key") == answer()
            writer.execute("PRAGMA max_page_count = 1000000")
            assert await positions_of(store, await store.commit(big)) == (0,)

    asyncio.run(story())


def test_a_file_held_by_another_process_refuses_in_time(tmp_path: Path) -> None:
    """While another process writes, reads go on; a write is refused after a bounded wait, later it works."""
    path = tmp_path / "x.db"

    async def story() -> None:
        async with opened(path) as store:
            await store.commit(Change(leaves=(leaf(),)))
            with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                refused = asyncio.ensure_future(store.commit(Change(leaves=(leaf(),))))
                await asyncio.sleep(0.1)
                assert not refused.done(), "the event loop waited with it"
                assert (await store.head()).size == 1
                with pytest.raises(RecordUnavailable):
                    await refused
                other.execute("ROLLBACK")
            assert await positions_of(store, await store.commit(Change(leaves=(leaf(),)))) == (1,)

    asyncio.run(story())


def test_a_file_held_briefly_is_waited_for(tmp_path: Path) -> None:
    """A short write of another process (`ozlijn apply`) costs a wait and no refusal."""
    path = tmp_path / "x.db"

    async def story() -> None:
        async with opened(path) as store:
            with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                waiting = asyncio.ensure_future(store.commit(Change(leaves=(leaf(),))))
                await asyncio.sleep(0.2)
                assert not waiting.done()
                other.execute("ROLLBACK")
                assert await positions_of(store, await waiting) == (0,)

    asyncio.run(story())


def test_a_tool_may_append_beside_the_gateway(tmp_path: Path) -> None:
    """Two processes that take turns give one log without gaps: nothing of it is kept in memory only."""
    path = tmp_path / "x.db"

    async def story() -> None:
        async with opened(path) as gateway, opened(path, gateway=False) as tool:
            for n in range(0, 6, 2):
                assert await positions_of(gateway, await gateway.commit(Change(leaves=(leaf(),)))) == (n,)
                assert await positions_of(tool, await tool.commit(Change(leaves=(leaf(),)))) == (n + 1,)
            assert await whole(gateway) == 6

    asyncio.run(story())


def test_too_many_waiting_is_busy(tmp_path: Path) -> None:
    """The queue is bounded: what comes on top is refused at once and the rest is done."""

    async def story() -> None:
        async with opened(tmp_path / "x.db") as store:
            claims = [store.claim_jti(SCHOOL, b"%d" % n, NOW.replace(year=2030), NOW) for n in range(10_001)]
            results = await asyncio.gather(*claims, return_exceptions=True)
            assert sum(result is True for result in results) == 10_000
            assert isinstance(results[-1], Busy)

    asyncio.run(story())


def test_a_cancelled_caller_leaves_the_others_alone(tmp_path: Path) -> None:
    """Whoever stops waiting does not take back its change, nor stop its neighbours."""

    async def story() -> None:
        async with opened(tmp_path / "x.db") as store:
            waiting = [asyncio.ensure_future(store.commit(Change(leaves=(leaf(),)))) for _ in range(3)]
            await asyncio.sleep(0)
            waiting[1].cancel()
            assert await positions_of(store, await waiting[0]) == (0,)
            assert await positions_of(store, await waiting[2]) == (2,)
            assert await whole(store) == 3

    asyncio.run(story())


# --- opening

HOLD = """
import sys, time
from pathlib import Path
from adapters.stores.sqlite.store import SqliteStorage
store = SqliteStorage.open(Path(sys.argv[1]))
print("open", flush=True)
time.sleep(60)
"""


def test_a_second_gateway_is_refused_until_the_first_is_killed(tmp_path: Path, root: Path) -> None:
    """Another process's gateway is named in the refusal; kill -9 frees the file at once."""
    path = tmp_path / "a b%c.db"
    first = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, cwd=root, text=True
    )
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "open\n"
        with pytest.raises(AlreadyRunning, match=r"a b%c\.db\.lock"):
            SqliteStorage.open(path)
        asyncio.run(SqliteStorage.open(path, gateway=False).close())
    finally:
        first.kill()
        first.communicate()
    asyncio.run(SqliteStorage.open(path).close())


def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """Database, log, shared memory and lock: mode 0600, whatever the umask."""

    async def story() -> None:
        async with opened(tmp_path / "x.db") as store:
            await store.commit(Change(leaves=(leaf(),)))
            modes = {file.name: file.stat().st_mode & 0o777 for file in os.scandir(tmp_path)}
            assert modes == dict.fromkeys(("x.db", "x.db-wal", "x.db-shm", "x.db.lock"), 0o600)

    asyncio.run(story())


def _folder(path: Path) -> None:
    path.mkdir()


def _text(path: Path) -> None:
    path.write_text("geen database, wel een tekst\n" * 100)


def _newer(path: Path) -> None:
    asyncio.run(SqliteStorage.open(path).close())
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


@pytest.mark.parametrize("make", [_folder, _text, _newer])
def test_what_is_no_database_of_ours_is_refused(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A folder, another file and a newer schema: WrongUse, and the lock is free again."""
    path = tmp_path / "x.db"
    make(path)
    before = path.is_file() and path.read_bytes()
    with pytest.raises(WrongUse):
        SqliteStorage.open(path)
    with pytest.raises(WrongUse):
        SqliteStorage.open(path)
    assert (path.is_file() and path.read_bytes()) == before


def test_a_place_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A folder that does not exist, or a file a tool expected: WrongUse, and nothing is made."""
    with pytest.raises(WrongUse):
        SqliteStorage.open(tmp_path / "none" / "x.db")
    with pytest.raises(WrongUse):
        SqliteStorage.open(tmp_path / "x.db", gateway=False, create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_start_that_died_while_making_the_schema_is_redone(tmp_path: Path) -> None:
    """An empty file, as a killed first start leaves, becomes a database."""
    (tmp_path / "x.db").touch()
    asyncio.run(SqliteStorage.open(tmp_path / "x.db").close())


def test_a_database_of_the_first_schema_is_brought_along(tmp_path: Path) -> None:
    """What it held is found by the new reads, and every leerling with facts is looked at once."""
    from alembic import command

    path, made = tmp_path / "x.db", migrate.config()
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    new, quiet = new_leerling(), new_leerling()
    gone = levering(new.id, overgedragen=("doelen",))
    with engine.connect() as connection:
        made.attributes["connection"] = connection
        command.upgrade(made, "0001")
        for one, epoch in ((new, 1), (quiet, 0)):
            connection.exec_driver_sql(
                "INSERT INTO leerling VALUES (?, ?, ?, ?, ?, x'', x'', ?, ?)",
                (one.id, one.partij, one.blind_index, one.ref, one.key, epoch, epoch),
            )
            connection.exec_driver_sql(
                "INSERT INTO koppeling (partij, ref, leerling) VALUES (?, ?, ?)",
                (one.partij, one.ref, one.id),
            )
        connection.exec_driver_sql(
            "INSERT INTO levering (id, uitwisseling, leerling, ontvanger, status, positie, vervalt_op,"
            " opgehaald, versie, json) VALUES (?, 'u', ?, 'o', 'klaar', 1, 0, 1, 0, ?)",
            (gone.id, new.id, gone.model_dump_json()),
        )
        connection.exec_driver_sql(
            "INSERT INTO fact (id, leerling, kind, recorded_by, recorded_at, key, content)"
            " VALUES ('feit', ?, 'toestemming', 'p', 0, x'', x'')",
            (new.id,),
        )
        for position, feit in enumerate(("ander", "feit")):
            connection.exec_driver_sql(
                "INSERT INTO entry (position, leaf_hash, soort, canonical) VALUES"
                " (?, x'', 'consent.recorded', ?)",
                (position, json.dumps({"feit": feit, "eventId": f"blad-{position}"}).encode()),
            )
        connection.commit()

    async def story() -> None:
        async with opened(path) as store:
            assert await store.delivered(new.id) == (gone,)
            assert await store.fact_leaf("feit") == "blad-1"
            assert await store.positions_of(("blad-1",)) == (1,)
            assert await store.claim_looks(Portion(NOW, NOW, 10), NOW.date()) == (new.id,)

    asyncio.run(story())


def test_a_present_schema_is_opened_without_alembic(tmp_path: Path, root: Path) -> None:
    """Starting on an up-to-date database loads neither Alembic nor SQLAlchemy: they cost most of a start."""
    path = tmp_path / "x.db"
    asyncio.run(SqliteStorage.open(path).close())
    code = (
        "import sys; from pathlib import Path; from adapters.stores.sqlite.store import SqliteStorage;"
        "SqliteStorage.open(Path(sys.argv[1])); print({'alembic', 'sqlalchemy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.stdout == "set()\n", done.stderr


# --- erasure and speed


def test_destroyed_content_is_gone_from_the_disk(tmp_path: Path) -> None:
    """After a WAL checkpoint no byte of destroyed content is left in any file."""
    mark = b"FICTIEF-" * 1_500
    path = tmp_path / "x.db"

    async def story() -> None:
        async with opened(path) as store:
            new = new_leerling()
            await store.commit(Change(new_leerling=new))
            first = write(levering(new.id), content=sealed(mark))
            await store.commit(Change(leveringen=(first,)))
            stored = await store.levering(first.levering.id)
            files = [path, path.with_name("x.db-wal")]
            assert any(mark[:64] in file.read_bytes() for file in files)
            gone = rewrite(stored, Leveringstatus.INGETROKKEN, drop_content=True)
            await store.commit(Change(leveringen=(gone,)))
            with contextlib.closing(sqlite3.connect(path)) as connection:
                assert connection.execute("SELECT count(*) FROM content").fetchone() == (0,)
                assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
            assert not any(mark[:64] in file.read_bytes() for file in files)

    asyncio.run(story())


def test_a_register_of_a_version_is_one_read(tmp_path: Path) -> None:
    """The present one, an earlier one and one that never was: what is applied meanwhile cannot mix in."""
    connections = Connections()

    async def story() -> None:
        async with opened(tmp_path / "x.db", connect=connections) as store:
            await store.apply_register(Register(0, {SCHOOL: "1"}), 0, ())
            await store.apply_register(Register(0, {SCHOOL: "2"}), 1, ())
            seen: list[str] = []
            for connection in connections.opened[-2:]:
                connection.set_trace_callback(seen.append)
            found = [await store.register_at(version) for version in (1, 2, 3)]
            assert [None if r is None else r.partijen for r in found] == [{SCHOOL: "1"}, {SCHOOL: "2"}, None]
            assert len(seen) == 3

    asyncio.run(story())


def test_no_read_scans_a_table(tmp_path: Path) -> None:
    """Every statement of the port finds its rows by an index: no cost grows with what is kept."""
    seen: set[str] = set()
    connections = Connections()

    async def story() -> None:
        async with opened(tmp_path / "x.db", connect=connections) as store:
            for connection in connections.opened[-2:]:
                connection.set_trace_callback(seen.add)
            new = new_leerling()
            await store.commit(Change(new_leerling=new, answer=answer(), leaves=(leaf(),)))
            change = replace(
                delivery(new.id),
                uitwisseling=uitwisseling(new.id),
                expect=expecting(new.id),
                kijk_op=NOW.date(),
                taken=(TaakWrite(taak(new.id)),),
            )
            await store.commit(change)
            same = Unchanged(change.leveringen[0].levering.id, 0)
            await store.commit(Change(unchanged=(same,), under=Under(0, "x")))
            portion = Portion(NOW, NOW, 10)
            await store.claim_jti(SCHOOL, b"jti", NOW.replace(year=2030), NOW)
            ident = change.leveringen[0].levering.id
            for read in (
                store.answer(SCHOOL, b"key"),
                store.leerling_by_index(SCHOOL, b"x"),
                store.leerling_by_ref(SCHOOL, "x"),
                store.leerling("x"),
                store.facts("x"),
                store.fact("x"),
                store.fact_leaf("x"),
                store.uitwisseling("x"),
                store.uitwisselingen(SCHOOL, None, 10),
                store.leveringen("x"),
                store.levering(ident),
                store.levering_for(ident, SCHOOL),
                store.history(ident),
                store.content(ident),
                store.open_leveringen("x"),
                store.postbus(SCHOOL, "x", NOW, 10),
                store.is_first_in_line(ident, NOW),
                store.claim_due(portion, 3),
                store.claim_held(portion, Under(0, "x")),
                store.claim_looks(portion, NOW.date()),
                store.claim_taken(portion),
                store.claim_job(Job.PURGE, NOW, NOW),
                store.give_back(Job.PURGE, (ident,)),
                store.delivered("x"),
                store.register_at(7),
                store.all_leveringen(0, 10),
                store.taak("x"),
                store.taak_by_sleutel(SCHOOL, "x"),
                store.taken(SCHOOL, 0, 10),
                store.taken_of("x"),
                store.entries(0, 10),
                store.positions_of((ident,)),
                store.inclusion_proof(0, 1),
            ):
                await read
            steps = {
                (sql, row[3])
                for sql in seen
                if sql.startswith(("SELECT", "UPDATE", "DELETE"))
                for row in connections.opened[-2].execute(f"EXPLAIN QUERY PLAN {sql}")
            }
            grows = {
                (sql, step)
                for sql, step in steps
                if step.startswith(("SCAN", "USE TEMP B-TREE"))
                # The register is asked for whole.
                and not step.startswith(("SCAN (", "SCAN state", "SCAN checkpoint", "SCAN register"))
            }
            assert grows == set()
            used = " ".join(step for _, step in steps)
            for index in ("open", "term", "held", "postbus", "line", "taken", "gone"):
                assert f"INDEX levering_{index} " in used, "what is going on is found without what is over"
            assert len(seen) > 25

    asyncio.run(story())

"""PostgreSQL when many write at once, when a connection goes, and when the database itself goes."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import psycopg
import pytest

from adapters.ledger.tree import Frontier, leaf_hash
from adapters.stores.postgres.anchor import PostgresAnchor
from adapters.stores.postgres.link import conninfo
from adapters.stores.postgres.migrate import upgrade
from adapters.stores.postgres.shift import PostgresShift
from adapters.stores.postgres.store import PostgresStorage
from gateway.runtime.proefklok import Proefklok
from gateway.wiring import MovableClock
from schemas.account.verantwoording import EventType, Leaf
from schemas.errors import Busy, RecordUnavailable, WrongUse
from schemas.exchange.uitwisseling import Leveringstatus
from schemas.storage.storage import (
    AlreadyAnswered,
    Change,
    Committed,
    Koppeling,
    Moved,
    Register,
    TaakWrite,
    TreeHead,
    Under,
)
from tests.contract.values import (
    KLAAR,
    NOW,
    SCHOOL,
    ZORG,
    answer,
    delivery,
    expecting,
    fact,
    fresh_id,
    leaf,
    levering,
    new_leerling,
    rewrite,
    taak,
    uitwisseling,
    write,
)
from tests.pgsession import Databases, Keeper
from tests.postgres import Server
from tests.stores import new_database

Two = tuple[PostgresStorage, PostgresStorage]


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    return new_database(request)


@asynccontextmanager
async def two(url: str) -> AsyncIterator[Two]:
    """Two processes, as far as the database can tell."""
    stores = PostgresStorage.open(url), PostgresStorage.open(url)
    try:
        yield stores
    finally:
        for store in stores:
            await store.close()


def play(url: str, story: Callable[[PostgresStorage, PostgresStorage], Awaitable[None]]) -> None:
    async def scene() -> None:
        async with two(url) as stores:
            await story(*stores)

    asyncio.run(scene())


async def a_leerling(store: PostgresStorage) -> str:
    new = new_leerling()
    assert isinstance(await store.commit(Change(new_leerling=new)), Committed)
    return new.id


async def place_all(store: PostgresStorage) -> None:
    while await store.sequence():
        continue


@contextlib.contextmanager
def holding(url: str, statement: str) -> Iterator[psycopg.Connection[object]]:
    """Somebody who has done `statement` and has not committed it yet."""
    with psycopg.connect(url) as connection:
        connection.execute(statement.encode())
        yield connection


async def waits_for_a_lock(url: str) -> int:
    """The process of the database that waits for a row or a lock; there is one soon."""
    query = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        while True:
            row = await (await connection.execute(query)).fetchone()
            if row is not None:
                return int(row[0])
            await asyncio.sleep(0.02)


def end(url: str, pid: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", (pid,))


# --- many at once


def test_of_facts_from_two_processes_on_one_epoch_one_wins(url: str) -> None:
    """The database decides, not the memory of a process."""

    async def story(one: PostgresStorage, other: PostgresStorage) -> None:
        leerling = await a_leerling(one)
        changes = [Change(expect=expecting(leerling), facts=(fact(leerling),)) for _ in range(32)]
        stores = (one, other) * 16
        done = await asyncio.gather(*(s.commit(c) for s, c in zip(stores, changes, strict=True)))
        assert sum(isinstance(result, Committed) for result in done) == 1
        assert done.count(Moved()) == 31
        assert len(await other.facts(leerling)) == 1

    play(url, story)


def test_twins_on_two_processes_get_one_answer(url: str) -> None:
    """A request that was sent to two gateways at once is done once, and both tell the same."""

    async def story(one: PostgresStorage, other: PostgresStorage) -> None:
        for n in range(10):
            twins = [Change(answer=answer(b"%d" % n, body=body), leaves=(leaf(),)) for body in (b"a", b"b")]
            first, second = await asyncio.gather(one.commit(twins[0]), other.commit(twins[1]))
            kept = await one.answer(SCHOOL, b"%d" % n)
            assert kept is not None
            assert {type(first), type(second)} == {Committed, AlreadyAnswered}
            assert AlreadyAnswered(kept) in (first, second)
        await place_all(one)
        assert (await other.head()).size == 10

    play(url, story)


def test_a_leerling_that_two_processes_make_is_made_once(url: str) -> None:
    """The one who comes second reads again and finds it."""

    async def story(one: PostgresStorage, other: PostgresStorage) -> None:
        for n in range(10):
            twins = [Change(new_leerling=new_leerling(index=b"%d" % n), leaves=(leaf(),)) for _ in range(2)]
            results = await asyncio.gather(one.commit(twins[0]), other.commit(twins[1]))
            assert {type(result) for result in results} == {Committed, Moved}

    play(url, story)


def test_exchanges_that_cross_all_arrive(url: str) -> None:
    """Two processes push for the same leerlingen, to the same partijen, in any order: none is refused."""

    async def story(one: PostgresStorage, other: PostgresStorage) -> None:
        leerlingen = [await a_leerling(one) for _ in range(4)]
        sent = []
        for n in range(80):
            leerling = leerlingen[n % 4 if n % 2 else -n % 4]
            partijen = (SCHOOL, ZORG) if n % 3 else (ZORG, SCHOOL)
            exchange = uitwisseling(leerling, partijen[0])
            rows = tuple(
                write(levering(leerling, uitwisseling=exchange.id, ontvanger=partij)) for partij in partijen
            )
            sent.append(Change(leaves=(leaf(),), uitwisseling=exchange, leveringen=rows))
        stores = (one, other) * 40
        done = await asyncio.gather(*(s.commit(c) for s, c in zip(stores, sent, strict=True)))
        assert all(isinstance(result, Committed) for result in done)
        for leerling in leerlingen:
            row = await one.leerling(leerling)
            assert row is not None
            assert row.accepted == 20
        for partij in (SCHOOL, ZORG):
            numbers = [number for number, _ in await one.uitwisselingen(partij, None, 100)]
            assert sorted(numbers) == list(range(1, len(numbers) + 1))

    play(url, story)


def test_a_postbus_never_gets_anything_earlier(url: str) -> None:
    """While two processes fill a postbus, whoever reads it sees only that something was added at its end."""

    async def story(one: PostgresStorage, other: PostgresStorage) -> None:
        reader = PostgresStorage.open(url)
        filled = asyncio.Event()

        async def fill(store: PostgresStorage) -> None:
            for _ in range(60):
                await store.commit(delivery(fresh_id()))

        async def look() -> int:
            before: list[str] = []
            looks = 0
            while True:
                last = filled.is_set()
                now = [row.id for row in await reader.postbus(ZORG, None, NOW, 1_000)]
                assert now[: len(before)] == before
                before, looks = now, looks + 1
                if last:
                    assert len(now) == 120
                    return looks

        async def both() -> None:
            await asyncio.gather(fill(one), fill(other))
            filled.set()

        try:
            looks, _ = await asyncio.gather(look(), both())
            assert looks > 3
        finally:
            await reader.close()

    play(url, story)


def test_an_earlier_place_is_never_shown_late(url: str) -> None:
    """Who would stand behind waits for who stands before him, however long that one's commit takes."""

    async def story(one: PostgresStorage, other: PostgresStorage) -> None:
        await one.commit(delivery(fresh_id()))
        slow = f"UPDATE nummer SET laatste = laatste + 1 WHERE partij = '{ZORG}' AND soort = 'postbus'"
        with holding(url, slow) as before:
            later = asyncio.create_task(other.commit(delivery(fresh_id())))
            await waits_for_a_lock(url)
            assert len(await one.postbus(ZORG, None, NOW, 10)) == 1
            before.commit()
            await later
        assert [row.positie for row in await one.postbus(ZORG, None, NOW, 10)] == [1, 3]

    play(url, story)


def test_one_that_fails_costs_nobody_else(url: str) -> None:
    """A change that the database refuses is refused alone, whatever shared its commit."""

    async def story(one: PostgresStorage, _: PostgresStorage) -> None:
        good = [Change(leaves=(leaf(),), answer=answer(b"%d" % n)) for n in range(8)]
        bad = Change(leaves=(leaf(),), koppeling=Koppeling(fresh_id(), fresh_id(), ZORG, fresh_id()))
        done = await asyncio.gather(*map(one.commit, (*good[:4], bad, *good[4:])), return_exceptions=True)
        assert [type(result) for result in done].count(Committed) == 8
        assert isinstance(done[4], RecordUnavailable)
        await place_all(one)
        assert (await one.head()).size == 8

    play(url, story)


def test_changes_that_wait_share_a_commit(url: str) -> None:
    """Sixty-four that touch nothing in common are a few transactions; those about one leerling take turns."""

    async def story(one: PostgresStorage, _: PostgresStorage) -> None:
        before = one.commits
        await asyncio.gather(*(one.commit(delivery(fresh_id())) for _ in range(64)))
        assert one.commits - before <= 3
        leerling = await a_leerling(one)
        pushes = [Change(leaves=(leaf(),), uitwisseling=uitwisseling(leerling)) for _ in range(8)]
        assert {type(r) for r in await asyncio.gather(*map(one.commit, pushes))} == {Committed}

    play(url, story)


# --- the ledger


def test_a_leaf_gets_its_place_after_the_commit(url: str) -> None:
    """Until then it has none, the tree is as it was, and nothing is lost when the process ends."""

    async def commit(one: PostgresStorage, other: PostgresStorage) -> None:
        result = await one.commit(Change(leaves=(leaf(), leaf())))
        assert isinstance(result, Committed)
        assert await other.positions_of(result.leaves) == (None, None)
        assert await other.head() == TreeHead(0, Frontier().root())
        kept.extend(result.leaves)

    async def place(one: PostgresStorage, other: PostgresStorage) -> None:
        assert await one.sequence() == 2
        assert await one.sequence() == 0
        assert await other.positions_of(kept) == (0, 1)
        leaves = [leaf_hash(entry.canonical) for entry in await other.entries(0, 10)]
        assert await other.head() == TreeHead(2, Frontier().extend(leaves).root())

    kept: list[str] = []
    play(url, commit)
    play(url, place)


def test_one_process_places_and_another_takes_over(url: str) -> None:
    """While it lives nobody else does; when its connection is gone the next one goes on where it stopped."""

    async def story(one: PostgresStorage, other: PostgresStorage) -> None:
        await one.commit(Change(leaves=(leaf(),)))
        assert await one.sequence() == 1
        assert await other.sequence() is None
        await one.commit(Change(leaves=(leaf(),)))
        with psycopg.connect(url, autocommit=True) as connection:
            found = connection.execute("SELECT pid FROM pg_locks WHERE locktype = 'advisory'").fetchall()
        for (pid,) in found:
            end(url, pid)
        while (placed := await other.sequence()) is None:  # noqa: ASYNC110 - nobody tells that it ended
            await asyncio.sleep(0.02)
        assert placed == 1
        assert await one.sequence() is None
        assert (await one.head()).size == 2

    play(url, story)


async def record(store: PostgresStorage, leerling: str, times: int) -> None:
    """Facts about one leerling, each with a leaf that says what it was based on."""
    while times:
        row = await store.leerling(leerling)
        assert row is not None
        version = await store.register_version()
        said = {"leerling": leerling, "epoch": row.epoch, "register": version}
        change = Change(
            leaves=(Leaf(fresh_id(), EventType.CONSENT_RECORDED, json.dumps(said).encode()),),
            expect=expecting(leerling, row.epoch),
            facts=(fact(leerling),),
            under=Under(version, "p"),
        )
        times -= isinstance(await store.commit(change), Committed)


async def renew_register(store: PostgresStorage, times: int) -> None:
    for version in range(times):
        said = Leaf(fresh_id(), EventType.REGISTER_CHANGED, b'{"to": %d}' % (version + 1))
        assert await store.apply_register(Register(version, {SCHOOL: str(version)}), version, (said,))
        await asyncio.sleep(0.05)


def test_the_ledger_keeps_the_order_of_each_leerling_and_of_the_register(url: str) -> None:
    """What was decided under a register stands before the line that replaced it, and facts in their order."""

    async def story(one: PostgresStorage, other: PostgresStorage) -> None:
        leerlingen = [await a_leerling(one) for _ in range(3)]

        async def place() -> None:
            while True:
                await one.sequence()
                await asyncio.sleep(0.01)

        placing = asyncio.create_task(place())
        work = [record(store, leerling, 10) for leerling in leerlingen for store in (one, other)]
        await asyncio.gather(*work, renew_register(other, 5))
        placing.cancel()
        await asyncio.gather(placing, return_exceptions=True)
        await place_all(one)
        register, epochs = 0, dict.fromkeys(leerlingen, -1)
        for entry in await one.entries(0, 1_000):
            said = json.loads(entry.canonical)
            if entry.soort is EventType.REGISTER_CHANGED:
                register = said["to"]
                continue
            assert said["register"] == register
            assert said["epoch"] == epochs[said["leerling"]] + 1
            epochs[said["leerling"]] = said["epoch"]
        assert register == 5
        assert set(epochs.values()) == {19}

    play(url, story)


def test_a_full_tile_is_kept_when_it_fills(url: str) -> None:
    """Over more than one tile and more than one batch the root is that of the leaves."""

    async def story(one: PostgresStorage, other: PostgresStorage) -> None:
        for count in (250, 300, 10):
            changes = [Change(leaves=(leaf(), leaf())) for _ in range(count)]
            await asyncio.gather(*map(one.commit, changes))
            await place_all(one)
        size = (await other.head()).size
        assert size == 1_120
        pages = [await other.entries(start, 1_000) for start in (0, 1_000)]
        hashes = [entry.leaf_hash for page in pages for entry in page]
        for at in (1, 255, 256, 257, 512, 1_000, size):
            assert await other.root(at) == Frontier().extend(hashes[:at]).root()

    play(url, story)


# --- what breaks


def test_a_connection_lost_in_a_commit_leaves_it_open_and_the_key_tells(url: str) -> None:
    """RecordUnavailable means nobody knows; who asks again with his key is told or is first."""

    async def story(one: PostgresStorage, other: PostgresStorage) -> None:
        leerling = await a_leerling(one)
        change = Change(leaves=(leaf(),), answer=answer(), uitwisseling=uitwisseling(leerling))
        with holding(url, f"SELECT 1 FROM leerling WHERE id = '{leerling}' FOR UPDATE"):
            lost = asyncio.create_task(one.commit(change))
            end(url, await waits_for_a_lock(url))
            with pytest.raises(RecordUnavailable):
                await lost
        assert isinstance(await one.commit(change), Committed)
        assert isinstance(await other.commit(change), AlreadyAnswered)

    play(url, story)


def test_a_deadlock_is_tried_again(url: str) -> None:
    """Whoever the database lets go first, the change is stored."""

    async def story(one: PostgresStorage, _: PostgresStorage) -> None:
        first, second = sorted([await a_leerling(one), await a_leerling(one)])
        row = delivery(second, status=KLAAR)
        await one.commit(row)
        stored = await one.levering(row.leveringen[0].levering.id)
        assert stored is not None
        crossing = Change(
            leaves=(leaf(),), expect=expecting(first, draw=True), leveringen=(rewrite(stored, opgehaald=1),)
        )
        with psycopg.connect(url) as other:
            other.execute("SET deadlock_timeout = '10s'")  # so it is ours that is let go
            other.execute("SELECT 1 FROM levering WHERE id = %s FOR UPDATE", (stored.id,))
            ours = asyncio.create_task(one.commit(crossing))
            await waits_for_a_lock(url)
            theirs = asyncio.create_task(
                asyncio.to_thread(other.execute, "SELECT 1 FROM leerling WHERE id = %s FOR UPDATE", (first,))
            )
            await theirs
            other.commit()
            assert isinstance(await ours, Committed)

    play(url, story)


@pytest.fixture(scope="module")
def own() -> Iterator[Server]:
    """A server that may be stopped, with the schema in its first database. Who stops it starts it again."""
    place = Keeper.make().folder
    server = Server(place)
    try:
        server.create()
        server.start()
        upgrade(server.url("postgres"))
        yield server
    finally:
        server.resume()
        server.kill()
        shutil.rmtree(place, ignore_errors=True)


def test_a_database_that_was_away_is_used_again(own: Server) -> None:
    """While it is away nothing is read or stored; when it is back the same gateway goes on."""

    async def story(one: PostgresStorage, _: PostgresStorage) -> None:
        leerling = await a_leerling(one)
        assert await one.sequence() == 0
        own.kill()
        for call in (one.leerling(leerling), one.commit(Change(leaves=(leaf(),))), one.sequence()):
            with pytest.raises(RecordUnavailable):
                await call
        own.start()
        assert await one.leerling(leerling) is not None
        assert isinstance(await one.commit(Change(leaves=(leaf(),))), Committed)
        assert await one.sequence() == 1

    play(own.url("postgres"), story)


def test_a_database_that_answers_nothing_is_not_waited_for_without_end(own: Server) -> None:
    """Its machine stands still in a read, in a commit and in a batch of the ledger; later they go on."""

    async def story() -> None:
        one = PostgresStorage(conninfo(own.url("postgres") + "&connect_timeout=2"), patience=0.5)
        leerling = await a_leerling(one)
        assert await one.sequence() == 0
        size = (await one.head()).size
        change = Change(leaves=(leaf(),), answer=answer(b"stil"))
        own.pause()
        lost = [one.leerling(leerling), one.commit(change), one.sequence()]
        found = await asyncio.gather(*lost, return_exceptions=True)
        assert [type(each) for each in found] == [RecordUnavailable] * 3
        own.resume()
        assert await one.leerling(leerling) is not None
        assert isinstance(await one.commit(change), Committed | AlreadyAnswered)
        while (placed := await one.sequence()) is None:  # noqa: ASYNC110 - the lost session may have the lock yet
            await asyncio.sleep(0.02)
        assert placed <= 1
        assert (await one.head()).size == size + 1
        await one.close()

    asyncio.run(story())


def test_a_read_that_takes_too_long_is_not_begun_again(own: Server) -> None:
    """The database ended it; a second time would last as long."""

    async def story() -> None:
        one = PostgresStorage(conninfo(own.url("postgres") + "&options=-c%20statement_timeout%3D200"))
        with holding(own.url("postgres"), "LOCK TABLE fact"), pytest.raises(RecordUnavailable):
            await one.facts("x")
        await one.close()

    log = own.folder / "log"
    before = len(log.read_text())
    asyncio.run(story())
    assert log.read_text()[before:].count("due to statement timeout") == 1


def test_no_read_scans_a_table(url: str) -> None:
    """Every statement of the port finds its rows by an index: no cost grows with what is kept."""
    scans = (
        "SELECT relname::text, seq_scan FROM pg_stat_user_tables WHERE seq_scan > 0"
        " AND relname NOT IN ('state', 'checkpoint', 'alembic_version', 'proefklok') ORDER BY relname"
    )

    async def story(one: PostgresStorage, _: PostgresStorage) -> None:
        leerling = await a_leerling(one)
        change = delivery(leerling)
        await one.commit(change)
        row = await one.levering(change.leveringen[0].levering.id)
        assert row is not None
        await one.commit(Change(leveringen=(rewrite(row, Leveringstatus.MISLUKT),)))
        more = Change(answer=answer(), expect=expecting(leerling), taken=(TaakWrite(taak(leerling)),))
        await one.commit(more)
        for read in (
            one.answer(SCHOOL, b"key"),
            one.leerling_by_index(SCHOOL, b"x"),
            one.leerling_by_ref(SCHOOL, "x"),
            one.leerling("x"),
            one.facts("x"),
            one.fact("x"),
            one.fact_leaf("x"),
            one.uitwisseling("x"),
            one.uitwisselingen(SCHOOL, None, 10),
            one.leveringen("x"),
            one.levering(row.id),
            one.levering_for(row.id, SCHOOL),
            one.history(row.id),
            one.content(row.id),
            one.open_leveringen("x"),
            one.postbus(SCHOOL, "x", NOW, 10),
            one.is_first_in_line(row.id, NOW),
            one.delivered("x"),
            one.register_at(7),
            one.all_leveringen(0, 10),
            one.taak("x"),
            one.taak_by_sleutel(SCHOOL, "x"),
            one.taken(SCHOOL, 0, 10),
            one.taken_of("x"),
            one.entries(0, 10),
            one.positions_of(["x"]),
        ):
            await read

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_stat_reset()")
    play(url, story)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_stat_force_next_flush()")
        assert connection.execute(scans).fetchall() == []


# --- addresses


def test_a_database_without_the_schema_is_refused(databases: Databases) -> None:
    """A gateway never changes a shared schema by itself: other gateways may run on the old one."""
    empty = databases.make()
    with pytest.raises(WrongUse, match="ozlijn migrate"):
        PostgresStorage.open(empty)
    upgrade(empty)
    upgrade(empty)
    asyncio.run(PostgresStorage.open(empty).close())


@pytest.mark.parametrize(
    "wrong",
    [
        "postgresql://ozlijn:geheim-woord@127.0.0.1:1/niets",
        "postgresql://ozlijn:geheim-woord@[onzin",
        "postgresql://ozlijn:geheim-woord@127.0.0.1/x?bestaat_niet=1",
    ],
)
def test_no_error_tells_a_password(wrong: str) -> None:
    """Neither an address that does not answer nor one that is not valid is quoted."""
    for opening in (lambda: PostgresStorage.open(wrong), lambda: PostgresAnchor(wrong, "log")):
        with pytest.raises((WrongUse, RecordUnavailable)) as refused:
            opening()
        assert "geheim-woord" not in str(refused.value)


def test_the_anchor_is_not_in_the_database_it_guards(request: pytest.FixtureRequest, url: str) -> None:
    """Whichever address names it; another database will do."""
    anchor = PostgresAnchor(url, "log")
    with pytest.raises(WrongUse, match="anchor_database"):
        anchor.must_not_be(url.replace("postgres@/", "postgres:x@/"))
    anchor.must_not_be(new_database(request))


# --- the clock of a sandbox


def test_two_processes_of_a_sandbox_tell_one_time(url: str) -> None:
    """What one moved the other sees, nobody moves it back, and only one moves it at a time."""
    one, other = PostgresShift(url), PostgresShift(url)
    assert one.read() == dt.timedelta()
    one.write(dt.timedelta(days=2))
    other.write(dt.timedelta(days=1))
    assert one.read() == other.read() == dt.timedelta(days=2)
    here, there = MovableClock(), MovableClock()
    klok, ours = Proefklok(here, one), Proefklok(there, other)
    klok.move_to(here.now() + dt.timedelta(days=9))
    ours.refresh()
    assert abs(ours.now() - klok.now()) < dt.timedelta(minutes=1)
    with one.moving(), pytest.raises(Busy), other.moving():
        pass
    with other.moving():
        pass

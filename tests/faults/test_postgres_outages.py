"""What befalls the database that a line of gateways and a worker stands on, with real processes under load.

It is away for a while, its connections are all taken, its disk is full, its machine is lost and a replica
goes on. Each time whoever asks is told so, nothing that was accepted is lost, and all goes on by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest

from adapters.stores.postgres.link import MOST
from gateway.runtime.turns import BESIDE_SECONDS
from tests.callers import es256
from tests.faults.load import Book, Clients, Push
from tests.faults.processes import Site, processes, site
from tests.faults.story import rows, verify, wait_placed
from tests.faults.test_crash import EVERYBODY
from tests.line import AANBIEDER, SCHOOL, gezag, partijen
from tests.loopback import Answer, Connection
from tests.pgsession import Keeper
from tests.postgres import Server

SECONDS: Final = 3.0
"""How long the database is away in the test command; a minute with --long."""
DISK_MEGABYTES: Final = 200
UNAVAILABLE: Final = "https://ozlijn.nl/problemen/verantwoording-onbeschikbaar"
BUSY: Final = "https://ozlijn.nl/problemen/te-druk"
COUNTS: Final = (
    "SELECT (SELECT count(*) FROM uitwisseling), (SELECT count(*) FROM levering),"
    " (SELECT count(*) FROM event), (SELECT count(*) FROM content), (SELECT count(*) FROM answer),"
    " (SELECT count(*) FROM entry) + (SELECT count(*) FROM leaf_waiting)"
)

pytestmark = pytest.mark.timeout(600)


@dataclass
class Line:
    """Two gateways and a worker on `server`, at an address that names `second` too."""

    site: Site
    server: Server
    second: Server
    disk: Path | None
    """Where the server's files are, when that is a small disk of their own."""
    book: Book
    checked: int = 0
    """So many pushes were found to be there after an earlier test."""

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.server.url("postgres"), autocommit=True)

    @asynccontextmanager
    async def clients(self) -> AsyncIterator[list[Clients]]:
        """Of each gateway; at the end they are gone."""
        made = [Clients(self.book, gateway.port, self.site.issuer) for gateway in self.site.gateways]
        try:
            yield made
        finally:
            for each in made:
                await each.close()

    def all_run(self) -> bool:
        """None of the processes ended by itself."""
        return not any(
            process.life is None or process.life.ended() for process in self.site.processes.values()
        )

    async def ready(self) -> None:
        for gateway in self.site.gateways:
            await gateway.ready()

    async def check(self) -> None:
        """Whatever was promised is kept, and the account is signed to its end and holds."""
        assert self.all_run()
        keys = list(self.book.pushes)[self.checked :]
        self.checked += len(keys)
        async with self.clients() as (here, there):
            await asyncio.gather(here.check_pushes(keys[::2]), there.check_pushes(keys[1::2]))
            await there.check((), ())
        assert not self.book.violations, self.book.violations[:20]
        await asyncio.to_thread(wait_placed, self.site.settings)
        await asyncio.to_thread(verify, self.site.settings, self.book)


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    places = [Keeper.make().folder for _ in range(2)]
    disk = _small_disk(places[0])
    servers = [Server(place) for place in places]
    first, second = servers
    book = Book(20_261_130, {partij: es256() for partij in EVERYBODY})
    try:
        first.create()
        first.start()
        address = first.url("postgres", second)
        more = "checkpoint_seconds = 0.1\nlease_minutes = 1\n"
        folder = tmp_path_factory.mktemp("lijn")
        with site(folder, database=address, more=more, ports=2) as made:
            made.run("migrate", "--settings", str(made.file))
            made.apply(partijen(book.keys))
            here, there = made.ports
            commands = {
                "gateway 1": ("serve", here),
                "gateway 2": ("serve", there),
                "worker": ("worker", here),
            }
            with processes(made, commands):
                for process in made.processes.values():
                    process.start()
                ready = Line(made, first, second, disk, book)
                asyncio.run(_open(ready))
                yield ready
    finally:
        for server in servers:
            server.kill()
        if disk is not None:
            subprocess.run(["umount", "--lazy", disk], check=False)
        for place in places:
            shutil.rmtree(place, ignore_errors=True)


async def _open(line: Line) -> None:
    await line.ready()
    async with line.clients() as clients:
        await clients[0].record_leerlingen()


def _small_disk(place: Path) -> Path | None:
    """In `place`, when we may make one."""
    if os.geteuid() != 0:
        return None
    size = f"size={DISK_MEGABYTES}m,mode=711"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "ozlijn-test", place], check=False, capture_output=True
    )
    return place if done.returncode == 0 else None


@asynccontextmanager
async def load(line: Line) -> AsyncIterator[list[Clients]]:
    """On both gateways, and going when this begins. Every answer is as it should be; `book.away` says that
    503 is one of those.
    """
    book = line.book
    async with line.clients() as clients:
        tasks = [asyncio.create_task(each.load(n, n, len(clients))) for n, each in enumerate(clients)]
        try:
            await _answers(book, tasks, 60)
            yield clients
        finally:
            for each in clients:
                each.stop()
            done = await asyncio.gather(*tasks, return_exceptions=True)
            book.away = False
    for result in done:
        if isinstance(result, BaseException):
            raise result


async def _answers(book: Book, tasks: list[asyncio.Task[None]], more: int) -> None:
    book.goal = book.answers + more
    book.reached = asyncio.Event()
    reached = asyncio.create_task(book.reached.wait())
    await asyncio.wait((*tasks, reached), return_when=asyncio.FIRST_COMPLETED)
    reached.cancel()


async def push(line: Line, clients: Clients, conn: Connection, key: str | None = None) -> tuple[str, Answer]:
    """A push about a leerling for whom nothing waits, under `key` or a new one."""
    book = line.book
    if key is None:
        key = book.key()
        book.pushes[key] = Push(10, book.leerlingen[10].dossier, book.tick())
    return key, await clients.send(conn, SCHOOL, "/uitwisselingen", book.pushes[key].body, key)


def is_problem(answer: Answer, *kinds: str) -> bool:
    """An honest 503: it says what is the matter and when to ask again, and no more."""
    told = json.loads(answer.body)
    return answer.status == 503 and told["type"] in kinds and answer.headers["retry-after"].isdigit()


async def _leased(here: Clients, conn: Connection) -> str:
    """A levering that was taken, and not signed for yet."""
    while True:
        for levering in await here.look(conn):
            if here.book.is_steady(levering) and await here.take(conn, levering):
                return levering


@pytest.mark.parametrize("seconds", [SECONDS, pytest.param(60.0, marks=pytest.mark.slow)])
def test_a_database_that_is_away_is_waited_for(line: Line, seconds: float) -> None:
    """Every answer meanwhile is an honest 503. Afterwards gateways, worker and leases go on as they were."""

    async def story() -> None:
        book = line.book
        async with load(line) as clients:
            here = clients[0]
            conn = here.connection()
            leased = await _leased(here, conn)
            before = dict(book.statuses)
            book.away = True
            line.server.stop()
            refused = [await push(line, each, each.connection()) for each in clients]
            assert all(is_problem(answer, UNAVAILABLE) for _, answer in refused)
            assert (await conn.request("GET", "/v1/gereedheid")).status == 503
            assert (await conn.request("GET", "/v1/gezondheid")).status == 200
            await asyncio.sleep(seconds)
            assert line.all_run()
            line.server.start()
            await line.ready()
            await asyncio.sleep(SECONDS / 2)
        for what in ("push", "take", "change", "token"):
            assert book.statuses.get((what, 503), 0) > before.get((what, 503), 0), what
        assert line.all_run()
        async with line.clients() as (here, _):
            conn = here.connection()
            for key, _ in refused:
                await here.push_again(conn, key)
            if await here.take(conn, leased):
                assert len(book.takes[leased]) > 1, "its lease ended while the database was away"
            await here.acknowledge(conn, leased)
            assert leased in book.signed
        await line.check()

    asyncio.run(story())


def test_requests_wait_for_a_connection_no_longer_than_is_told(line: Line) -> None:
    """Slow work holds all connections of a gateway: others are told, and the account is signed meanwhile."""

    async def story() -> None:
        async with line.clients() as (here, there):
            key, answer = await push(line, there, there.connection())
            assert answer.status == 202
            await there.push_again(there.connection(), key)
            path = f"/uitwisselingen/{json.loads(answer.body)['uitwisselingId']}"
            await asyncio.sleep(BESIDE_SECONDS + 0.5)  # only a partij that is alone may do so much at once
            with line.connect() as slow, slow.transaction():
                slow.execute("LOCK TABLE uitwisseling IN ACCESS EXCLUSIVE MODE")
                held = [asyncio.create_task(here.read(here.connection(), SCHOOL, path)) for _ in range(MOST)]
                await asyncio.to_thread(_until_waiting, line, MOST)
                asked = [here.read(here.connection(), AANBIEDER, "/postbus")]  # one turn beside the others
                asked.append(here.connection().request("GET", "/v1/gereedheid"))
                assert all(is_problem(answer, BUSY) for answer in await asyncio.gather(*asked))
                assert (await here.connection().request("GET", "/v1/gezondheid")).status == 200
                assert not any(task.done() for task in held)
                # About somebody of whom nothing was ever sent: nothing of him is in the table that is locked.
                new = json.dumps(gezag(leerling={"leerlingid": "LL-2020-nieuw"})).encode()
                recorded = await there.send(
                    there.connection(), SCHOOL, "/gezagsgegevens", new, line.book.key()
                )
                assert recorded.status == 201, recorded.body
                await asyncio.to_thread(wait_placed, line.site.settings)
            assert [answer.status for answer in await asyncio.gather(*held)] == [200] * MOST
        await line.check()

    asyncio.run(story())


def _until_waiting(line: Line, many: int) -> None:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    deadline = time.monotonic() + 60
    while rows(line.site.settings, asked)[0][0] < many:
        assert time.monotonic() < deadline, "the connections were never all held"
        time.sleep(0.02)


def test_a_server_without_a_connection_left_is_told(line: Line) -> None:
    """Whoever needs a connection is told; when there are some again they are used."""

    async def story() -> None:
        async with line.clients() as clients:
            with contextlib.ExitStack() as taken:
                mine = taken.enter_context(line.connect())
                mine.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ozlijn'"
                )
                with contextlib.suppress(psycopg.OperationalError):
                    while True:
                        taken.enter_context(line.connect())
                asked = [each.read(each.connection(), AANBIEDER, "/postbus") for each in clients]
                asked += [each.connection().request("GET", "/v1/gereedheid") for each in clients]
                assert all(is_problem(answer, UNAVAILABLE) for answer in await asyncio.gather(*asked))
                assert line.all_run()
        await line.ready()
        await line.check()

    asyncio.run(story())


def _until_full(line: Line) -> str:
    """Pushes until one is refused; its key. Nothing of that one is there."""

    async def story() -> str:
        async with line.clients() as (here, _):
            conn = here.connection()
            while True:
                counted = rows(line.site.settings, COUNTS)
                key, answer = await push(line, here, conn)
                if answer.status != 202:
                    break
                await here.push_again(conn, key)
        assert is_problem(answer, UNAVAILABLE)
        assert rows(line.site.settings, COUNTS) == counted
        return key

    return asyncio.run(story())


def _room_again(line: Line, key: str) -> None:
    async def story() -> None:
        await line.ready()
        async with line.clients() as (here, _):
            await here.push_again(here.connection(), key)
        assert line.book.pushes[key].answer is not None
        await line.check()

    asyncio.run(story())


def test_a_file_that_may_not_grow_refuses_and_goes_on(line: Line) -> None:
    """As on a full disk, for whoever may not make a disk: the push is refused whole."""
    if shutil.which("prlimit") is None:
        pytest.skip("limiting a running server needs prlimit of util-linux")
    filled = (
        "INSERT INTO answer (partij, key_hash, request_hash, status, body, at)"
        " SELECT 'vol', sha256(n::text::bytea), 'x', 200, repeat('x', 1000)::bytea, 0"
        " FROM generate_series(1, 17000) AS n"
    )
    with line.connect() as connection:
        connection.execute(filled.encode())
        connection.execute("CHECKPOINT")
        (size,) = connection.execute("SELECT pg_relation_size('answer')").fetchall()[0]
        assert size > 16 << 20, "smaller than a file of the WAL, which must fit"
    try:
        line.server.limit_files(size)
        key = _until_full(line)
    finally:
        line.server.limit_files(None)
        with line.connect() as connection:
            connection.execute("DELETE FROM answer WHERE partij = 'vol'")
            connection.execute("VACUUM answer")
    _room_again(line, key)


def test_a_full_disk_refuses_and_goes_on_when_there_is_room(line: Line) -> None:
    """Also when it takes the server down with it: then it is started when there is room."""
    if line.disk is None:
        pytest.skip("a small disk needs root and the right to mount one; a file that may not grow is tested")
    filler = line.disk / "vol"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * (1 << 16))
    try:
        key = _until_full(line)
        with contextlib.suppress(psycopg.Error), line.connect() as connection:
            for _ in range(8):  # the WAL needs a new file soon
                connection.execute("SELECT pg_switch_wal()")
                connection.execute("CREATE TABLE vol AS SELECT generate_series(1, 1000)")
                connection.execute("DROP TABLE vol")
    finally:
        filler.unlink()
    if not line.server.pids:
        line.server.kill()
        line.server.start()
    _room_again(line, key)


def test_a_replica_goes_on_where_its_primary_ended(line: Line) -> None:
    """The primary is lost as a whole, with what never left it: whatever was promised is on the replica."""
    if not line.second.pids:
        line.second.follow(line.server)
        line.second.start()
    with line.connect() as connection:
        connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        connection.execute("SELECT pg_reload_conf()")
        state = "SELECT sync_state FROM pg_stat_replication"
        while connection.execute(state).fetchone() != ("sync",):
            pass
        (sender,) = connection.execute("SELECT pid FROM pg_stat_replication").fetchall()[0]

    async def story() -> None:
        async with load(line):
            await asyncio.sleep(SECONDS / 10)
            line.book.away = True
            os.kill(sender, signal.SIGSTOP)
            await asyncio.sleep(SECONDS / 10)
            line.server.kill()
            line.server, line.second = line.second, line.server
            with line.connect() as connection:
                assert connection.execute("SELECT pg_promote()").fetchone() == (True,)
            await line.ready()
            await asyncio.sleep(SECONDS / 2)
        await line.check()

    asyncio.run(story())

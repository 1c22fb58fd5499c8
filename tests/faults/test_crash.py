"""Kill -9 of the real processes at random moments under load; what was promised must be there afterwards.

On SQLite that is the one gateway; on PostgreSQL two gateways, two workers, and the database itself: all of
it, or one process of it. `--kills N` says how often on each (50 and 30); a longer series tells how far it is:

    ./run test tests/faults/test_crash.py -k postgres --kills 500

A failure names its seed; OZLIJN_CRASH_SEED plays the same moments again, as far as a second run of a loaded
machine can.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import os
import random
import secrets
import shutil
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from gateway.app import create_app
from gateway.runtime.logs import make_log
from gateway.runtime.server import listen, serve_in_thread
from gateway.wiring import MovableClock, open_world
from tests.callers import es256
from tests.faults.load import Book, Clients
from tests.faults.processes import START_SECONDS, Site, processes, site
from tests.faults.story import one_story, verify, wait_placed
from tests.line import AANBIEDER, FG, OTHER_AANBIEDER, OTHER_SCHOOL, SCHOOL, partijen
from tests.pgsession import Keeper
from tests.postgres import Server

EARLY: Final = 0.1
"""Of so many starts out of one, the process dies while it starts."""
TWO: Final = 0.2
"""Of so many times out of one, two are killed at the same moment."""
DEFAULT_KILLS: Final = {"sqlite": 50, "postgres": 30}
DEFAULT_SEED: Final = 20_261_130
FULL_CHECK: Final = 10
"""After so many kills the whole ledger is verified."""
LEASE_MINUTES: Final = 1
# Checkpoints often, so that a kill falls beside one; a lease that ends within the run.
SETTINGS: Final = f"checkpoint_seconds = 0.1\nlease_minutes = {LEASE_MINUTES}\n"
EVERYBODY: Final = (SCHOOL, OTHER_SCHOOL, AANBIEDER, OTHER_AANBIEDER, FG)
DATABASE: Final = "database"


@dataclass
class Line:
    """All that can be killed: the processes of a site, and the database server when it has one."""

    site: Site
    server: Server | None = None
    down: bool = False
    """The server was killed as a whole, and does not come back by itself."""
    killed: dict[str, int] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return [*self.site.processes, *([DATABASE] if self.server else [])]

    def clients(self, book: Book) -> list[Clients]:
        """The clients of every gateway."""
        return [Clients(book, gateway.port, self.site.issuer) for gateway in self.site.gateways]

    def kill(self, name: str, chance: random.Random) -> None:
        what = name
        if name != DATABASE:
            self.site.processes[name].kill()
        else:
            assert self.server is not None
            self.down = chance.random() < 0.5
            if self.down:
                self.server.kill()
            else:
                self.server.kill_one(chance)
                what = f"process of the {name}"
        self.killed[what] = self.killed.get(what, 0) + 1

    @property
    def kills(self) -> int:
        return sum(self.killed.values())

    async def start(self, names: list[str], chance: random.Random) -> None:
        """The database first, for without it nothing starts; some die again before they are up."""
        if DATABASE in names and self.server is not None:
            if self.down:
                await asyncio.to_thread(self.server.start)
            await asyncio.to_thread(_wait_answers, self.server)
        for name, process in self.site.processes.items():
            if name in names:
                while chance.random() < EARLY:
                    process.start()
                    await asyncio.sleep(chance.uniform(0, 0.6))
                    self.kill(name, chance)
                process.start()

    async def ready(self) -> None:
        """All of it. Fails when a process ended by itself."""
        for process in self.site.processes.values():
            await process.ready()


@contextmanager
def _on_sqlite(folder: Path) -> Iterator[Line]:
    with site(folder, more=SETTINGS) as made, processes(made, {"gateway": ("serve", made.ports[0])}):
        yield Line(made)


@contextmanager
def _on_postgres(folder: Path) -> Iterator[Line]:
    """On a server of its own, which may be killed."""
    place = Keeper.make().folder
    server = Server(place)
    try:
        server.create()
        server.start()
        with site(folder, database=server.url("postgres"), more=SETTINGS, ports=2) as made:
            made.run("migrate", "--settings", str(made.file))
            first, second = made.ports
            commands = {
                "gateway 1": ("serve", first),
                "gateway 2": ("serve", second),
                "worker 1": ("worker", first),
                "worker 2": ("worker", first),
            }
            with processes(made, commands):
                yield Line(made, server)
    finally:
        server.kill()
        shutil.rmtree(place, ignore_errors=True)


LINES: Final = {"sqlite": _on_sqlite, "postgres": _on_postgres}


@dataclass
class Figures:
    """How far a series is, and what it did."""

    line: Line
    book: Book
    many: int
    loud: Callable[[], AbstractContextManager[None]] | None
    """For a long series: where what is printed is seen at once."""
    begun: float = field(default_factory=time.monotonic)

    def tell(self) -> None:
        if self.loud is not None:
            with self.loud():
                self.print()

    def print(self) -> None:
        book, seconds = self.book, time.monotonic() - self.begun
        killed = ", ".join(f"{n} {name}" for name, n in sorted(self.line.killed.items()))
        print(  # noqa: T201 - for who started it
            f"seed {book.seed}: {self.line.kills} of {self.many} kills ({killed}) in {seconds:.0f} s;"
            f" {len(book.pushes)} pushes, {len(book.takes)} leveringen taken,"
            f" {sum(map(len, book.takes.values()))} takes, {len(book.signed)} signed,"
            f" {sum(book.recorded.values())} withdrawals, {book.came} seen to come into the postbus;"
            f" {len(book.violations)} violations",
            flush=True,
        )


@pytest.mark.kill
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("store", sorted(LINES))
def test_what_was_promised_survives_being_killed_at_any_moment(
    tmp_path: Path, store: str, kills: int | None, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every 202 is there, every permitted levering arrives, the account is whole, a withdrawal stays one."""
    # The same moments every time in the test command; other ones in a longer series, and when asked for.
    many = DEFAULT_KILLS[store] if kills is None else kills
    long = many > DEFAULT_KILLS[store]
    drawn = secrets.randbelow(2**31) if long else DEFAULT_SEED
    seed = int(os.environ.get("OZLIJN_CRASH_SEED", drawn))
    book = Book(seed, {partij: es256() for partij in EVERYBODY})
    with LINES[store](tmp_path) as line:
        figures = Figures(line, book, many, capfd.disabled if long else None)
        try:
            asyncio.run(_story(line, book, figures))
        except BaseException:
            figures.tell()
            print(f"OZLIJN_CRASH_SEED={seed}", line.site.tail(), sep="\n")  # noqa: T201 - pytest shows it
            raise
        figures.tell()
    figures.print()
    print({f"{what} {status}": n for (what, status), n in sorted(book.statuses.items())})  # noqa: T201


async def _story(line: Line, book: Book, figures: Figures) -> None:
    line.site.apply(partijen(book.keys))
    for process in line.site.processes.values():
        process.start()
    await line.ready()
    first = line.clients(book)[0]
    await first.record_leerlingen()
    await first.close()
    moments = random.Random(book.seed)
    sent: list[str] = []
    """Keys of the pushes since the last check."""
    tokens = verified = 0
    while line.kills < figures.many:
        clients = line.clients(book)
        try:
            # What one gateway promised, any gateway must keep.
            await moments.choice(clients).check(sent, book.assertions[tokens:][-5:])
            known, tokens = len(book.pushes), len(book.assertions)
            if line.kills >= verified + FULL_CHECK:
                verified = line.kills
                await asyncio.to_thread(verify, line.site.settings, book)
                figures.tell()
            await _killing(line, book, clients, moments)
            sent = list(book.pushes)[known:]
        finally:
            await _all(each.close for each in clients)
        _no_violation(book)
        await line.ready()
    await _check_all(line, book)
    await _drain(line.site, book)
    _no_violation(book)
    await asyncio.to_thread(wait_placed, line.site.settings)
    for process in line.site.processes.values():
        assert process.life is None or process.stop() == 0
    await asyncio.to_thread(verify, line.site.settings, book)
    one_story(line.site.settings, book)


def _no_violation(book: Book) -> None:
    assert not book.violations, f"OZLIJN_CRASH_SEED={book.seed}: {book.violations[:20]}"


async def _check_all(line: Line, book: Book) -> None:
    """Everything, once more: a part of it at every gateway."""
    clients = line.clients(book)
    try:
        keys = list(book.pushes)
        parts = (each.check_pushes(keys[n :: len(clients)]) for n, each in enumerate(clients))
        await asyncio.gather(*parts)
        await clients[-1].check((), book.assertions[-20:])
    finally:
        await _all(each.close for each in clients)


async def _killing(line: Line, book: Book, clients: list[Clients], moments: random.Random) -> None:
    """Load on every gateway; one or two are killed in it, and started again while the others go on."""
    seed = moments.randrange(2**31)
    load = [
        asyncio.create_task(each.load(seed + 1_000 * part, part, len(clients)))
        for part, each in enumerate(clients)
    ]
    await _until(moments, book, load)
    names = line.names
    victims = moments.sample(names, min(len(names), 1 + (moments.random() < TWO)))
    book.away = DATABASE in victims
    for name in victims:
        line.kill(name, moments)
    if len(names) > 1:
        await asyncio.wait(load, timeout=moments.uniform(0, 0.25))
    await line.start(victims, moments)
    if len(names) > 1:
        await asyncio.wait(load, timeout=moments.uniform(0, 0.25))
    for each in clients:
        each.stop()
    await asyncio.gather(*load)
    await line.ready()
    book.away = False


async def _all(calls: Iterable[Callable[[], Awaitable[None]]]) -> None:
    for call in calls:
        await call()


async def _until(moments: random.Random, book: Book, load: list[asyncio.Task[None]]) -> None:
    """The moment to kill: after some time, or straight after an answer, when a commit may be under way."""
    if moments.random() < 0.5:
        await asyncio.wait(load, timeout=moments.uniform(0.01, 0.5))
        return
    book.goal = book.answers + moments.randint(1, 60)
    book.reached.clear()
    reached = asyncio.create_task(book.reached.wait())
    await asyncio.wait((*load, reached), return_when=asyncio.FIRST_COMPLETED)
    reached.cancel()


async def _drain(made: Site, book: Book) -> None:
    """Take and sign everything that waits, on a business clock that runs ahead so that every lease ends."""
    for gateway in made.gateways:
        gateway.kill()
    clock = MovableClock()
    log = make_log(io.BytesIO(), strict=True)
    app = create_app(made.settings, open_world(made.settings), log, clock)
    with serve_in_thread(app, listen("127.0.0.1", made.ports[0]), START_SECONDS):
        clients = Clients(book, made.ports[0], made.issuer)
        try:
            again = True
            while again:
                clock.advance(dt.timedelta(minutes=2 * LEASE_MINUTES))
                again = await clients.drain(again=7) > 0
        finally:
            await clients.close()


def _wait_answers(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.answers():
        assert time.monotonic() < deadline, "the database does not come back"
        time.sleep(0.02)

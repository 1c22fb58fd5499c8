"""Two gateways and two workers as real processes on one PostgreSQL database."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import pytest

from gateway.runtime.settings import read_settings
from gateway.wiring import Keys, stored_checkpoints, verify_ledger, vkey_of
from tests.callers import es256
from tests.faults.load import Book, Clients
from tests.faults.test_crash import COMMAND, EVERYBODY, _environment, register_toml
from tests.line import partijen
from tests.loopback import Broken, Connection
from tests.stores import new_database

LOAD_SECONDS: Final = 3.0
READY_SECONDS: Final = 90.0


@dataclass
class Site:
    """One folder of settings and keys, and what runs with it."""

    folder: Path
    log: IO[bytes]
    ports: tuple[int, int]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def settings_file(self) -> Path:
        return self.folder / "ozlijn.toml"

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    def run(self, *words: str, code: int = 0) -> str:
        done = subprocess.run(
            [*COMMAND, *words], capture_output=True, check=False, text=True, env=_environment(self.ports[0])
        )
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    def start(self, name: str, command: str, port: int) -> None:
        self.running[name] = subprocess.Popen(
            [*COMMAND, command, "--settings", str(self.settings_file)],
            stdout=self.log,
            stderr=self.log,
            env=_environment(port),
        )

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def stop(self, name: str) -> int:
        process = self.running.pop(name)
        process.send_signal(signal.SIGTERM)
        return process.wait(60)

    async def ready(self, port: int) -> None:
        deadline = time.monotonic() + READY_SECONDS
        conn = Connection(port)
        while True:
            assert time.monotonic() < deadline, self.tail()
            with contextlib.suppress(Broken):
                if (await conn.request("GET", "/v1/gereedheid")).status == 200:
                    break
            await asyncio.sleep(0.05)
        await conn.close()

    def tail(self) -> str:
        self.log.flush()
        return Path(self.log.name).read_text(encoding="utf-8", errors="replace")[-3_000:]


def free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


@contextmanager
def site(folder: Path, database: str) -> Iterator[Site]:
    """Set up as the runbook says."""
    with (folder / "log").open("wb") as log:
        made = Site(folder / "lijn", log, free_ports())
        made.run("init", str(made.folder), "--adres", made.issuer)
        text = made.settings_file.read_text(encoding="utf-8")
        text = re.sub(r"^database = .*$", lambda _: f'database = "{database}"', text, flags=re.MULTILINE)
        made.settings_file.write_text(text + "checkpoint_seconds = 0.1\n", encoding="utf-8")
        try:
            yield made
        finally:
            for name in tuple(made.running):
                made.kill(name)


@pytest.mark.timeout(600)
def test_two_gateways_and_two_workers_are_one_line(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """One of each is killed under load: what was promised is there, and what is left goes on."""
    book = Book(20_261_130, {partij: es256() for partij in EVERYBODY})
    with site(tmp_path, new_database(request)) as line:
        register = line.folder / "partijen.toml"
        register.write_text(register_toml(partijen(book.keys)), encoding="utf-8")
        line.run("migrate", "--settings", str(line.settings_file))
        line.run("apply", str(register), "--settings", str(line.settings_file))
        try:
            asyncio.run(_story(line, book))
        except BaseException:
            sys.stderr.write(line.tail())
            raise
        assert not book.violations, book.violations[:20]
        assert len(book.leaves) > 10
        assert [line.stop(name) for name in ("gateway 2", "worker 2", "gateway 1")] == [0, 0, 0]
        settings = read_settings(line.settings_file)
        key = vkey_of(Keys.load(settings.keys), settings.log_name)
        report, size = verify_ledger(settings.database, key, stored_checkpoints(settings))
        assert report.findings == ()
        assert size == report.proven > len(book.leaves)
        told = line.run("ledger", "verify", "--settings", str(line.settings_file))
        assert f"{size} regels" in told


async def _story(line: Site, book: Book) -> None:
    first, second = line.ports
    for name, command, port in (
        ("gateway 1", "serve", first),
        ("gateway 2", "serve", second),
        ("worker 1", "worker", first),
        ("worker 2", "worker", first),
    ):
        line.start(name, command, port)
    for port in line.ports:
        await line.ready(port)
    here, there = Clients(book, first, line.issuer), Clients(book, second, line.issuer)
    await here.record_leerlingen()
    load = asyncio.create_task(here.load(1))
    beside = asyncio.create_task(there._push(random.Random(2)))
    await asyncio.wait((load, beside), timeout=LOAD_SECONDS)
    line.kill("worker 1")
    await asyncio.wait((load, beside), timeout=LOAD_SECONDS)
    line.kill("gateway 1")
    await load
    await asyncio.wait((beside,), timeout=LOAD_SECONDS / 3)
    beside.cancel()
    await asyncio.gather(beside, return_exceptions=True)
    line.start("gateway 1", "serve", first)
    await line.ready(first)
    await there.check(tuple(book.pushes), book.assertions[-5:])
    await here.close()
    await there.close()
    await asyncio.sleep(1)  # a worker places and signs what came last


def test_a_worker_has_nothing_to_do_on_sqlite(tmp_path: Path) -> None:
    """There the gateway does it itself; a second process on the file would only be in the way."""
    with site(tmp_path, str(tmp_path / "ozlijn.db")) as line:
        said = line.run("worker", "--settings", str(line.settings_file), code=2)
        assert "op SQLite" in said
        assert "schema" in line.run("migrate", "--settings", str(line.settings_file))


def test_nothing_starts_on_a_database_without_the_schema(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Neither gateway nor worker changes what others may be using, and the anchor stays out of it."""
    empty = request.getfixturevalue("databases").make()
    with site(tmp_path, empty) as line:
        for command in ("serve", "worker"):
            assert "ozlijn migrate" in line.run(command, "--settings", str(line.settings_file), code=2)
        with line.settings_file.open("a", encoding="utf-8") as settings:
            settings.write(f'anchor_database = "{empty}"\n')
        line.run("migrate", "--settings", str(line.settings_file))
        assert "anchor_database" in line.run("serve", "--settings", str(line.settings_file), code=2)

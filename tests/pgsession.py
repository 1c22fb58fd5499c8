"""One PostgreSQL per run of the tests, started when the first test asks for it and shared by all workers.

The run holds a lock on a file for as long as it lives. A process of its own, the keeper, starts the server
and waits for that lock: it gets it when the run has ended, however it ended, and then stops the server and
removes what it left. A server that cannot be started fails every test that asks for it, and says why.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from psycopg import sql

from tests.postgres import START_SECONDS, CannotRun, Server

_FOLDER: Final = pytest.StashKey[Path]()
_HELD: Final = pytest.StashKey[int]()


class Keeper:
    """The folder that the run, its workers and the keeper share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.alive, self.lock = folder / "alive", folder / "lock"
        self._ready, self._failed = folder / "ready", folder / "failed"

    @classmethod
    def make(cls) -> Keeper:
        """In a short place, for the path of a unix socket is."""
        short = Path("/tmp")
        where = short if os.access(short, os.W_OK) else None
        return cls(Path(tempfile.mkdtemp(prefix="ozlijn-pg-", dir=where)))

    def hold(self) -> int:
        """For the run: while the file that is answered is open, the server stays."""
        held = os.open(self.alive, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(held, fcntl.LOCK_EX)
        return held

    def server(self) -> Server:
        """The server of this run, started if need be. Raises CannotRun."""
        with self.alone():
            if not self._ready.exists() and not self._failed.exists():
                self._start()
            if self._failed.exists():
                raise CannotRun(self._failed.read_text())
        return Server(self.folder / "s")

    def _start(self) -> None:
        subprocess.run(
            [sys.executable, "-m", "tests.pgsession", self.folder],
            cwd=Path(__file__).resolve().parent.parent,
            stdin=subprocess.DEVNULL,
            check=True,
        )
        deadline = time.monotonic() + 2 * START_SECONDS
        while not self._ready.exists() and not self._failed.exists():
            if time.monotonic() > deadline:
                raise CannotRun("the server was not ready in time")
            time.sleep(0.02)

    def keep(self) -> None:
        """The keeper's whole life."""
        server: Server | None = None
        try:
            try:
                (self.folder / "s").mkdir()
                self.folder.chmod(0o711)
                server = Server(self.folder / "s")
                server.create()
                server.start()
            except (CannotRun, OSError) as error:
                _write(self._failed, str(error))
            else:
                _write(self._ready, "")
            with self.alive.open("rb") as alive:
                fcntl.flock(alive, fcntl.LOCK_EX)
        finally:
            if server is not None:
                server.kill()
            shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """One process of the run at a time."""
        with self.lock.open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class Databases:
    """Makes databases on the server of this run."""

    def __init__(self, server: Server, keeper: Keeper) -> None:
        self.server = server
        self._keeper = keeper
        self._made: list[str] = []

    def make(self, like: str | None = None) -> str:
        """The URL of a new database, empty or a copy of a template that `template` made."""
        name = f"t_{uuid.uuid4().hex}"
        copied = sql.SQL(" TEMPLATE {}").format(sql.Identifier(like)) if like else sql.SQL("")
        self._do(sql.SQL("CREATE DATABASE {}{}").format(sql.Identifier(name), copied))
        self._made.append(name)
        return self.server.url(name)

    def template(self, name: str, build: Callable[[str], None]) -> str:
        """Answers `name`: a database that `build` fills the first time, from its URL.

        Nobody may be connected to it when `build` returns.
        """
        with self._keeper.alone():
            with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
                known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            if known is None:
                making = f"making_{uuid.uuid4().hex}"
                self._do(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
                build(self.server.url(making))
                self._do(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                        sql.Identifier(making), sql.Identifier(name)
                    )
                )
        return name

    def drop_made(self) -> None:
        """Drop the databases that were made, even when somebody is still connected."""
        while self._made:
            self._do(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self._made.pop())))

    def _do(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def pytest_configure(config: pytest.Config) -> None:
    given: Any = getattr(config, "workerinput", None)
    if given is not None:
        config.stash[_FOLDER] = Path(given["postgres"])
        return
    keeper = Keeper.make()
    config.stash[_FOLDER], config.stash[_HELD] = keeper.folder, keeper.hold()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Called by xdist in the process that deals out the tests, for each worker."""
    node.workerinput["postgres"] = str(node.config.stash[_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    held = config.stash.get(_HELD, None)
    if held is None:
        return
    folder = config.stash[_FOLDER]
    asked_for = (folder / "lock").exists()
    os.close(held)
    deadline = time.monotonic() + START_SECONDS
    while asked_for and folder.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> Server:
    """The server of this run."""
    try:
        return Keeper(pytestconfig.stash[_FOLDER]).server()
    except CannotRun as error:
        pytest.fail(f"there is no PostgreSQL to test with: {error}", pytrace=False)


@pytest.fixture
def databases(postgres_server: Server, pytestconfig: pytest.Config) -> Iterator[Databases]:
    """Makes databases that go when the test ends."""
    made = Databases(postgres_server, Keeper(pytestconfig.stash[_FOLDER]))
    yield made
    made.drop_made()


def _write(path: Path, text: str) -> None:
    """Write the file whole or not at all."""
    making = path.with_suffix(".new")
    making.write_text(text)
    making.replace(path)


if __name__ == "__main__" and os.fork() == 0:
    # In a session of its own, so that Ctrl-C reaches the tests only and they end before the server does.
    os.setsid()
    Keeper(Path(sys.argv[1])).keep()

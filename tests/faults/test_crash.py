"""Kill -9 of the real process at random moments under load; what was promised must be there afterwards.

`--kills N` says how often (50). A failure names its seed; OZLIJN_CRASH_SEED plays the same moments again,
as far as a second run of a loaded machine can.
"""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import io
import json
import os
import random
import secrets
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import pytest

from gateway.app import create_app
from gateway.runtime.logs import make_log
from gateway.runtime.server import listen, serve_in_thread
from gateway.runtime.settings import Settings, read_settings
from gateway.wiring import Keys, MovableClock, Note, anchor_of, open_world, verify_ledger, vkey_of
from tests.callers import es256
from tests.faults.load import Book, Clients
from tests.line import AANBIEDER, FG, OTHER_AANBIEDER, OTHER_SCHOOL, SCHOOL, partijen
from tests.loopback import Broken, Connection

COMMAND: Final = (sys.executable, "-c", "from gateway.cli.main import main; main()")
"""What the installed `ozlijn` does."""
START_SECONDS: Final = 60.0
EARLY: Final = 0.1
DEFAULT_KILLS: Final = 50
DEFAULT_SEED: Final = 20_261_130
"""Of so many kills out of one, the gateway has not begun to answer yet: it dies while it starts."""
FULL_CHECK: Final = 10
"""After so many kills the whole ledger is verified."""
LEASE_MINUTES: Final = 1
EVERYBODY: Final = (SCHOOL, OTHER_SCHOOL, AANBIEDER, OTHER_AANBIEDER, FG)


class Life:
    """One process of the gateway: a command of its own, or a fork of a process that has loaded the code."""

    def __init__(self, command: subprocess.Popen[bytes], forked: int | None = None) -> None:
        self._command, self._forked = command, forked

    def ended(self) -> bool:
        if self._forked is None:
            return self._command.poll() is not None
        assert self._command.stdout is not None
        return bool(select.select([self._command.stdout], [], [], 0)[0])

    def kill(self) -> None:
        if self._forked is None:
            self._command.kill()
            self._command.wait()
            return
        os.kill(self._forked, signal.SIGKILL)
        assert self._command.stdout is not None
        self._command.stdout.readline()


@dataclass
class Gateway:
    """The command `ozlijn` on one folder, started and killed again and again."""

    folder: Path
    port: int
    log: IO[bytes]
    spawner: subprocess.Popen[bytes]
    life: Life | None = None

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def file(self) -> Path:
        return self.folder / "ozlijn.toml"

    @property
    def settings(self) -> Settings:
        return read_settings(self.file)

    def run(self, *words: str) -> None:
        done = subprocess.run(
            [*COMMAND, *words], capture_output=True, check=False, env=_environment(self.port)
        )
        assert done.returncode == 0, done.stderr.decode()

    def start(self, *, whole: bool = False) -> None:
        """`whole`: as a command of its own, loading included; a fork is up much sooner."""
        words = ["serve", "--settings", str(self.file)]
        if whole:
            self.life = Life(
                subprocess.Popen(
                    [*COMMAND, *words], stdout=self.log, stderr=self.log, env=_environment(self.port)
                )
            )
            return
        assert self.spawner.stdin is not None
        assert self.spawner.stdout is not None
        self.spawner.stdin.write(json.dumps(words).encode() + b"\n")
        self.spawner.stdin.flush()
        self.life = Life(self.spawner, int(self.spawner.stdout.readline()))

    async def ready(self) -> None:
        """Until it says so. Fails with its log when it ends by itself."""
        deadline = time.monotonic() + START_SECONDS
        conn = Connection(self.port)
        try:
            while True:
                assert self.life is not None
                assert not self.life.ended(), f"the gateway stopped by itself:\n{self.tail()}"
                assert time.monotonic() < deadline, f"the gateway is not ready:\n{self.tail()}"
                try:
                    if (await conn.request("GET", "/v1/gereedheid")).status == 200:
                        return
                except Broken:
                    pass
                await asyncio.sleep(0.01)
        finally:
            await conn.close()

    def kill(self) -> None:
        if self.life is not None:
            self.life.kill()
            self.life = None

    def tail(self) -> str:
        self.log.flush()
        return Path(self.log.name).read_text(encoding="utf-8", errors="replace")[-3_000:]


def _environment(port: int) -> dict[str, str]:
    """Ours without what would set the gateway; it must find the packages of this checkout."""
    kept = {n: v for n, v in os.environ.items() if not n.upper().startswith("OZLIJN_")}
    return kept | {"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "OZLIJN_PORT": str(port)}


@contextmanager
def _gateway(folder: Path) -> Iterator[Gateway]:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (
        (folder / "gateway.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.spawn"],
            bufsize=0,  # `select` sees only what nobody has buffered
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=_environment(port),
        ) as spawner,
    ):
        made = Gateway(folder / "lijn", port, log, spawner)
        made.run("init", str(made.folder), "--adres", made.issuer)
        with made.file.open("a", encoding="utf-8") as settings:
            # Checkpoints often, so that a kill falls beside one; a lease that ends within the run.
            settings.write(f"checkpoint_seconds = 0.1\nlease_minutes = {LEASE_MINUTES}\n")
        try:
            yield made
        finally:
            made.kill()


def _seed(kills: int) -> int:
    """The same moments every time in the test command; other ones in a longer series, and when asked for."""
    drawn = DEFAULT_SEED if kills <= DEFAULT_KILLS else secrets.randbelow(2**31)
    return int(os.environ.get("OZLIJN_CRASH_SEED", drawn))


@pytest.mark.kill
@pytest.mark.xdist_group("kill")
@pytest.mark.timeout(1_800)
def test_what_was_promised_survives_being_killed_at_any_moment(tmp_path: Path, kills: int) -> None:
    """Every 202 is there, every permitted levering arrives, the account is whole, a withdrawal stays one."""
    seed = _seed(kills)
    book = Book(seed, {partij: es256() for partij in EVERYBODY})
    with _gateway(tmp_path) as gateway:
        try:
            asyncio.run(_story(gateway, book, kills))
        except BaseException:
            print(f"OZLIJN_CRASH_SEED={seed}", gateway.tail(), sep="\n")  # noqa: T201 - pytest shows it
            raise
    assert not book.violations, f"OZLIJN_CRASH_SEED={seed}: {book.violations[:20]}"
    print(f"seed {seed}, {kills} kills, {len(book.pushes)} pushes, {len(book.payloads)} taken")  # noqa: T201
    print({f"{what} {status}": n for (what, status), n in sorted(book.statuses.items())})  # noqa: T201


async def _story(gateway: Gateway, book: Book, kills: int) -> None:
    register = gateway.folder / "partijen.toml"
    register.write_text(register_toml(partijen(book.keys)), encoding="utf-8")
    gateway.run("apply", str(register), "--settings", str(gateway.file))
    gateway.start(whole=True)
    await gateway.ready()
    clients = Clients(book, gateway.port, gateway.issuer)
    await clients.record_leerlingen()
    await clients.close()
    moments = random.Random(book.seed)
    sent: list[str] = []
    """Keys of the pushes since the last check."""
    checked = 0
    for n in range(1, kills + 1):
        if gateway.life is None:
            early = moments.random() < EARLY
            gateway.start(whole=early)
            if early:
                await asyncio.sleep(moments.uniform(0, 1.5))
                gateway.kill()
                continue
            await gateway.ready()
        clients = Clients(book, gateway.port, gateway.issuer)
        try:
            await clients.check(sent, book.assertions[checked:][-5:])
            sent, checked, known = [], len(book.assertions), len(book.pushes)
            if n % FULL_CHECK == 0:
                await asyncio.to_thread(_verify, gateway, book)
            load = asyncio.create_task(clients.load(moments.randrange(2**31)))
            await _until(moments, book, load)
            gateway.kill()
            await load
            sent = list(book.pushes)[known:]
        finally:
            await clients.close()
        assert not book.violations, book.violations[:20]
    gateway.start()
    await gateway.ready()
    clients = Clients(book, gateway.port, gateway.issuer)
    try:
        await clients.check(book.pushes, book.assertions[-20:])
    finally:
        await clients.close()
    gateway.kill()
    await _drain(gateway, book)
    await asyncio.to_thread(_verify, gateway, book)
    _account(gateway, book)


async def _until(moments: random.Random, book: Book, load: asyncio.Task[None]) -> None:
    """The moment to kill: after some time, or straight after an answer, when a commit may be under way."""
    if moments.random() < 0.5:
        await asyncio.wait((load,), timeout=moments.uniform(0.01, 0.6))
        return
    book.goal = book.answers + moments.randint(1, 120)
    book.reached.clear()
    reached = asyncio.create_task(book.reached.wait())
    await asyncio.wait((load, reached), return_when=asyncio.FIRST_COMPLETED)
    reached.cancel()


async def _drain(gateway: Gateway, book: Book) -> None:
    """Take and sign everything that waits, on a business clock that runs ahead so that every lease ends."""
    clock = MovableClock()
    settings = gateway.settings
    log = make_log(io.BytesIO(), strict=True)
    app = create_app(settings, open_world(settings), log, clock)
    with serve_in_thread(app, listen("127.0.0.1", gateway.port), START_SECONDS):
        clients = Clients(book, gateway.port, gateway.issuer)
        try:
            again = True
            while again:
                clock.offset += dt.timedelta(minutes=2 * LEASE_MINUTES)
                again = await clients.drain(again=7) > 0
        finally:
            await clients.close()


def _verify(gateway: Gateway, book: Book) -> None:
    """The whole log against every checkpoint that was signed, kept or handed out."""
    settings = gateway.settings
    notes = dict(sorted(book.checkpoints.items()))
    key = vkey_of(Keys.load(settings.keys), settings.log_name)
    given = [Note(f"bewaard {size}", note) for size, note in notes.items()]
    checked = verify_ledger(settings.sqlite_path, key, given, anchor=anchor_of(settings))
    assert checked.report.findings == ()
    assert checked.size >= max(used.size for used in checked.used)


def _account(gateway: Gateway, book: Book) -> None:
    """What the ledger says, what is stored and what the clients saw are one story."""
    with closing(sqlite3.connect(gateway.settings.sqlite_path)) as db:
        rows = db.execute("SELECT canonical, leaf_hash FROM entry ORDER BY position").fetchall()
        status = dict(db.execute("SELECT id, status FROM levering").fetchall())
    leaves = [json.loads(text) for text, _ in rows]
    hashes = {base64.b64encode(h).decode() for _, h in rows}
    at: dict[str, dict[str, list[int]]] = {}
    withdrawn: set[str] = set()
    facts: dict[str, str] = {}
    outcome: dict[str, str] = {}
    for position, leaf in enumerate(leaves):
        soort, leerling = leaf["soort"], leaf.get("leerlingRef")
        if soort == "consent.withdrawn":
            withdrawn.add(leerling)
        elif soort == "consent.recorded":
            withdrawn.discard(leerling)
        elif soort == "exchange.release_intent":
            assert leerling not in withdrawn, f"released at {position} after a withdrawal"
        if "feit" in leaf:
            facts[leaf["feit"]] = soort
        if "levering" in leaf:
            at.setdefault(leaf["levering"], {}).setdefault(soort, []).append(position)
            outcome[leaf["levering"]] = leaf.get("outcome", outcome.get(leaf["levering"]))
    assert book.leaves <= hashes, "a receipt names a leaf that is not in the ledger"
    for fact, withdrawal in book.recorded.items():
        assert facts[fact] == ("consent.withdrawn" if withdrawal else "consent.recorded")
    told = {v["id"] for p in book.pushes.values() for v in json.loads(p.answer or b"")["leveringen"]}
    assert set(status) == told, "what is stored is what was accepted"
    for levering, state in status.items():
        known = at[levering]
        assert "exchange.decided" in known
        intents, delivered = known.get("exchange.release_intent", []), known.get("exchange.delivered", [])
        assert len(intents) >= len(book.payloads.get(levering, ())), "every take has an intent"
        assert known["exchange.decided"][0] < min(intents, default=len(rows))
        assert (state == "afgeleverd") == (len(delivered) == 1) == (levering in book.signed)
        assert not delivered or intents[0] < delivered[0]
        assert state in ("afgeleverd", "aangehouden", "geweigerd", "ingetrokken")
        if outcome[levering].startswith("PERMIT"):
            assert book.payloads.get(levering), f"{levering} was permitted and never delivered"
            assert levering in book.signed
    assert sum(state == "afgeleverd" for state in status.values()) > len(status) / 4, (
        "the load did too little"
    )


def register_toml(register: Any) -> str:
    """The register as `ozlijn apply` reads it."""
    text = ""
    for partij in register.partijen.values():
        text += "[[partijen]]\n" + "".join(f"{n} = {_value(v)}\n" for n, v in json.loads(partij).items())
    return text


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{n} = {_value(v)}" for n, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)

"""Real processes of `ozlijn` on one folder of settings and keys, to be started, killed and started again."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import functools
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from gateway.runtime.settings import Settings, read_settings
from tests.loopback import Broken, Connection

COMMAND: Final = (sys.executable, "-c", "from gateway.cli.main import main; main()")
"""What the installed `ozlijn` does."""
START_SECONDS: Final = 90.0
ROOT: Final = Path(__file__).resolve().parents[2]


def environment(port: int) -> dict[str, str]:
    """Ours without what would set the gateway; it must find the packages of this checkout."""
    kept = {n: v for n, v in os.environ.items() if not n.upper().startswith("OZLIJN_")}
    return kept | {"PYTHONPATH": str(ROOT), "OZLIJN_PORT": str(port)}


class Loaded:
    """A process that has loaded the gateway and forks (spawn.py). It ends with this one."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.spawn", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                env=environment(0),
            )
        atexit.register(self._end)

    def _end(self) -> None:
        self._ours.close()
        self._process.wait()

    @classmethod
    @functools.cache
    def one(cls) -> Loaded:
        """The one spawner that all tests of this process use."""
        return cls()

    def spawner(self, out: IO[bytes], err: IO[bytes] | None = None) -> Spawner:
        """A spawner whose processes write their output to `out`, and their errors too unless they have a
        place of their own.
        """
        here, there = socket.socketpair()
        with there:
            files = [there.fileno(), out.fileno(), (err or out).fileno()]
            socket.send_fds(self._ours, [b"."], files)
        return Spawner(here)

    def run(
        self, words: Sequence[str], environment: Mapping[str, str], folder: Path, seconds: float = 90
    ) -> subprocess.CompletedProcess[bytes]:
        """One whole run of `ozlijn`, as `subprocess.run` would do it. Raises TimeoutExpired."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            spawner = self.spawner(out, err)
            try:
                life = spawner.start(words, environment, folder)
                if not spawner.ended(seconds):
                    life.kill()
                    raise subprocess.TimeoutExpired(list(words), seconds)
                code = life.wait()
            finally:
                spawner.close()
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(list(words), code, out.read(), err.read())


class Spawner:
    """Starts one life after the other."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb", buffering=0)

    def start(self, words: Sequence[str], environment: Mapping[str, str], folder: Path = ROOT) -> Life:
        asked = {"words": words, "environment": dict(environment), "folder": str(folder)}
        self._connection.sendall(json.dumps(asked).encode() + b"\n")
        return Life(self, self._number())

    def ended(self, seconds: float | None = 0) -> bool:
        """Whether the life of now did, or the spawner; waits so long for it, and without end for None."""
        return bool(select.select([self._connection], [], [], seconds)[0])

    def status(self) -> int:
        """Waits for the end of the life of now."""
        return self._number()

    def close(self) -> None:
        self._lines.close()
        self._connection.close()

    def _number(self) -> int:
        line = self._lines.readline()
        assert line, "the process that forks is gone"
        return int(line)


class Life:
    """One run of a command: a fork of a process that has loaded the code, or a process of its own."""

    def __init__(self, by: Spawner | subprocess.Popen[bytes], pid: int) -> None:
        self._by, self._pid = by, pid

    def ended(self) -> bool:
        if isinstance(self._by, Spawner):
            return self._by.ended()
        return self._by.poll() is not None

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        self.wait()

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float | None = None) -> int:
        """Stop it in the orderly way; gives the exit code. Raises TimeoutExpired as `wait`."""
        self._signal(number)
        return self.wait(seconds)

    def wait(self, seconds: float | None = None) -> int:
        """Wait until it ends by itself; gives the exit code. Raises TimeoutExpired after so many seconds."""
        if not isinstance(self._by, Spawner):
            return self._by.wait(seconds)
        if not self._by.ended(seconds):
            raise subprocess.TimeoutExpired("ozlijn", seconds or 0)
        return os.waitstatus_to_exitcode(self._by.status())

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):  # it ended by itself
            os.kill(self._pid, number)


@dataclass
class Process:
    """One `ozlijn serve` or `ozlijn worker`, over all its lives. A worker answers nobody on its port."""

    words: tuple[str, ...]
    port: int
    log: IO[bytes]
    spawner: Spawner
    life: Life | None = None

    @property
    def answers(self) -> bool:
        return self.words[0] == "serve"

    def start(self, *, whole: bool = False) -> None:
        """`whole`: as a command of its own, loading included; a fork is up much sooner."""
        if not whole:
            self.life = self.spawner.start(self.words, environment(self.port))
            return
        started = subprocess.Popen(
            [*COMMAND, *self.words], stdout=self.log, stderr=self.log, env=environment(self.port)
        )
        self.life = Life(started, started.pid)

    async def ready(self) -> None:
        """Until it says so. Fails when it ends by itself."""
        deadline = time.monotonic() + START_SECONDS
        conn = Connection(self.port)
        try:
            while True:
                assert self.life is not None
                assert not self.life.ended(), f"{self.words} stopped by itself"
                assert time.monotonic() < deadline, f"{self.words} is not ready"
                try:
                    if not self.answers or (await conn.request("GET", "/v1/gereedheid")).status == 200:
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

    def stop(self) -> int:
        assert self.life is not None
        code = self.life.stop()
        self.life = None
        return code


@dataclass
class Site:
    """One folder of settings and keys, and what runs with it, by name."""

    folder: Path
    log: IO[bytes]
    ports: tuple[int, ...]
    processes: dict[str, Process] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def file(self) -> Path:
        return self.folder / "ozlijn.toml"

    @property
    def settings(self) -> Settings:
        return read_settings(self.file)

    @property
    def gateways(self) -> tuple[Process, ...]:
        return tuple(each for each in self.processes.values() if each.answers)

    def run(self, *words: str, code: int = 0) -> str:
        """Run a command to its end; gives what it said."""
        with tempfile.TemporaryFile() as out:
            spawner = Loaded.one().spawner(out)
            try:
                ended = spawner.start(words, environment(self.ports[0])).wait()
            finally:
                spawner.close()
            out.seek(0)
            said = out.read().decode()
        assert ended == code, said
        return said

    def apply(self, register: Any) -> None:
        file = self.folder / "partijen.toml"
        file.write_text(register_toml(register), encoding="utf-8")
        self.run("apply", str(file), "--settings", str(self.file))

    def tail(self) -> str:
        self.log.flush()
        return Path(self.log.name).read_text(encoding="utf-8", errors="replace")[-3_000:]


@contextmanager
def site(folder: Path, *, database: str | None = None, more: str = "", ports: int = 1) -> Iterator[Site]:
    """Set up as the runbook says; on SQLite without `database`. Nothing runs yet; at the end nothing does."""
    with (folder / "log").open("wb") as log, ExitStack() as stack:
        found = tuple(_free_port(stack) for _ in range(ports))
        stack.close()
        made = Site(folder / "lijn", log, found)
        made.run("init", str(made.folder), "--adres", made.issuer)
        text = made.file.read_text(encoding="utf-8")
        if database is not None:
            text = re.sub(r"^database = .*$", lambda _: f'database = "{database}"', text, flags=re.MULTILINE)
        made.file.write_text(text + more, encoding="utf-8")
        try:
            yield made
        finally:
            for process in made.processes.values():
                process.kill()


@contextmanager
def processes(made: Site, commands: dict[str, tuple[str, int]]) -> Iterator[None]:
    """Adds to the site, by name, processes of (`serve` or `worker`, port) that can be started."""
    with ExitStack() as stack:
        for name, (command, port) in commands.items():
            spawner = stack.enter_context(contextlib.closing(Loaded.one().spawner(made.log)))
            words = (command, "--settings", str(made.file))
            made.processes[name] = Process(words, port, made.log, spawner)
        try:
            yield
        finally:
            for process in made.processes.values():
                process.kill()


def _free_port(stack: ExitStack) -> int:
    """Held until the stack closes, so that no two are the same."""
    held = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    found: int = held.getsockname()[1]
    return found


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

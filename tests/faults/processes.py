"""Real processes of `ozlijn` on one folder of settings and keys, to be started, killed and started again."""

from __future__ import annotations

import asyncio
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from gateway.runtime.settings import Settings, read_settings
from tests.loopback import Broken, Connection

COMMAND: Final = (sys.executable, "-c", "from gateway.cli.main import main; main()")
"""What the installed `ozlijn` does."""
START_SECONDS: Final = 90.0


def environment(port: int) -> dict[str, str]:
    """Ours without what would set the gateway; it must find the packages of this checkout."""
    kept = {n: v for n, v in os.environ.items() if not n.upper().startswith("OZLIJN_")}
    return kept | {"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "OZLIJN_PORT": str(port)}


class Life:
    """One run of a command: a process of its own, or a fork of a process that has loaded the code."""

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

    def stop(self) -> int:
        """In the orderly way; the exit code."""
        if self._forked is None:
            self._command.terminate()
            return self._command.wait()
        os.kill(self._forked, signal.SIGTERM)
        assert self._command.stdout is not None
        return os.waitstatus_to_exitcode(int(self._command.stdout.readline()))


@dataclass
class Process:
    """One `ozlijn serve` or `ozlijn worker`, over all its lives. A worker answers nobody on its port."""

    words: tuple[str, ...]
    port: int
    log: IO[bytes]
    spawner: subprocess.Popen[bytes]
    life: Life | None = None

    @property
    def answers(self) -> bool:
        return self.words[0] == "serve"

    def start(self, *, whole: bool = False) -> None:
        """`whole`: as a command of its own, loading included; a fork is up much sooner."""
        if whole:
            started = subprocess.Popen(
                [*COMMAND, *self.words], stdout=self.log, stderr=self.log, env=environment(self.port)
            )
            self.life = Life(started)
            return
        assert self.spawner.stdin is not None
        assert self.spawner.stdout is not None
        self.spawner.stdin.write(json.dumps(self.words).encode() + b"\n")
        self.spawner.stdin.flush()
        self.life = Life(self.spawner, int(self.spawner.stdout.readline()))

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
        """A command to its end; what it said."""
        done = subprocess.run(
            [*COMMAND, *words], capture_output=True, check=False, text=True, env=environment(self.ports[0])
        )
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

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
            spawner = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.faults.spawn"],
                    bufsize=0,  # `select` sees only what nobody has buffered
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=made.log,
                    env=environment(port),
                )
            )
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

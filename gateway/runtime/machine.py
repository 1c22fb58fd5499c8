"""What this machine makes of a gateway: rights of files, room on the disk, limits of the process, the clock.

It looks and changes nothing, and reaches out to nobody. Every function gives the findings of one subject;
what it looks at is passed in, so that a test can show it another machine.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import os
import re
import resource
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.runtime.bevindingen import Bevinding
from gateway.runtime.edge import FEWEST, POSTGRES_DESCRIPTORS, RESERVE
from gateway.runtime.settings import Settings, is_loopback
from gateway.runtime.tonen import shown
from schemas.storage.toestand import Toestand

OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
_GB: Final = 1024**3
FULL: Final = _GB // 4
"""Bytes left on a disk below which hardly anything more fits."""
TIGHT: Final = 2 * _GB
_TIGHT_SHARE: Final = 0.05
CLOCK_SECONDS: Final = 5.0
"""So much may two clocks differ that are kept right, with the time of a question in between."""
_NETWORK: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs"}
)
_KEY_YEARS: Final = 3
_TOKEN_SECONDS: Final = 1_800
_TIME_ERROR: Final = 5
"""What adjtimex(2) answers while nothing keeps the clock right."""


def database_files(path: Path) -> tuple[Path, ...]:
    """The file, and what SQLite and the gateway put beside it."""
    return path, *(path.with_name(path.name + more) for more in ("-wal", "-shm", "-journal", ".lock"))


def mode(path: Path) -> int | None:
    """The rights of a file; None when there is none, or when we may not look."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return None


def files(database: Iterable[Path], keys: Path, anchor: Path | None) -> Iterator[Bevinding]:
    """Who else can read or write what is stored, and the folders around it."""
    database = tuple(database)
    for path in database:
        found = mode(path)
        if found is not None and found & OTHERS:
            yield Bevinding("bestand.open", f"{shown(path)} heeft rechten {found:04o}")
    found = mode(keys)
    if found is not None and found & OTHERS:
        yield Bevinding("sleutels.open", f"de map {shown(keys)} heeft rechten {found:04o}")
    for path in _inside(keys):
        found = mode(path)
        if found is not None and found & (_WRITE if path == anchor else OTHERS):
            yield Bevinding("sleutels.open", f"{shown(path)} heeft rechten {found:04o}")
    if anchor is not None and anchor.parent != keys:
        found = mode(anchor)
        if found is not None and found & _WRITE:
            yield Bevinding("bestand.open", f"het anker {shown(anchor)} heeft rechten {found:04o}")
    folders = [path.parent for path in (*database[:1], keys, *((anchor,) if anchor else ()))]
    for folder in dict.fromkeys(folders):
        found = mode(folder)
        # In a folder with the sticky bit nobody can replace a file of another.
        if found is not None and found & _WRITE and not found & stat.S_ISVTX and folder != keys:
            yield Bevinding("map.schrijfbaar", f"de map {shown(folder)} heeft rechten {found:04o}")


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(p for p in folder.iterdir() if p.is_file())
    except OSError:
        return []


def owners(database: Iterable[Path], keys: Path, anchor: Path | None) -> Iterator[Bevinding]:
    """Files that are not of the user of the gateway: the one that owns the database, or else who asks."""
    user = user_of(database)
    paths = (*database, keys, *_inside(keys), *((anchor,) if anchor else ()))
    for path in dict.fromkeys(paths):
        try:
            owner = path.stat().st_uid
        except OSError:
            continue
        if owner != user:
            yield Bevinding("eigenaar.anders", f"{shown(path)} is van gebruiker {owner}, niet van {user}")


def user_of(database: Iterable[Path]) -> int:
    for path in database:
        try:
            return path.stat().st_uid
        except OSError:
            continue
    return os.geteuid()


def settings_file(path: Path, *, secret: bool) -> Iterator[Bevinding]:
    """`secret`: it holds a password, so nobody else may read it either."""
    for each, wrong in ((path, OTHERS if secret else _WRITE), (path.absolute().parent, _WRITE)):
        found = mode(each)
        if found is not None and found & wrong and not (each.is_dir() and found & stat.S_ISVTX):
            yield Bevinding("instellingen.open", f"{shown(each)} heeft rechten {found:04o}")


_PASSWORD: Final = re.compile(r"://[^/@]*:[^/@]+@|[?& ]password=")


def has_password(address: str | None) -> bool:
    return address is not None and _PASSWORD.search(address) is not None


def settings(found: Settings) -> Iterator[Bevinding]:
    """What the settings themselves say."""
    for name, address in (("database", found.database), ("anchor_database", found.anchor_database)):
        if has_password(address):
            yield Bevinding("instellingen.wachtwoord", f"in {name} staat een wachtwoord")
    if not is_loopback(found.host):
        yield Bevinding("net.open", f"host is {found.host}, poort {found.port}")
    if found.access_token_seconds > _TOKEN_SECONDS:
        yield Bevinding("token.lang", f"access_token_seconds is {found.access_token_seconds}")
    if found.sandbox and not found.issuer.startswith("http://"):
        yield Bevinding("proef.openbaar", f"sandbox staat aan op {found.issuer}")
    left = found.anchor.with_name(f"{found.anchor.name}-proefklok")
    if not found.sandbox and left.exists():
        yield Bevinding("proef.restant", f"{shown(left)} is er nog")
    if not found.shared and found.anchor_database is None and found.anchor.parent == found.sqlite_path.parent:
        yield Bevinding("anker.naast_database", f"beide staan in {shown(found.anchor.parent)}")


def mail(found: Settings) -> Iterator[Bevinding]:
    """What is missing where mail is set up. Whether the server answers is seen by sending."""
    if found.mail_host is None:
        return
    secret = found.mail_password_file
    if secret is not None:
        rights = mode(secret)
        if rights is None or not os.access(secret, os.R_OK):
            yield Bevinding("post.wachtwoord", f"{shown(secret)} is niet te lezen")
        elif rights & OTHERS:
            yield Bevinding("post.wachtwoord_open", f"{shown(secret)} heeft rechten {rights:04o}")
    returned = found.mail_returned
    if returned is None:
        yield Bevinding("post.terug", "mail_returned is niet gezet")
    elif not (returned / "new").is_dir() or not os.access(returned / "new", os.R_OK | os.W_OK | os.X_OK):
        yield Bevinding("post.terug", f"{shown(returned / 'new')} is niet te lezen en te legen")


def old_keys(keys: Path, today: dt.date) -> Iterator[Bevinding]:
    for path in _inside(keys):
        made = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC).date()
        if "sleutel" in path.name and (today - made).days > _KEY_YEARS * 365:
            yield Bevinding("sleutels.oud", f"{shown(path)} is van {made}")


def writable(folder: Path, user: int) -> bool:
    """Whether this user may make files there, as far as the usual rights say."""
    try:
        found = folder.stat()
        read_only = bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except OSError:
        return False
    if read_only:
        return False
    if user == os.geteuid():
        return os.access(folder, os.W_OK | os.X_OK)
    if found.st_uid == user:
        return found.st_mode & (stat.S_IWUSR | stat.S_IXUSR) == stat.S_IWUSR | stat.S_IXUSR
    return bool(found.st_mode & _WRITE) or user == 0


@dataclass(frozen=True, slots=True)
class Room:
    free: int
    total: int
    files_left: int | None
    """None on a file system that does not count them."""


def room(folder: Path) -> Room | None:
    """For who is not root; None when it cannot be asked."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return None
    left = found.f_favail if found.f_files else None
    return Room(found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize, left)


def disk(folder: Path, there: Room | None) -> Iterator[Bevinding]:
    if there is None:
        return
    told = f"bij {shown(folder)} is nog {there.free / _GB:.1f} GB vrij"
    if there.free < FULL or there.files_left == 0:
        yield Bevinding("schijf.vol", told)
    elif there.free < min(10 * TIGHT, max(TIGHT, there.total * _TIGHT_SHARE)):
        yield Bevinding("schijf.krap", told)


def file_system(path: Path, mounts: str) -> str | None:
    """The kind of file system that a path is on, by the text of /proc/self/mounts."""
    best, kind = "", None
    where = str(path.absolute())
    for line in mounts.splitlines():
        _, at, found, *_ = [*line.split(" "), "", "", ""]
        at = re.sub(r"\\(\d{3})", lambda m: chr(int(m[1], 8)), at)
        inside = at in ("/", where) or where.startswith(f"{at}/")
        if inside and len(at) >= len(best):
            best, kind = at, found
    return kind


def network(path: Path, mounts: str) -> Iterator[Bevinding]:
    kind = file_system(path, mounts)
    if kind in _NETWORK:
        yield Bevinding("sqlite.netwerkschijf", f"{shown(path)} staat op {kind}")


def mounts() -> str:
    try:
        return Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def descriptors(most: int, connections: int, *, shared: bool) -> Iterator[Bevinding]:
    """`most`: the limit of open files; `connections`: what is asked for."""
    kept = RESERVE + (POSTGRES_DESCRIPTORS if shared else 0)
    told = f"hoogstens {most} open bestanden, {kept} daarvan zijn nooit voor verbindingen"
    if most < kept + FEWEST:
        yield Bevinding("bestanden.te_weinig", told)
    elif most < kept + connections:
        yield Bevinding("bestanden.krap", f"{told}; max_connections is {connections}")


@dataclass(frozen=True, slots=True)
class Process:
    """The limits under which this command runs. Those of a service may differ."""

    user: int
    umask: int
    open_files: int
    core: int

    @classmethod
    def own(cls) -> Process:
        umask = os.umask(0o077)
        os.umask(umask)
        most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        core, _ = resource.getrlimit(resource.RLIMIT_CORE)
        unlimited = resource.RLIM_INFINITY
        return cls(
            os.geteuid(), umask, 2**31 if most == unlimited else most, 2**31 if core == unlimited else core
        )


def process(p: Process) -> Iterator[Bevinding]:
    if p.user == 0:
        yield Bevinding("gebruiker.root", "deze opdracht draait als root")
    if p.umask & OTHERS != OTHERS:
        yield Bevinding("umask.open", f"de umask is {p.umask:03o}")
    if p.core != 0:
        yield Bevinding("geheugen.dump", "een geheugendump mag worden geschreven (ulimit -c)")


def kept_right() -> bool | None:
    """Whether the kernel says that something keeps the clock right; None when it cannot be asked."""
    try:
        ask = ctypes.CDLL(None).adjtimex
    except (OSError, AttributeError):
        return None
    # Larger than the structure on any machine, and all zeroes: that asks, and sets nothing.
    state = ask(ctypes.create_string_buffer(1_024))
    return None if state < 0 else state != _TIME_ERROR


def clock(
    now: dt.datetime,
    *,
    kept: bool | None,
    last_line: dt.datetime | None,
    database: tuple[dt.datetime, dt.datetime] | None,
) -> Iterator[Bevinding]:
    """`last_line`: when the account was last written, by our own clock; `database`: what we and it said."""
    if last_line is not None and (ahead := (last_line - now).total_seconds()) > CLOCK_SECONDS:
        yield Bevinding(
            "klok.achter", f"het is hier {now:%Y-%m-%d %H:%M:%S} UTC, {ahead:.0f} seconden eerder"
        )
    if database is not None:
        apart = abs((database[1] - database[0]).total_seconds())
        if apart > CLOCK_SECONDS:
            yield Bevinding("klok.database", f"{apart:.0f} seconden verschil")
    if kept is False:
        yield Bevinding("klok.ongelijk", "de kernel meldt dat de klok niet gelijk wordt gehouden")


def postgres(seen: Toestand) -> Iterator[Bevinding]:
    """What a PostgreSQL server says of itself."""
    told = seen.settings
    if seen.version < (15,):
        yield Bevinding("postgres.versie", seen.engine)
    wanted = {"fsync": "on", "full_page_writes": "on", "zero_damaged_pages": "off"}
    wrong = [f"{n} is {told[n]}" for n, right in wanted.items() if told.get(n, right) != right]
    if told.get("synchronous_commit") == "off":
        wrong.append("synchronous_commit is off")
    if wrong:
        yield Bevinding("postgres.duurzaamheid", ", ".join(wrong))
    if told.get("data_checksums") == "off":
        yield Bevinding("postgres.controlegetal", "data_checksums is off")
    if told.get("superuser") == "on":
        yield Bevinding("postgres.beheerder", "de gebruiker van de gateway is superuser")
    if told.get("standby") == "on":
        yield Bevinding("postgres.alleen_lezen", "deze server volgt een andere")
    if told.get("tls") == "off" and told.get("local") == "off":
        yield Bevinding(
            "postgres.zonder_tls", "de verbinding met de database gaat zonder TLS over het netwerk"
        )

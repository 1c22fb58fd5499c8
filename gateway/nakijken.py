"""What is weak or missing in how this gateway is set up: everything that `ozlijn doctor` tells.

It looks and changes nothing, and knows no secret. The command shows it to who sits at the machine, and the
page of the operator to who does not.
"""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from consent.leeftijd import day
from gateway.register import nazien
from gateway.runtime import machine
from gateway.runtime.bevindingen import Bevinding, Ernst
from gateway.runtime.settings import Settings, file_of, read_settings
from gateway.runtime.tonen import shown
from gateway.wiring import SQLITE, Keys, anchor_of, checkout_around, examine, has_wal_reset_fault
from schemas.errors import LedgerBroken, RecordUnavailable, WrongUse
from schemas.storage.toestand import Toestand


def runs() -> dict[str, str]:
    """What runs, by name: its version."""
    return {"ozlijn": version("ozlijn"), "python": platform.python_version()}


def of_file(file: Path | None, found: dict[str, str]) -> list[Bevinding]:
    """Of the settings in a file and the environment; the worst stands first. Adds to `found` what runs."""
    return _sorted(_everything(file, found))


def of_settings(settings: Settings) -> tuple[dict[str, str], list[Bevinding]]:
    """Of a gateway that runs with these settings: what runs, and what is found."""
    found = runs()
    return found, _sorted(_of(settings, found))


def _sorted(found: Iterator[Bevinding]) -> list[Bevinding]:
    return sorted(found, key=lambda b: list(Ernst).index(b.soort.ernst))


def _everything(file: Path | None, runs: dict[str, str]) -> Iterator[Bevinding]:
    yield from machine.process(machine.Process.own())
    try:
        settings = read_settings(file)
    except WrongUse as error:
        runs |= _sqlite()
        yield Bevinding("instellingen.fout", shown(error).removeprefix("Instellingen kloppen niet: "))
        return
    where = file_of(file)
    if where is not None:
        secret = any(map(machine.has_password, (settings.database, settings.anchor_database)))
        yield from machine.settings_file(where, secret=secret)
    yield from _set(settings, runs)


def _of(settings: Settings, runs: dict[str, str]) -> Iterator[Bevinding]:
    yield from machine.process(machine.Process.own())
    yield from _set(settings, runs)


def _set(settings: Settings, runs: dict[str, str]) -> Iterator[Bevinding]:
    yield from machine.settings(settings)
    yield from machine.mail(settings)
    yield from _files(settings)
    yield from _keys(settings)
    yield from machine.descriptors(
        machine.Process.own().open_files, settings.max_connections, shared=settings.shared
    )
    yield from _database(settings, runs)


def _sqlite() -> dict[str, str]:
    return {"database": SQLITE}


def _files(settings: Settings) -> Iterator[Bevinding]:
    kept = () if settings.shared else machine.database_files(settings.sqlite_path)
    anchor = settings.anchor if settings.anchor_database is None else None
    yield from machine.files(kept, settings.keys, anchor)
    yield from machine.owners(kept, settings.keys, anchor)
    folders = [path.parent for path in (*kept[:1], *((anchor,) if anchor else ()))]
    for folder in dict.fromkeys(folders):
        yield from machine.disk(folder, machine.room(folder))
    if kept:
        yield from machine.network(kept[0], machine.mounts())
    if anchor is not None and not machine.writable(anchor.parent, machine.user_of(kept)):
        yield Bevinding("anker.niet_schrijfbaar", f"in {shown(anchor.parent)} mag de gateway niet schrijven")


def _keys(settings: Settings) -> Iterator[Bevinding]:
    yield from machine.old_keys(settings.keys, dt.datetime.now(dt.UTC).date())
    try:
        around = checkout_around(settings.keys)
        if around is not None:
            yield Bevinding("sleutels.in_checkout", f"{shown(settings.keys)} ligt in {shown(around)}")
        Keys.load(settings.keys)
    except WrongUse as error:
        yield Bevinding("sleutels.onbruikbaar", shown(error))


def _database(settings: Settings, runs: dict[str, str]) -> Iterator[Bevinding]:
    now = dt.datetime.now(dt.UTC)
    clock = (machine.kept_right(), now)
    try:
        seen = examine(settings.database)
    except (RecordUnavailable, WrongUse) as error:
        if not settings.shared:
            runs |= _sqlite()
        yield from machine.clock(now, kept=clock[0], last_line=None, database=None)
        yield Bevinding("database.onbereikbaar", shown(error))
        return
    runs["database"] = seen.engine
    yield from _engine(settings, seen)
    both = (seen.asked, seen.now) if seen.asked is not None and seen.now is not None else None
    # In a sandbox the account runs ahead of the machine on purpose.
    last = None if settings.sandbox else seen.last_line
    yield from machine.clock(now, kept=clock[0], last_line=last, database=both)
    if not seen.there:
        yield Bevinding("database.ontbreekt", "er staat nog geen database van een gateway")
        return
    yield from _schema(seen)
    yield from _anchor(settings, seen)
    if seen.register is not None:
        yield from nazien.findings(seen.register, day(now), mail=settings.mail_host is not None)


def _engine(settings: Settings, seen: Toestand) -> Iterator[Bevinding]:
    yield from machine.postgres(seen) if settings.shared else _sqlite_engine(seen)


def _sqlite_engine(seen: Toestand) -> Iterator[Bevinding]:
    major, minor, patch = seen.version
    if has_wal_reset_fault((major, minor, patch)):
        yield Bevinding("sqlite.wal_reset", f"{seen.engine} heeft de WAL-reset-fout")
    mode = seen.settings.get("journal_mode")
    if seen.there and mode != "wal":
        yield Bevinding("sqlite.geen_wal", f"journal_mode is {mode}")


def _schema(seen: Toestand) -> Iterator[Bevinding]:
    revision, wanted = seen.revision or "", seen.wanted
    if seen.moving:
        yield Bevinding("database.verhuizing", "de database zegt dat er een verhuizing loopt of liep")
    elif revision != wanted:
        told = f"het schema is {shown(revision)}, deze versie heeft {wanted}"
        older = revision.isdecimal() and int(revision) < int(wanted)
        yield Bevinding("database.schema" if older else "database.nieuwer", told)


def _anchor(settings: Settings, seen: Toestand) -> Iterator[Bevinding]:
    try:
        kept = anchor_of(settings).read()
    except (RecordUnavailable, LedgerBroken, WrongUse) as error:
        yield Bevinding("anker.onleesbaar", shown(error))
        return
    if kept is None and seen.signed is not None:
        yield Bevinding("anker.ontbreekt", f"de database heeft een checkpoint over {seen.signed} regels")
    if kept is not None and seen.size is not None and kept.size > seen.size:
        yield Bevinding(
            "anker.verder", f"het anker is van regel {kept.size}, de database heeft er {seen.size}"
        )

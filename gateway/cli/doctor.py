"""`ozlijn doctor`: every setting that is weak or missing, with why it matters and what to do."""

from __future__ import annotations

import datetime as dt
import platform
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.parts import AsJson, SettingsFile, print_json, say
from gateway.runtime.bevindingen import Bevinding, Ernst
from gateway.runtime.tonen import shown
from schemas.errors import LedgerBroken, RecordUnavailable, WrongUse

if TYPE_CHECKING:
    from gateway.runtime.settings import Settings
    from schemas.storage.toestand import Toestand

_COUNTED = {
    Ernst.FOUT: ("fout", "fouten"),
    Ernst.WAARSCHUWING: ("waarschuwing", "waarschuwingen"),
    Ernst.TIP: ("tip", "tips"),
}


def doctor(
    settings: SettingsFile = None,
    *,
    strict: Annotated[
        bool, typer.Option("--strict", help="Geef ook 1 bij een waarschuwing: voor een controle die weigert.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Kijk na of alles goed is ingesteld: bestanden, sleutels, database, anker, klok, schijf en register.

    Kan naast een draaiende gateway en zonder. Wijzigt niets, verbindt alleen met de database, en toont nooit
    een geheim. Geeft 1 bij een fout, met --strict ook bij een waarschuwing. Draai hem als de gebruiker van de
    gateway. Zie docs/nakijken.md.
    """
    runs = {"ozlijn": _version(), "python": platform.python_version()}
    found = list(_everything(settings, runs))
    found.sort(key=lambda b: list(Ernst).index(b.soort.ernst))
    counted = Counter(b.soort.ernst for b in found)
    wrong = counted[Ernst.FOUT] > 0 or (strict and counted[Ernst.WAARSCHUWING] > 0)
    if as_json:
        print_json({"draait": runs, "bevindingen": [b.members() for b in found], "goed": not wrong})
    else:
        _tell(runs, found, counted)
    if wrong:
        raise typer.Exit(1)


def _tell(runs: dict[str, str], found: list[Bevinding], counted: Counter[Ernst]) -> None:
    say("Dit draait: " + ", ".join(f"{name} {version}" for name, version in runs.items()))
    for b in found:
        say(f"{b.soort.ernst}: {b.wat} [{b.code}]")
        say(f"  {b.soort.waarom}")
        say(f"  Doe dit: {b.soort.doen}")
    if not found:
        say("Niets gevonden.")
        return
    said = (f"{n} {one if n == 1 else more}" for e, (one, more) in _COUNTED.items() if (n := counted[e]))
    say(", ".join(said) + ".")


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415

    return version("ozlijn")


def _everything(file: Path | None, runs: dict[str, str]) -> Iterator[Bevinding]:
    from gateway.runtime import machine  # noqa: PLC0415 - other commands start faster without it
    from gateway.runtime.settings import file_of, read_settings  # noqa: PLC0415

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
    yield from machine.settings(settings)
    yield from _files(settings)
    yield from _keys(settings)
    yield from machine.descriptors(
        machine.Process.own().open_files, settings.max_connections, shared=settings.shared
    )
    yield from _database(settings, runs)


def _sqlite() -> dict[str, str]:
    from gateway.wiring import SQLITE  # noqa: PLC0415

    return {"database": SQLITE}


def _files(settings: Settings) -> Iterator[Bevinding]:
    from gateway.runtime import machine  # noqa: PLC0415

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
    from gateway.runtime import machine  # noqa: PLC0415
    from gateway.wiring import Keys, checkout_around  # noqa: PLC0415

    yield from machine.old_keys(settings.keys, dt.datetime.now(dt.UTC).date())
    try:
        around = checkout_around(settings.keys)
        if around is not None:
            yield Bevinding("sleutels.in_checkout", f"{shown(settings.keys)} ligt in {shown(around)}")
        Keys.load(settings.keys)
    except WrongUse as error:
        yield Bevinding("sleutels.onbruikbaar", shown(error))


def _database(settings: Settings, runs: dict[str, str]) -> Iterator[Bevinding]:
    from consent.leeftijd import day  # noqa: PLC0415
    from gateway.register import nazien  # noqa: PLC0415
    from gateway.runtime import machine  # noqa: PLC0415
    from gateway.wiring import examine  # noqa: PLC0415

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
        yield from nazien.findings(seen.register, day(now))


def _engine(settings: Settings, seen: Toestand) -> Iterator[Bevinding]:
    from gateway.runtime import machine  # noqa: PLC0415

    yield from machine.postgres(seen) if settings.shared else _sqlite_engine(seen)


def _sqlite_engine(seen: Toestand) -> Iterator[Bevinding]:
    from gateway.wiring import has_wal_reset_fault  # noqa: PLC0415

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
    from gateway.wiring import anchor_of  # noqa: PLC0415

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

"""`fg`: what an FG asks, for who holds the folder of the gateway or a copy of its database."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.parts import AsJson, SettingsFile, print_bytes, print_json, say
from schemas.errors import NotFound, WrongUse
from schemas.exchange.uitwisseling import Leveringstatus
from schemas.shown.toezicht import Grondvraag, Kijkdoel

if TYPE_CHECKING:
    from gateway.explain.toezicht import Gezien, Held, Zoekvraag
    from gateway.ports.storage import Storage
    from gateway.runtime.settings import Settings
    from schemas.storage.storage import Periode

NIET_VERGELEKEN = (
    "Zonder de sleutels van de gateway is niet na te gaan of dit is zoals zij het vastlegde; "
    "`ozlijn ledger verify` vergelijkt de database met de verantwoording."
)
_Database = Annotated[
    Path | None,
    typer.Option(metavar="BESTAND", help="Databasebestand, ook een kopie. Anders die van de instellingen."),
]


def leveringen(
    settings: SettingsFile = None,
    fg: Annotated[
        str | None, typer.Option("--fg", metavar="PARTIJ", help="De partijen onder toezicht van deze fg.")
    ] = None,
    partij: Annotated[
        list[str] | None,
        typer.Option("--partij", metavar="PARTIJ", help="Deze partij (herhaalbaar). Anders alle partijen."),
    ] = None,
    van: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="JJJJ-MM-DD", help="Vanaf deze dag. Anders zeven dagen terug."
        ),
    ] = None,
    tot: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="JJJJ-MM-DD",
            help="Tot deze dag, zelf niet meegeteld. Anders tot nu.",
        ),
    ] = None,
    grond: Annotated[
        Grondvraag | None,
        typer.Option(metavar="|".join(Grondvraag), help="Alleen wat op deze grond ging."),
    ] = None,
    status: Annotated[
        Leveringstatus | None, typer.Option(metavar="STATUS", help="Alleen wat nu deze status heeft.")
    ] = None,
    ontvanger: Annotated[
        str | None, typer.Option(metavar="PARTIJ", help="Alleen wat voor deze ontvanger was.")
    ] = None,
    leerlingid: Annotated[
        str | None,
        typer.Option(
            metavar="ID", help="Alleen over de leerling die de ene partij zo noemt; met --kijkdoel."
        ),
    ] = None,
    kijkdoel: Annotated[
        Kijkdoel | None,
        typer.Option(
            metavar="|".join(Kijkdoel), help="Waarvoor u naar een leerling kijkt; komt in het logboek."
        ),
    ] = None,
    database: _Database = None,
    *,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Een tabel voor een rekenblad.")] = False,
) -> None:
    """Toon leveringen door de ogen van partijen: wat ging, op welke grond, waarom, met welke normen.

    Als afzender alles, met nietBeschikbaar voor wat op feiten van een ander rust; als ontvanger wat is
    overgedragen. Een levering telt op het moment van overdracht, of anders van wat het laatst gebeurde.
    """
    from consent.leeftijd import day  # noqa: PLC0415 - other commands start faster without it
    from gateway.explain import toezicht  # noqa: PLC0415
    from gateway.explain.tabel import as_csv as table  # noqa: PLC0415
    from gateway.runtime.settings import read_settings  # noqa: PLC0415
    from gateway.wiring import open_for_tools  # noqa: PLC0415

    if as_json and as_csv:
        raise WrongUse("kies --json of --csv")
    if (leerlingid is None) != (kijkdoel is None):
        raise WrongUse("--leerlingid en --kijkdoel horen bij elkaar")
    if leerlingid is not None and len(partij or ()) != 1:
        raise WrongUse("noem met --leerlingid de ene --partij die de leerling zo noemt")
    if fg is not None and partij:
        raise WrongUse("kies --fg of --partij")
    found = read_settings(settings)

    async def work() -> tuple[list[dict[str, Any]], list[str]]:
        storage = open_for_tools(database or found.database)
        try:
            first, end = (None if each is None else each.date() for each in (van, tot))
            named = await _partijen(storage, found, fg, partij)
            at = toezicht.periode(named, first, end, day(dt.datetime.now(dt.UTC)))
            held = _held(found)
            if leerlingid is not None:
                at = await _about(storage, found, at, leerlingid)
                _log(at.partijen, kijkdoel)
            vraag = toezicht.Zoekvraag(at, grond, status, ontvanger)
            rows = [row async for row in _everything(storage, vraag, held)]
            return rows, toezicht.again(vraag, kijkdoel)
        finally:
            await storage.close()

    rows, again = asyncio.run(work())
    if as_json:
        print_json({"leveringen": rows, "na": None, "naTeRekenen": again})
    elif as_csv:
        print_bytes(table(rows))
    else:
        _tell(rows)


def levering(
    ident: Annotated[str, typer.Argument(metavar="ID", help="Id van een levering.")],
    partij: Annotated[
        str, typer.Option("--partij", metavar="PARTIJ", help="De partij door wier ogen u kijkt.")
    ],
    settings: SettingsFile = None,
    database: _Database = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Toon één levering door de ogen van een partij, met de hele uitleg."""
    from gateway.explain import toezicht  # noqa: PLC0415
    from gateway.explain.uitleg_tekst import as_text  # noqa: PLC0415
    from gateway.runtime.settings import read_settings  # noqa: PLC0415
    from gateway.wiring import open_for_tools  # noqa: PLC0415

    # A copy of the database alone has no keys; then nobody can tell whether a row is as it was.
    found = None if database is not None and settings is None else read_settings(settings)
    path = database or (found.database if found is not None else "")

    async def work() -> tuple[Gezien, dict[str, Any]]:
        storage = open_for_tools(path)
        try:
            seen = await toezicht.one(storage, ident, (partij,), None if found is None else _held(found))
            return seen, await toezicht.whole(storage, seen)
        except NotFound:
            raise NotFound("deze partij ziet geen levering met dit id") from None
        finally:
            await storage.close()

    seen, whole = asyncio.run(work())
    if as_json:
        print_json(whole)
        return
    v = seen.levering
    if seen.klopt is False:
        say(f"Levering {v.id}: {whole['uitleg']}")
        return
    if seen.klopt is None:
        say(NIET_VERGELEKEN)
    say(f"Levering {v.id} van {v.afzender} aan {v.ontvanger} ({v.rol}), doel {v.doel}: {whole['op']}")
    say(as_text(seen.uitleg).rstrip("\n"))
    say("\nNa te rekenen met:")
    for command in whole["naTeRekenen"]:
        say(f"  {command}")


async def _partijen(
    storage: Storage, settings: Settings, fg: str | None, named: Sequence[str] | None
) -> tuple[str, ...]:
    """Those that are named, those under toezicht of one FG, or all there are."""
    from gateway.runtime.logs import make_log  # noqa: PLC0415
    from gateway.wiring import tools_regels  # noqa: PLC0415

    if named:
        return tuple(named)
    partijen = (await tools_regels(settings, storage, make_log())).partijen
    if fg is None:
        return tuple(partijen)
    if fg not in partijen:
        raise NotFound("deze fg staat niet in het register")
    return partijen[fg].toezicht_op


def _held(settings: Settings) -> Held | None:
    """What rows are held to; None where the keys cannot be read, as beside a copy of the database."""
    from gateway.explain.toezicht import Held  # noqa: PLC0415
    from gateway.runtime.logs import make_log  # noqa: PLC0415
    from gateway.wiring import tools_stamps  # noqa: PLC0415

    try:
        return Held(tools_stamps(settings, make_log()))
    except WrongUse:
        return None


async def _about(storage: Storage, settings: Settings, at: Periode, leerlingid: str) -> Periode:
    """The period about one leerling. Raises NotFound when the partij knows none by that id."""
    from dataclasses import replace  # noqa: PLC0415

    from gateway.explain.toezicht import leerling_of  # noqa: PLC0415
    from gateway.runtime.logs import make_log  # noqa: PLC0415
    from gateway.wiring import tools_regels, tools_vault  # noqa: PLC0415

    held = _held(settings)
    (name,) = at.partijen
    partij = (await tools_regels(settings, storage, make_log())).partijen.get(name)
    row = None
    if partij is not None and held is not None:
        row = await leerling_of(storage, tools_vault(settings), held, partij, leerlingid)
    if row is None:
        raise NotFound("deze partij kent geen leerling met dit leerlingid")
    return replace(at, leerling=row.id)


async def _everything(storage: Storage, vraag: Zoekvraag, held: Held | None) -> AsyncIterator[dict[str, Any]]:
    """All pages, as rows."""
    from dataclasses import replace  # noqa: PLC0415

    from gateway.explain import toezicht  # noqa: PLC0415

    while True:
        page = await toezicht.look(storage, vraag, 500, held)
        for row in await toezicht.rows(storage, page.gezien):
            yield row
        if page.na is None:
            return
        vraag = replace(vraag, periode=replace(vraag.periode, na=page.na))


def _log(partijen: tuple[str, ...], kijkdoel: Kijkdoel | None) -> None:
    """On standard error, in the same words as the gateway's log: who looked at a leerling, and for what."""
    from gateway.runtime.logs import make_log  # noqa: PLC0415
    from schemas.events import TOEZICHT_READ  # noqa: PLC0415

    make_log()(TOEZICHT_READ, partij=None, client=None, over=partijen, kijkdoel=kijkdoel, leveringen=None)


def _tell(rows: Sequence[dict[str, Any]]) -> None:
    from gateway.explain import teksten  # noqa: PLC0415

    if any(r["klopt"] is None for r in rows):
        say(NIET_VERGELEKEN)
    for r in rows:
        say(f"{r['op']}  levering {r['leveringId']}")
        if r["klopt"] is False:
            say(f"  {r['uitleg']}")
            continue
        state = "" if r["status"] is None else f" {r['status']}."
        say(
            f"  van {r['afzender']} aan {r['ontvanger']} ({r['rol']}), doel {r['doel']}.{state} {r['uitleg']}"
        )
        if r["grond"] is not None:
            say(f"  grond: {teksten.uitleg('grond', r['grond'])} [{r['grond']}]")
        if r["categorieen"]:
            say(f"  soorten gegevens: {', '.join(r['categorieen'])}")
        for reden in r["redenen"]:
            normen = f" Zie {', '.join(reden['normen'])}." if reden["normen"] else ""
            say(f"  - {reden['uitleg']}{normen} [{reden['code']}]")
    say(f"{len(rows)} {'levering' if len(rows) == 1 else 'leveringen'}")

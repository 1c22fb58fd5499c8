"""`fg`: what an FG asks, for who holds the folder of the gateway or a copy of its database."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gateway.cli.parts import AsJson, SettingsFile, out, print_bytes, print_json, progress, say
from schemas.errors import NotFound, WrongUse
from schemas.exchange.uitwisseling import Leveringstatus
from schemas.people.toezicht import Kijkdoel
from schemas.shown.toezicht import Grondvraag

if TYPE_CHECKING:
    from gateway.explain.toezicht import Gezien, Held, Zoekvraag
    from gateway.ports.storage import Storage
    from gateway.runtime.settings import Settings
    from gateway.toezicht.vragen import Antwoord
    from schemas.storage.storage import Periode

NIET_VERGELEKEN = (
    "Zonder de sleutels van de gateway is niet na te gaan of dit is zoals zij het vastlegde; "
    "`ozlijn ledger verify` vergelijkt de database met de verantwoording."
)
_Database = Annotated[
    Path | None,
    typer.Option(metavar="BESTAND", help="Databasebestand, ook een kopie. Anders die van de instellingen."),
]
_Fg = Annotated[
    str | None, typer.Option("--fg", metavar="PARTIJ", help="De partijen onder toezicht van deze fg.")
]
_Partijen = Annotated[
    list[str] | None,
    typer.Option("--partij", metavar="PARTIJ", help="Deze partij (herhaalbaar). Anders alle partijen."),
]
_DAG: Final = {"formats": ["%Y-%m-%d"], "metavar": "JJJJ-MM-DD"}
_Van = Annotated[dt.datetime | None, typer.Option(help="Vanaf deze dag. Anders zeven dagen terug.", **_DAG)]
_Tot = Annotated[
    dt.datetime | None, typer.Option(help="Tot deze dag, zelf niet meegeteld. Anders tot nu.", **_DAG)
]
_Csv = Annotated[bool, typer.Option("--csv", help="Een tabel voor een rekenblad.")]


def leveringen(
    settings: SettingsFile = None,
    fg: _Fg = None,
    partij: _Partijen = None,
    van: _Van = None,
    tot: _Tot = None,
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
    as_csv: _Csv = False,
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
        raise WrongUse(_FG_OF_PARTIJ)
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


def vragen(*, as_json: AsJson = False) -> None:
    """Noem de 23 vragen van een functionaris gegevensbescherming."""
    from gateway.toezicht.vragen import VRAGEN  # noqa: PLC0415 - other commands start faster without it

    if as_json:
        print_json([{"nummer": v.nummer, "groep": v.groep, "tekst": v.tekst, "norm": v.norm} for v in VRAGEN])
        return
    groep = None
    for v in VRAGEN:
        if v.groep != groep:
            say(f"\n{v.groep}" if groep else v.groep)
            groep = v.groep
        say(f"{v.nummer:3}  {v.tekst} ({v.norm})")


def vraag(
    nummer: Annotated[int, typer.Argument(metavar="NUMMER", help="1 tot en met 23.", min=1, max=23)],
    settings: SettingsFile = None,
    fg: _Fg = None,
    partij: _Partijen = None,
    van: _Van = None,
    tot: _Tot = None,
    ontvanger: Annotated[
        str | None, typer.Option(metavar="PARTIJ", help="Bij vraag 4: alleen deze ontvanger.")
    ] = None,
    leerlingid: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Over de leerling die de ene partij zo noemt; met --kijkdoel."),
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
    as_csv: _Csv = False,
) -> None:
    """Beantwoord één van de 23 vragen over een periode, in één keer tot het eind.

    Leest de database naast een gateway, of een kopie met de sleutels. Wijzigt niets.
    """
    from consent.leeftijd import day  # noqa: PLC0415 - other commands start faster without it
    from gateway.explain import toezicht  # noqa: PLC0415
    from gateway.explain.tabel import table  # noqa: PLC0415
    from gateway.runtime.logs import make_log  # noqa: PLC0415
    from gateway.runtime.settings import read_settings  # noqa: PLC0415
    from gateway.toezicht.vraag import Gevraagd  # noqa: PLC0415
    from gateway.toezicht.vragen import VRAAG  # noqa: PLC0415
    from gateway.wiring import open_for_tools, tools_toezicht  # noqa: PLC0415

    about = VRAAG[nummer]
    wrong = (
        (as_json and as_csv, "kies --json of --csv"),
        (
            about.leerling and leerlingid is None,
            "deze vraag gaat over één leerling: noem --leerlingid en --kijkdoel",
        ),
        (leerlingid is not None and about.over is None, "deze vraag gaat niet over één leerling"),
        ((leerlingid is None) != (kijkdoel is None), "--leerlingid en --kijkdoel horen bij elkaar"),
        (
            leerlingid is not None and len(partij or ()) != 1,
            "noem met --leerlingid de ene --partij die de leerling zo noemt",
        ),
        (fg is not None and bool(partij), _FG_OF_PARTIJ),
    )
    for is_so, text in wrong:
        if is_so:
            raise WrongUse(text)
    found = read_settings(settings)
    if database is not None:
        found = found.model_copy(update={"database": str(database)})

    async def work(tick: Any) -> Antwoord:
        storage = open_for_tools(found.database)
        try:
            named = await _partijen(storage, found, fg, partij)
            first, end = (None if each is None else each.date() for each in (van, tot))
            at = toezicht.periode(named, first, end, day(dt.datetime.now(dt.UTC)))
            if leerlingid is not None:
                at = await _about(storage, found, at, leerlingid)
                _log(at.partijen, kijkdoel)
            asked = Gevraagd(nummer, at, fg or "", ontvanger, kijkdoel)
            return await tools_toezicht(found, storage, make_log()).geheel(asked, tick)
        finally:
            await storage.close()

    with progress(f"Vraag {nummer}", as_json=as_json or as_csv) as tick:
        answer = asyncio.run(work(tick))
    if as_json:
        print_json(_as_data(answer))
    elif as_csv:
        print_bytes(table(answer.vraag.kolommen, answer.rijen))
    else:
        _show(answer)


def afspraken(
    settings: SettingsFile = None,
    fg: _Fg = None,
    partij: _Partijen = None,
    van: _Van = None,
    tot: _Tot = None,
    database: _Database = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Noem de profielen die in een periode veranderden en de convenanten die dan aflopen.

    Leest de database naast een gateway, of een kopie met de sleutels. Wijzigt niets.
    """
    from consent.leeftijd import day  # noqa: PLC0415 - other commands start faster without it
    from gateway.explain import toezicht  # noqa: PLC0415
    from gateway.runtime.logs import make_log  # noqa: PLC0415
    from gateway.runtime.settings import read_settings  # noqa: PLC0415
    from gateway.wiring import open_for_tools, tools_toezicht  # noqa: PLC0415

    if fg is not None and partij:
        raise WrongUse(_FG_OF_PARTIJ)
    found = read_settings(settings)
    if database is not None:
        found = found.model_copy(update={"database": str(database)})

    async def work() -> dict[str, list[dict[str, Any]]]:
        storage = open_for_tools(found.database)
        try:
            named = await _partijen(storage, found, fg, partij)
            first, end = (None if each is None else each.date() for each in (van, tot))
            at = toezicht.periode(named, first, end, day(dt.datetime.now(dt.UTC)))
            return await tools_toezicht(found, storage, make_log()).afspraken(at)
        finally:
            await storage.close()

    told = asyncio.run(work())
    if as_json:
        print_json(told)
        return
    for row in told["profielen"]:
        say(f"{row['op']}  profiel {row['profiel'] or 'niet na te gaan'}: versie {_plain(row['versieNu'])}")
        say(f"  erbij: {_plain(row['erbij']) or '-'}; weg: {_plain(row['weg']) or '-'}")
    for row in told["convenanten"]:
        say(f"{row['geldigTotEnMet']}  convenant {row['convenant']} loopt af: {row['titel']}")
    if not any(told.values()):
        say("Geen profiel veranderde, en geen convenant loopt af.")


_FG_OF_PARTIJ: Final = "kies --fg of --partij"


def pakket(
    bestand: Annotated[Path, typer.Argument(metavar="BESTAND", help="Een bewijspakket (ZIP).")],
    *,
    as_json: AsJson = False,
) -> None:
    """Kijk een bewijspakket na: is elke tabel zoals het manifest zegt. Geeft 1 als er iets is veranderd.

    Of de rijen in de verantwoording staan, rekent u na met de opdrachten in het manifest.
    """
    from gateway.runtime.lezen import read_at_most  # noqa: PLC0415 - other commands start faster without it
    from gateway.toezicht.pakket import MOST_BYTES, check  # noqa: PLC0415

    manifest, wrong = check(read_at_most(bestand, MOST_BYTES))
    if as_json:
        print_json({"goed": not wrong, "manifest": manifest, "anders": wrong})
    elif wrong:
        for text in wrong:
            say(text)
    else:
        boom = manifest["boom"]
        tables = sum(name.endswith(".csv") for name in manifest["bestanden"])
        say(f"In orde: {tables} tabellen over {manifest['naam']}.")
        say(f"De verantwoording had {boom['grootte']} regels, met wortel {boom['wortel']}.")
        for each in manifest["vragen"]:
            say(
                f"  vraag {each['nummer']}: {each['rijen']} rijen, na te rekenen met {each['naTeRekenen'][0]}"
            )
    if wrong:
        raise typer.Exit(1)


def _as_data(answer: Antwoord) -> dict[str, Any]:
    return {
        "vraag": answer.vraag.nummer,
        "tekst": answer.vraag.tekst,
        "rijen": answer.rijen,
        "gelezen": answer.gelezen,
        "kloptNiet": answer.kloptNiet,
        "boom": {
            "grootte": answer.boom.grootte,
            "wortel": answer.boom.wortel,
            "controlepunt": answer.boom.controlepunt,
        },
        "naTeRekenen": list(answer.opnieuw),
    }


def _show(answer: Antwoord) -> None:
    """As a table on a screen that is wide enough, with as many rows as a person reads."""
    from rich.table import Table  # noqa: PLC0415 - other commands start faster without it

    say(f"{answer.vraag.nummer}. {answer.vraag.tekst}")
    shown = answer.rijen[:_SHOWN]
    if shown and len(answer.vraag.kolommen) > _WIDE:
        for row in shown:
            told = ((k, row[k]) for k in answer.vraag.kolommen if row[k] not in (None, [], ()))
            say("\n".join(f"{'  ' if n else ''}{k}: {_plain(v)}" for n, (k, v) in enumerate(told)))
    elif shown:
        made = Table(*(c for c in answer.vraag.kolommen), box=None, header_style="bold", pad_edge=False)
        for row in shown:
            made.add_row(*(_cell(row[c]) for c in answer.vraag.kolommen))
        out().print(made, highlight=False)
    else:
        say(f"Geen gevallen. Er is gekeken naar {answer.gelezen} leveringen of regels.")
    if len(answer.rijen) > _SHOWN:
        say(f"Nog {len(answer.rijen) - _SHOWN} rijen: gebruik --csv of --json voor alles.")
    if answer.kloptNiet:
        say(f"{answer.kloptNiet} leveringen zijn niet meer zoals de gateway ze vastlegde.")
    say(f"De verantwoording had {answer.boom.grootte} regels, met wortel {answer.boom.wortel}.")
    say("Na te rekenen met:")
    for command in answer.opnieuw:
        say(f"  {command}")


_WIDE = 6
"""A row of more columns is shown below one another: no screen is that wide."""
_SHOWN = 50
"""So many rows are shown to a person; the rest is for a program."""


def _cell(value: object) -> str:
    from rich.markup import escape  # noqa: PLC0415

    return escape(_plain(value))


def _plain(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


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

"""`praktijk`: the practices of the regions, what the line can do of each, and playing one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli.parts import AsJson, print_json, progress, say
from gateway.runtime.bestanden import put
from gateway.runtime.settings import POSTGRESQL
from schemas.errors import WrongUse


def praktijk(
    naam: Annotated[list[str] | None, typer.Argument(metavar="[S01 ...]", help="Welke praktijken.")] = None,
    *,
    alle: Annotated[
        bool, typer.Option("--alle", help="Speel elke praktijk waarvoor een bestand is.")
    ] = False,
    dekking: Annotated[
        bool, typer.Option("--dekking", help="Toon wat de lijn van elke praktijk kan, en wat ontbreekt.")
    ] = False,
    bestand: Annotated[
        Path | None, typer.Option("--bestand", metavar="BESTAND", help="Speel een eigen bestand (TOML).")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="BESTAND", help="Schrijf het verhaal als één webpagina.")
    ] = None,
    opslag: Annotated[
        str | None,
        typer.Option(
            "--opslag",
            metavar="URL",
            help="Speel op deze PostgreSQL-server, elke praktijk in een eigen database die daarna verdwijnt.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Speel een praktijk van een regio na, of zie wat de lijn van alle praktijken kan.

    Een praktijk speelt op deze computer, in een tijdelijke map, met verzonnen mensen: elke partij met een
    eigen systeem over HTTP, ouders en leerling die antwoorden, en een klok die verder gaat. Met --dekking
    speelt er niets: dan staat er van elke praktijk of zij wordt gespeeld en wat in de weg staat. Geeft 1 als
    een verhaal anders liep dan het bestand zegt, of als een bestand niet klopt. Zie docs/praktijken.md.
    """
    from gateway.practices.spel import met_bestand  # noqa: PLC0415 - other commands start faster

    asked = sorted({n.upper() for n in naam or ()})
    if sum((alle, bool(asked) and not dekking, dekking, bestand is not None)) != 1:
        raise WrongUse("noem een praktijk, of kies een van --alle, --dekking en --bestand")
    if dekking:
        if html is not None or opslag is not None:
            raise WrongUse("--html en --opslag horen bij het spelen van een praktijk")
        _coverage(asked, as_json=as_json)
        return
    if without := [n for n in asked if n not in met_bestand()]:
        raise WrongUse(f"hiervoor is geen bestand: {', '.join(without)}; zie ozlijn praktijk --dekking")
    if opslag is not None and not opslag.startswith(POSTGRESQL):
        raise WrongUse("--opslag is het adres van een PostgreSQL-server: postgresql://...")
    _play(met_bestand() if alle else asked, bestand, html, opslag, as_json=as_json, in_full=not alle)


def _play(
    names: Sequence[str],
    bestand: Path | None,
    html: Path | None,
    opslag: str | None,
    *,
    as_json: bool,
    in_full: bool,
) -> None:
    from gateway.cli import praktijk_tonen as told  # noqa: PLC0415 - other commands start faster
    from gateway.cli.spelen import perform  # noqa: PLC0415
    from gateway.practices.spel import own_spel, read_spel  # noqa: PLC0415

    on = _today()
    read = [own_spel(bestand, on)] if bestand is not None else [read_spel(n, on) for n in names]
    played = []
    with progress("praktijken", as_json=as_json or len(read) == 1, total=len(read)) as shown:
        for i, (spel, rij) in enumerate(read, start=1):
            done = perform(spel, opslag)
            played.append((done, rij))
            if shown is not None:
                shown(i)
            if not as_json:
                for line in told.story_lines(done, rij) if in_full else [told.short_line(done)]:
                    say(line)
    if html is not None:
        put(html, told.page(played).encode(), 0o644)
    if as_json:
        print_json({"praktijken": [told.as_data(d, r) for d, r in played]})
    elif not in_full:
        say(told.total_line(d.gelukt for d, _ in played))
    if not all(d.gelukt for d, _ in played):
        raise typer.Exit(1)


def _today() -> dt.date:
    from consent.leeftijd import AMSTERDAM  # noqa: PLC0415

    return dt.datetime.now(AMSTERDAM).date()


def _coverage(asked: Sequence[str], *, as_json: bool) -> None:
    from gateway.practices import dekking as told  # noqa: PLC0415 - other commands start faster
    from gateway.practices.spel import met_bestand  # noqa: PLC0415
    from gateway.practices.tabel import shipped_praktijken  # noqa: PLC0415

    on, known = _today(), shipped_praktijken()
    if missing := sorted(set(asked) - {p.id for p in known}):
        raise WrongUse(f"deze praktijk is er niet: {', '.join(missing)}")
    chosen = [p for p in known if not asked or p.id in asked]
    rows = told.dekking(chosen, told.lijn_van(on), met_bestand())
    if as_json:
        data: dict[str, Any] = {"op": on.isoformat(), "totalen": told.totalen(rows)}
        print_json(data | {"praktijken": [*map(told.as_data, rows)]})
        return
    for row in rows:
        say(told.row_line(row))
        if asked:
            for line in told.leg_lines(row):
                say(line)
    if not asked:
        say("")
        for line in told.summary_lines(rows):
            say(line)

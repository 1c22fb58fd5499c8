"""`stromen`: who may send what to whom, on which ground, on a day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.parts import AsJson, print_bytes, print_json, say
from schemas.people.hoedanigheden import Partijhoedanigheid


def stromen(
    van: Annotated[
        Partijhoedanigheid | None,
        typer.Option(metavar="HOEDANIGHEID", help="Alleen wat deze hoedanigheid stuurt, met waarom."),
    ] = None,
    aan: Annotated[
        Partijhoedanigheid | None,
        typer.Option(metavar="HOEDANIGHEID", help="Alleen wat deze hoedanigheid krijgt, met waarom."),
    ] = None,
    op: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="JJJJ-MM-DD", help="De regels van deze dag. Anders vandaag."
        ),
    ] = None,
    bestand: Annotated[
        Path | None, typer.Option(metavar="BESTAND", help="Een andere tabel (TOML); die wordt gecontroleerd.")
    ] = None,
    wijziging: Annotated[
        Path | None,
        typer.Option(metavar="BESTAND", help="Volgende versies van regels (TOML), erachter gelegd."),
    ] = None,
    *,
    svg: Annotated[bool, typer.Option("--svg", help="De matrix als plaatje.")] = False,
    as_json: AsJson = False,
) -> None:
    """Laat zien wie wat aan wie mag sturen, op welke grond: een matrix, of een paar met waarom.

    Letters: X verbod, D plicht, M mag, T toestemming, ? aangehouden, - zonder gegevens van een persoon. Wat
    er niet staat heeft geen regel, en wacht. Zie docs/stromen.md. Geeft 1 als een tabel niet klopt.
    """
    from consent.leeftijd import AMSTERDAM  # noqa: PLC0415 - other commands start faster
    from gateway.explain import stromen as told  # noqa: PLC0415
    from gateway.register.stroomregels import read_stromen  # noqa: PLC0415

    on = op.date() if op else dt.datetime.now(AMSTERDAM).date()
    table = read_stromen(bestand, wijziging)
    rules = table.op(on)
    found = {
        pair: of_pair
        for pair, of_pair in told.paren(rules).items()
        if van in {None, pair[0]} and aan in {None, pair[1]}
    }
    if svg:
        print_bytes(told.svg(rules).encode())
    elif as_json:
        print_json(
            {
                "op": on.isoformat(),
                "paren": [
                    {"van": p[0], "aan": p[1], "tekens": told.tekens(rs), "regels": [r.sleutel for r in rs]}
                    for p, rs in found.items()
                ],
                "regels": [told.as_data(r) for r in rules if any(r in rs for rs in found.values())],
                "veranderd": [r.sleutel for r in table.verwacht(on)],
            }
        )
    else:
        if van is None and aan is None:
            lines = told.matrix_lines(rules)
        elif van is not None and aan is not None:
            lines = told.pair_lines((van, aan), found.get((van, aan), ()))
        else:
            lines = [line for pair, rs in found.items() for line in told.pair_lines(pair, rs)]
        for line in (*lines, told.let_op(rules, on)):
            say(line)

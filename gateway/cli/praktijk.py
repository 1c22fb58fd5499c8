"""`praktijk`: the practices of the regions, what the line can do of each, and playing one."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from gateway.cli.parts import AsJson, print_json, say
from schemas.errors import WrongUse


def praktijk(
    naam: Annotated[
        list[str] | None, typer.Argument(metavar="[S01 ...]", help="Alleen deze praktijken.")
    ] = None,
    *,
    dekking: Annotated[
        bool, typer.Option("--dekking", help="Toon wat de lijn van elke praktijk kan, en wat ontbreekt.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Laat zien wat de lijn kan van de praktijken van de regio's.

    --dekking zegt van elke praktijk of zij wordt gespeeld en wat in de weg staat. Dat volgt uit de tabel van
    praktijken, de regels van een stroom en wat de gateway echt aanneemt. Zie docs/praktijken.md.
    """
    from consent.leeftijd import AMSTERDAM  # noqa: PLC0415 - other commands start faster
    from gateway.practices import dekking as told  # noqa: PLC0415
    from gateway.practices.tabel import shipped_praktijken  # noqa: PLC0415

    if not dekking:
        raise WrongUse("zeg wat u wilt zien: --dekking")
    on = dt.datetime.now(AMSTERDAM).date()
    known = shipped_praktijken()
    asked = {n.upper() for n in naam or ()}
    if missing := sorted(asked - {p.id for p in known}):
        raise WrongUse(f"deze praktijk is er niet: {', '.join(missing)}")
    rows = told.dekking([p for p in known if not asked or p.id in asked], told.lijn_van(on), ())
    if as_json:
        print_json(
            {"op": on.isoformat(), "totalen": told.totalen(rows), "praktijken": [*map(told.as_data, rows)]}
        )
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

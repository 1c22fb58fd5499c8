"""`woonplaats`: which gemeente is responsible, from a file of facts, on this computer."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from gateway.cli.parts import AsJson, print_json, say
from gateway.runtime.bestanden import contents
from schemas.errors import WrongUse

if TYPE_CHECKING:
    from schemas.checks.woonplaats import Antwoord


class Aanbod(StrEnum):
    GROEP = "groep"
    INDIVIDUEEL = "individueel"


class Plaats(StrEnum):
    IN_SCHOOLTIJD = "school_in_schooltijd"
    BUITEN_SCHOOLTIJD = "school_buiten_schooltijd"
    THUIS = "thuis"


class Waar(NamedTuple):
    """What is offered: for whom, and where."""

    aanbod: str
    plaats: str


def woonplaats(
    path: Annotated[
        Path, typer.Argument(metavar="FEITEN.json", help="Wat bekend is; - leest van de standaardinvoer.")
    ],
    regio: Annotated[
        Path | None, typer.Option(metavar="MAP", help="Vraag ook welke weg deze regio geeft.")
    ] = None,
    arrangement: Annotated[
        str | None, typer.Option(metavar="CODE", help="Welk arrangement van de regio; nodig bij --regio.")
    ] = None,
    leeftijd: Annotated[
        int | None, typer.Option(min=0, max=27, metavar="JAREN", help="Waar de regio naar leeftijd kijkt.")
    ] = None,
    aanbod: Annotated[Aanbod, typer.Option(help="Voor een groep of voor één leerling.")] = Aanbod.INDIVIDUEEL,
    plaats: Annotated[Plaats, typer.Option(help="Waar en wanneer.")] = Plaats.IN_SCHOOLTIJD,
    *,
    as_json: AsJson = False,
) -> None:
    """Bepaal welke gemeente verantwoordelijk is voor jeugdhulp, of wat daarvoor gevraagd moet worden.

    Het bestand noemt geen naam, BSN, adres of hulp: alleen gemeenten met hun dag. De vorm staat in
    docs/woonplaats.md. Met --regio en --arrangement zegt het ook welke weg de tabel van die regio geeft, en
    wie voorfinanciert. Geeft 0 bij elk antwoord, ook bij een vraag, en 1 als het bestand niet goed is.
    """
    # Imported here, so that other commands start faster.
    from gateway.api.http import parse_json  # noqa: PLC0415
    from gateway.cli.woonplaats_tonen import in_words  # noqa: PLC0415
    from schemas.checks.woonplaats import Woonplaatsfeiten  # noqa: PLC0415
    from schemas.checks.woonplaats import woonplaats as answer  # noqa: PLC0415

    feiten = parse_json(contents(path), Woonplaatsfeiten)
    found = answer(feiten)
    road = None
    if regio is not None:
        road = _road(regio, arrangement, leeftijd, Waar(aanbod, plaats), found.gemeente, feiten.hulpvraag_op)
    elif arrangement is not None or leeftijd is not None:
        raise WrongUse("--arrangement en --leeftijd horen bij --regio")
    if as_json:
        shown = found.model_dump(mode="json", by_alias=True)
        print_json(shown if road is None else shown | {"regio": road})
        return
    _tell(found)
    if road is not None:
        for line in in_words(road):
            say(line)


def _road(
    folder: Path, arrangement: str | None, leeftijd: int | None, waar: Waar, gemeente: str | None, op: dt.date
) -> dict[str, Any]:
    """What the table of the region says. Raises WrongUse for an arrangement that it has not."""
    from gateway.regio.bestanden import read_regio  # noqa: PLC0415
    from gateway.regio.weg import region_road  # noqa: PLC0415
    from schemas.checks.woonplaats import Gemeente  # noqa: PLC0415

    regio = read_regio(folder).regio
    if arrangement is None or regio.arrangement(arrangement) is None:
        codes = ", ".join(a.code for a in regio.arrangementen)
        raise WrongUse(f"noem met --arrangement een van deze: {codes}")
    lives = None if gemeente is None else Gemeente(code=gemeente, op=op)
    return region_road(regio, arrangement, None if leeftijd is None else leeftijd * 12, lives, waar)


def _tell(found: Antwoord) -> None:
    from gateway.cli.woonplaats_tonen import VRAGEN, ZEKER  # noqa: PLC0415

    if found.vraag is not None:
        say(f"Nog niet te zeggen ({found.grond}).")
        say(VRAGEN[found.vraag])
    elif found.zekerheid is not None:
        say(f"Gemeente {found.gemeente} ({found.grond}): {ZEKER[found.zekerheid]}.")

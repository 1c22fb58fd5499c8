"""`woonplaats`: which gemeente is responsible, from a file of facts, on this computer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.parts import AsJson, print_json, say
from gateway.runtime.bestanden import contents


def woonplaats(
    path: Annotated[
        Path, typer.Argument(metavar="FEITEN.json", help="Wat bekend is; - leest van de standaardinvoer.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Bepaal welke gemeente verantwoordelijk is voor jeugdhulp, of wat daarvoor gevraagd moet worden.

    Het bestand noemt geen naam, BSN, adres of hulp: alleen gemeenten met hun dag. De vorm staat in
    docs/woonplaats.md. Geeft 0 bij elk antwoord, ook bij een vraag, en 1 als het bestand niet goed is.
    """
    # Imported here, so that other commands start faster.
    from gateway.api.http import parse_json  # noqa: PLC0415
    from gateway.cli.woonplaats_tonen import VRAGEN, ZEKER  # noqa: PLC0415
    from schemas.checks.woonplaats import Woonplaatsfeiten  # noqa: PLC0415
    from schemas.checks.woonplaats import woonplaats as answer  # noqa: PLC0415

    found = answer(parse_json(contents(path), Woonplaatsfeiten))
    if as_json:
        print_json(found.model_dump(mode="json", by_alias=True))
    elif found.vraag is not None:
        say(f"Nog niet te zeggen ({found.grond}).")
        say(VRAGEN[found.vraag])
    elif found.zekerheid is not None:
        say(f"Gemeente {found.gemeente} ({found.grond}): {ZEKER[found.zekerheid]}.")

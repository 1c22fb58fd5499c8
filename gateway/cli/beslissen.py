"""`decide`: one case from a file, decided on this computer, without a gateway and without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.parts import AsJson, print_json, say
from gateway.runtime.bestanden import contents


def decide_case(
    path: Annotated[
        Path, typer.Argument(metavar="GEVAL.json", help="Het geval; - leest van de standaardinvoer.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Beslis over één geval uit een bestand: mag dit gedeeld worden, en welk deel.

    Het bestand noemt wat er gevraagd wordt, wat er is vastgelegd en op welk moment. Hetzelfde bestand geeft
    altijd dezelfde uitkomst. Er wordt niets bewaard of verstuurd. Zie docs/wie-beslist.md voor de vorm. Geeft
    0 bij elke uitkomst, ook bij DENY, en 1 als het bestand geen goed geval is.
    """
    # Imported here, so that other commands start faster.
    from consent.beleid import Beleid  # noqa: PLC0415
    from consent.geval import Geval, decide_geval  # noqa: PLC0415
    from gateway.api.http import parse_json  # noqa: PLC0415
    from gateway.cli.beslissen_tonen import as_data, as_lines  # noqa: PLC0415
    from gateway.register.regels import shipped_profiles  # noqa: PLC0415
    from gateway.register.stroomregels import shipped_stromen  # noqa: PLC0415
    from gateway.wiring import rules_hash  # noqa: PLC0415

    geval = parse_json(contents(path), Geval)
    decision = decide_geval(geval, Beleid.of(shipped_profiles(), rules_hash(), stromen=shipped_stromen()))
    if as_json:
        print_json(as_data(decision))
    else:
        for line in as_lines(decision):
            say(line)

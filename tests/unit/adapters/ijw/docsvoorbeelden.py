"""The samples in docs/voorbeelden/ijw: the same fictional case, about the leerling of the OSO sample.

`python -m tests.unit.adapters.ijw.docsvoorbeelden` writes them; a test holds the files to it.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Final

from adapters import ijw
from adapters.xml.parser import Node
from tests.unit.adapters.ijw.test_melding import accepted, message
from tests.unit.adapters.ijw.voorbeelden import BERICHTEN

FOLDER: Final = Path(__file__).parents[4] / "docs" / "voorbeelden" / "ijw"
BORN: Final = "2016-06-14"
"""Of the leerling in adapters/oso/voorbeelden/poswv.xml."""
_BEGIN: Final = "2026-04-13"


def _of_that_leerling(bericht: ijw.JwBericht) -> ijw.JwBericht:
    content: Node = copy.deepcopy(bericht.inhoud)
    content["Client"]["Geboortedatum"] = {"Datum": BORN}
    return ijw.JwBericht(bericht.soort, content)


START: Final = _of_that_leerling(message("JW305", "FICTIEFSTART"))
STOP: Final = _of_that_leerling(message("JW307", "FICTIEFSTOP", Begindatum=_BEGIN))
SAMPLES: Final = {
    "toewijzing-301.xml": _of_that_leerling(ijw.JwBericht("JW301", BERICHTEN["JW301"])),
    "start-305.xml": START,
    "retour-306.xml": accepted(START, "FICTIEFR306"),
    "stop-307.xml": STOP,
    "retour-308.xml": accepted(STOP, "FICTIEFR308"),
}


def files() -> dict[str, bytes]:
    return {name: ijw.write(bericht) for name, bericht in SAMPLES.items()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for _name, _raw in files().items():
        (FOLDER / _name).write_bytes(_raw)

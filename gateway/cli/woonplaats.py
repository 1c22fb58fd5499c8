"""`woonplaats`: which gemeente is responsible, from a file of facts, on this computer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from gateway.cli.parts import AsJson, print_json, say
from gateway.runtime.bestanden import contents
from schemas.checks.woonplaats import Vraag, Woonplaatsfeiten, Zekerheid
from schemas.checks.woonplaats import woonplaats as answer

VRAGEN: Final = {
    Vraag.IN_NEDERLAND: "Woont de jeugdige in Nederland?",
    Vraag.VERBLIJF: "Verblijft de jeugdige ergens anders dan thuis, en zo ja waar?",
    Vraag.WLZ: "Bij een Wlz-instelling spreken de bronnen elkaar tegen. Laat de gemeenten dit samen bepalen.",
    Vraag.DEELTIJD: "Bij deeltijdverblijf zegt de wet het niet. Laat de gemeenten dit samen bepalen.",
    Vraag.MOEDER_KIND_HUIS: "Bij een moeder-kindhuis zegt de wet het niet. Laat de gemeenten het bepalen.",
    Vraag.VOOR_VERBLIJF: "In welke gemeente was het woonadres vlak voor het eerste verblijf?",
    Vraag.WOONADRES: "In welke gemeente is het woonadres, en loopt daar een onderzoek van de BRP naar?",
    Vraag.MOEDER: "Was de moeder ingezetene bij de geboorte, en van welke gemeente?",
    Vraag.WERKELIJK_VERBLIJF: "In welke gemeente is de jeugdige werkelijk, op de dag van de hulpvraag?",
    Vraag.MEERDERJARIG: "Was de jeugdige meerderjarig op de dag van de hulpvraag?",
    Vraag.GI_VOOGDIJ: "Had een gecertificeerde instelling toen de voogdij?",
    Vraag.GEZAG: "In welke gemeente woonde toen wie het gezag heeft?",
    Vraag.GESPLITST: "Deze gemeente is verdeeld over andere. Zoek het adres opnieuw op.",
    Vraag.LATER_BEKEKEN: "De gemeente is na de hulpvraag veranderd of ontstaan. Zoek op welke het toen was.",
    Vraag.LIJST: "De gemeenten van die dagen zijn hier niet bekend. Zoek op welke het op de dag zelf was.",
}
"""What must be asked, in the words of who asks it."""
ZEKER: Final = {
    Zekerheid.VASTGESTELD: "vastgesteld uit de BRP",
    Zekerheid.INDICATIEF: "een aanwijzing; laat wie de BRP mag inzien het vaststellen",
}


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
    from gateway.api.http import parse_json  # noqa: PLC0415 - so that other commands start faster

    found = answer(parse_json(contents(path), Woonplaatsfeiten))
    if as_json:
        print_json(found.model_dump(mode="json", by_alias=True))
    elif found.vraag is not None:
        say(f"Nog niet te zeggen ({found.grond}).")
        say(VRAGEN[found.vraag])
    elif found.zekerheid is not None:
        say(f"Gemeente {found.gemeente} ({found.grond}): {ZEKER[found.zekerheid]}.")

"""What `woonplaats` says of its answers and asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from schemas.checks.woonplaats import Vraag, Zekerheid
from schemas.messages.toeleiding import Route

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
WEG: Final = {
    Route.COLLECTIEF: "collectief, zonder beschikking voor deze leerling",
    Route.INDIVIDUEEL: "individueel, met een eigen besluit voor deze leerling",
    Route.VOORFINANCIEREN_EN_VERREKENEN: "de hulp begint, en wordt daarna verrekend met de eigen gemeente",
    Route.NIET_GEDEKT: "dit arrangement is er niet voor",
    Route.PER_GEVAL: "de gemeente bepaalt het met het gezin",
}
"""What a road means, for who asks."""


def in_words(road: Mapping[str, Any]) -> Iterator[str]:
    """What the region says: the road and who pays first, or what a person is asked."""
    yield f"In {road['regio']} (versie {road['versie']}) voor {road['arrangement']}, woont {road['woont']}:"
    if road["weg"] is None:
        yield f"Vraag een mens: {road['mensVraag']}"
        return
    yield f"{WEG[road['weg']]} (rij {road['rij']})."
    if road["weg"] is Route.VOORFINANCIEREN_EN_VERREKENEN:
        wie, waaruit = road["voorfinanciert"], ", ".join(road["geldstromen"])
        yield f"Wie voorfinanciert: {wie or 'staat niet in het bestand; vraag de regio'}."
        if waaruit:
            yield f"Uit welk geld wordt verrekend: {waaruit}."

"""What `woonplaats` says of its answers and asks."""

from __future__ import annotations

from typing import Final

from schemas.checks.woonplaats import Vraag, Zekerheid

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

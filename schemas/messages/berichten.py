"""The message types there are, by their name on the wire, in the order of the exchange catalogue (X1-X20)."""

from __future__ import annotations

from typing import Final

from schemas.messages.aanwezigheid import Verzuimsignaal, Voorwaarden
from schemas.messages.arrangement import Arrangement
from schemas.messages.bericht import Bericht
from schemas.messages.betrokkenen import Inzageoverzicht, Inzagereactie
from schemas.messages.hulpvraag import Hulpvraag, OppUittreksel
from schemas.messages.opp import Ontwikkelingsperspectief
from schemas.messages.overgang import OvergangVolwassenheid, Overstapset, Terugkeer
from schemas.messages.samenwerking import GezamenlijkPlan, Overlegset, Overleguitkomst, Voortgangsbericht
from schemas.messages.tellingen import Populatiemeting, Verrekening
from schemas.messages.terugkoppeling import Terugkoppeling
from schemas.messages.toeleiding import (
    AanvraagAntwoord,
    AanvraagVoorziening,
    Onderaanneming,
    Toeleidingsbesluit,
    Woonplaatsantwoord,
    Woonplaatsvraag,
)
from schemas.messages.uitzondering import DelingZonderToestemming, Escalatie

BERICHTEN: dict[str, type[Bericht]] = {
    b.soort: b
    for b in (
        Ontwikkelingsperspectief,
        Arrangement,
        Hulpvraag,
        OppUittreksel,
        Terugkoppeling,
        GezamenlijkPlan,
        Overlegset,
        Overleguitkomst,
        Toeleidingsbesluit,
        Woonplaatsvraag,
        Woonplaatsantwoord,
        AanvraagVoorziening,
        AanvraagAntwoord,
        Onderaanneming,
        Verrekening,
        Populatiemeting,
        Overstapset,
        OvergangVolwassenheid,
        Verzuimsignaal,
        Voortgangsbericht,
        Inzageoverzicht,
        Inzagereactie,
        Terugkeer,
        Voorwaarden,
        Escalatie,
        DelingZonderToestemming,
    )
}

OVER_NIEMAND: Final = frozenset({"woonplaatsvraag", "woonplaatsantwoord", "verrekening", "populatiemeting"})
"""X7, X10 and X11 are about places, money or numbers. There is no leerling whose case could decide about
them.
"""
GEDRAGEN: Final = frozenset(
    {
        "ontwikkelingsperspectief",
        "arrangement",
        "hulpvraag",
        "opp_uittreksel",
        "terugkoppeling",
        "gezamenlijk_plan",
        "overlegset",
        "overleguitkomst",
        "toeleidingsbesluit",
        "aanvraag_voorziening",
        "aanvraag_antwoord",
        "overstapset",
        "overgang_volwassenheid",
        "verzuimsignaal",
        "voortgangsbericht",
        "terugkeer",
        "voorwaarden",
    }
)
"""The types that the gateway carries: those for which a profile is shipped. The others are published as a
concept.
"""

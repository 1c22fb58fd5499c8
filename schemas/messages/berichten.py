"""The message types there are, by their name on the wire, in the order of the exchange catalogue (X1-X20)."""

from __future__ import annotations

from typing import Final

from schemas.messages.aanwezigheid import Verzuimsignaal, Voorwaarden
from schemas.messages.arrangement import Arrangement
from schemas.messages.bericht import Bericht
from schemas.messages.betrokkenen import Inzageoverzicht, Inzagereactie
from schemas.messages.hulpvraag import Hulpvraag, OppUittreksel
from schemas.messages.onderwerp import Onderwerpsoort as O
from schemas.messages.opp import Ontwikkelingsperspectief
from schemas.messages.overgang import OvergangVolwassenheid, Overstapset, Terugkeer
from schemas.messages.samenwerking import GezamenlijkPlan, Overlegset, Overleguitkomst, Voortgangsbericht
from schemas.messages.tellingen import Populatiemeting, Verrekening, Verzuimtelling
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
        Verzuimtelling,
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

_LEERLING: Final = frozenset({O.LEERLING})
_ONDERWERPEN: Final = {
    "arrangement": frozenset({O.LEERLING, O.GROEP}),
    "toeleidingsbesluit": frozenset({O.LEERLING, O.GROEP}),
    "verrekening": frozenset({O.GROEP, O.SCHOOL, O.GEEN}),
    "populatiemeting": frozenset({O.SCHOOL, O.GEEN}),
    "verzuimtelling": frozenset({O.SCHOOL, O.GEEN}),
    "woonplaatsvraag": frozenset({O.GEEN}),
    "woonplaatsantwoord": frozenset({O.GEEN}),
}
"""The types that can be about something else than one leerling."""


def onderwerpen(soort: str) -> frozenset[O]:
    """What a message of this type may be about. A type that is not named here is about one leerling."""
    return _ONDERWERPEN.get(soort, _LEERLING)


OVER_NIEMAND: Final = frozenset(s for s in BERICHTEN if O.LEERLING not in onderwerpen(s))
"""X7, X10, X11 and X14 in counts are about places, money or numbers, never about one leerling."""
VAN_MENSEN: Final = frozenset({"inzagereactie", "aanvraag_voorziening"})
"""What an ouder or the leerling says himself, through the system of a school or of care."""
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
        "escalatie",
        "onderaanneming",
        "inzageoverzicht",
        "inzagereactie",
        *OVER_NIEMAND,
    }
)
"""The types that the gateway carries: those for which a profile is shipped. The others are published as a
concept.
"""

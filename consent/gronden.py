"""Grounds other than toestemming: per ground one small rule (`consent.md` §6). None is a general switch.

A met ground stands in for toestemming for exactly its recipient and doel, and for what `Grenzen` lets it
carry within the profile. What people said stays visible beside it. Not built, for what they allow is not
certain [?]: the Wams, the direct team of Jeugdwet 7.3.11(2)(a) for a school, the own task of a
samenwerkingsverband.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from consent.leeftijd import ADULT_FROM, add_months, age, day, end_of_school_year
from consent.request import Request
from schemas.decision.decision import Reden
from schemas.people.gronden import Grondsoort, Grondverklaring, Informeren, Onderwijssector, Verzuimgrond
from schemas.people.partij import Partijsoort, Rol
from schemas.people.toestemming import Gebruiksdoel, Richting

VIR_UNDER: Final = 23
MET: Final[Mapping[Grondsoort, Reden]] = {
    Grondsoort.OTS_GI: Reden.GROUND_OTS_GI,
    Grondsoort.VEILIG_THUIS: Reden.GROUND_VEILIG_THUIS,
    Grondsoort.VERWIJSINDEX: Reden.GROUND_VERWIJSINDEX,
    Grondsoort.LEERPLICHT: Reden.GROUND_LEERPLICHT,
    Grondsoort.OVERSTAP: Reden.GROUND_OVERSTAP,
}
"""The reason an exchange carries that rests on this ground."""


@dataclass(frozen=True, slots=True)
class Voorwaarden:
    """What the law asks of one ground, and what we ask where it is silent [P]."""

    partij: Partijsoort
    rollen: frozenset[Rol]
    """In which role there; a role alone is never enough, and neither is a partij."""
    doel: Gebruiksdoel
    onder: int | None = None
    """Until midnight in the Netherlands of this birthday; None: the law names no age."""
    van_de_school: bool = False
    """Only the school whose leerling it is."""
    schooljaar: bool = False
    """It lasts no longer than the school year in which it begins."""


LANGSTE_MAANDEN: Final = 12
"""No assertion lasts longer: an OTS is ordered for at most a year at a time (BW 1:258, 1:260) [G]; for the
others it is ours [P]."""
VOORWAARDEN: Final[Mapping[Grondsoort, Voorwaarden]] = {
    # Jeugdwet 7.3.11(4) [W]: who holds facts professionally must on request, and may unasked, give the GI
    # what is necessary for the OTS, breaking secrecy if needed. BW 1:262 speaks of a minor [W].
    Grondsoort.OTS_GI: Voorwaarden(
        Partijsoort.GECERTIFICEERDE_INSTELLING,
        frozenset({Rol.JEUGDBESCHERMER}),
        Gebruiksdoel.VEILIGHEID,
        onder=ADULT_FROM,
    ),
    # Wmo 2015 5.2.6 [W]: may, without toestemming, what is necessary to end huiselijk geweld or
    # kindermishandeling or have it investigated. The steps of the meldcode come first [G].
    Grondsoort.VEILIG_THUIS: Voorwaarden(
        Partijsoort.VEILIG_THUIS, frozenset({Rol.MELDPUNTMEDEWERKER}), Gebruiksdoel.VEILIGHEID
    ),
    # Jeugdwet 7.1.4.1, 7.1.4.3 [W]: only that one is involved; a jeugdige there is under 23 (7.1.1.1) [W].
    Grondsoort.VERWIJSINDEX: Voorwaarden(
        Partijsoort.VERWIJSINDEX,
        frozenset({Rol.MELDPUNTMEDEWERKER, Rol.ADMINISTRATIE}),
        Gebruiksdoel.VEILIGHEID,
        onder=VIR_UNDER,
    ),
    # Leerplichtwet 18, 21, 21a [W, copy of 2013]: to the gemeente where the leerling lives, to nobody but its
    # leerplichtambtenaar. Kwalificatieplicht ends at 18.
    Grondsoort.LEERPLICHT: Voorwaarden(
        Partijsoort.GEMEENTE,
        frozenset({Rol.LEERPLICHTAMBTENAAR}),
        Gebruiksdoel.VERZUIM,
        onder=ADULT_FROM,
        van_de_school=True,
        schooljaar=True,
    ),
    # Onderwijskundig rapport: WPO 42 [W, mix of 2014], and the articles for vo and so. That the leerling is
    # enrolled there is the evidence; ouders get a copy.
    Grondsoort.OVERSTAP: Voorwaarden(
        Partijsoort.SCHOOL,
        frozenset({Rol.INTERN_BEGELEIDER, Rol.LEERKRACHT, Rol.ADMINISTRATIE}),
        Gebruiksdoel.OVERSTAP,
        van_de_school=True,
    ),
}
MELDPLICHTIG: Final = frozenset({Verzuimgrond.RELATIEF_VERZUIM, Verzuimgrond.IN_OF_UITSCHRIJVING})
"""What the Leerplichtwet has a school report (18, 21); other absence needs toestemming."""
CENTRAAL: Final[Mapping[Onderwijssector, bool]] = {
    Onderwijssector.PO: False,
    Onderwijssector.VO: True,
}
"""Which sectors report absence centrally (Leerplichtwet 21a) and so not through us. Certainty [?]: the copy
read is of 2013. A sector that is not here is not known: that waits for a person."""


def problem(
    v: Grondverklaring, request: Request, births: Sequence[dt.date], as_of: dt.datetime
) -> Reden | None:
    """Why this assertion does not carry this request; None when it does.

    It is bound to the recipient (partij and role) for which it was asserted; that another recipient is asked
    for is told first. GROUND_INCOMPLETE means that it would carry, but does not yet say everything that the
    law makes it say.
    """
    asks = VOORWAARDEN[v.soort]
    if v.ontvanger != request.ontvanger or not _fits(request, asks):
        return Reden.GROUND_RECIPIENT_MISMATCH
    applies = request.doel is asks.doel and (not asks.van_de_school or _from_the_school(request))
    if not applies or not _young_enough(asks, births, day(as_of)):
        return Reden.GROUND_NOT_APPLICABLE
    return _unfounded(v, asks, request, as_of) or _of_leerplicht(v)


def _fits(request: Request, asks: Voorwaarden) -> bool:
    there = request.partij is not None and request.partij.soort is asks.partij
    return there and request.ontvanger.rol in asks.rollen


def _from_the_school(request: Request) -> bool:
    """Only the school whose leerling it is reports its absence or hands it over."""
    return request.afzender == request.eigenaar and request.richting is Richting.S2J


def _young_enough(asks: Voorwaarden, births: Sequence[dt.date], on: dt.date) -> bool:
    """Certainly: where the birth date leaves room the highest age counts; without one nothing is certain."""
    if asks.onder is None:
        return True
    return bool(births) and all(age(born, on) < asks.onder for born in births)


def _unfounded(v: Grondverklaring, asks: Voorwaarden, request: Request, as_of: dt.datetime) -> Reden | None:
    """Asserted by the sender itself, for this doel, in a term it can have, and told to those concerned."""
    last = add_months(v.geldig_vanaf, LANGSTE_MAANDEN)
    if asks.schooljaar:
        last = min(last, end_of_school_year(v.geldig_vanaf))
    founded = (
        v.vastgelegd_door == request.afzender
        and request.doel in v.doelen
        and v.moment <= as_of
        and v.geldig_vanaf <= day(as_of) <= v.geldig_tot_en_met <= last
        and told(v.informeren)
    )
    return None if founded else Reden.GROUND_NOT_APPLICABLE


def _of_leerplicht(v: Grondverklaring) -> Reden | None:
    """Kind of absence, sector and gemeente of residence: each must be stated, and be one the law means."""
    if v.soort is not Grondsoort.LEERPLICHT:
        return None
    if v.woongemeente is not None and v.ontvanger.partij != f"gemeente:{v.woongemeente}":
        return Reden.GROUND_RECIPIENT_MISMATCH
    other = v.verzuimgrond is not None and v.verzuimgrond not in MELDPLICHTIG
    central = v.sector is not None and CENTRAAL.get(v.sector, False)
    if other or central:
        return Reden.GROUND_NOT_APPLICABLE
    stated = None not in (v.verzuimgrond, v.sector, v.woongemeente) and v.sector in CENTRAAL
    return None if stated else Reden.GROUND_INCOMPLETE


def told(informeren: Informeren) -> bool:
    """Whether those concerned are told. Normally they are; putting that off needs its own reason (§6)."""
    put_off = informeren.wanneer == "uitgesteld"
    return put_off is bool((informeren.reden_uitstel or "").strip())

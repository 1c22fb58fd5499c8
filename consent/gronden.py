"""Grounds other than toestemming: per ground one small rule (`consent.md` §6). None is a general switch.

What the law asks of each is dated data (consent/recht.py). A met ground stands in for toestemming for exactly
its recipient and doel, and for what the law lets it carry within the profile. What people said stays visible
beside it. Not built, for what they allow is not certain [?]: the Wams, the direct team of Jeugdwet
7.3.11(2)(a) for a school, the own task of a samenwerkingsverband.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from consent.leeftijd import add_months, age, day, end_of_school_year
from consent.recht import Grond, Rechtstand
from consent.request import Request
from schemas.decision.decision import Reden
from schemas.people.gronden import Grondsoort, Grondverklaring, Informeren
from schemas.people.partij import Partij
from schemas.people.toestemming import Richting

MET: Final[Mapping[Grondsoort, Reden]] = {
    Grondsoort.OTS_GI: Reden.GROUND_OTS_GI,
    Grondsoort.VEILIG_THUIS: Reden.GROUND_VEILIG_THUIS,
    Grondsoort.VERWIJSINDEX: Reden.GROUND_VERWIJSINDEX,
    Grondsoort.LEERPLICHT: Reden.GROUND_LEERPLICHT,
    Grondsoort.OVERSTAP: Reden.GROUND_OVERSTAP,
}
"""The reason an exchange carries that rests on this ground."""


def problem(
    v: Grondverklaring, request: Request, births: Sequence[dt.date], law: Rechtstand, as_of: dt.datetime
) -> Reden | None:
    """Why this assertion does not carry this request; None when it does.

    It is bound to the recipient (partij and role) for which it was asserted; that another recipient is asked
    for is told first. GROUND_INCOMPLETE means that it would carry, but does not yet say everything that the
    law makes it say.
    """
    asks = law.gronden.get(v.soort)
    if asks is None:
        return Reden.GROUND_NOT_APPLICABLE
    if v.ontvanger != request.ontvanger or not _fits(request, asks):
        return Reden.GROUND_RECIPIENT_MISMATCH
    applies = request.doel is asks.doel and (not asks.van_de_school or _from_the_school(request))
    if not applies or not _young_enough(asks, births, day(as_of)):
        return Reden.GROUND_NOT_APPLICABLE
    return _unfounded(v, asks, request, law, as_of) or _of_leerplicht(v, request.partij, law)


def _fits(request: Request, asks: Grond) -> bool:
    there = request.partij is not None and request.partij.soort is asks.partij
    return there and request.ontvanger.rol in asks.rollen


def _from_the_school(request: Request) -> bool:
    """Only the school whose leerling it is reports its absence or hands it over."""
    return request.afzender == request.eigenaar and request.richting is Richting.S2J


def _young_enough(asks: Grond, births: Sequence[dt.date], on: dt.date) -> bool:
    """Certainly: where the birth date leaves room the highest age counts; without one nothing is certain."""
    if asks.onder is None:
        return True
    return bool(births) and all(age(born, on) < asks.onder for born in births)


def _unfounded(
    v: Grondverklaring, asks: Grond, request: Request, law: Rechtstand, as_of: dt.datetime
) -> Reden | None:
    """Asserted by the sender itself, for this doel, in a term it can have, and told to those concerned."""
    last = add_months(v.geldig_vanaf, law.termijn["grond_maanden"])
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


def _of_leerplicht(v: Grondverklaring, partij: Partij | None, law: Rechtstand) -> Reden | None:
    """Kind of absence, sector and gemeente of residence: each must be stated, and be one the law means.

    Leerplicht is a capacity with an id of its own: of which gemeente it is, its registration says.
    """
    if v.soort is not Grondsoort.LEERPLICHT:
        return None
    assert partij is not None, "a recipient that is not registered fits no ground"
    ids = (partij.id, partij.organisatie or "")
    own = {partij.gemeentecode, *(i.removeprefix("gemeente:") for i in ids)}
    if v.woongemeente is not None and v.woongemeente not in own:
        return Reden.GROUND_RECIPIENT_MISMATCH
    other = v.verzuimgrond is not None and v.verzuimgrond not in law.meldplichtig
    central = v.sector is not None and law.centraal.get(v.sector, False)
    if other or central:
        return Reden.GROUND_NOT_APPLICABLE
    stated = None not in (v.verzuimgrond, v.sector, v.woongemeente) and v.sector in law.centraal
    return None if stated else Reden.GROUND_INCOMPLETE


def told(informeren: Informeren) -> bool:
    """Whether those concerned are told. Normally they are; putting that off needs its own reason (§6)."""
    put_off = informeren.wanneer == "uitgesteld"
    return put_off is bool((informeren.reden_uitstel or "").strip())

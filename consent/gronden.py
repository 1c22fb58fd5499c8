"""Grounds other than toestemming: per ground one small rule (`consent.md` §6). None is a general switch.

A met ground stands in for toestemming for exactly its recipient and doel, and for what `Grenzen` lets it
carry within the profile. What people said stays visible beside it. Not built, for what they allow is not
certain [?]: the Wams, the direct team of Jeugdwet 7.3.11(2)(a) for a school, the own task of a
samenwerkingsverband.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Final

from consent.leeftijd import day
from consent.request import Request
from schemas.decision.decision import Reden
from schemas.people.gronden import Grondsoort, Grondverklaring, Informeren
from schemas.people.partij import Partijsoort
from schemas.people.toestemming import Gebruiksdoel, Richting

MET: Final[Mapping[Grondsoort, Reden]] = {
    Grondsoort.OTS_GI: Reden.GROUND_OTS_GI,
    Grondsoort.VEILIG_THUIS: Reden.GROUND_VEILIG_THUIS,
    Grondsoort.VERWIJSINDEX: Reden.GROUND_VERWIJSINDEX,
    Grondsoort.LEERPLICHT: Reden.GROUND_LEERPLICHT,
    Grondsoort.OVERSTAP: Reden.GROUND_OVERSTAP,
}
"""The reason an exchange carries that rests on this ground."""


def problem(v: Grondverklaring, request: Request, as_of: dt.datetime) -> Reden | None:
    """Why this assertion does not carry this request, or None: it does.

    Bound to the recipient, partij and role, it was asserted for. Another recipient is told first.
    """
    if v.ontvanger != request.ontvanger:
        return Reden.GROUND_RECIPIENT_MISMATCH
    return _RULES[v.soort](request) or _unfounded(v, request, as_of)


def ots_gi(request: Request) -> Reden | None:
    """To the GI that carries out that ondertoezichtstelling, for the safety of the child.

    Jeugdwet 7.3.11(4) [W]: who holds facts professionally must on request, and may unasked, give what is
    necessary for the OTS, without toestemming and breaking secrecy if needed. The order names the GI; it goes
    to no other.
    """
    return _to(request, Partijsoort.GECERTIFICEERDE_INSTELLING) or _for(request, Gebruiksdoel.VEILIGHEID)


def veilig_thuis(request: Request) -> Reden | None:
    """To Veilig Thuis, at a reasonable suspicion of huiselijk geweld or kindermishandeling.

    Wmo 2015 5.2.6 [W]: may, without toestemming, what is necessary to end it or have it investigated. The
    steps of the meldcode come first [G]: their record is the evidence.
    """
    return _to(request, Partijsoort.VEILIG_THUIS) or _for(request, Gebruiksdoel.VEILIGHEID)


def verwijsindex(request: Request) -> Reden | None:
    """To the verwijsindex: only that one is involved, no content, at a reasonable suspicion of a listed risk.

    Jeugdwet 7.1.4.1, 7.1.4.3 [W]. That there is no content is in `Grenzen`.
    """
    return _to(request, Partijsoort.VERWIJSINDEX) or _for(request, Gebruiksdoel.VEILIGHEID)


def leerplicht(request: Request) -> Reden | None:
    """From the school to the gemeente: the statutory report of absence (Leerplichtwet) [G]."""
    return (
        _to(request, Partijsoort.GEMEENTE) or _for(request, Gebruiksdoel.VERZUIM) or _from_the_school(request)
    )


def overstap(request: Request) -> Reden | None:
    """From the school to the next one: the onderwijskundig rapport, of which ouders get a copy [S, G].

    That the leerling is enrolled there is the evidence.
    """
    return (
        _to(request, Partijsoort.SCHOOL) or _for(request, Gebruiksdoel.OVERSTAP) or _from_the_school(request)
    )


_RULES: Final[Mapping[Grondsoort, Callable[[Request], Reden | None]]] = {
    Grondsoort.OTS_GI: ots_gi,
    Grondsoort.VEILIG_THUIS: veilig_thuis,
    Grondsoort.VERWIJSINDEX: verwijsindex,
    Grondsoort.LEERPLICHT: leerplicht,
    Grondsoort.OVERSTAP: overstap,
}


def _to(request: Request, soort: Partijsoort) -> Reden | None:
    there = request.partij is not None and request.partij.soort is soort
    return None if there else Reden.GROUND_RECIPIENT_MISMATCH


def _for(request: Request, doel: Gebruiksdoel) -> Reden | None:
    return None if request.doel is doel else Reden.GROUND_NOT_APPLICABLE


def _from_the_school(request: Request) -> Reden | None:
    """Only the school whose leerling it is reports its absence or hands it over."""
    ours = request.afzender == request.eigenaar and request.richting is Richting.S2J
    return None if ours else Reden.GROUND_NOT_APPLICABLE


def _unfounded(v: Grondverklaring, request: Request, as_of: dt.datetime) -> Reden | None:
    """Asserted by the sender itself, for this doel, in its term, and with how those concerned are told."""
    founded = (
        v.vastgelegd_door == request.afzender
        and request.doel in v.doelen
        and v.moment <= as_of
        and v.geldig_vanaf <= day(as_of) <= v.geldig_tot_en_met
        and told(v.informeren)
    )
    return None if founded else Reden.GROUND_NOT_APPLICABLE


def told(informeren: Informeren) -> bool:
    """Those concerned are normally told as well; putting that off needs its own reason (§6)."""
    put_off = informeren.wanneer == "uitgesteld"
    return put_off is bool((informeren.reden_uitstel or "").strip())

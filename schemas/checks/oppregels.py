"""What an ontwikkelingsperspectief must hold and when, as findings with a code: never as a refusal.

Only what the law texts seen ask for is on by itself; what practice adds or what was not verified is a setting
of `Oppregels`. An advies is another fact than an uitstroombestemming and is never read as one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Final

from pydantic import Field

from schemas.base import Model
from schemas.checks.oppverloop import GELDEND, stand
from schemas.messages.arrangement import Oppverwijzing
from schemas.messages.opp import Evaluatie, Ontwikkelingsperspectief, Perspectief, Plan, Plansoort
from schemas.messages.tijd import dagen_later, leeftijd, maanden_later, schooljaar
from schemas.messages.vertaling import Bevinding
from schemas.people.toestemming import Hoedanigheid

_VO: Final = ("pro", "vmbo-bb", "vmbo-kb", "vmbo-gl-tl", "havo", "vwo")
_ONDERWIJSSOORT: Final = frozenset(_VO) | {
    f"{laag}_tm_{hoog}" for i, laag in enumerate(_VO) for hoog in _VO[i + 1 :]
}
_VSO_PROFIEL: Final = {
    "vso-profiel": frozenset({"vervolgonderwijs", "arbeidsmarktgericht", "dagbesteding"}),
    "oso-32": frozenset({"1", "2", "3"}),
}
_VERVOLG: Final = frozenset({"mbo-entree", "mbo-2", "mbo-3", "mbo-4", "hbo", "wo"})
Lijsten = Mapping[str, frozenset[str]]

_EIGEN: Final[dict[Plansoort, Lijsten]] = {
    Plansoort.OPP_PO: {"vo-onderwijssoort": _ONDERWIJSSOORT, **_VSO_PROFIEL},
    Plansoort.OPP_SBO: {"vo-onderwijssoort": _ONDERWIJSSOORT, **_VSO_PROFIEL},
    Plansoort.OPP_SO: {"vo-onderwijssoort": _ONDERWIJSSOORT | {"regulier_vo"}, **_VSO_PROFIEL},
    Plansoort.OPP_VSO: {"vso-bestemming": frozenset({"vervolgonderwijs", "arbeid", "dagbesteding"})},
    Plansoort.OPP_VO: {"vervolgonderwijs": _VERVOLG},
    Plansoort.OPP_PRO: {"vervolgonderwijs": frozenset({"mbo-entree", "mbo-2", "geen"})},
    Plansoort.MBO: {},
}
BESTEMMINGEN: Final[dict[Plansoort, Lijsten]] = _EIGEN | {
    Plansoort.OZA: {
        stelsel: frozenset[str]().union(*(lijsten.get(stelsel, ()) for lijsten in _EIGEN.values()))
        for stelsel in {s for lijsten in _EIGEN.values() for s in lijsten}
    }
}
"""From which lists the uitstroombestemming of each soort may come. The codes of vo and pro are not
verified.
"""
WERK: Final = frozenset({"regulier", "beschut", "dagbesteding"})
"""Kinds of work that a praktijkschool names, as list `soort-werk`; not verified."""
ADVIESSTELSELS: Final = frozenset({"oso-2", "rod-advies"})
"""Lists that hold an advies of a school."""


class Oppregels(Model):
    """Terms and dates that a region may set. The defaults are what the law texts we saw say."""

    weken: Annotated[int, Field(ge=1)] = 6
    telt_vanaf_behoefte: bool = False
    """For a need that appears later, the weeks count from the day on which it was established (practice)."""
    evaluaties_per_schooljaar: Annotated[int, Field(ge=1)] = 1
    mbo_maanden: Annotated[int, Field(ge=1)] = 12
    hoorrecht_vanaf: dt.date = dt.date(2025, 8, 1)
    instemming_vanaf: dt.date = dt.date(2017, 8, 1)
    meerderjarig_zelf: frozenset[Plansoort] = frozenset({Plansoort.OPP_SO, Plansoort.OPP_VSO})
    """In these a leerling of 18 takes the place of ouders (WEC 41a). For vo and pro that is not verified."""


GEWOON: Final = Oppregels()

TEKSTEN: Final = {
    "opp.soort_ontbreekt": "Er staat niet welk soort plan dit is.",
    "opp.bestemming_ontbreekt": "Er is geen uitstroombestemming.",
    "opp.bestemming_is_advies": "Een schooladvies is geen uitstroombestemming.",
    "opp.bestemming_lijst": "De uitstroombestemming komt uit een lijst die niet bij dit soort plan hoort.",
    "opp.bestemming_code": "De code van de uitstroombestemming staat niet in haar lijst.",
    "opp.bestemming_omschrijving": "Bij dit soort plan hoort een omschrijving van de bestemming.",
    "opp.soort_werk": "Het soort werk ontbreekt of staat niet in de lijst.",
    "opp.mbo_perspectief": "Afspraken in het mbo hebben geen perspectiefdeel.",
    "opp.onderbouwing": "De onderbouwing ontbreekt.",
    "opp.factoren": "Er staat niet wat bij het onderwijs helpt en wat in de weg zit.",
    "opp.overleg": "Er staat niet wanneer de school met de ouders heeft overlegd.",
    "opp.begeleiding": "De begeleiding is niet beschreven.",
    "opp.afwijkingen": "Er staat niet of er wordt afgeweken van het onderwijsprogramma.",
    "opp.praktijkvorming": "Er staat niet hoe de leerling praktijkonderwijs krijgt.",
    "opp.advies_commissie": "Het advies van de commissie voor de begeleiding ontbreekt.",
    "opp.instemming": "Er is geen instemming met het handelingsdeel.",
    "opp.instemming_door": "Wie instemde is niet wie daarover gaat.",
    "opp.hoorrecht": "Er staat niet hoe de leerling is gehoord, of waarom niet.",
    "opp.hoorrecht_onvolledig": "Van het horen ontbreekt de dag, wie, hoe, de woorden of het vervolg.",
    "opp.status": "Het plan geldt, maar een deel ervan nog niet.",
    "opp.periode": "De einddatum ligt voor de ingangsdatum.",
    "opp.termijn": "Het plan is niet binnen de termijn vastgesteld.",
    "opp.evaluatie": "Het plan is niet vaak genoeg met de ouders geëvalueerd.",
}
_REGULIER: Final = frozenset({Plansoort.OPP_PO, Plansoort.OPP_SBO, Plansoort.OPP_VO, Plansoort.OPP_PRO})
_SPECIAAL: Final = frozenset({Plansoort.OPP_SO, Plansoort.OPP_VSO})
_VERTEGENWOORDIGERS: Final = frozenset(Hoedanigheid) - {Hoedanigheid.LEERLING, Hoedanigheid.ANDER}
_MEERDERJARIG: Final = 18
_MBO_ZELF: Final = 16
Gevonden = Iterator[tuple[str, str]]


def check_opp(
    opp: Ontwikkelingsperspectief,
    op: dt.date,
    regels: Oppregels = GEWOON,
    bestemmingen: Mapping[Plansoort, Lijsten] = BESTEMMINGEN,
) -> tuple[Bevinding, ...]:
    """Everything that is found on that day: first the destination, then content, agreement, voice and
    terms.
    """
    checks = (
        _status(opp),
        _bestemming(opp, bestemmingen),
        _werk(opp),
        _perspectief(opp),
        _handelingsdeel(opp),
        _instemming(opp, op, regels),
        _hoorrecht(opp, regels),
        _termijn(opp, op, regels),
        _evaluatie(opp, op, regels),
    )
    return tuple(Bevinding(code, plaats, TEKSTEN[code]) for check in checks for code, plaats in check)


def _soort(opp: Ontwikkelingsperspectief) -> Plansoort | None:
    return opp.plan.soort if opp.plan else None


def _geldt(opp: Ontwikkelingsperspectief) -> bool:
    return opp.plan is not None and opp.plan.status in GELDEND


def verwijzing(opp: Ontwikkelingsperspectief, *, voorlopig: bool, inzage_ouders: bool) -> Oppverwijzing:
    """What an arrangement says of its plan: that things are there, and nothing of what they say.

    Whether the destination is provisional, and whether ouders can see the plan, stands in no plan. So both
    are passed in.
    """
    plan, perspectief, deel = opp.plan or Plan(), opp.perspectief or Perspectief(), opp.handelingsdeel
    bestemd = perspectief.uitstroombestemming is not None or voorlopig
    return Oppverwijzing(
        plan=plan.id,
        versie=plan.versie,
        vastgesteld_op=vastgesteld_op(opp),
        bestemming=("voorlopig" if voorlopig else "verwacht") if bestemd else None,
        onderbouwd=perspectief.onderbouwing is not None,
        ondersteuning_beschreven=deel is not None and bool(deel.begeleiding),
        overleg_op=perspectief.oogo.datum if perspectief.oogo else None,
        overleg_resultaat=perspectief.oogo.resultaat if perspectief.oogo else None,
        evaluaties=tuple(sorted(e.datum for e in opp.evaluaties if _met_wie_telt(opp, e, GEWOON))),
        inzage_ouders=inzage_ouders,
    )


def _status(opp: Ontwikkelingsperspectief) -> Gevonden:
    plan = opp.plan
    if plan is None:
        return
    if plan.soort is None:
        yield "opp.soort_ontbreekt", "plan.soort"
    if plan.ingangsdatum and plan.einddatum and plan.einddatum < plan.ingangsdatum:
        yield "opp.periode", "plan.einddatum"
    if _geldt(opp):
        for naam, deel in (("perspectief", opp.perspectief), ("handelingsdeel", opp.handelingsdeel)):
            if deel is not None and deel.vaststelling is not None and stand(deel).status not in GELDEND:
                yield "opp.status", f"{naam}.vaststelling.status"


def _bestemming(opp: Ontwikkelingsperspectief, bestemmingen: Mapping[Plansoort, Lijsten]) -> Gevonden:
    soort, perspectief = _soort(opp), opp.perspectief
    if soort is Plansoort.MBO:
        if perspectief is not None and perspectief != Perspectief():
            yield "opp.mbo_perspectief", "perspectief"
        return
    code = perspectief.uitstroombestemming if perspectief else None
    if code is None:
        if _geldt(opp):
            yield "opp.bestemming_ontbreekt", "perspectief.uitstroombestemming"
    elif code.stelsel in ADVIESSTELSELS:
        yield "opp.bestemming_is_advies", "perspectief.uitstroombestemming.stelsel"
    elif soort is not None:
        lijst = bestemmingen[soort].get(code.stelsel)
        if lijst is None:
            yield "opp.bestemming_lijst", "perspectief.uitstroombestemming.stelsel"
        elif code.code not in lijst:
            yield "opp.bestemming_code", "perspectief.uitstroombestemming.code"
        if soort is Plansoort.OPP_VSO and code.omschrijving is None:
            yield "opp.bestemming_omschrijving", "perspectief.uitstroombestemming.omschrijving"


def _werk(opp: Ontwikkelingsperspectief) -> Gevonden:
    perspectief = opp.perspectief
    if _soort(opp) is not Plansoort.OPP_PRO or perspectief is None or perspectief.uitstroombestemming is None:
        return
    werk = perspectief.soort_werk
    if werk is None or werk.stelsel != "soort-werk" or werk.code not in WERK:
        yield "opp.soort_werk", "perspectief.soortWerk"


def _perspectief(opp: Ontwikkelingsperspectief) -> Gevonden:
    if not _geldt(opp) or _soort(opp) is Plansoort.MBO:
        return
    deel = opp.perspectief or Perspectief()
    if deel.onderbouwing is None:
        yield "opp.onderbouwing", "perspectief.onderbouwing"
    if not deel.belemmerende_factoren:
        yield "opp.factoren", "perspectief.belemmerendeFactoren"
    if not deel.bevorderende_factoren:
        yield "opp.factoren", "perspectief.bevorderendeFactoren"
    if deel.oogo is None:
        yield "opp.overleg", "perspectief.oogo"
    if _soort(opp) in _SPECIAAL and opp.plan is not None and opp.plan.advies_commissie_op is None:
        yield "opp.advies_commissie", "plan.adviesCommissieOp"


def _handelingsdeel(opp: Ontwikkelingsperspectief) -> Gevonden:
    if not _geldt(opp):
        return
    deel = opp.handelingsdeel
    if deel is None or not deel.begeleiding:
        yield "opp.begeleiding", "handelingsdeel.begeleiding"
    if _soort(opp) in _REGULIER and (deel is None or deel.afwijkingen_onderwijsprogramma is None):
        yield "opp.afwijkingen", "handelingsdeel.afwijkingenOnderwijsprogramma"
    if _soort(opp) is Plansoort.OPP_PRO and (deel is None or deel.praktijkvorming is None):
        yield "opp.praktijkvorming", "handelingsdeel.praktijkvorming"


def _instemming(opp: Ontwikkelingsperspectief, op: dt.date, regels: Oppregels) -> Gevonden:
    deel = opp.handelingsdeel
    instemming = deel.instemming if deel else None
    sinds = vastgesteld_op(opp) or op
    if instemming is None or instemming.status != "gegeven":
        if _geldt(opp) and sinds >= regels.instemming_vanaf:
            yield "opp.instemming", "handelingsdeel.instemming"
        return
    jaren = leeftijd(opp.leerling.geboortedatum, instemming.datum or op)
    soort = _soort(opp)
    zelf = Hoedanigheid.LEERLING in instemming.door
    vertegenwoordigd = not _VERTEGENWOORDIGERS.isdisjoint(instemming.door)
    if soort is Plansoort.MBO:
        goed = zelf and (vertegenwoordigd or jaren >= _MBO_ZELF)
    elif soort in regels.meerderjarig_zelf and jaren >= _MEERDERJARIG:
        goed = zelf
    else:
        goed = vertegenwoordigd
    if not goed:
        yield "opp.instemming_door", "handelingsdeel.instemming.door"


def _hoorrecht(opp: Ontwikkelingsperspectief, regels: Oppregels) -> Gevonden:
    vastgesteld = vastgesteld_op(opp)
    if not _geldt(opp) or vastgesteld is None or vastgesteld < regels.hoorrecht_vanaf:
        return
    if not opp.leerling_stem:
        yield "opp.hoorrecht", "leerlingStem"
    for i, stem in enumerate(opp.leerling_stem):
        gehoord = (stem.datum, stem.gehoord_door, stem.vorm, stem.eigen_woorden, stem.vervolg)
        if stem.niet_gehoord_reden is None and None in gehoord:
            yield "opp.hoorrecht_onvolledig", f"leerlingStem[{i}]"


def vastgesteld_op(opp: Ontwikkelingsperspectief) -> dt.date | None:
    """The last day on which a part was set. When the parts do not say, the day on which the plan began."""
    dagen = [
        deel.vaststelling.datum
        for deel in (opp.perspectief, opp.handelingsdeel)
        if deel is not None
        and deel.vaststelling is not None
        and deel.vaststelling.status in GELDEND
        and deel.vaststelling.datum is not None
    ]
    if dagen:
        return max(dagen)
    return opp.plan.ingangsdatum if opp.plan and _geldt(opp) else None


def _termijn(opp: Ontwikkelingsperspectief, op: dt.date, regels: Oppregels) -> Gevonden:
    plan = opp.plan
    if plan is None or plan.soort is Plansoort.MBO or (plan.versie or 1) > 1:
        return  # the term is for the first version, and mbo agrees before enrolment
    begin = plan.definitief_geplaatst_op or opp.leerling.datum_inschrijving
    if regels.telt_vanaf_behoefte and plan.behoefte_vastgesteld_op is not None:
        begin = max(begin or dt.date.min, plan.behoefte_vastgesteld_op)
    if begin is not None and (vastgesteld_op(opp) or op) > dagen_later(begin, 7 * regels.weken):
        yield "opp.termijn", "plan.ingangsdatum"


def _evaluatie(opp: Ontwikkelingsperspectief, op: dt.date, regels: Oppregels) -> Gevonden:
    plan = opp.plan
    if plan is None or plan.ingangsdatum is None or plan.ingangsdatum > op:
        return
    eind = min(op, plan.einddatum or op)
    samen = sorted(e.datum for e in opp.evaluaties if _met_wie_telt(opp, e, regels))
    if plan.soort is Plansoort.MBO:
        punten = [plan.ingangsdatum, *(d for d in samen if plan.ingangsdatum <= d <= eind), eind]
        if any(maanden_later(a, regels.mbo_maanden) < b for a, b in pairwise(punten)):
            yield "opp.evaluatie", "evaluaties"
        return
    # A school year counts when the plan still ran on its last day and that day is past.
    van, tot = schooljaar(plan.ingangsdatum)
    while tot <= eind and tot < op:
        if sum(van <= d <= tot for d in samen) < regels.evaluaties_per_schooljaar:
            yield "opp.evaluatie", "evaluaties"
            return
        van, tot = schooljaar(tot + dt.timedelta(days=1))


def _met_wie_telt(opp: Ontwikkelingsperspectief, evaluatie: Evaluatie, regels: Oppregels) -> bool:
    """Whether somebody who counts took part: an ouder, or the leerling himself when of age or in mbo."""
    if not _VERTEGENWOORDIGERS.isdisjoint(evaluatie.met):
        return True
    soort = _soort(opp)
    oud = leeftijd(opp.leerling.geboortedatum, evaluatie.datum) >= _MEERDERJARIG
    zelf = soort is Plansoort.MBO or (soort in regels.meerderjarig_zelf and oud)
    return zelf and Hoedanigheid.LEERLING in evaluatie.met

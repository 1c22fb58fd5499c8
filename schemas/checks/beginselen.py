"""The thirty working principles of an onderwijs-zorgarrangement as checks: findings, never a refusal.

Each check has the code of its principle (`P01`) and names a place in the arrangement. What a principle must
know beside the arrangement itself (other versions, exchanges, the screening log) is given in `Omgeving`, as
coded facts without content. Dates are days, periods include both ends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from schemas.messages.arrangement import (
    Arrangement,
    Arrangementstatus,
    Betrokkenheid,
    Evaluatiebesluit,
    Onderdeelsoort,
    Publiek,
    Terugkeerdoel,
)
from schemas.messages.deelnemers import ZORG, Deelnemerrol, Deelnemersoort, Regieafspraak, Regieperiode
from schemas.messages.inrichting import Beslisser, Besluitvorm, Functie, Hulpplaats, woonplaatsregel
from schemas.messages.omgeving import Afwegingsfeit, Grenzen, Omgeving
from schemas.messages.onderdelen import Leefgebied
from schemas.messages.tijd import dagen_later, leeftijd, maanden_later
from schemas.messages.vertaling import Bevinding

GEWOON: Final = Grenzen()
LEEG: Final = Omgeving()


@dataclass(frozen=True, slots=True)
class Zaak:
    """Everything that a check may look at."""

    arrangement: Arrangement
    op: dt.date
    omgeving: Omgeving = LEEG
    grenzen: Grenzen = GEWOON


Plaatsen = Iterator[str]
Check = Callable[[Zaak], Plaatsen]


# --- small questions that the checks share


def _loopt(a: Arrangement) -> bool:
    return a.kern.status is not Arrangementstatus.CONCEPT


def _over_bekenden(a: Arrangement) -> bool:
    """Whether the arrangement is about leerlingen who are known: one, or those of a group."""
    return a.individueel is not None or (a.collectief is not None and a.collectief.groep is not None)


def _meerderjarig(a: Arrangement, op: dt.date, grenzen: Grenzen) -> bool:
    kind = a.individueel
    return kind is not None and leeftijd(kind.leerling.geboortedatum, op) >= grenzen.meerderjarig


def _sleutels(a: Arrangement) -> frozenset[str]:
    return frozenset({d.sleutel for d in a.deelnemers()} | {p.sleutel for p in a.personen})


def _elders(a: Arrangement) -> bool:
    return any(p.plaats is Hulpplaats.VOORZIENING for p in a.inrichting.plaatsen)


def _zonder_reden(betrokken: Betrokkenheid | None) -> bool:
    """Whether it fails to say of both that they took part, or why they did not."""
    delen = (betrokken.ouders, betrokken.leerling) if betrokken else (None, None)
    return any(d is None or (not d.nam_deel and d.reden is None) for d in delen)


def regie_klopt_niet(
    regie: Iterable[Regieperiode], van: dt.date, tot_en_met: dt.date | None
) -> tuple[tuple[Literal["gat", "overlap"], dt.date], ...]:
    """Where not exactly one regisseur is named: the first day of each gap and each overlap, in order.

    Looks at the days from `van` up to and including `tot_en_met` (None: without end). Two periods of the
    same regisseur that overlap are an overlap too: which of the two holds is then not said.
    """
    einde = tot_en_met or dt.date.max
    gevonden: list[tuple[Literal["gat", "overlap"], dt.date]] = []
    gedekt_tot = van  # the first day that nobody covers yet
    vol = False  # covered up to the last day of the calendar
    for p in sorted(regie, key=lambda p: (p.van, p.tot_en_met or dt.date.max)):
        laatste = min(p.tot_en_met or dt.date.max, einde)
        eerste = max(p.van, van)
        if eerste > laatste:
            continue
        if vol or eerste < gedekt_tot:
            gevonden.append(("overlap", eerste))
        elif eerste > gedekt_tot:
            gevonden.append(("gat", gedekt_tot))
        vol = vol or laatste == einde
        gedekt_tot = max(gedekt_tot, dagen_later(laatste, 1))
    if not vol and van <= einde:
        gevonden.append(("gat", gedekt_tot))
    return tuple(gevonden)


# --- the principles


def p01(z: Zaak) -> Plaatsen:
    """At least one school and one care party, once it is in use."""
    a = z.arrangement
    if _loopt(a):
        if not any(d.soort is Deelnemersoort.SCHOOL for d in a.scholen):
            yield "scholen"
        if not any(d.soort in ZORG for d in a.partners):
            yield "partners"


def p02(z: Zaak) -> Plaatsen:
    """School, and home or free time as well."""
    leefgebieden = {o.leefgebied for _, o in z.arrangement.onderdelen()}
    if Leefgebied.SCHOOL not in leefgebieden or leefgebieden.isdisjoint(
        {Leefgebied.THUIS_GEZIN, Leefgebied.VRIJE_TIJD}
    ):
        yield "doelen"


def p03(z: Zaak) -> Plaatsen:
    """Exactly one regisseur on every day, who is one of those who take part."""
    a = z.arrangement
    begin = a.kern.ingangsdatum or z.op
    einde = a.afsluiting.datum if a.afsluiting else a.kern.einddatum
    if regie_klopt_niet(a.regie, begin, einde):
        yield "regie"
    bekend = _sleutels(a)
    yield from (f"regie[{i}].regisseur" for i, r in enumerate(a.regie) if r.regisseur not in bekend)


def p04(z: Zaak) -> Plaatsen:
    """One plan: no second active version of it."""
    a = z.arrangement
    if a.kern.status is Arrangementstatus.ACTIEF and any(
        v.arrangement == a.kern.id and v.status is Arrangementstatus.ACTIEF and v.versie != a.kern.versie
        for v in z.omgeving.versies
    ):
        yield "kern.versie"


def p05(z: Zaak) -> Plaatsen:
    """The ontwikkelingsperspectief is there before it starts, with destination, grounds and support."""
    a = z.arrangement
    if not _over_bekenden(a):
        return
    opp, begin = a.opp, a.kern.ingangsdatum or z.op
    if opp is None or opp.vastgesteld_op is None or opp.vastgesteld_op > begin:
        yield "opp.vastgesteldOp"
    if opp is None or opp.bestemming is None:
        yield "opp.bestemming"
    if opp is None or not opp.onderbouwd:
        yield "opp.onderbouwd"
    if opp is None or not opp.ondersteuning_beschreven:
        yield "opp.ondersteuningBeschreven"


def p06(z: Zaak) -> Plaatsen:
    """School and ouders talked it over, and what came of that is recorded."""
    a = z.arrangement
    if _over_bekenden(a) and (a.opp is None or a.opp.overleg_resultaat is None or a.opp.overleg_op is None):
        yield "opp.overlegResultaat"


def p07(z: Zaak) -> Plaatsen:
    """Ouders see the plan and how it goes; of a leerling who is of age, he himself."""
    a = z.arrangement
    wie = Publiek.LEERLING if _meerderjarig(a, z.op, z.grenzen) else Publiek.OUDERS
    if wie is Publiek.OUDERS and a.opp is not None and not a.opp.inzage_ouders:
        yield "opp.inzageOuders"
    voortgang = (Onderdeelsoort.DOEL, Onderdeelsoort.EVALUATIE)
    yield from (
        f"{lijst}[{i}].publiek"
        for lijst in ("doelen", "factoren", "gezin", "gezondheid", "hulp")
        for i, o in enumerate(getattr(a, lijst))
        if o.soort in voortgang and wie not in o.publiek
    )


def p08(z: Zaak) -> Plaatsen:
    """Ouders and leerling take part in design, execution and evaluation, or it says why not."""
    a = z.arrangement
    if not _over_bekenden(a):
        return
    if _zonder_reden(a.bij_ontwerp):
        yield "bijOntwerp"
    if _loopt(a) and _zonder_reden(a.bij_uitvoering):
        yield "bijUitvoering"
    yield from (
        f"evaluaties[{i}].betrokken" for i, e in enumerate(a.evaluaties) if _zonder_reden(e.betrokken)
    )


def p09(z: Zaak) -> Plaatsen:
    """It says which part ouders have in it."""
    if z.arrangement.ouderrol is None:
        yield "ouderrol"


def p10(z: Zaak) -> Plaatsen:
    """There are goals, and what each partner contributes is said."""
    a = z.arrangement
    if not any(o.soort is Onderdeelsoort.DOEL for _, o in a.onderdelen()):
        yield "doelen"
    gezegd = {s.deelnemer for s in a.afspraken if s.bijdrage is not None}
    if any(d.sleutel not in gezegd for d in a.deelnemers()):
        yield "afspraken[].bijdrage"


def p11(z: Zaak) -> Plaatsen:
    """Money, hours and means are agreed with each partner, or said to be none."""
    a = z.arrangement
    for veld in ("geld", "uren", "middelen"):
        gezegd = {s.deelnemer for s in a.afspraken if getattr(s, veld) is not None}
        if any(d.sleutel not in gezegd for d in a.deelnemers()):
            yield f"afspraken[].{veld}"


def p12(z: Zaak) -> Plaatsen:
    """It is temporary: a review date that is not past, and longer only after a decision to go on."""
    a = z.arrangement
    herzien = a.kern.herzien_op
    if herzien is None or (a.kern.status is Arrangementstatus.ACTIEF and z.op > herzien):
        yield "kern.herzienOp"
        return
    vorige = z.omgeving.vorige
    if vorige is None or vorige.kern.herzien_op is None or herzien <= vorige.kern.herzien_op:
        return
    al_genomen = [e.datum for e in vorige.evaluaties if e.besluit is not None]
    verder = (Evaluatiebesluit.VOORTZETTEN, Evaluatiebesluit.WIJZIGEN)
    if not any(e.besluit in verder and e.datum not in al_genomen and e.datum <= z.op for e in a.evaluaties):
        yield "evaluaties[].besluit"


def p13(z: Zaak) -> Plaatsen:
    """Never more than a year between evaluations of the ontwikkelingsperspectief with ouders."""
    a = z.arrangement
    opp = a.opp
    if opp is None or opp.vastgesteld_op is None or opp.vastgesteld_op > z.op:
        return
    einde = min(z.op, a.afsluiting.datum) if a.afsluiting else z.op
    punten = sorted({opp.vastgesteld_op, *(d for d in opp.evaluaties if opp.vastgesteld_op <= d <= einde)})
    if any(maanden_later(x, z.grenzen.opp_evaluatie_maanden) < y for x, y in pairwise([*punten, einde])):
        yield "opp.evaluaties"


def p14(z: Zaak) -> Plaatsen:
    """At least one of the five functions."""
    if not z.arrangement.inrichting.functies:
        yield "inrichting.functies"


def p15(z: Zaak) -> Plaatsen:
    """Individueel has goals of that leerling; collectief has no beschikking per leerling.

    That it is one of the two and not both, the model itself sees to.
    """
    a = z.arrangement
    if a.individueel is not None:
        doelen = [o for _, o in a.onderdelen() if o.soort is Onderdeelsoort.DOEL]
        if doelen and all(o.over != "leerling" for o in doelen):
            yield "doelen[].over"
    elif a.toewijzingen:
        yield "toewijzingen"


def p16(z: Zaak) -> Plaatsen:
    """Extra only because what every school offers falls short: it says why."""
    if z.arrangement.tekort_basisondersteuning is None:
        yield "tekortBasisondersteuning"


def p17(z: Zaak) -> Plaatsen:
    """The aim is back to education or to a leerwerkroute; further only for who is led on."""
    a = z.arrangement
    buiten = (Terugkeerdoel.ARBEID, Terugkeerdoel.DAGBESTEDING)
    if a.terugkeerdoel is None or (
        a.terugkeerdoel in buiten and Functie.DOORLEIDEN not in a.inrichting.functies
    ):
        yield "terugkeerdoel"


def p18(z: Zaak) -> Plaatsen:
    """Care leads only by way of exception, and it says why."""
    a = z.arrangement
    if a.inrichting.leidend == "jeugdhulp" and a.zorg_leidt_reden is None:
        yield "zorgLeidtReden"


def p19(z: Zaak) -> Plaatsen:
    """The school lets go only when the leerling has a place, also when the help is elsewhere."""
    a = z.arrangement
    if not _over_bekenden(a):
        return
    slot = a.afsluiting
    plaats = slot.plaatsing if slot else None
    geplaatst = (
        slot is not None
        and plaats is not None
        and (plaats.bevestigd_op is not None and plaats.bevestigd_op <= slot.datum)
    )
    if (slot is not None or a.kern.status is Arrangementstatus.AFGESLOTEN) and not geplaatst:
        yield "afsluiting.plaatsing.bevestigdOp"
    if _elders(a) and not geplaatst:
        weg = [d.tot_en_met is not None and d.tot_en_met < z.op for d in a.scholen]
        if weg and all(weg):
            yield "scholen[].totEnMet"


def p20(z: Zaak) -> Plaatsen:
    """Every step to another place has a guide, and a handover on several leefgebieden before it closes."""
    a = z.arrangement
    bekend = _sleutels(a)
    for i, stap in enumerate(a.overgangen):
        if stap.begeleider not in bekend:
            yield f"overgangen[{i}].begeleider"
        if stap.datum > z.op and a.afsluiting is None:
            continue  # the handover may still come
        over = stap.overdracht
        te_laat = over is not None and a.afsluiting is not None and over.datum > a.afsluiting.datum
        if over is None or te_laat or len(set(over.leefgebieden)) < 2:  # noqa: PLR2004 - "several"
            yield f"overgangen[{i}].overdracht"


def p21(z: Zaak) -> Plaatsen:
    """The regisseur sees to agreements on all six subjects."""
    if not set(Regieafspraak) <= set(z.arrangement.regieafspraken):
        yield "regieafspraken"


def p22(z: Zaak) -> Plaatsen:
    """Advice fits this class, this leerling and this teacher."""
    if not all(x.voor_klas and x.voor_leerling and x.voor_leerkracht for x in z.omgeving.adviezen):
        yield "omgeving.adviezen"


def p23(z: Zaak) -> Plaatsen:
    """Nothing is exchanged without ground and purpose, nor more than that needs; an exception is weighed."""
    for i, u in enumerate(z.omgeving.uitwisselingen):
        if not u.persoonsgegevens:
            continue
        if u.grond is None or u.doel is None or u.meer_dan_nodig:
            yield f"omgeving.uitwisselingen[{i}]"
        if u.grond == "zonder_toestemming" or u.soort == "X20":
            w = u.afweging or Afwegingsfeit()
            if None in {w.grond, w.zorg, w.afweging, w.gedeeld, w.goedgekeurd_door, w.ouders_horen_op}:
                yield f"omgeving.uitwisselingen[{i}].afweging"


def p24(z: Zaak) -> Plaatsen:
    """Paid for a task: nobody accounts per leerling."""
    if z.arrangement.inrichting.taakgericht:
        yield from (
            f"omgeving.verantwoording[{i}]"
            for i, regel in enumerate(z.omgeving.verantwoording)
            if regel.niveau == "leerling"
        )


def p25(z: Zaak) -> Plaatsen:
    """Where help needs no beschikking it is said for whom: per paying gemeente, and for all others."""
    a = z.arrangement
    if not any(r.besluitvorm is Besluitvorm.BESCHIKKINGSVRIJ for r in a.inrichting.toeleiding):
        return
    betalend = {
        i.waarde
        for d in a.partners
        if d.soort is Deelnemersoort.GEMEENTE and Deelnemerrol.FINANCIER in d.rollen
        for i in d.identificaties
        if i.soort == "gemeentecode"
    }
    regels = a.inrichting.woonplaatsregels
    geldend = [woonplaatsregel(regels, gemeente, z.op) for gemeente in sorted(betalend)]
    eigen = all(r is not None and r.gemeente is not None for r in geldend)
    if not eigen or woonplaatsregel(regels, None, z.op) is None:
        yield "inrichting.woonplaatsregels"


def p26(z: Zaak) -> Plaatsen:
    """From twelve a leerling sits at the table, or it says why not. No rule about consent."""
    kind = z.arrangement.individueel
    if kind is None or leeftijd(kind.leerling.geboortedatum, z.op) < z.grenzen.leeftijd_aan_tafel:
        return
    if not kind.aan_tafel and (kind.aan_tafel is None or kind.niet_aan_tafel_reden is None):
        yield "individueel.aanTafel"


def p27(z: Zaak) -> Plaatsen:
    """Who decides in a meeting for an organisation may do so: each has a mandate that holds."""
    a = z.arrangement
    zelf = {p.sleutel for p in a.personen}
    beslist = any(r.beslisser is Beslisser.OVERLEG_MET_MANDAAT for r in a.inrichting.toeleiding)
    if beslist and not a.beslisoverleg:
        yield "beslisoverleg"
    for i, lid in enumerate(a.beslisoverleg):
        m = lid.mandaat
        geldt = m is not None and m.van <= z.op and (m.tot_en_met is None or z.op <= m.tot_en_met)
        if lid.deelnemer not in zelf and not geldt:
            yield f"beslisoverleg[{i}].mandaat"


def p28(z: Zaak) -> Plaatsen:
    """Each phase names who keeps it together, the same as the timeline does."""
    a = z.arrangement
    for i, fase in enumerate(a.fasen):
        volgens = {
            r.regisseur
            for r in a.regie
            if r.van <= fase.van and (r.tot_en_met is None or fase.van <= r.tot_en_met)
        }
        if fase.regisseur is None or (volgens and fase.regisseur not in volgens):
            yield f"fasen[{i}].regisseur"


def p29(z: Zaak) -> Plaatsen:
    """Before a new screening somebody looked whether there was a plan already."""
    yield from (
        f"omgeving.screenings[{i}]"
        for i, s in enumerate(z.omgeving.screenings)
        if s.plan_opgezocht_op is None or s.plan_opgezocht_op > s.op
    )


def p30(z: Zaak) -> Plaatsen:
    """Prevention needs no personal data, until somebody asks for help for one child."""
    a = z.arrangement
    if a.collectief is None or a.collectief.preventief is None:
        return
    yield from (
        f"omgeving.uitwisselingen[{i}]"
        for i, u in enumerate(z.omgeving.uitwisselingen)
        if u.persoonsgegevens and not u.hulpvraag
    )


BEGINSELEN: Final[Mapping[str, tuple[Check, str]]] = {
    "P01": (p01, "Er doet geen school mee, of niemand van de zorg."),
    "P02": (p02, "Het gaat niet over school én over thuis of vrije tijd."),
    "P03": (p03, "Er is niet op elke dag precies één regisseur die meedoet."),
    "P04": (p04, "Er geldt nog een andere versie van dit plan."),
    "P05": (p05, "Het ontwikkelingsperspectief was er niet voor de start, of het is niet compleet."),
    "P06": (p06, "Er staat niet wat school en ouders in hun overleg afspraken."),
    "P07": (p07, "Ouders kunnen dit niet inzien."),
    "P08": (p08, "Ouders of leerling deden niet mee, en er staat niet waarom."),
    "P09": (p09, "Er staat niet welke rol ouders hebben."),
    "P10": (p10, "Er zijn geen doelen, of er staat niet wat elke partner doet."),
    "P11": (
        p11,
        "Met een partner is niets afgesproken over geld, uren of middelen, ook niet dat het geen is.",
    ),
    "P12": (p12, "De datum om opnieuw te kijken ontbreekt of is voorbij, of het loopt door zonder besluit."),
    "P13": (p13, "Het ontwikkelingsperspectief is te lang niet met de ouders geëvalueerd."),
    "P14": (p14, "Er staat niet waarvoor het arrangement is: kies minstens één functie."),
    "P15": (
        p15,
        "Eigen doelen ontbreken, of een collectief arrangement heeft een beschikking per leerling.",
    ),
    "P16": (p16, "Er staat niet waarom de gewone ondersteuning niet genoeg is."),
    "P17": (p17, "Er staat niet waar de leerling naartoe werkt, of dat past niet bij de functie."),
    "P18": (p18, "De zorg heeft de leiding, maar er staat niet waarom."),
    "P19": (p19, "De school laat los terwijl een volgende plek niet is bevestigd."),
    "P20": (p20, "Bij een overgang ontbreekt een vaste begeleider of een overdracht over meer leefgebieden."),
    "P21": (p21, "De regisseur heeft nog niet over alles afspraken gemaakt."),
    "P22": (p22, "Een advies past niet bij deze klas, deze leerling en deze leerkracht."),
    "P23": (p23, "Er is gedeeld zonder grond of doel, meer dan nodig, of zonder volledige afweging."),
    "P24": (p24, "Bij taakgericht betalen hoort geen verantwoording per leerling."),
    "P25": (p25, "Er staat niet voor inwoners van welke gemeenten de hulp zonder beschikking is."),
    "P26": (p26, "De leerling is oud genoeg om mee te praten, maar zit niet aan tafel."),
    "P27": (p27, "Wie meebeslist in het overleg heeft geen geldig mandaat."),
    "P28": (p28, "Een fase noemt geen regisseur, of een andere dan de tijdlijn."),
    "P29": (p29, "Voor een nieuwe screening is niet opgezocht of er al een plan was."),
    "P30": (p30, "Bij preventie zijn persoonsgegevens gedeeld zonder hulpvraag."),
}
"""The check and the text of each code, in the order in which findings are given."""


def check_beginselen(
    arrangement: Arrangement,
    op: dt.date,
    omgeving: Omgeving = LEEG,
    grenzen: Grenzen = GEWOON,
    beginselen: Mapping[str, tuple[Check, str]] = BEGINSELEN,
) -> tuple[Bevinding, ...]:
    """Every finding on that day, in the order of the principles. A place in `omgeving` begins with its
    name.
    """
    zaak = Zaak(arrangement, op, omgeving, grenzen)
    return tuple(
        Bevinding(code, plaats, tekst)
        for code, (check, tekst) in beginselen.items()
        for plaats in check(zaak)
    )

"""A second reading of the facts, kept apart from the code that decides.

Written from the facts alone, as a table of who must sign and a list of what makes a statement count, and
without any import from `consent`: what the two agree on was read twice. It is slow and says nothing about
fields; it answers for one category whether it may go, must wait, or may not go.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from schemas.base import Gegevenscategorie as G
from schemas.people.toestemming import (
    Bekwaamheidsoordeel,
    Gebeurtenis,
    Gezagsoort,
    Hoedanigheid,
    Richting,
    Toestemming,
    ToestemmingFunctie,
    Vertegenwoordiging,
    VervangendeToestemming,
)
from tests.unit.consent.lezing_gezag import (
    AVG,
    J2S,
    S2J,
    WAIVER,
    H,
    Vraagstuk,
    afgeschermd,
    dag_van,
    dekt,
    gevetood,
    gezag_nu,
    gezag_toen,
    in_kracht,
    jaar_later,
    leeftijden,
    met_gezag,
    nagegaan,
    onder_curatele,
    oordelen_bij,
    orders,
)


class Uitkomst(IntEnum):
    """From the least permitting to the most."""

    NEE = 0
    WACHT = 1
    JA = 2


class Route(IntEnum):
    LR = 1
    """Who has gezag, or the bijzondere curator in their place."""
    ZELF = 2
    """The leerling himself."""
    ORDER = 3
    """Curator or mentor, within the order."""
    CURATOR = 4
    """The curator, within the order: his own yes is not enough, his own no blocks."""
    NIEMAND = 5
    """It is not settled who may: a person must look."""


TABEL: dict[tuple[str, Richting, ToestemmingFunctie], tuple[Route, ...]] = {
    ("onder 12", S2J, AVG): (Route.LR,),
    ("onder 12", J2S, AVG): (Route.LR,),
    ("onder 12", J2S, WAIVER): (Route.LR,),
    ("12-15 bekwaam", S2J, AVG): (Route.LR, Route.ZELF),
    ("12-15 bekwaam", J2S, AVG): (Route.LR,),
    ("12-15 bekwaam", J2S, WAIVER): (Route.ZELF,),
    ("12-15 onbekwaam", S2J, AVG): (Route.LR,),
    ("12-15 onbekwaam", J2S, AVG): (Route.LR,),
    ("12-15 onbekwaam", J2S, WAIVER): (Route.LR,),
    ("16-17 bekwaam", S2J, AVG): (Route.ZELF,),
    ("16-17 bekwaam", J2S, AVG): (Route.ZELF,),
    ("16-17 bekwaam", J2S, WAIVER): (Route.ZELF,),
    ("16-17 onbekwaam", S2J, AVG): (Route.NIEMAND,),
    ("16-17 onbekwaam", J2S, AVG): (Route.NIEMAND,),
    ("16-17 onbekwaam", J2S, WAIVER): (Route.NIEMAND,),
    ("volwassen bekwaam", S2J, AVG): (Route.ZELF,),
    ("volwassen bekwaam", J2S, AVG): (Route.ZELF,),
    ("volwassen bekwaam", J2S, WAIVER): (Route.ZELF,),
    ("volwassen curatele", S2J, AVG): (Route.CURATOR,),
    ("volwassen curatele", J2S, AVG): (Route.CURATOR,),
    ("volwassen curatele", J2S, WAIVER): (Route.CURATOR,),
    ("volwassen onbekwaam", S2J, AVG): (Route.ORDER,),
    ("volwassen onbekwaam", J2S, AVG): (Route.ORDER,),
    ("volwassen onbekwaam", J2S, WAIVER): (Route.ORDER,),
}
FUNCTIES = {S2J: (AVG,), J2S: (AVG, WAIVER)}


@dataclass(frozen=True)
class Stem:
    """Where one person stands."""

    uitkomst: Uitkomst
    ander_weet_ervan: bool = False


def lees(v: Vraagstuk) -> Uitkomst:
    """What the facts say of this category, on toestemming."""
    if v.ontvanger.partij in afgeschermd(v) or gevetood(v):
        return Uitkomst.NEE
    if not v.gezag:
        return Uitkomst.WACHT
    return min(_op_leeftijd(v, jaren) for jaren in set(leeftijden(gezag_nu(v), dag_van(v.op))))


def _op_leeftijd(v: Vraagstuk, jaren: int) -> Uitkomst:
    """Judgements of one instant that differ leave it open which holds: then nobody's yes is enough."""
    oordelen = oordelen_bij(v, v.op)
    laagste = min(_bij_oordeel(v, jaren, o) for o in oordelen)
    oneens = len({o is None or o.wilsbekwaam for o in oordelen}) > 1 and jaren >= 12
    return min(laagste, Uitkomst.WACHT) if oneens else laagste


def _bij_oordeel(v: Vraagstuk, jaren: int, oordeel: Bekwaamheidsoordeel | None) -> Uitkomst:
    """Everybody the table asks must say yes; each of them may say no, in whatever function."""
    rij = _rij(v, jaren, oordeel)
    uit = [_eigen_nee(v, rij, oordeel)]
    routes = {(f, r) for f in FUNCTIES[v.richting] for r in TABEL[rij, v.richting, f]}
    zelf = {f for f, r in routes if r is Route.ZELF}
    if v.categorie is G.LEERLINGSTEM and Route.NIEMAND not in {r for _, r in routes}:
        zelf = set(FUNCTIES[v.richting])  # his own words leave only if he lets them go, at any age
    if zelf:
        uit.append(_zelf(v, zelf, alleen=rij in ("16-17 bekwaam", "volwassen bekwaam")))
    if Route.NIEMAND in {r for _, r in routes}:
        uit.append(Uitkomst.WACHT)
    lr = {f for f, r in routes if r is Route.LR}
    if lr:
        uit.append(_ouders(v, lr))
    for route, wie in ((Route.CURATOR, (H.CURATOR,)), (Route.ORDER, (H.CURATOR, H.MENTOR, H.BEWINDVOERDER))):
        nodig = {f for f, r in routes if r is route}
        if nodig:
            uit.append(_vertegenwoordigd(v, nodig, wie))
    return min(uit)


def _rij(v: Vraagstuk, jaren: int, oordeel: Bekwaamheidsoordeel | None) -> str:
    bekwaam = oordeel is None or oordeel.wilsbekwaam
    if jaren < 12:
        return "onder 12"
    if jaren < 18:
        return f"{'12-15' if jaren < 16 else '16-17'} {'bekwaam' if bekwaam else 'onbekwaam'}"
    if oordeel is None and onder_curatele(v):
        return "volwassen curatele"
    return f"volwassen {'bekwaam' if bekwaam else 'onbekwaam'}"


def _eigen_nee(v: Vraagstuk, rij: str, oordeel: Bekwaamheidsoordeel | None) -> Uitkomst:
    """What the leerling's own no does where his yes is not asked."""
    if rij not in ("12-15 onbekwaam", "16-17 onbekwaam", "volwassen curatele", "volwassen onbekwaam"):
        return Uitkomst.JA
    if v.categorie is G.LEERLINGSTEM and rij != "16-17 onbekwaam":
        return Uitkomst.JA  # he is asked himself

    def zegt_nee(op: dt.datetime) -> bool:
        return any(_zijn_stem(v, f, op, set(), alleen=False).uitkomst is Uitkomst.NEE for f in (AVG, WAIVER))

    if oordeel is not None and zegt_nee(oordeel.moment):
        return Uitkomst.NEE
    daarna = Uitkomst.NEE if rij in ("16-17 onbekwaam", "volwassen curatele") else Uitkomst.WACHT
    return daarna if zegt_nee(v.op) else Uitkomst.JA


def _zelf(v: Vraagstuk, nodig: set[ToestemmingFunctie], *, alleen: bool) -> Uitkomst:
    return _telt_op([_zijn_stem(v, f, v.op, nodig, alleen=alleen) for f in (AVG, WAIVER)], nodig)


def _zijn_stem(
    v: Vraagstuk, f: ToestemmingFunctie, op: dt.datetime, nodig: set[ToestemmingFunctie], *, alleen: bool
) -> Stem:
    """The leerling's own: a yes from before the age at which it counts, or while incapable, is none."""
    eigen_woorden = v.categorie is G.LEERLINGSTEM

    def nee_telt(m: dt.datetime) -> bool:
        return eigen_woorden or max(leeftijden(gezag_nu(v), dag_van(m))) >= 12

    def draagt(t: Toestemming) -> bool:
        if eigen_woorden and not alleen:
            return True
        toen, nu = leeftijden(gezag_nu(v), dag_van(t.moment)), leeftijden(gezag_nu(v), dag_van(v.op))
        te_jong = any(n >= g > t_ for t_, n in zip(toen, nu, strict=True) for g in (16 if n >= 16 else 12,))
        return not te_jong and all(o is None or o.wilsbekwaam for o in oordelen_bij(v, t.moment))

    # An objection names no function: it is about what is asked in this direction, whoever is asked it.
    telt = f in (nodig or ({AVG, WAIVER} if v.richting is J2S else {AVG}))
    return _stem(v, v.leerling, f, op, nee_telt, lambda _: True, draagt, bezwaar=telt)


def _telt_op(stemmen: Sequence[Stem], nodig: set[ToestemmingFunctie]) -> Uitkomst:
    """Over both functions: a no in either blocks, a yes is needed in those that are asked."""
    gevraagd = [s.uitkomst for f, s in zip((AVG, WAIVER), stemmen, strict=True) if f in nodig]
    if any(s.uitkomst is Uitkomst.NEE for s in stemmen):
        return Uitkomst.NEE
    return min(gevraagd, default=Uitkomst.JA)


def _vertegenwoordigd(v: Vraagstuk, nodig: set[ToestemmingFunctie], wie: Sequence[Hoedanigheid]) -> Uitkomst:
    """Each function needs somebody whose order covers it and this cell, and all of those must say yes."""
    namen: dict[str, set[ToestemmingFunctie]] = {}
    for f in nodig:
        for o in orders(v, v.op, f, wie):
            namen.setdefault(o.persoon, set()).add(f)
    gedekt = set().union(*namen.values())
    uit = [Uitkomst.JA if gedekt == nodig and nagegaan(v) else Uitkomst.WACHT]
    for naam, functies in namen.items():
        stemmen = []
        for f in (AVG, WAIVER):

            def mocht(m: dt.datetime, naam: str = naam, f: ToestemmingFunctie = f) -> bool:
                return any(o.persoon == naam for o in orders(v, m, f, tuple(H)))

            stemmen.append(_stem(v, naam, f, v.op, mocht, mocht, lambda _: True, bezwaar=f in functies))
        uit.append(_telt_op(stemmen, functies))
    return min(uit)


def _ouders(v: Vraagstuk, nodig: set[ToestemmingFunctie]) -> Uitkomst:
    """Who has gezag; for what a bijzondere curator may do by his order, he in their place."""
    bijzonder = {f for f in nodig if orders(v, v.op, f, (H.BIJZONDERE_CURATOR,))}
    uit = [_vertegenwoordigd(v, bijzonder, (H.BIJZONDERE_CURATOR,))] if bijzonder else []
    rest = nodig - bijzonder
    if not rest:
        return min(uit)
    nu = gezag_nu(v)
    namen = met_gezag(nu)
    stemmen = {(n, f): _ouder(v, n, f, f in rest) for n in namen for f in (AVG, WAIVER)}
    vervangen = {(n, f) for f in rest if (n := _vervangen(v, f, namen, stemmen)) is not None}
    for n in namen:
        over = {f for f in rest if (n, f) not in vervangen}
        if not over:
            continue  # the court speaks for him in all that he is asked
        hoort = [f for f in (AVG, WAIVER) if f not in bijzonder and (n, f) not in vervangen]
        if any(stemmen[n, f].uitkomst is Uitkomst.NEE for f in hoort):
            return Uitkomst.NEE
    gezag_bekend = bool(namen) and not (nu.soort is Gezagsoort.GEZAMENLIJK and len(namen) < 2)
    if not gezag_bekend or not nagegaan(v):
        return min([*uit, Uitkomst.WACHT])
    compleet = {
        n: all((n, f) in vervangen or stemmen[n, f].uitkomst is Uitkomst.JA for f in rest) for n in namen
    }
    if all(compleet.values()):
        return min([*uit, Uitkomst.JA])
    een_voor_beiden = (
        not bijzonder
        and nu.soort is Gezagsoort.GEZAMENLIJK
        and v.categorie.niveau == 1
        and len(namen) == 2
        and not vervangen
        and any(
            compleet[n] and all(stemmen[n, f].ander_weet_ervan for f in rest) and not _ooit_nee(v, ander)
            for n, ander in ((namen[0], namen[1]), (namen[1], namen[0]))
        )
    )
    return min([*uit, Uitkomst.JA if een_voor_beiden else Uitkomst.WACHT])


def _ouder(v: Vraagstuk, wie: str, f: ToestemmingFunctie, gevraagd: bool) -> Stem:
    def had(m: dt.datetime) -> bool:
        return wie in met_gezag(gezag_toen(v, m))

    return _stem(v, wie, f, v.op, had, had, lambda _: True, bezwaar=gevraagd)


def _vervangen(
    v: Vraagstuk,
    functie: ToestemmingFunctie,
    namen: Sequence[str],
    stemmen: dict[tuple[str, ToestemmingFunctie], Stem],
) -> str | None:
    """The one parent for whom the court spoke: never both, and only of two who have gezag together."""
    nu = gezag_nu(v)
    ouders = {p.persoon for p in nu.personen if p.hoedanigheid is H.OUDER}
    if nu.soort is not Gezagsoort.GEZAMENLIJK or len(namen) != 2 or not ouders.issuperset(namen):
        return None
    dag = dag_van(v.op)
    genoemd = {
        o.vervangt
        for o in in_kracht(v, "vervangende_toestemmingen")
        if isinstance(o, VervangendeToestemming)
        and o.vervangt in namen
        and functie in o.functies
        and dekt(v, o.bereik)
        and o.geldig_vanaf <= dag <= o.geldig_tot_en_met
    }
    if len(genoemd) == 2:
        genoemd = {n for n in genoemd if _alleen_gezegd(v, n, functie) is not Uitkomst.JA}
    return next(iter(genoemd)) if len(genoemd) == 1 else None


def _alleen_gezegd(v: Vraagstuk, wie: str, functie: ToestemmingFunctie) -> Uitkomst:
    """Where a parent stands by himself: his yes in this function, and no no in the other."""
    return _telt_op([_ouder(v, wie, f, f is functie) for f in (AVG, WAIVER)], {functie})


# -- what one person said ---------------------------------------------------------------------------------


def _stem(
    v: Vraagstuk,
    wie: str,
    functie: ToestemmingFunctie,
    op: dt.datetime,
    nee_telt: Callable[[dt.datetime], bool],
    ja_telt: Callable[[dt.datetime], bool],
    draagt: Callable[[Toestemming], bool],
    *,
    bezwaar: bool,
) -> Stem:
    """The newest statement that counts; at one instant a no wins, then what was recorded last.

    A later yes takes an earlier no back, also when that yes itself has lapsed since.
    """
    uit = [
        t
        for t in v.toestemmingen
        if t.ondertekenaar == wie and t.functie is functie and dekt(v, t.bereik) and t.moment <= op
    ]
    nee = [t.moment for t in uit if t.gebeurtenis is not Gebeurtenis.GEGEVEN and nee_telt(t.moment)]
    nee += [
        b.moment
        for b in v.bezwaren
        if bezwaar and b.persoon == wie and dekt(v, b.bereik) and b.moment <= op and nee_telt(b.moment)
    ]
    ja = [
        t
        for t in uit
        if t.gebeurtenis is Gebeurtenis.GEGEVEN
        and t.geldig_vanaf <= dag_van(op)
        and ja_telt(t.moment)
        and not _als_ander(v, t)
    ]
    laatste_ja = max((t.moment for t in ja), default=None)
    if nee and (laatste_ja is None or max(nee) >= laatste_ja):
        return Stem(Uitkomst.NEE)
    samen = [t for t in ja if t.moment == laatste_ja]
    laatst = [t for t in samen if t.vastgelegd_op == max(s.vastgelegd_op for s in samen)]
    goed = [
        _loopt(t, dag_van(op)) and draagt(t) and (v.categorie.niveau != 3 or _uitdrukkelijk(t, v.categorie))
        for t in laatst
    ]
    if not goed or not all(goed):
        return Stem(Uitkomst.WACHT)
    return Stem(Uitkomst.JA, all(t.andere_ouder_geinformeerd for t in laatst))


def _als_ander(v: Vraagstuk, t: Toestemming) -> bool:
    """He gave it as somebody without authority, and is something else now."""
    if t.hoedanigheid is not H.ANDER or t.ondertekenaar == v.leerling:
        return False
    rollen = {p.persoon: p.hoedanigheid for p in gezag_nu(v).personen}
    rollen |= {
        o.persoon: H.CURATOR
        for o in in_kracht(v, "vertegenwoordigingen")
        if isinstance(o, Vertegenwoordiging)
    }
    return rollen.get(t.ondertekenaar) is not H.ANDER


def _loopt(t: Toestemming, dag: dt.date) -> bool:
    """In its term: until the first 31 July, twelve months after it was said, and begun within sixty days."""
    gezegd = dag_van(t.moment)
    zomer = dt.date(t.geldig_vanaf.year + (t.geldig_vanaf > dt.date(t.geldig_vanaf.year, 7, 31)), 7, 31)
    return (
        t.geldig_vanaf <= dag <= min(t.geldig_tot_en_met, zomer)
        and dag < jaar_later(gezegd)
        and t.geldig_vanaf <= gezegd + dt.timedelta(days=60)
    )


def _uitdrukkelijk(t: Toestemming, categorie: G) -> bool:
    if isinstance(t.uitdrukkelijk, bool):
        return t.uitdrukkelijk and set(t.bereik.categorieen) == {categorie}
    return categorie in t.uitdrukkelijk


def _ooit_nee(v: Vraagstuk, wie: str) -> bool:
    """An objection on record that no later yes of his followed, whether or not it could block then."""
    uit = [t for t in v.toestemmingen if t.ondertekenaar == wie and dekt(v, t.bereik) and t.moment <= v.op]
    uit = [t for t in uit if t.functie in (AVG, WAIVER)]
    nee = [t.moment for t in uit if t.gebeurtenis is not Gebeurtenis.GEGEVEN]
    nee += [b.moment for b in v.bezwaren if b.persoon == wie and dekt(v, b.bereik) and b.moment <= v.op]
    ja = [t.moment for t in uit if t.gebeurtenis is Gebeurtenis.GEGEVEN]
    return bool(nee) and (not ja or max(nee) >= max(ja))

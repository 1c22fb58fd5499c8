"""The second reading, first half: one question with its facts, and who had which authority on which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from schemas.base import Gegevenscategorie as G
from schemas.people.toestemming import (
    Bekwaamheidsoordeel,
    Bereik,
    Bezwaar,
    Geboorteprecisie,
    Gebruiksdoel,
    Gezagsbron,
    Gezagsgegevens,
    Gezagsoort,
    Hoedanigheid,
    Maatregel,
    Ontvanger,
    ProfessioneelVeto,
    Richting,
    Toestemming,
    ToestemmingFunctie,
    Vertegenwoordiging,
    VervangendeToestemming,
)

NL = ZoneInfo("Europe/Amsterdam")
AVG, WAIVER = ToestemmingFunctie.AVG_BASIS, ToestemmingFunctie.SECRECY_WAIVER
S2J, J2S = Richting.S2J, Richting.J2S
H = Hoedanigheid


@dataclass(frozen=True)
class Vraagstuk:
    """One category for one recipient at one instant, with everything on record in order of recording."""

    leerling: str
    school: str
    afzender: str
    ontvanger: Ontvanger
    doel: Gebruiksdoel
    richting: Richting
    categorie: G
    op: dt.datetime
    gezag: tuple[Gezagsgegevens, ...] = ()
    toestemmingen: tuple[Toestemming, ...] = ()
    oordelen: tuple[Bekwaamheidsoordeel, ...] = ()
    bezwaren: tuple[Bezwaar, ...] = ()
    vetos: tuple[ProfessioneelVeto, ...] = ()


def dekt(v: Vraagstuk, bereik: Bereik) -> bool:
    return (
        bereik.richting is v.richting
        and v.doel in bereik.doelen
        and v.categorie in bereik.categorieen
        and v.ontvanger in bereik.ontvangers
    )


def gezag_nu(v: Vraagstuk) -> Gezagsgegevens:
    """The check of gezag of the latest day; of one day the one recorded last."""
    return max(enumerate(v.gezag), key=lambda g: (g[1].gecontroleerd_op, g[0]))[1]


def gezag_toen(v: Vraagstuk, op: dt.datetime) -> Gezagsgegevens:
    """The check of gezag that tells how it was then; before the first check nothing says it was otherwise."""
    voor = [
        (g.gecontroleerd_op, i, g)
        for i, g in enumerate(v.gezag)
        if g.vastgelegd_op <= op or g.gecontroleerd_op < dag_van(op)
    ]
    if voor:
        return max(voor, key=lambda x: x[:2])[2]
    return min(enumerate(v.gezag), key=lambda g: (g[1].gecontroleerd_op, g[0]))[1]


def met_gezag(g: Gezagsgegevens) -> list[str]:
    if g.soort is Gezagsoort.ONBEKEND:
        return []
    return list(
        dict.fromkeys(
            p.persoon
            for p in g.personen
            if p.gezag
            and p.persoon != g.leerling
            and (p.hoedanigheid is not H.GI_VOOGD or g.soort is Gezagsoort.GI_VOOGD)
        )
    )


def nagegaan(v: Vraagstuk) -> bool:
    """Checked less than a year ago, and for more than level 1 not on a parent's word alone."""
    g, dag = gezag_nu(v), dag_van(v.op)
    vers = g.gecontroleerd_op <= dag < jaar_later(g.gecontroleerd_op)
    op_zijn_woord = g.bron is Gezagsbron.VERKLARING_OUDER and v.categorie.niveau > 1
    return vers and dag <= (g.geldig_tot_en_met or dt.date.max) and not op_zijn_woord


def jaar_later(dag: dt.date) -> dt.date:
    feb29 = dag.month == 2 and dag.day == 29
    return dag.replace(year=dag.year + 1, day=28 if feb29 else dag.day)


def orders(
    v: Vraagstuk, op: dt.datetime, functie: ToestemmingFunctie, wie: Sequence[Hoedanigheid]
) -> list[Vertegenwoordiging]:
    """In force on that day for this functie and cell, of those that nobody ended by name.

    Bewind is over goods: it never lifts secrecy, and gives a ground only where the order is about them.
    """
    dag = dag_van(op)
    return [
        o
        for o in in_kracht(v, "vertegenwoordigingen")
        if isinstance(o, Vertegenwoordiging)
        and o.hoedanigheid in wie
        and functie in o.functies
        and v.doel in o.doelen
        and v.categorie in o.categorieen
        and o.geldig_vanaf <= dag <= (o.geldig_tot_en_met or dt.date.max)
        and (o.hoedanigheid is not H.BEWINDVOERDER or (o.betreft_goederen and functie is AVG))
    ]


def naam(order: Vertegenwoordiging | VervangendeToestemming) -> tuple[str, str]:
    wie = order.persoon if isinstance(order, Vertegenwoordiging) else order.vervangt
    return (order.document_ref, wie)


def in_kracht(v: Vraagstuk, veld: str) -> Iterable[Vertegenwoordiging | VervangendeToestemming]:
    """Orders stay until a later record names them again, with new dates, or ends them."""
    geldend: dict[tuple[str, str], list[Vertegenwoordiging | VervangendeToestemming]] = {}
    for g in v.gezag:
        for einde in g.beeindigde_uitspraken:
            geldend.pop((einde.document_ref, einde.persoon), None)
        nieuw: dict[tuple[str, str], list[Vertegenwoordiging | VervangendeToestemming]] = {}
        for order in getattr(g, veld):
            nieuw.setdefault(naam(order), []).append(order)
        geldend.update(nieuw)
    return [o for orders in geldend.values() for o in orders]


def onder_curatele(v: Vraagstuk) -> bool:
    dag = dag_van(v.op)
    if any(
        isinstance(o, Vertegenwoordiging)
        and o.hoedanigheid is H.CURATOR
        and o.geldig_vanaf <= dag <= (o.geldig_tot_en_met or dt.date.max)
        for o in in_kracht(v, "vertegenwoordigingen")
    ):
        return True
    staat = False
    for o in sorted(v.oordelen, key=lambda o: (o.moment, o.vastgelegd_op)):
        if o.moment <= v.op:
            staat = (staat and Maatregel.CURATELE not in o.beeindigde_maatregelen) or (
                o.maatregel is Maatregel.CURATELE
            )
    return staat


def afgeschermd(v: Vraagstuk) -> set[str]:
    wie: set[str] = set()
    for g in v.gezag:
        wie = (wie - set(g.niet_meer_afgeschermd_voor)) | set(g.afgeschermd_voor)
    return wie


def gevetood(v: Vraagstuk) -> bool:
    """The last word of who discloses: what would come to him he does not stop (§0, Veto)."""
    mag = {v.afzender}
    laatste: dict[str, ProfessioneelVeto] = {}
    for x in sorted(v.vetos, key=lambda x: (x.moment, x.besluit == "veto")):
        if x.richting is v.richting and v.doel in x.doelen and x.moment <= v.op and x.vastgelegd_door in mag:
            laatste[x.vastgelegd_door] = x
    return any(x.besluit == "veto" for x in laatste.values())


def oordelen_bij(v: Vraagstuk, op: dt.datetime) -> list[Bekwaamheidsoordeel | None]:
    """The judgement that counts; more than one only when nothing tells which was the last."""
    mag = {v.afzender} if v.richting is J2S else {v.afzender, v.school} - {v.ontvanger.partij}
    geldig = [o for o in v.oordelen if o.vastgelegd_door in mag and v.doel in o.doelen and o.moment <= op]
    if not geldig:
        return [None]
    laatst = max((o.moment, o.vastgelegd_op) for o in geldig)
    return [o for o in geldig if (o.moment, o.vastgelegd_op) == laatst]


def leeftijden(g: Gezagsgegevens, dag: dt.date) -> list[int]:
    """Every age that the birth date allows: what is not known of it may be any day of that month or year."""
    b = g.geboortedatum
    mogelijk = [b]
    if g.geboorteprecisie is not Geboorteprecisie.DAG:
        jaar = [dt.date(b.year, 1, 1) + dt.timedelta(days=n) for n in range(366)]
        heel = g.geboorteprecisie is Geboorteprecisie.JAAR
        mogelijk = [d for d in jaar if d.year == b.year and (heel or d.month == b.month)]
    return [dag.year - x.year - ((dag.month, dag.day) < (x.month, x.day)) for x in mogelijk]


def dag_van(op: dt.datetime) -> dt.date:
    return op.astimezone(NL).date()

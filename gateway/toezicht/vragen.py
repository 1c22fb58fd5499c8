"""The 23 questions of an FG, and how any of them is answered.

A question about leveringen is answered over a bounded number of them, in order of the moment at which they
count; a question about the account over a bounded number of lines. The answer says where to go on. Parts of
an answer that is a count are added up by the columns that name a row (`samen`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from consent.leeftijd import AMSTERDAM
from gateway.explain import toezicht
from gateway.explain.toezicht import Zoekvraag
from gateway.toezicht import log, nodig, toestemming, wie, zonder
from gateway.toezicht.afspraken import lopen_af
from gateway.toezicht.bron import Boom, Bron
from gateway.toezicht.vraag import NIET_GEMELD, Deel, Gevraagd, Groep, Rij, Vraag
from schemas.exchange.uitwisseling import Leveringstatus
from schemas.shown.toezicht import Kant
from schemas.storage.storage import Periode

MOST: Final = 1_000
"""So many leveringen are looked at for one part of an answer."""
LEERLINGID: Final = toezicht.LEERLINGID
_LEVERING: Final = ("op", "leveringId", "partij", "kant", "afzender", "ontvanger", "rol", "doel")

VRAGEN: Final[tuple[Vraag, ...]] = (
    Vraag(
        1,
        Groep.WIE,
        "Wie kreeg welke gegevens over deze leerling, wanneer, waarvoor en op welke grond?",
        (*_LEVERING, "grond", "zonderToestemming", "categorieen", "velden"),
        over=wie.wie_kreeg_wat,
        norm="AVG 15",
        leerling=True,
    ),
    Vraag(
        2,
        Groep.WIE,
        "Wie binnen de organisatie keek, verstuurde of legde vast?",
        (
            *("op", "partij", "wat", "client", "persoon", "medewerker", "opMachtiging"),
            *("leveringId", "uitwisselingId", "feitId"),
        ),
        zelf=wie.wie_deed_wat,
        norm="NEN 7513",
    ),
    Vraag(
        3,
        Groep.WIE,
        "Wat kwam er binnen van anderen, en legden zij vast dat zij het stuurden?",
        (*_LEVERING, "velden", "doorAfzenderVastgelegd", "zelfdeVelden", "getekend"),
        over=wie.wat_kwam_binnen,
        norm="AVG 5 lid 2",
    ),
    Vraag(
        4,
        Groep.WIE,
        "Welke velden kreeg een ontvanger in deze periode, over alle leerlingen samen?",
        ("ontvanger", "rol", "soort", "veld", "categorie", "keren"),
        over=wie.welke_velden,
        norm="AVG 30",
        optellen=("ontvanger", "rol", "soort", "veld", "categorie"),
    ),
    Vraag(
        5,
        Groep.NODIG,
        "Ging er een veld mee dat niet nodig was?",
        (
            *("profiel", "soort", "veld", "categorie", "gevraagd", "mee", "thuis"),
            *("gemeld", "geopend"),
        ),
        over=nodig.meer_dan_nodig,
        norm="AVG 5 lid 1 onder c",
        optellen=("profiel", "soort", "veld", "categorie"),
    ),
    Vraag(
        6,
        Groep.NODIG,
        "Welke profielen laten velden mee die bijna niemand opent?",
        ("profiel", "leveringen", "mee", "gemeld", "geopend"),
        over=nodig.bijna_nooit_geopend,
        norm="AVG 25",
        optellen=("profiel",),
    ),
    Vraag(
        7,
        Groep.NODIG,
        "Wie vraagt steeds meer dan hij meegeeft, en waarom blijft dat thuis?",
        ("afzender", "profiel", "soort", "veld", "reden", "keren"),
        over=nodig.vraagt_meer_dan_krijgt,
        norm="AVG 5 lid 1 onder c",
        optellen=("afzender", "profiel", "soort", "veld", "reden"),
    ),
    Vraag(
        8,
        Groep.NODIG,
        "Ging er vrije tekst mee, en wie las die na?",
        (*_LEVERING, "velden", "nagekeken", "gewoonVerklaard", "client", "persoon"),
        over=nodig.vrije_tekst_ging,
        norm="AVG 5 lid 1 onder c",
    ),
    Vraag(
        9,
        Groep.NODIG,
        "Ging hetzelfde naar ontvangers in meer dan één rol?",
        ("op", "partij", "uitwisselingId", "rollen", "ontvangers", "velden"),
        over=nodig.naar_meer_rollen,
        norm="AVG 5 lid 1 onder b",
    ),
    Vraag(
        10,
        Groep.ZONDER,
        "Wat ging zonder toestemming, op welke grond en met welke afweging?",
        (*_LEVERING, "grond", "afwegingId", "verklaringId", "redenen", "normen", "velden"),
        over=zonder.zonder_toestemming,
        norm="BPSW 11, 13",
    ),
    Vraag(
        11,
        Groep.ZONDER,
        "Bij welke afweging ontbreekt iets, kwam iets te laat of keek dezelfde persoon twee keer?",
        ("op", "afwegingId", "leveringId", "partij", "ontvanger", "wat"),
        over=zonder.afweging_niet_in_orde,
        norm="Jeugdwet 7.3.2 lid 4",
    ),
    Vraag(
        12,
        Groep.ZONDER,
        "Hoe vaak deelt een organisatie, of een medewerker, na een afweging?",
        ("afzender", "maand", "medewerker", "leveringen", "afwegingen"),
        over=zonder.hoe_vaak_gewogen,
        norm="AVG 35",
        optellen=("afzender", "maand", "medewerker"),
    ),
    Vraag(
        13,
        Groep.ZONDER,
        "Wat ging toch, nadat iemand nee zei?",
        (*_LEVERING, "grond", "nee", "van", "velden"),
        over=zonder.na_een_nee,
        norm="AVG 7 lid 3",
    ),
    Vraag(
        14,
        Groep.TOESTEMMING,
        "Wat ging op een toestemming die toen was ingetrokken, verlopen of zonder gezag gegeven?",
        (*_LEVERING, "wat", "toestemmingId"),
        over=toestemming.toestemming_gold_niet,
        norm="AVG 7 lid 3",
        leeg=True,
    ),
    Vraag(
        15,
        Groep.TOESTEMMING,
        "Hoe snel antwoordden ontvangers nadat toestemming was ingetrokken?",
        (
            *("op", "leveringId", "partij", "ontvanger", "velden"),
            *("antwoordVoor", "beantwoordOp", "uren", "uitkomst", "teLaat"),
        ),
        over=toestemming.hoe_snel_na_intrekken,
        norm="AVG 19",
    ),
    Vraag(
        16,
        Groep.TOESTEMMING,
        "Wie wordt binnen 60 dagen 12, 16 of 18 terwijl er nog iets wacht?",
        ("leerlingId", "partij", "wordt", "op", "leveringen"),
        over=toestemming.wie_jarig_wordt,
        optellen=("leerlingId", "partij", "wordt", "op"),
        norm="UAVG 5, Jeugdwet 7.3.5",
    ),
    Vraag(
        17,
        Groep.TOESTEMMING,
        "Op welke controles van gezag rust dit, en hoe oud zijn die?",
        ("leerlingId", "partij", "gecontroleerdOp", "bron", "dagen", "leveringen"),
        over=toestemming.oudste_gezagscontroles,
        optellen=("leerlingId", "partij", "gecontroleerdOp", "bron", "dagen"),
        oudste_eerst="dagen",
        norm="BW 1:251",
    ),
    Vraag(
        18,
        Groep.TOESTEMMING,
        "Welke besluiten vallen met de regels van vandaag anders uit?",
        (*_LEVERING, "verschil", "waarom", "toen", "nu", "erbij", "weg"),
        over=toestemming.nu_anders_beslist,
        hoogstens=250,
        norm="AVG 24",
    ),
    Vraag(
        19,
        Groep.VERANTWOORDING,
        "Is er iets weg of veranderd sinds mijn laatste controle?",
        (
            *("partij", "nagekekenOp", "grootteToen", "wortelToen", "grootteNu", "wortelNu"),
            *("klopt", "bewijs"),
        ),
        zelf=log.sinds_mijn_laatste_keer,
        norm="AVG 5 lid 2",
    ),
    Vraag(
        20,
        Groep.VERANTWOORDING,
        "Is dit alles?",
        ("partij", "soort", "kant", "regels"),
        zelf=log.is_dit_alles,
        norm="AVG 5 lid 2",
        optellen=("partij", "soort", "kant"),
    ),
    Vraag(
        21,
        Groep.VERANTWOORDING,
        "Is er een gat, een splitsing, of een controlepunt dat niet past?",
        ("wat", "grootte", "klopt"),
        zelf=log.gat_of_splitsing,
        norm="AVG 32",
    ),
    Vraag(
        22,
        Groep.VERANTWOORDING,
        "Wat is ingetrokken, gewist of verbeterd, door wie en waarom?",
        (
            *("op", "partij", "wat", "bladId", "leveringId", "feitId", "over"),
            *("uitkomst", "redenen"),
        ),
        zelf=log.gewist_of_verbeterd,
        norm="AVG 16, 17",
    ),
    Vraag(
        23,
        Groep.VERANTWOORDING,
        "Wie keek in de verantwoording, en waarvoor?",
        ("op", "partij", "door", "client", "persoon", "kijkdoel", "wat", "over", "leerlingId"),
        zelf=log.wie_las,
        norm="AVG 32",
    ),
)
VRAAG: Final = {v.nummer: v for v in VRAGEN}


@dataclass(frozen=True, slots=True)
class Antwoord:
    vraag: Vraag
    rijen: list[Rij]
    gelezen: int
    """How many leveringen or lines were looked at."""
    kloptNiet: int  # noqa: N815 - as it stands in the answer
    """How many of those are not as the gateway wrote them, so that nothing of them is in the rows."""
    na: str | None
    boom: Boom
    opnieuw: tuple[str, ...]


async def beantwoord(bron: Bron, gevraagd: Gevraagd, aantal: int = MOST) -> Antwoord:
    """One part of the answer. `aantal`: how many leveringen are looked at for it."""
    vraag = VRAAG[gevraagd.nummer]
    boom = await bron.boom()
    broken = 0
    if vraag.zelf is not None:
        deel = await vraag.zelf(bron, gevraagd)
    else:
        assert vraag.over is not None
        most = min(aantal, vraag.hoogstens)
        page = await toezicht.look(bron.ports.storage, Zoekvraag(gevraagd.periode), most, bron.held)
        broken = sum(g.klopt is False for g in page.gezien)
        rijen = await vraag.over(bron, gevraagd, page.gezien)
        deel = Deel(rijen, len(page.gezien), toezicht.cursor(page.na))
    return Antwoord(vraag, deel.rijen, deel.gelezen, broken, deel.na, boom, tuple(opnieuw(gevraagd)))


def samen(vraag: Vraag, parts: Iterable[Sequence[Rij]]) -> list[Rij]:
    """The rows of all parts of an answer: one after the other, or added up where it is a count."""
    if not vraag.optellen:
        return [row for part in parts for row in part]
    found: dict[tuple[Any, ...], Rij] = {}
    counted = [k for k in vraag.kolommen if k not in vraag.optellen]
    for row in (row for part in parts for row in part):
        key = tuple(row[k] for k in vraag.optellen)
        known = found.get(key)
        if known is None:
            found[key] = dict(row)
        else:
            known.update({k: _sum(known[k], row[k]) for k in counted})
    rows = list(found.values())
    first = vraag.oudste_eerst
    if first is not None:
        rows.sort(key=lambda r: -(10**6 if r[first] is None else r[first]))
    return rows


def _sum(one: int | str, other: int | str) -> int | str:
    """What nobody told adds nothing to what somebody did."""
    if NIET_GEMELD in (one, other):
        return other if one == NIET_GEMELD else one
    assert isinstance(one, int)
    assert isinstance(other, int)
    return one + other


def opnieuw(gevraagd: Gevraagd) -> list[str]:
    """The commands that give the same without this gateway: on a copy of its database, and of the account."""
    parts = _of(gevraagd.periode)
    if gevraagd.ontvanger is not None:
        parts.append(f"--ontvanger {gevraagd.ontvanger}")
    if gevraagd.kijkdoel is not None:
        parts += [f"--leerlingid {LEERLINGID}", f"--kijkdoel {gevraagd.kijkdoel}"]
    return [f"ozlijn fg vraag {gevraagd.nummer} {' '.join(parts)} --json", "ozlijn ledger verify"]


def afspraken_opnieuw(periode: Periode) -> list[str]:
    """The same for what of the agreements changed."""
    return [f"ozlijn fg afspraken {' '.join(_of(periode))} --json", "ozlijn ledger verify"]


def _of(p: Periode) -> list[str]:
    parts = [f"--partij {partij}" for partij in p.partijen]
    return [
        *parts,
        f"--van {p.van.astimezone(AMSTERDAM).date()}",
        f"--tot {p.tot.astimezone(AMSTERDAM).date()}",
    ]


# ── the exceptions of a period


@dataclass(frozen=True, slots=True)
class Uitzondering:
    """One kind of exception, and how often it was found."""

    naam: str
    tekst: str
    norm: str
    vraag: int | None
    aantal: int
    moet_nul: bool = False


async def uitzonderingen(
    bron: Bron, gevraagd: Gevraagd, aantal: int = MOST
) -> tuple[list[Uitzondering], int, str | None]:
    """What of a period asks for attention: counted over a bounded number of leveringen."""
    page = await toezicht.look(bron.ports.storage, Zoekvraag(gevraagd.periode), aantal, bron.held)
    seen = page.gezien
    of = {n: await over(bron, replace(gevraagd, nummer=n), seen) for n, over in _OVER.items()}
    states: dict[Leveringstatus, int] = {}
    for g in wie.held(seen):
        if g.kant is Kant.AFZENDER:
            states[g.levering.status] = states.get(g.levering.status, 0) + 1
    first = gevraagd.periode.na is None  # what is not about leveringen is counted once
    looked = await log.wie_las(bron, gevraagd) if first else Deel([], 0)
    changed = await bron.profielen.veranderd(gevraagd.periode) if first else []
    ending = lopen_af(await bron.regels(), gevraagd.periode) if first else []
    late = sum(bool(r["teLaat"]) for r in of[15])
    found = [
        Uitzondering(
            "naIntrekking",
            "Gedeeld na intrekking, moet 0 zijn",
            "AVG 7 lid 3",
            14,
            len(of[14]),
            moet_nul=True,
        ),
        Uitzondering(
            "kloptNiet",
            "Niet zoals vastgelegd, moet 0 zijn",
            "AVG 32",
            None,
            sum(g.klopt is False for g in seen),
            moet_nul=True,
        ),
        Uitzondering("zonderToestemming", "Gedeeld zonder toestemming", "BPSW 11, 13", 10, len(of[10])),
        Uitzondering("naNee", "Gedeeld na een nee", "AVG 7 lid 3", 13, len(of[13])),
        Uitzondering(
            "controleTeLaat", "Controle te laat of onvolledig", "Jeugdwet 7.3.2 lid 4", 11, len(of[11])
        ),
        Uitzondering("antwoordTeLaat", "Antwoord na intrekking te laat", "AVG 19", 15, late),
        Uitzondering("profielVeranderd", "Profiel veranderd", "AVG 25", None, len(changed)),
        Uitzondering("afspraakLooptAf", "Afspraak loopt af", "AVG 24", None, len(ending)),
        Uitzondering("geweigerd", "Gaat niet door", "AVG 6", None, states.get(Leveringstatus.GEWEIGERD, 0)),
        Uitzondering(
            "mislukt",
            "Niet goed aangekomen",
            "AVG 5 lid 1 onder d",
            None,
            states.get(Leveringstatus.MISLUKT, 0),
        ),
        Uitzondering("getoond", "Naam of persoon getoond", "AVG 32", 23, len(looked.rijen)),
    ]
    return found, len(seen), toezicht.cursor(page.na)


_OVER: Final = {
    10: zonder.zonder_toestemming,
    11: zonder.afweging_niet_in_orde,
    13: zonder.na_een_nee,
    14: toestemming.toestemming_gold_niet,
    15: toestemming.hoe_snel_na_intrekken,
}

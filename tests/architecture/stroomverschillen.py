"""Where the rules of a flow answer otherwise than the decision did before them, for the pairs of then.

Both are asked the same: every category that can leave, with a profile that holds back nothing, so that only
the rules differ. A difference without a line of the fact base that decides it is a fault, and a test looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from consent.beleid import Beleid
from consent.decide import decide
from consent.plek import Plek
from consent.request import Request
from consent.voorwaarden import Feiten
from gateway.explain.stromen import SOORTEN, lijst
from schemas.base import Gegevenscategorie
from schemas.people.gronden import Grondsoort, Grondverklaring
from schemas.people.hoedanigheden import Partijfunctie, Partijhoedanigheid, hoedanigheid_van
from schemas.people.partij import Partijsoort, Rol
from schemas.people.toestemming import Gebruiksdoel, Ontvanger, Richting, Toestemming
from tests.builders import (
    AANBIEDER,
    AVG,
    GEMEENTE,
    GI,
    NOW,
    P1,
    P2,
    SCHOOL,
    WAIVER,
    YOUTH,
    a_bereik,
    a_grond,
    a_partij,
    a_toestemming,
    a_veto,
    an_id,
    authorities,
)
from tests.unit.consent.stroomhulp import BERICHT, wijd

VT, SCHOOL2, VIR = "oin:00000009999999990001", "brin:99ZZ01", "oin:00000009999999990002"
S2J, J2S = Richting.S2J, Richting.J2S


@dataclass(frozen=True)
class Lijn:
    """One pair of today: who sends, in which role, and who gets it in which."""

    richting: Richting
    van: tuple[str, Partijsoort, Rol]
    aan: tuple[str, Partijsoort, Rol]
    grond: Grondsoort | None = None

    @property
    def paar(self) -> tuple[Partijhoedanigheid, Partijhoedanigheid]:
        van, aan = hoedanigheid_van(*self.van[1:]), hoedanigheid_van(*self.aan[1:])
        assert van is not None
        assert aan is not None
        return van, aan


IB = (SCHOOL, Partijsoort.SCHOOL, Rol.INTERN_BEGELEIDER)
HULP = (AANBIEDER, Partijsoort.JEUGDHULPAANBIEDER, Rol.JEUGDHULPVERLENER)
TOEGANG = (GEMEENTE, Partijsoort.GEMEENTE, Rol.TOEGANGSMEDEWERKER)
LEERPLICHT = (GEMEENTE, Partijsoort.GEMEENTE, Rol.LEERPLICHTAMBTENAAR)
BESCHERMER = (GI, Partijsoort.GECERTIFICEERDE_INSTELLING, Rol.JEUGDBESCHERMER)
LIJNEN: Final = (
    Lijn(S2J, IB, HULP),
    Lijn(S2J, IB, TOEGANG),
    Lijn(S2J, IB, LEERPLICHT, Grondsoort.LEERPLICHT),
    Lijn(S2J, IB, BESCHERMER, Grondsoort.OTS_GI),
    Lijn(S2J, IB, (VT, Partijsoort.VEILIG_THUIS, Rol.MELDPUNTMEDEWERKER), Grondsoort.VEILIG_THUIS),
    Lijn(S2J, IB, (VIR, Partijsoort.VERWIJSINDEX, Rol.MELDPUNTMEDEWERKER), Grondsoort.VERWIJSINDEX),
    Lijn(S2J, IB, (SCHOOL2, Partijsoort.SCHOOL, Rol.INTERN_BEGELEIDER), Grondsoort.OVERSTAP),
    Lijn(J2S, HULP, IB),
    Lijn(J2S, TOEGANG, IB),
    Lijn(J2S, LEERPLICHT, IB),
    Lijn(J2S, BESCHERMER, IB),
)
DOEL: Final = {
    Grondsoort.LEERPLICHT: Gebruiksdoel.VERZUIM,
    Grondsoort.OVERSTAP: Gebruiksdoel.OVERSTAP,
}
INSTEMT: Final = "everybody agrees"
VETO: Final = "everybody agrees, a jeugdhulpverlener vetoes"
GROND: Final = "nobody is asked, a ground is asserted"
OTS: Final = "everybody agrees, the OTS runs"
ALLEEN_AVG: Final = "everybody agrees, secrecy is not lifted"
P = Partijhoedanigheid
DOOR: Final[dict[tuple[Partijhoedanigheid, Partijhoedanigheid, str], str]] = {
    (P.ONDERWIJS, P.JEUGDHULP, VETO): "flows §0 decision 5, consent §0 Veto: it binds what care discloses",
    (P.ONDERWIJS, P.TOEGANG, VETO): "flows §0 decision 5, consent §0 Veto",
    (P.ONDERWIJS, P.LEERPLICHT_RMC, VETO): "flows §0 decision 5, consent §0 Veto",
    (P.ONDERWIJS, P.LEERPLICHT_RMC, INSTEMT): "flows V18: V14-V16 or no flow",
    (P.ONDERWIJS, P.GECERTIFICEERDE_INSTELLING, INSTEMT): "flows §2: not listed is `?`",
    (P.ONDERWIJS, P.VEILIG_THUIS, INSTEMT): "flows §2: not listed is `?`",
    (P.ONDERWIJS, P.VERWIJSINDEX, INSTEMT): "flows §2: not listed is `?`",
    (P.ONDERWIJS, P.ONDERWIJS, INSTEMT): "flows V10, V11: only for who leaves or is aangemeld there",
    (P.ONDERWIJS, P.GECERTIFICEERDE_INSTELLING, GROND): "flows §7, the row of V38: K1, K5, K7, K8",
    (P.TOEGANG, P.ONDERWIJS, VETO): "flows §0 decision 5: the regime of toegang is not JW",
    (P.TOEGANG, P.ONDERWIJS, ALLEEN_AVG): "flows §0 decision 1: toegang is AWB, so column S2J",
    (P.LEERPLICHT_RMC, P.ONDERWIJS, INSTEMT): "flows V19: status, and no row on toestemming",
    (P.LEERPLICHT_RMC, P.ONDERWIJS, VETO): "flows V19: it may tell the school where he is enrolled",
    (P.LEERPLICHT_RMC, P.ONDERWIJS, ALLEEN_AVG): "flows V19: it may tell the school where he is enrolled",
    (P.GECERTIFICEERDE_INSTELLING, P.ONDERWIJS, INSTEMT): "flows V42, V43: under an OTS or as voogd",
}
"""By which line of the fact base each difference is decided."""


def _statements(
    lijn: Lijn, doel: Gebruiksdoel, what: str, richtingen: tuple[Richting, ...]
) -> list[Toestemming]:
    if what == GROND:
        return []
    to = Ontvanger(partij=lijn.aan[0], rol=lijn.aan[2])
    return [
        a_toestemming(
            wie, functie=f, richting=way, bereik=a_bereik(richting=way, doelen=(doel,), ontvangers=(to,))
        )
        for way in richtingen
        for wie in (P1, P2, YOUTH)
        for f in ((AVG,) if what == ALLEEN_AVG else (AVG, WAIVER))
    ]


def beslist(
    lijn: Lijn, doel: Gebruiksdoel, what: str, age: int, policy: Beleid
) -> frozenset[Gegevenscategorie]:
    """The categories that go by the decision under this policy."""
    to = Ontvanger(partij=lijn.aan[0], rol=lijn.aan[2])
    grounds: tuple[Grondverklaring, ...] = ()
    if what == GROND:
        assert lijn.grond is not None
        grounds = (a_grond(soort=lijn.grond, ontvanger=to, doelen=(doel,)),)
    care = lijn.van[0] if lijn.richting is J2S else lijn.aan[0]
    vetos = (a_veto(vastgelegd_door=care, richting=lijn.richting),) if what == VETO else ()
    van, aan = lijn.paar
    request = Request(
        decision_id=an_id("vergelijking"),
        eigenaar=SCHOOL,
        afzender=lijn.van[0],
        ontvanger=to,
        partij=a_partij(id=lijn.aan[0], soort=lijn.aan[1]),
        doel=doel,
        richting=lijn.richting,
        bericht=BERICHT,
        gevraagd=SOORTEN,
        velden=tuple(c.value for c in SOORTEN),
        vrije_tekst_nagekeken=True,
        van=Plek(van),
        aan=Plek(aan, Partijfunctie(lijn.aan[2])),
        bekend=Feiten(ots_loopt=True) if what == OTS else Feiten(),
    )
    said = _statements(lijn, doel, what, (lijn.richting,))
    who = authorities(age=age, vetos=vetos)
    found = decide(request, said, who, grounds, None, policy, NOW)
    return frozenset(map(Gegevenscategorie, found.released))


def vandaag(lijn: Lijn, doel: Gebruiksdoel, what: str, age: int) -> frozenset[Gegevenscategorie]:
    """As it was decided before there were rules of a flow."""
    return beslist(lijn, doel, what, age, wijd().zonder_stromen)


def straks(lijn: Lijn, doel: Gebruiksdoel, what: str, age: int) -> frozenset[Gegevenscategorie]:
    """As it is decided by them, of the same facts."""
    return beslist(lijn, doel, what, age, wijd())


@dataclass(frozen=True)
class Verschil:
    paar: tuple[Partijhoedanigheid, Partijhoedanigheid]
    what: str
    age: int
    doelen: tuple[Gebruiksdoel, ...]
    nu: frozenset[Gegevenscategorie]
    dan: frozenset[Gegevenscategorie]


def verschillen() -> Iterator[Verschil]:
    """Each pair and situation in which something else goes; doelen with one answer together."""
    for lijn in LIJNEN:
        situations = [(INSTEMT, 10), (VETO, 10)]
        if lijn.richting is J2S:
            situations.append((ALLEEN_AVG, 10))
        if lijn.grond is not None:
            situations += [(GROND, 10), (GROND, 18)]
        if lijn.paar[0] is Partijhoedanigheid.GECERTIFICEERDE_INSTELLING:
            situations.append((OTS, 10))
        for what, age in situations:
            doelen = list(Gebruiksdoel)
            if what == GROND and lijn.grond is not None:
                doelen = [DOEL.get(lijn.grond, Gebruiksdoel.VEILIGHEID)]
            by_answer: dict[tuple[frozenset[Gegevenscategorie], ...], list[Gebruiksdoel]] = {}
            for doel in doelen:
                answer = (vandaag(lijn, doel, what, age), straks(lijn, doel, what, age))
                if answer[0] != answer[1]:
                    by_answer.setdefault(answer, []).append(doel)
            for (nu, dan), of_answer in by_answer.items():
                yield Verschil(lijn.paar, what, age, tuple(of_answer), nu, dan)


def verschil_table() -> str:
    """A difference that no line decides is a KeyError."""
    rows = [
        "| from > to | what people and the law say | doelen | went before | goes by the table | decided by |",
        "|" + "---|" * 6,
    ]
    for v in verschillen():
        by = DOOR[(*v.paar, v.what)]
        doelen = "all" if len(v.doelen) == len(Gebruiksdoel) else lijst(v.doelen, Gebruiksdoel)
        rows.append(
            f"| {v.paar[0]} > {v.paar[1]} | {v.what} | {doelen} | {_told(v.nu)} | {_told(v.dan)} | {by} |"
        )
    return "\n".join(rows) + "\n"


def _told(some: frozenset[Gegevenscategorie]) -> str:
    if len(some) == len(SOORTEN):
        return "all"
    return ", ".join(c for c in SOORTEN if c in some) or "nothing"

"""The decision against a third reading of the matrix, over random cases of every row and around it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any, Final

import pytest

from consent.decide import decide
from consent.plek import Plek
from consent.request import Request
from consent.voorwaarden import Feiten
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Decision, Outcome
from schemas.people.gronden import Grondsoort, Grondverklaring
from schemas.people.hoedanigheden import Partijfunctie
from schemas.people.hoedanigheden import Partijhoedanigheid as P
from schemas.people.omstandigheden import Omstandigheidsoort as W
from schemas.people.partij import Partijsoort, Rol
from schemas.people.toestemming import (
    Gebeurtenis,
    Gebruiksdoel,
    Gezagsoort,
    Ontvanger,
    ProfessioneelVeto,
    Richting,
    Toestemming,
)
from tests.builders import (
    AANBIEDER,
    AVG,
    GEMEENTE,
    NOW,
    P1,
    P2,
    SCHOOL,
    WAIVER,
    YOUTH,
    X,
    a_bereik,
    a_gezag,
    a_grond,
    a_partij,
    a_persoon,
    a_toestemming,
    a_veto,
    an_id,
    an_intrekking,
    an_omstandigheid,
    authorities,
)
from tests.unit.consent.orakel_stromen import (
    ALLES,
    ELK_DOEL,
    FUNCTIES,
    GAAT,
    GRONDEN,
    MENS,
    NOOIT,
    PARTIJEN,
    ROWS,
    WACHT,
    ZWIJGT,
    Drie,
    Gezegd,
    Weet,
    Zaak,
    draagt,
    verwacht,
)
from tests.unit.consent.stroomhulp import BERICHT, wijd

CASES: Final = 4_000
ELDERS: Final = "oin:00000009999999990000"
WIE: Final = {"p1": P1, "p2": P2, "leerling": YOUTH, "ander": X}
AGES: Final = (7, 11, 12, 15, 16, 17, 18, 22, 23, 26, 27)
GEZAG: Final[Mapping[str, tuple[tuple[str, ...], Any]]] = {
    "samen": (("p1", "p2"), a_gezag),
    "een": (("p1",), lambda: a_gezag(a_persoon(P1), a_persoon(X, gezag=False), soort=Gezagsoort.EENHOOFDIG)),
    "voogd": (("p1",), lambda: a_gezag(a_persoon(P1), soort=Gezagsoort.VOOGD)),
    "gi": (("p1",), lambda: a_gezag(a_persoon(P1), soort=Gezagsoort.GI_VOOGD)),
    "onbekend": ((), lambda: a_gezag(a_persoon(P1, gezag=False), soort=Gezagsoort.ONBEKEND)),
}
OTHER_SCHOOL: Final = "brin:99XX01"
AT: Final = {"LPL": GEMEENTE}
"""Where somebody in a capacity is; elsewhere in every other."""
SOORT: Final = {
    "SCH": Partijsoort.SCHOOL,
    "GI": Partijsoort.GECERTIFICEERDE_INSTELLING,
    "VT": Partijsoort.VEILIG_THUIS,
    "VIR": Partijsoort.VERWIJSINDEX,
    "LPL": Partijsoort.GEMEENTE,
}
WRONG: Final[Mapping[str, Mapping[str, Any]]] = {
    "verlopen": {"geldig_tot_en_met": NOW.date() - dt.timedelta(days=1)},
    "te lang": {"geldig_vanaf": NOW.date() - dt.timedelta(days=10), "geldig_tot_en_met": dt.date(2028, 1, 1)},
    "van een ander": {"vastgelegd_door": "oin:00000009999999990077"},
    "aan een ander": {"ontvanger": Ontvanger(partij="oin:00000009999999990078", rol=Rol.ADMINISTRATIE)},
    "voor iets anders": {"doelen": (Gebruiksdoel.OPP,)},
    "later": {"moment": NOW + dt.timedelta(hours=1)},
}
"""What is wrong with an assertion of a ground: then it says nothing."""
OUTCOME: Final = {
    Outcome.PERMIT: GAAT,
    Outcome.PERMIT_REDUCED: GAAT,
    Outcome.HOLD: WACHT,
    Outcome.DENY: NOOIT,
}


def _names(row: Any) -> list[str]:
    """The facts that a row looks at."""
    seen: list[str] = []

    class Kijkt(Weet):
        def __getitem__(self, naam: str) -> Drie:
            seen.append(naam)
            return True

    for age in AGES:
        row.wanneer(Kijkt(age))
    return list(dict.fromkeys(seen))


NAMES: Final = {id(r): _names(r) for r in ROWS}


def a_case(r: Random) -> tuple[Zaak, str, str, dict[str, bool], tuple[str, str] | None]:
    """One case: half of them close to a row, with what it looks at mostly so."""
    row = r.choice(ROWS)
    near = r.random() < 0.9
    van = r.choice(sorted(row.van)) if near else r.choice(sorted(PARTIJEN))
    aan = r.choice(sorted(row.aan)) if near else r.choice(sorted(PARTIJEN))
    doel = r.choice(sorted(row.doelen)) if r.random() < 0.9 else r.choice(ELK_DOEL.split())
    soort = r.choice(sorted(row.soorten)) if r.random() < 0.7 else r.choice([*ALLES.split(), "nummer"])
    functie = r.choice((None, *FUNCTIES.get(aan, ())))
    if aan in row.aan and row.functie is not None and r.random() < 0.8:
        functie = row.functie
    age, kind = r.choice(AGES), r.choice([*GEZAG, "samen", "samen"])
    often = r.choice((0.5, 0.9, 1.0))
    stated: dict[str, bool] = {}
    for name in NAMES[id(row)]:
        if r.random() < 0.93 and (name != "hoofd" or van == "SCH"):
            stated[name] = r.random() < often
    for name in ("nodig", "gevraagd", "direct_betrokken", "medewerking_vereist", "taakgericht"):
        if name not in stated and r.random() < 0.2:
            stated[name] = r.random() < 0.5
    holders, _ = GEZAG[kind]
    door: dict[str, str] = {}
    said_by = r.choice(("allen", "allen", "wie", "niemand"))
    for wie in ("p1", "p2", "leerling", "ander"):
        if said_by == "allen" or (said_by == "wie" and r.random() < 0.6):
            door[wie] = r.choices(("ja", "nee", "ingetrokken"), (9, 1, 1))[0]
    grond = None
    about = [g for g, row_ in GRONDEN.items() if row_.aan == aan]
    if about and r.random() < 0.5:
        grond = r.choice(about), r.choices(("goed", *WRONG), (6, *(1 for _ in WRONG)))[0]
        stated = {n: v for n, v in stated.items() if n not in GRONDEN[grond[0]].zegt or r.random() < 0.3}
    known = _known(van, aan, age, kind, stated, _said(grond, van, aan, functie, doel, age))
    zaak = Zaak(
        van,
        aan,
        doel,
        Weet(age, known),
        functie,
        holders,
        Gezegd(door, r.random() < 0.8),
        veto=r.random() < 0.1,
    )
    return zaak, soort, kind, stated, grond


def _said(
    grond: tuple[str, str] | None, van: str, aan: str, functie: str | None, doel: str, age: int
) -> Mapping[str, bool]:
    """What a ground says, when it is sound and about this flow."""
    if grond is None or grond[1] != "goed" or not draagt(grond[0], van, aan, functie, doel, age):
        return {}
    return GRONDEN[grond[0]].zegt


def _known(
    van: str, aan: str, age: int, kind: str, stated: Mapping[str, bool], grond: Mapping[str, bool]
) -> dict[str, Drie]:
    """What is on record counts before what is said; and what nobody said of some things is not so."""
    known: dict[str, Drie] = dict.fromkeys(("gevraagd", "vraag_van_college", "direct_betrokken"), False)
    known |= grond
    known |= stated
    if age >= 18:
        known["leerplichtig"] = False
    known["gi_is_voogd"] = None if kind == "onbekend" else kind == "gi"
    if kind == "onbekend" and "gi_is_voogd" in stated:
        known["gi_is_voogd"] = stated["gi_is_voogd"]
    if (van == "SCH") is not (aan == "SCH"):
        known["ingeschreven"] = True
    known["eigen_gegevens"] = van in MENS
    known["hoofd"] = stated.get("hoofd", False)
    return known


def _a_ground(z: Zaak, grond: tuple[str, str] | None, afzender: str, to: Ontvanger) -> list[Grondverklaring]:
    if grond is None:
        return []
    kw: dict[str, Any] = {
        "soort": Grondsoort(grond[0]),
        "vastgelegd_door": afzender,
        "ontvanger": to,
        "doelen": (Gebruiksdoel(z.doel),),
    }
    return [a_grond(**(kw | dict(WRONG.get(grond[1], {}))))]


def decided(
    z: Zaak, soort: str, kind: str, stated: Mapping[str, bool], grond: tuple[str, str] | None
) -> Decision:
    van, aan = P(PARTIJEN[z.van]), P(PARTIJEN[z.aan])
    afzender = SCHOOL if z.van == "SCH" else AANBIEDER
    at = AT.get(z.aan, ELDERS) if z.aan != "SCH" else OTHER_SCHOOL if z.van == "SCH" else SCHOOL
    to = Ontvanger(partij=at, rol=Rol(z.functie) if z.functie else Rol.ADMINISTRATIE)
    asked = G(soort)
    said: list[Toestemming] = []
    bereik = a_bereik(
        richting=Richting.J2S if z.van in ZWIJGT else Richting.S2J,
        afzender=afzender,
        doelen=(Gebruiksdoel(z.doel),),
        ontvangers=(to,),
    )
    apart: dict[str, Any] = {} if z.gezegd.apart else {"uitdrukkelijk": ()}
    for wie, what in z.gezegd.door.items():
        for functie in (AVG, WAIVER):
            event = Gebeurtenis.GEWEIGERD if what == "nee" else Gebeurtenis.GEGEVEN
            yes = a_toestemming(WIE[wie], functie=functie, gebeurtenis=event, bereik=bereik, **apart)
            said += [yes, an_intrekking(yes)] if what == "ingetrokken" else [yes]
    names = {w.value for w in W}
    wel = tuple(W(n) for n, v in stated.items() if v and n in names)
    nee = tuple(W(n) for n, v in stated.items() if not v and n in names)
    omstandigheden = []
    if wel or nee or stated.get("hoofd"):
        omstandigheden = [
            an_omstandigheid(
                vastgelegd_door=afzender,
                ontvanger=to,
                doelen=(Gebruiksdoel(z.doel),),
                wel=wel,
                niet=nee if wel or nee else (W.MEDEWERKING_VEREIST,),  # it says something
                functie=Partijfunctie.DIRECTEUR if stated.get("hoofd") else None,
            )
        ]
    vetos: tuple[ProfessioneelVeto, ...] = ()
    if z.veto:
        richting = Richting.S2J if z.van == "SCH" else Richting.J2S
        vetos = (a_veto(vastgelegd_door=afzender, richting=richting, doelen=tuple(Gebruiksdoel)),)
    who = authorities(age=z.weet.leeftijd, gezag=(GEZAG[kind][1](),), vetos=vetos)
    request = Request(
        decision_id=an_id("orakel"),
        eigenaar=SCHOOL,
        afzender=afzender,
        ontvanger=to,
        partij=a_partij(id=at, rollen=tuple(Rol), soort=SOORT.get(z.aan, Partijsoort.ANDERE)),
        doel=Gebruiksdoel(z.doel),
        richting=Richting.S2J,
        bericht=BERICHT,
        gevraagd=(asked,),
        velden=(soort,),
        vrije_tekst_nagekeken=True,
        van=Plek(van),
        aan=Plek(aan, Partijfunctie(z.functie) if z.functie else None),
        bekend=Feiten(
            zelfde_bevoegd_gezag=stated.get("zelfde_bevoegd_gezag"),
            eigen_gegevens=z.van in MENS,
        ),
    )
    grounds = _a_ground(z, grond, afzender, to)
    return decide(request, said, who, grounds, None, wijd(), NOW, omstandigheden)


@pytest.mark.parametrize("part", range(4))
def test_what_comes_of_a_case_is_what_the_text_says(part: int) -> None:
    """Between whom, for what, at which age, under whose gezag, whatever is known and whoever said what."""
    r = Random(20261130 + part)
    seen: Counter[str] = Counter()
    for _ in range(CASES // 4):
        zaak, soort, kind, stated, grond = a_case(r)
        found = decided(zaak, soort, kind, stated, grond)
        want = verwacht(zaak, soort)
        assert OUTCOME[found.outcome] == want, (zaak, soort, kind, stated, grond, found.codes)
        seen[want] += 1
    assert min(seen[w] for w in (GAAT, WACHT, NOOIT)) > CASES // 50  # each of the three is really looked at

"""Histories around allocations, requests, starts and stops, per rule that they break."""

from __future__ import annotations

from typing import Any, NamedTuple

from adapters.ijw.bericht import JwBericht
from tests.unit.adapters.ijw.verkeer import (
    ANDERE_AANBIEDER,
    ANDERE_BSN,
    ANDERE_GEMEENTE,
    VERBLIJF,
    m301,
    m305,
    m307,
    m315,
    m317,
    m319,
    m323,
    m325,
    nieuw,
    prestatie,
    start,
    stop,
    toewijzing,
    verwijderd,
    wijzig,
)

KOP = "/Bericht/Header"
START = "/Bericht/Client/StartProducten/StartProduct"
STOP = "/Bericht/Client/StopProducten/StopProduct"
TOEGEWEZEN = "/Bericht/Client/ToegewezenProducten/ToegewezenProduct"
VERZOEK = "/Bericht/Client/Verzoek"
DECLARATIE = "/Bericht/Declaratie"
PRESTATIE = DECLARATIE + "/Clienten/Client[1]/Prestaties/Prestatie"
VAN_EEN_ANDER = DECLARATIE + "/Clienten/Client[2]/Prestaties/Prestatie[1]"
ANTWOORD = "/Bericht/DeclaratieAntwoord"
REGEL = ANTWOORD + "/Clienten/Client[1]/Prestaties/Prestatie"
FEB, MRT, APR = "2026-02-02", "2026-03-02", "2026-04-02"


class Rij(NamedTuple):
    """`goed`: the same message after another history is right; with `anders` that other message is."""

    code: str
    place: str
    fout: list[JwBericht]
    bericht: JwBericht
    goed: list[JwBericht]
    anders: JwBericht | None = None


def goedgekeurd(*rows: dict[str, Any], nummer: str = "D0", periode: str = "2026-02") -> list[JwBericht]:
    """A claim of these rows, all approved."""
    claim = m323(nummer, *rows, periode=periode)
    return [claim, m325(claim)]


P1 = prestatie("R1")
CREDIT = prestatie("R2", vorig="R1")
CLAIM = m323("D1", P1, prestatie("R5", periode="2026-01"), ident="CLAIM")
BEGONNEN = [m301(), m305(start(FEB))]
GENERIEK = toewijzing(product=None, omvang=None, budget="100000", eind="2026-12-31")
CATEGORIE = toewijzing(product=("45",), omvang=None)
WEEK = toewijzing(omvang=("2", "04", "2"), eind="2026-12-31")
TOTAAL = toewijzing(omvang=("8", "04", "6"), eind="2026-12-31")
OUD = toewijzing(eind="2026-03-31")
LATER = toewijzing(ingang="2026-02-10", eind="2026-03-20")

VERZOEKEN_EN_REGIE = [
    Rij("TR019", START + "[1]", [], m305(start(FEB)), [m301()]),
    Rij(
        "TR019",
        START + "[2]",
        [m301()],
        m305(start(FEB), start(FEB, nummer="101")),
        [m301(toewijzing(), toewijzing("101"))],
    ),
    Rij("TR019", START + "[1]", [m301(), m301(verwijderd())], m305(start(FEB)), [m301()]),
    Rij("TR019", START + "[1]", [m301(bsn=ANDERE_BSN)], m305(start(FEB)), [m301()]),
    Rij("TR019", START + "[1]", [m301(aanbieder=ANDERE_AANBIEDER)], m305(start(FEB)), [m301()]),
    Rij(
        "TR056",
        KOP,
        [m301(), m305(start(FEB, nummer=None), ident="X")],
        m305(start(FEB), ident="X"),
        [m301(ident="X"), m305(start(FEB, nummer=None), ident="Y")],
    ),
    Rij("TR063", START + "[1]", [m301()], m305(start(FEB, status="3")), BEGONNEN),
    Rij(
        "TR063",
        STOP + "[1]",
        [*BEGONNEN, m307(stop(FEB, "31", MRT))],
        m307(stop(FEB, "32", MRT, status="3")),
        [*BEGONNEN, m307(stop(FEB, "32", MRT))],
    ),
    Rij(
        "TR071",
        START + "[1]",
        [*BEGONNEN, m307(stop(FEB, "20", MRT))],
        m305(start(FEB, status="3")),
        [*BEGONNEN, m307(stop(FEB, "20", MRT)), m307(stop(FEB, "20", MRT, status="3"))],
    ),
    Rij(
        "TR074",
        START + "[1]",
        [*BEGONNEN, m307(stop(FEB, "31", MRT))],
        m305(start(FEB)),
        [m301(), m305(start("2026-02-03")), m307(stop("2026-02-03", "31", MRT))],
    ),
    Rij("TR304", "/Bericht/Client", [], m317(extra=[nieuw()]), [m301(OUD)]),
    Rij("TR326", START + "[1]", BEGONNEN, m305(start(MRT)), [*BEGONNEN, m307(stop(FEB, "20", MRT))]),
    Rij(
        "TR326",
        START + "[2]",
        [m301()],
        m305(start(FEB), start(MRT)),
        BEGONNEN,
        m305(start(FEB, status="3"), start(MRT)),
    ),
    Rij(
        "TR332", TOEGEWEZEN + "[1]", [m301(bsn=ANDERE_BSN)], m301(), [m301(toewijzing("101"), bsn=ANDERE_BSN)]
    ),
    Rij(
        "TR332",
        TOEGEWEZEN + "[1]",
        [m301(aanbieder=ANDERE_AANBIEDER)],
        m301(),
        [m301(aanbieder=ANDERE_AANBIEDER), m301(verwijderd(), aanbieder=ANDERE_AANBIEDER)],
    ),
    Rij("TR332", TOEGEWEZEN + "[1]", [m301(toewijzing(product=VERBLIJF))], m301(), [m301()]),
    Rij(
        "TR347",
        VERZOEK,
        [m301(OUD), m315("W1"), m319("W1")],
        m317("W1", extra=[nieuw()]),
        [m301(OUD), m315("W2"), m319("W2")],
    ),
    Rij(
        "TR347",
        "/Bericht/Client/AangevraagdeProducten/AangevraagdProduct[2]",
        [m315("V2"), m319("V2")],
        m315("V1", "V2"),
        [m315("V3"), m319("V3")],
    ),
    Rij(
        "TR349",
        VERZOEK,
        [m301(toewijzing(), toewijzing("101", VERBLIJF))],
        m317(zelfde=["100"]),
        [m301(toewijzing(), toewijzing("101", VERBLIJF, eind=APR))],
    ),
    Rij(
        "TR349",
        VERZOEK,
        [m301(toewijzing(), toewijzing("101", VERBLIJF, ingang="2026-09-01"))],
        m317(zelfde=["100"]),
        [m301(toewijzing(), verwijderd("101", product=VERBLIJF))],
    ),
    Rij(
        "TR350",
        VERZOEK + "/OngewijzigdeProducten/OngewijzigdProduct[2]",
        [m301()],
        m317(zelfde=["100", "101"]),
        [m301(toewijzing(), toewijzing("101", VERBLIJF))],
    ),
    Rij(
        "TR350",
        VERZOEK + "/OngewijzigdeProducten/OngewijzigdProduct[1]",
        [m301(OUD)],
        m317(zelfde=["100"]),
        [m301()],
    ),
    Rij(
        "TR351",
        VERZOEK + "/TeWijzigenProducten/TeWijzigenProduct[1]",
        [m301(OUD)],
        m317(anders=[wijzig()]),
        [m301()],
    ),
    Rij("TR355", "/Bericht/Antwoord", [], m319("V1"), [m315("V1")]),
    Rij("TR355", "/Bericht/Antwoord", [m315("V1", gemeente=ANDERE_GEMEENTE)], m319("V1"), [m317("V1")]),
    Rij(
        "TR357",
        VERZOEK + "/TeWijzigenProducten/TeWijzigenProduct[1]",
        [m301()],
        m317(anders=[wijzig(gewenst="2026-03-01")]),
        [m301(toewijzing(ingang="2026-03-01"))],
    ),
    Rij(
        "TR359",
        "/Bericht/Antwoord",
        [m315("V1"), m301(toewijzing(ref="V1"))],
        m319("V1"),
        [m315("V1"), m301()],
    ),
    Rij("TR360", "/Bericht/Antwoord", [m315("V1"), m319("V1", "2")], m319("V1", "2"), [m315("V1")]),
    Rij(
        "TR361",
        VERZOEK,
        [m301(toewijzing(product=VERBLIJF))],
        m317(zelfde=["100"], extra=[nieuw()]),
        [m301()],
    ),
    Rij(
        "TR361",
        VERZOEK,
        [m301(toewijzing(product=VERBLIJF))],
        m317(anders=[wijzig(eind="2026-06-01")], extra=[nieuw()]),
        [m301(toewijzing(product=VERBLIJF))],
        m317(anders=[wijzig(eind="2026-06-30")], extra=[nieuw(begin="2026-07-01")]),
    ),
    Rij(
        "TR365",
        "/Bericht/Antwoord",
        [m315("V1"), m319("V1", "1")],
        m319("V1", "1"),
        [m315("V1"), m319("V1", "2")],
    ),
    Rij(
        "TR373",
        VERZOEK + "/TeWijzigenProducten/TeWijzigenProduct[1]",
        [m301(TOTAAL)],
        m317(anders=[wijzig(omvang=("9", "04", "6"), eind="2026-12-31")]),
        [m301(WEEK)],
    ),
    Rij(
        "TR373",
        VERZOEK + "/TeWijzigenProducten/TeWijzigenProduct[1]",
        [m301(GENERIEK)],
        m317(anders=[wijzig(omvang=None, budget="100001", eind="2026-12-31")]),
        [m301(GENERIEK)],
        m317(anders=[wijzig(omvang=None, budget="100001", eind="2026-12-31", gewenst="2026-01-01")]),
    ),
    Rij("TR374", KOP, [m315("V1")], m315("V2"), [m315("V1", gemeente=ANDERE_GEMEENTE)]),
    Rij("TR374", KOP, [m315("V1")], m315("V2"), [m315("V1"), m319("V1")]),
    Rij(
        "TR374",
        KOP,
        [m315("V1", "V3"), m319("V1")],
        m315("V2"),
        [m315("V1", "V3"), m319("V1", "2"), m319("V1"), m301(toewijzing(ref="V3"))],
    ),
    Rij(
        "TR374",
        KOP,
        [m301(OUD), m317("W0")],
        m317("W1", extra=[nieuw()]),
        [m301(OUD), m317("W0", bsn=ANDERE_BSN)],
    ),
    Rij(
        "TR375",
        VERZOEK + "/TeWijzigenProducten/TeWijzigenProduct[1]",
        [m301(GENERIEK)],
        m317(anders=[wijzig()]),
        [m301()],
    ),
    Rij("TR379", TOEGEWEZEN + "[1]", [], m301(toewijzing(ref="V1")), [m315("V1")]),
    Rij("TR379", TOEGEWEZEN + "[1]", [m315("V1", bsn=ANDERE_BSN)], m301(toewijzing(ref="V1")), [m315("V1")]),
    Rij(
        "TR379",
        TOEGEWEZEN + "[1]",
        [m315("V1"), m301(toewijzing(ref="V1"))],
        m301(toewijzing(ref="V1", datum=FEB)),
        [m315("V1"), m301(toewijzing())],
    ),
    Rij("TR382", STOP + "[1]", [m301()], m307(stop(FEB, "31", MRT)), BEGONNEN),
    Rij(
        "TR382",
        STOP + "[1]",
        BEGONNEN,
        m307(stop("2026-02-03", "31", MRT)),
        BEGONNEN,
        m307(stop(FEB, "31", MRT)),
    ),
    Rij(
        "TR382",
        STOP + "[1]",
        BEGONNEN,
        m307(stop(FEB, "31", MRT, product=("45",))),
        BEGONNEN,
        m307(stop(FEB, "31", MRT)),
    ),
    Rij(
        "TR385",
        TOEGEWEZEN + "[1]",
        [m301(), *goedgekeurd(P1)],
        m301(verwijderd()),
        [m301(), *goedgekeurd(P1), *goedgekeurd(CREDIT, nummer="D1", periode="2026-03")],
    ),
    Rij(
        "TR411",
        VERZOEK + "/TeWijzigenProducten/TeWijzigenProduct[1]",
        [m301()],
        m317(anders=[wijzig(omvang=None)]),
        [m301(CATEGORIE)],
    ),
    Rij(
        "TR412",
        VERZOEK + "/TeWijzigenProducten/TeWijzigenProduct[1]",
        [m301(CATEGORIE)],
        m317(anders=[wijzig()]),
        [m301()],
    ),
    Rij("TR413", STOP + "[1]", [*BEGONNEN, m307(stop(FEB, "20", MRT))], m307(stop(FEB, "20", APR)), BEGONNEN),
    Rij(
        "TR413",
        STOP + "[2]",
        BEGONNEN,
        m307(stop(FEB, "20", MRT), stop(FEB, "20", APR)),
        BEGONNEN,
        m307(stop(FEB, "31", APR), stop(FEB, "20", MRT)),
    ),
    Rij(
        "TR414",
        STOP + "[1]",
        [*BEGONNEN, m307(stop(FEB, "20", APR))],
        m307(stop(FEB, "31", MRT)),
        [*BEGONNEN, m307(stop(FEB, "20", MRT))],
    ),
    Rij(
        "TR415",
        STOP + "[1]",
        [*BEGONNEN, m307(stop(FEB, "32", MRT))],
        m307(stop(FEB, "31", APR)),
        [*BEGONNEN, m307(stop(FEB, "20", MRT))],
    ),
    Rij(
        "TR415",
        STOP + "[2]",
        [*BEGONNEN, m307(stop(FEB, "20", MRT)), m307(stop(FEB, "32", APR))],
        m307(stop(FEB, "20", MRT, status="3"), stop(FEB, "31", APR)),
        [*BEGONNEN, m307(stop(FEB, "20", MRT)), m307(stop(FEB, "32", APR))],
        m307(stop(FEB, "32", APR, status="3"), stop(FEB, "31", APR)),
    ),
]

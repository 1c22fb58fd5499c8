"""The rows about the claim and its answer. See `overtreding`."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from adapters.ijw.codelijsten import Productlijst
from adapters.ijw.regel import Tarief
from tests.builders import a_bsn
from tests.unit.adapters.ijw.berichten import DAGTEKENING, MARCH, again, drop, put
from tests.unit.adapters.ijw.overtreding import C323, C325, P323, P325, TOMORROW, Case, broken

CASES: list[Case] = []
FINE: list[Case] = []

# --- claim

PERIOD, TOTAL = "Declaratie/DeclaratiePeriode", "Declaratie/TotaalIngediendBedrag"
FEBRUARY: Final = {"Begindatum": "2026-02-01", "Einddatum": "2026-02-28"}
APRIL: Final = {"Begindatum": "2026-04-01", "Einddatum": "2026-04-30"}
CENT: Final = Tarief("04", Fraction(6000))
NEW_CODES: Final = Productlijst({"45A04": "45", "45A05": "45"}, complete=True)
CASES += [
    broken("TR101", "JW323", put(f"{C323}[2]/Bsn", a_bsn(1)), f"TR101 {C323}[1]", f"TR101 {C323}[2]"),
    broken(
        "TR101",
        "JW323",
        put(f"{P323}[3]/ProductReferentie/ReferentieNummer", "P1"),
        f"TR101 {P323}[1]",
        f"TR101 {P323}[3]",
    ),
    broken(
        "TR416",
        "JW323",
        again(f"{P323}[1]", put("ProductReferentie/ReferentieNummer", "P9")),
        put(f"{TOTAL}/TotaalBedrag", "120500"),
        f"TR416 {P323}[1]",
        f"TR416 {P323}[4]",
    ),
    broken(
        "CS100",
        "JW323",
        put(PERIOD, {"Begindatum": "2020-12-01", "Einddatum": "2020-12-31"}),
        f"CS100 {PERIOD}",
    ),
    broken(
        "CS100",
        "JW323",
        put("Declaratie/DeclaratieDagtekening", "2025-12-31"),
        put(f"{P323}[1]/ProductPeriode", {"Begindatum": "2020-12-01", "Einddatum": "2020-12-31"}),
        f"CS100 {P323}[1]/ProductPeriode",
    ),
    *(
        broken("CS340", "JW323", put(f"{PERIOD}/{name}", date), f"CS340 {PERIOD}")
        for name, date in (
            ("Begindatum", "2026-03-02"),
            ("Einddatum", "2026-03-30"),
            ("Einddatum", "2026-04-01"),
            ("Begindatum", "2026-02-01"),
        )
    ),
    broken(
        "TR134",
        "JW323",
        put(PERIOD, {"Begindatum": "2026-05-01", "Einddatum": "2026-05-31"}),
        f"TR134 {PERIOD}/Begindatum",
        f"TR137 {PERIOD}/Einddatum",
    ),
    broken("TR137", "JW323", put(PERIOD, APRIL), f"TR137 {PERIOD}/Einddatum"),
    broken(
        "TR137",
        "JW323",
        put(f"{PERIOD}/Einddatum", "2026-02-28"),
        f"CS340 {PERIOD}",
        f"TR137 {PERIOD}/Einddatum",
    ),
    broken("TR358", "JW323", put(f"{TOTAL}/TotaalBedrag", "60501"), f"TR358 {TOTAL}"),
    broken("TR358", "JW323", put(f"{TOTAL}/DebetCredit", "C"), f"TR358 {TOTAL}"),
    broken(
        "CS325",
        "JW323",
        drop(f"{P323}[3]"),
        drop(f"{P323}[1]"),
        put(f"{TOTAL}/TotaalBedrag", "0"),
        put(f"{TOTAL}/DebetCredit", "C"),
        f"CS325 {TOTAL}/DebetCredit",
    ),
    broken(
        "CS325",
        "JW323",
        put(f"{P323}[2]/IngediendBedrag/Bedrag", "000"),
        put(f"{TOTAL}/TotaalBedrag", "120500"),
        f"CS325 {P323}[2]/IngediendBedrag/DebetCredit",
    ),
    broken(
        "TR315",
        "JW323",
        again(f"{P323}[2]", put("ProductReferentie/ReferentieNummer", "P9")),
        put(f"{TOTAL}/TotaalBedrag", "500"),
        *(f"TR315 {P323}[{i}]/ProductReferentie" for i in (2, 4)),
    ),
    broken(
        "TR316",
        "JW323",
        put(f"{P323}[2]/ProductReferentie/VorigReferentieNummer", "P4"),
        f"TR316 {P323}[2]/ProductReferentie",
    ),
    broken(
        "CD060",
        "JW323",
        drop(f"{P323}[2]/ProductReferentie/VorigReferentieNummer"),
        f"CD060 {P323}[2]/ProductReferentie/VorigReferentieNummer",
    ),
    broken(
        "CD060",
        "JW323",
        put(f"{P323}[1]/ProductReferentie/VorigReferentieNummer", "OLD2"),
        f"CD060 {P323}[1]/ProductReferentie/VorigReferentieNummer",
    ),
    broken("TR381", "JW323", put(f"{P323}[1]/ProductCategorie", "44"), f"TR381 {P323}[1]/ProductCode"),
    broken(
        "TR381",
        "JW323",
        put(f"{P323}[1]/ProductCode", "X"),
        f"TR381 {P323}[1]/ProductCode",
        producten=NEW_CODES,
    ),
    broken(
        "CS337",
        "JW323",
        put(f"{P323}[1]/ProductPeriode/Begindatum", "2026-02-28"),
        f"CS337 {P323}[1]/ProductPeriode",
    ),
    broken(
        "CS337",
        "JW323",
        put(f"{P323}[1]/ProductPeriode/Begindatum", "2025-03-01"),
        f"CS337 {P323}[1]/ProductPeriode",
    ),
    broken(
        "TR335",
        "JW323",
        put("Declaratie/DeclaratieDagtekening", "2031-03-01"),
        f"TR335 {P323}[2]/ProductPeriode",
    ),
    broken(
        "TR134",
        "JW323",
        put(f"{P323}[1]/ProductPeriode", {"Begindatum": TOMORROW, "Einddatum": TOMORROW}),
        f"TR134 {P323}[1]/ProductPeriode/Begindatum",
        f"TR137 {P323}[1]/ProductPeriode/Einddatum",
    ),
    broken(
        "TR137", "JW323", put(f"{P323}[1]/ProductPeriode", APRIL), f"TR137 {P323}[1]/ProductPeriode/Einddatum"
    ),
    broken(
        "TR137",
        "JW323",
        put(f"{P323}[1]/ProductPeriode/Begindatum", "2026-03-31"),
        put(f"{P323}[1]/ProductPeriode/Einddatum", "2026-03-30"),
        f"TR137 {P323}[1]/ProductPeriode/Einddatum",
    ),
    broken("CD087", "JW323", drop(f"{P323}[1]/ProductTarief"), f"CD087 {P323}[1]/ProductTarief"),
    broken("CD087", "JW323", put(f"{P323}[3]/ProductTarief", "1"), f"CD087 {P323}[3]/ProductTarief"),
    broken("CS339", "JW323", put(f"{P323}[3]/GeleverdVolume", "501"), f"CS339 {P323}[3]/IngediendBedrag"),
    broken(
        "TR346",
        "JW323",
        put(f"{P323}[1]/GeleverdVolume", "11"),
        f"TR346 {P323}[1]/IngediendBedrag",
        contract={"45A04": CENT},
    ),
    # 60000 cents is ten hours; 601 minutes is a hundred cents more.
    broken(
        "TR346",
        "JW323",
        put(f"{P323}[1]/GeleverdVolume", "601"),
        put(f"{P323}[1]/Eenheid", "01"),
        f"TR346 {P323}[1]/IngediendBedrag",
        contract={"45A04": CENT},
    ),
]
FINE += [
    broken("TR101", "JW323", put(f"{P323}[2]/ProductReferentie/ReferentieNummer", "P1")),
    broken(
        "TR416",
        "JW323",
        again(f"{P323}[1]", put("ProductReferentie/ReferentieNummer", "P9"), put("ToewijzingNummer", "2")),
        put(f"{TOTAL}/TotaalBedrag", "120500"),
    ),
    broken("CS100", "JW323", put(PERIOD, {"Begindatum": "2021-01-01", "Einddatum": "2021-01-31"})),
    broken("CS340", "JW323", put(PERIOD, FEBRUARY)),
    broken("CS340", "JW323", put(PERIOD, {"Begindatum": "2024-02-01", "Einddatum": "2024-02-29"})),
    broken("CS340", "JW323", put(PERIOD, {"Begindatum": "2025-12-01", "Einddatum": "2025-12-31"})),
    broken(
        "TR134",
        "JW323",
        put(f"{P323}[1]/ProductPeriode", {"Begindatum": DAGTEKENING, "Einddatum": DAGTEKENING}),
    ),
    broken("TR358", "JW323", drop(f"{C323}[2]"), put(f"{TOTAL}/TotaalBedrag", "000500")),
    broken(
        "CS325",
        "JW323",
        put(f"{P323}[3]/GeleverdVolume", "0"),
        put(f"{P323}[3]/IngediendBedrag/Bedrag", "0"),
        put(f"{TOTAL}/TotaalBedrag", "60000"),
    ),
    broken("TR335", "JW323", put("Declaratie/DeclaratieDagtekening", "2031-02-28")),
    broken("TR346", "JW323", contract={"45A04": CENT}),
    broken("TR346", "JW323", contract={"45A04": Tarief("04", Fraction("6000.04"))}),
    broken(
        "TR346",
        "JW323",
        put(f"{P323}[1]/GeleverdVolume", "600"),
        put(f"{P323}[1]/Eenheid", "01"),
        contract={"45A04": CENT},
    ),
    broken(
        "TR346",
        "JW323",
        put(f"{P323}[1]/GeleverdVolume", "11"),
        put(f"{P323}[1]/Eenheid", "82"),
        contract={"45A04": CENT},
    ),
    broken("TR346", "JW323", put(f"{P323}[1]/GeleverdVolume", "11")),
    broken("TR346", "JW323", contract={"45A05": Tarief("83", Fraction(7))}),
]


# Half a cent goes up: a minute of an hour of 60.30 euros is 100.5 cents, of one of 60.29 a bit less.
for cents, hourly, right in (
    ("101", 6030, True),
    ("100", 6030, False),
    ("100", 6029, True),
    ("101", 6029, False),
):
    more = {"contract": {"45A04": Tarief("04", Fraction(hourly))}}
    minute = (
        put(f"{P323}[1]/GeleverdVolume", "1"),
        put(f"{P323}[1]/Eenheid", "01"),
        put(f"{P323}[1]/IngediendBedrag/Bedrag", cents),
        drop(f"{P323}[2]"),
        drop(f"{C323}[2]"),
        put(f"{TOTAL}/TotaalBedrag", str(500 + int(cents))),
    )
    if right:
        FINE.append(broken("TR346", "JW323", *minute, **more))
    else:
        CASES.append(broken("TR346", "JW323", *minute, f"TR346 {P323}[1]/IngediendBedrag", **more))

# --- claim answer

CLAIMED, GRANTED = "DeclaratieAntwoord/TotaalIngediendBedrag", "DeclaratieAntwoord/TotaalToegekendBedrag"
CREDIT = f"{C325}[2]/Prestaties/Prestatie[2]"
CASES += [
    broken("TR342", "JW325", put(f"{GRANTED}/TotaalBedrag", "501"), "TR342 DeclaratieAntwoord"),
    broken(
        "TR342",
        "JW325",
        put("DeclaratieAntwoord/RetourCodes/RetourCode", ["9333"]),
        "TR342 DeclaratieAntwoord",
    ),
    broken(
        "CS325",
        "JW325",
        put(f"{CLAIMED}/TotaalBedrag", "0"),
        put(f"{CLAIMED}/DebetCredit", "C"),
        put(f"{GRANTED}/TotaalBedrag", "60000"),
        put(f"{GRANTED}/DebetCredit", "C"),
        f"CS325 {CLAIMED}/DebetCredit",
    ),
    broken(
        "CS325",
        "JW325",
        put(f"{GRANTED}/TotaalBedrag", "0"),
        put(f"{GRANTED}/DebetCredit", "C"),
        put(f"{CLAIMED}/TotaalBedrag", "60000"),
        f"CS325 {GRANTED}/DebetCredit",
    ),
    broken(
        "CS325",
        "JW325",
        put(f"{CREDIT}/IngediendBedrag/Bedrag", "0"),
        put(f"{CLAIMED}/TotaalBedrag", "120500"),
        f"CS325 {CREDIT}/IngediendBedrag/DebetCredit",
    ),
    broken("TR101", "JW325", put(f"{C325}[2]/Bsn", a_bsn(1)), f"TR101 {C325}[1]", f"TR101 {C325}[2]"),
    broken(
        "TR101",
        "JW325",
        again(f"{P325}[1]"),
        put(f"{CLAIMED}/TotaalBedrag", "120500"),
        f"TR101 {P325}[1]",
        f"TR101 {P325}[2]",
    ),
    broken(
        "CD060",
        "JW325",
        drop(f"{CREDIT}/ProductReferentie/VorigReferentieNummer"),
        f"CD060 {CREDIT}/ProductReferentie/VorigReferentieNummer",
    ),
    broken(
        "TR134",
        "JW325",
        put(f"{P325}[1]/ProductPeriode", {"Begindatum": TOMORROW, "Einddatum": TOMORROW}),
        f"TR134 {P325}[1]/ProductPeriode/Begindatum",
        f"TR137 {P325}[1]/ProductPeriode/Einddatum",
    ),
    broken(
        "TR137", "JW325", put(f"{P325}[1]/ProductPeriode", APRIL), f"TR137 {P325}[1]/ProductPeriode/Einddatum"
    ),
    broken(
        "TR137",
        "JW325",
        put(f"{P325}[1]/ProductPeriode/Einddatum", "2026-02-28"),
        f"TR137 {P325}[1]/ProductPeriode/Einddatum",
    ),
]
FINE += [
    broken(
        "TR342",
        "JW325",
        put("DeclaratieAntwoord/RetourCodes/RetourCode", ["9333"]),
        put(f"{GRANTED}/TotaalBedrag", "0"),
    ),
    broken(
        "TR342",
        "JW325",
        drop("DeclaratieAntwoord/Clienten"),
        put(f"{GRANTED}/TotaalBedrag", "60500"),
        put("DeclaratieAntwoord/RetourCodes/RetourCode", ["8001"]),
    ),
    broken("TR137", "JW325", put(f"{P325}[1]/ProductPeriode", dict(MARCH))),
]

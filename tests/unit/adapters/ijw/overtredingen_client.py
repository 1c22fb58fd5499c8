"""The rows about the header and about people. See `overtreding`."""

from __future__ import annotations

import datetime as dt

from tests.builders import a_bsn
from tests.unit.adapters.ijw.berichten import DAGTEKENING, FROM_GEMEENTE, adres, again, drop, put
from tests.unit.adapters.ijw.overtreding import (
    C323,
    C325,
    CONTACT,
    IDENTITY,
    R301,
    R315,
    RELATIE,
    TOMORROW,
    WITH_BIRTH_DATE,
    Case,
    broken,
)

CASES: list[Case] = []
FINE: list[Case] = []

# --- header

for soort in ("JW301", "JW305", "JW307", "JW315", "JW317", "JW319", "JW323", "JW325"):
    end = "Header/Afzender" if soort in FROM_GEMEENTE else "Header/Ontvanger"
    day = f"{IDENTITY}/Dagtekening"
    yesterday, same = dt.date(2026, 4, 14), dt.date(2026, 4, 15)
    CASES += [
        broken("TR378", soort, put(end, "9998"), f"TR378 {end}"),
        broken("TR135", soort, f"TR135 {day}", today=yesterday),
    ]
    FINE += [broken("TR378", soort, put(end, "0014")), broken("TR135", soort, today=same)]
CASES += [
    broken(
        "TR135",
        "JW325",
        put("Header/DeclaratieIdentificatie/Dagtekening", "2026-04-21"),
        "TR135 Header/DeclaratieIdentificatie/Dagtekening",
    ),
    broken(
        "TR378",
        "JW319",
        put("Antwoord/Woonplaatsbeginsel/Gemeente", "9998"),
        "TR378 Antwoord/Woonplaatsbeginsel/Gemeente",
    ),
]
# A day the list does not speak about proves nothing; one of several days is enough.
FINE += [
    broken(
        "TR378",
        "JW305",
        put("Header/Ontvanger", "9998"),
        put(f"{IDENTITY}/Dagtekening", "2027-01-01"),
        today=dt.date(2027, 1, 1),
    ),
    broken(
        "TR378",
        "JW315",
        put("Header/Ontvanger", "9998"),
        *(put(f"{R315}[{i}]/ToewijzingIngangsdatum", "2025-12-31") for i in (1, 2)),
        put(f"{R315}[3]/ToewijzingIngangsdatum", "2027-01-01"),
    ),
]
CASES += [
    broken(
        "TR378",
        "JW315",
        put("Header/Ontvanger", "9998"),
        put(f"{R315}[1]/ToewijzingIngangsdatum", "2025-12-31"),
        put(f"{R315}[2]/ToewijzingIngangsdatum", "2026-01-01"),
        "TR378 Header/Ontvanger",
    ),
    broken(
        "TR378",
        "JW301",
        put("Header/Afzender", "9998"),
        put(f"{R301}[1]/Ingangsdatum", "2025-12-31"),
        "TR378 Header/Afzender",
    ),
]


# --- people

for soort, bsn in (
    *((s, "Client/Bsn") for s in (*WITH_BIRTH_DATE, "JW317")),
    ("JW323", f"{C323}[2]/Bsn"),
    ("JW325", f"{C325}[2]/Bsn"),
):
    CASES += [broken("CS002", soort, put(bsn, wrong), f"CS002 {bsn}") for wrong in ("999900007", "000000000")]
    FINE.append(broken("CS002", soort, put(bsn, a_bsn(3))))

for soort, who in (*((s, "Client") for s in WITH_BIRTH_DATE), ("JW301", f"{RELATIE}[1]")):
    date, use = f"{who}/Geboortedatum/Datum", f"{who}/Geboortedatum/DatumGebruik"
    without = put(f"{who}/Geboortedatum", {"Datum": "2015-02-03"})
    CASES += [
        broken("TR002", soort, without, put(date, "1906-04-14"), f"TR002 {date}"),
        broken("TR002", soort, without, put(date, "1900-01-01"), f"TR002 {date}"),
        broken("TR002", soort, put(date, "1900-01-01"), put(use, "2"), f"TR002 {date}"),
        broken("TR002", soort, put(date, "1899-01-01"), put(use, "3"), f"TR002 {date}", f"CS139 {use}"),
        broken("TR134", soort, without, put(date, TOMORROW), f"TR134 {date}"),
        broken("CS139", soort, without, put(date, "2015-02-02"), put(use, "1"), f"CS139 {use}"),
        broken("CS139", soort, put(date, "2015-02-01"), put(use, "2"), f"CS139 {use}"),
        broken("CS139", soort, put(date, "2015-01-02"), put(use, "2"), f"CS139 {use}"),
        broken("CS139", soort, put(date, "2015-01-01"), put(use, "3"), f"CS139 {use}"),
    ]
    FINE += [
        broken("TR002", soort, without, put(date, "1906-04-15")),
        broken("TR002", soort, put(date, "1900-01-01"), put(use, "3")),
        broken("TR134", soort, without, put(date, DAGTEKENING)),
        broken("CS139", soort, put(date, "2015-02-01"), put(use, "1")),
    ]

CASES += [
    broken("CS318", "JW301", put("Client/Naam/NaamGebruik", "6"), "CS318 Client/Naam"),
    broken("CD007", "JW301", put("Client/Communicatie/Vorm", "2"), "CD007 Client/Communicatie/Taal"),
    broken("CD007", "JW301", drop("Client/Communicatie/Taal"), "CD007 Client/Communicatie/Taal"),
    *(
        broken("CS050", "JW301", put("Client/Naam/NaamGebruik", g), "CS050 Client/Naam/NaamGebruik")
        for g in "2345"
    ),
    *(
        broken(
            "CS050", "JW301", put(f"{RELATIE}[1]/Naam/NaamGebruik", g), f"CS050 {RELATIE}[1]/Naam/NaamGebruik"
        )
        for g in "56"
    ),
    broken("TR061", "JW301", drop(f"{CONTACT}[1]"), "TR061 Client"),
    broken("TR101", "JW301", put(f"{RELATIE}[2]/Nummer", "1"), f"TR101 {RELATIE}[1]", f"TR101 {RELATIE}[2]"),
]
FINE += [
    broken("CS318", "JW301", put(f"{RELATIE}[1]/Naam", {"NaamGebruik": "6"})),
    broken("CD007", "JW301", drop("Client/Communicatie")),
    broken("CD007", "JW301", put("Client/Communicatie", {"Vorm": "3"})),
    *(broken("CS050", "JW301", put(f"{RELATIE}[1]/Naam/NaamGebruik", g)) for g in "1234"),
    broken("TR061", "JW301", put(f"{CONTACT}[1]/Soort", "02")),
    broken("TR101", "JW301", put(f"{RELATIE}[2]/Nummer", "1 ")),
    broken("TR002", "JW301", drop(f"{RELATIE}[1]/Geboortedatum")),
]

# In each of these the first contact lives somewhere (01) and the other stays there a while (04).
for home, away in (
    (f"{CONTACT}[1]", f"{CONTACT}[2]"),
    (f"{RELATIE}[2]/Contact[1]", f"{RELATIE}[1]/Contact[1]"),
):
    a, b, p = f"{home}/Adres", f"{away}/Adres", f"{away}/Periode"
    period = {"Begindatum": "2026-01-01"}
    CASES += [
        broken(
            "TR101",
            "JW301",
            again(home, put("Emailadres", "a@voorbeeld.nl")),
            *(f"TR101 {home[:-3]}[{i}]" for i in ((1, 3) if home == f"{CONTACT}[1]" else (1, 2))),
        ),
        broken("TR006", "JW301", drop(f"{away}/Telefoon"), put(b, {}), f"TR006 {away}"),
        broken(
            "TR006",
            "JW301",
            drop(f"{away}/Telefoon"),
            put(b, adres(LandCode="BE")),
            drop(f"{b}/Huis"),
            f"TR006 {away}",
        ),
        broken(
            "TR006", "JW301", drop(f"{away}/Telefoon"), put(b, {"Huis": {"Huisnummer": "1"}}), f"TR006 {away}"
        ),
        broken("CD025", "JW301", drop(f"{a}/Huis"), f"CD025 {a}/Huis"),
        broken("CD034", "JW301", put(a, {}), f"CD034 {a}/Postcode"),
        broken("CD034", "JW301", put(f"{home}/Soort", "03"), put(a, {}), f"CD034 {a}/Postcode"),
        *(
            broken("CS089", "JW301", put(f"{a}/Postcode", wrong), f"CS089 {a}/Postcode")
            for wrong in ("1234 AB", "0234AB", "1234A", "1234ABC", "12345")
        ),
        broken("CD005", "JW301", drop(f"{a}/LandCode"), f"CD005 {a}/LandCode"),
        # Both rules hang on LandCode, so a Dutch address without a postcode breaks both.
        broken("CD005", "JW301", drop(f"{b}/Postcode"), f"CS089 {b}/Postcode", f"CD005 {b}/LandCode"),
        broken("CS089", "JW301", drop(f"{b}/Postcode"), f"CS089 {b}/Postcode", f"CD005 {b}/LandCode"),
        broken(
            "CD005",
            "JW301",
            drop(f"{b}/Postcode"),
            put(f"{b}/LandCode", "BE"),
            f"CD005 {b}/LandCode",
        ),
        broken("CD009", "JW301", put(f"{home}/Periode", period), f"CD009 {home}/Periode"),
        # A group is there also when it is empty.
        broken("CD009", "JW301", put(f"{home}/Periode", {}), f"CD009 {home}/Periode"),
        broken("CS003", "JW301", put(p, period | {"Einddatum": "2025-12-31"}), f"CS003 {p}/Einddatum"),
        broken("CS003", "JW301", put(p, {"Einddatum": "2026-01-01"}), f"CS003 {p}/Einddatum"),
    ]
    FINE += [
        broken("TR006", "JW301", drop(f"{away}/Telefoon")),
        broken("TR006", "JW301", drop(f"{away}/Adres")),
        broken("CD025", "JW301", put(a, {"Postcode": "B-1000", "LandCode": "BE"})),
        broken("CD034", "JW301", put(f"{away}/Soort", "02"), drop(f"{away}/Adres"), drop(p)),
        broken("CS089", "JW301", put(f"{a}/Postcode", "9999zz")),
        broken("CS089", "JW301", put(a, adres(Postcode="10115 B", LandCode="DE"))),
        broken("CD009", "JW301", drop(p)),
        broken("CD009", "JW301", put(p, {})),
        broken("CS003", "JW301", put(p, period | {"Einddatum": "2026-01-01"})),
        broken("CS003", "JW301", put(p, period)),
    ]

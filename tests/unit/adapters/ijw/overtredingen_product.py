"""The rows about product rows, requests, starts and stops. See `overtreding`."""

from __future__ import annotations

from tests.unit.adapters.ijw.berichten import DAGTEKENING, again, drop, put
from tests.unit.adapters.ijw.overtreding import (
    CHANGED,
    NEW,
    OMVANG,
    R301,
    R315,
    SAME,
    START,
    STOP,
    TOMORROW,
    Case,
    broken,
)

CASES: list[Case] = []
FINE: list[Case] = []

# --- product rows: [1] specific, [2] aspecific with a budget, [3] generic

for soort, row, begin, end, no_code, per_day, overlap in (
    ("JW301", R301, "Ingangsdatum", "Einddatum", "CD080", "CS338", "TR302"),
    ("JW315", R315, "ToewijzingIngangsdatum", "ToewijzingEinddatum", "CD095", "CS343", "TR386"),
    ("JW317", NEW, "GewensteIngangsdatum", "Einddatum", "CD096", "CS338", "TR410"),
):
    one, two, three = (f"{row}[{i}]" for i in (1, 2, 3))
    monthly = put(f"{one}/Omvang", OMVANG)
    CASES += [
        broken("CD079", soort, drop(f"{three}/Budget"), f"CD079 {three}/Product"),
        broken(
            "CD075", soort, drop(f"{two}/{end}"), put(f"{two}/{begin}", "2028-01-01"), f"CD075 {two}/{end}"
        ),
        broken(
            "CD076", soort, drop(f"{one}/{end}"), put(f"{one}/{begin}", "2028-01-01"), f"CD076 {one}/{end}"
        ),
        broken("CS003", soort, put(f"{one}/{end}", "2026-04-30"), f"CS003 {one}/{end}"),
        broken("CD041", soort, drop(f"{one}/Omvang"), f"CD041 {one}/Omvang"),
        # Omvang and budget exclude each other twice; without a code there is no omvang either.
        broken("CD077", soort, put(f"{one}/Budget", "1"), f"CD077 {one}/Omvang", f"CD078 {one}/Budget"),
        broken(
            "CD078",
            soort,
            put(f"{two}/Omvang", OMVANG),
            f"CD077 {two}/Omvang",
            f"{no_code} {two}/Omvang",
            f"CD078 {two}/Budget",
        ),
        broken(no_code, soort, drop(f"{one}/Product/Code"), f"{no_code} {one}/Omvang"),
        broken(
            no_code,
            soort,
            drop(f"{one}/Product/Code"),
            monthly,
            put(f"{one}/{begin}", "2028-01-01"),
            drop(f"{one}/{end}"),
            f"{no_code} {one}/Omvang",
        ),
        *(
            broken(
                per_day,
                soort,
                put(f"{one}/Omvang", {"Volume": "1", "Eenheid": unit, "Frequentie": "1"}),
                f"{per_day} {one}/Omvang",
            )
            for unit in ("14", "16", "83", "84")
        ),
        broken("TR381", soort, put(f"{one}/Product/Categorie", "44"), f"TR381 {one}/Product/Code"),
        broken("TR381", soort, put(f"{one}/Product/Code", "44A04"), f"TR381 {one}/Product/Code"),
        # The other row of the same category, and for a generic row every row.
        broken(overlap, soort, drop(f"{two}/Product"), f"{overlap} {one}", f"{overlap} {two}"),
        broken(overlap, soort, put(f"{two}/Product/Categorie", "45"), f"{overlap} {one}", f"{overlap} {two}"),
        broken(
            overlap,
            soort,
            put(f"{three}/{begin}", "2026-12-31"),
            f"{overlap} {one}",
            f"{overlap} {two}",
            f"{overlap} {three}",
        ),
        broken(
            overlap,
            soort,
            put(f"{three}/Product", {"Categorie": "43"}),
            put(f"{two}/{end}", "2027-01-01"),
            f"{overlap} {two}",
            f"{overlap} {three}",
        ),
        # A period that ends before it begins is compared as any other: neither begins after the other ends.
        broken(
            overlap,
            soort,
            put(f"{two}/Product/Categorie", "45"),
            put(f"{two}/{begin}", "2026-09-01"),
            put(f"{two}/{end}", "2026-08-01"),
            f"{overlap} {one}",
            f"{overlap} {two}",
            f"CS003 {two}/{end}",
        ),
        broken(
            "CS003",
            soort,
            put(f"{two}/Product/Categorie", "45"),
            put(f"{two}/{begin}", "2026-09-01"),
            put(f"{two}/{end}", "2026-04-30"),
            f"CS003 {two}/{end}",
        ),
    ]
    FINE += [
        broken("CD079", soort, put(f"{three}/Product", {"Categorie": "46"}), drop(f"{three}/Budget")),
        broken(
            "CD075", soort, drop(f"{two}/{end}"), drop(f"{two}/Budget"), put(f"{two}/{begin}", "2028-01-01")
        ),
        broken("CD076", soort, drop(f"{one}/{end}"), put(f"{one}/{begin}", "2028-01-01"), monthly),
        broken("CS003", soort, put(f"{one}/{end}", "2026-05-01")),
        *(
            broken(per_day, soort, put(f"{one}/Omvang", {"Volume": "1", "Eenheid": unit, "Frequentie": "1"}))
            for unit in ("01", "04", "82")
        ),
        *(
            broken(per_day, soort, put(f"{one}/Omvang", {"Volume": "1", "Eenheid": "14", "Frequentie": f}))
            for f in "246"
        ),
        broken("TR381", soort, put(f"{one}/Product/Code", "X")),
        broken(
            overlap,
            soort,
            put(f"{two}/Product", {"Categorie": "45"}),
            put(f"{two}/{begin}", "2028-01-01"),
            put(f"{two}/{end}", "2028-01-01"),
        ),
        broken(overlap, soort, put(f"{three}/{begin}", "2027-01-01"), put(f"{two}/{end}", "2026-12-31")),
    ]

# Rows that ended before 2021 may have an omvang without a code, and per day.
for soort, row, begin, end, no_code, per_day in (
    ("JW301", R301, "Ingangsdatum", "Einddatum", "CD080", "CS338"),
    ("JW315", R315, "ToewijzingIngangsdatum", "ToewijzingEinddatum", "CD095", "CS343"),
):
    one = f"{row}[1]"
    daily = put(f"{one}/Omvang", {"Volume": "1", "Eenheid": "14", "Frequentie": "1"})
    old = put(f"{one}/{begin}", "2020-12-31")
    FINE += [
        broken(no_code, soort, old, put(f"{one}/{end}", "2020-12-31"), drop(f"{one}/Product/Code")),
        broken(per_day, soort, old, put(f"{one}/{end}", "2020-12-31"), daily),
    ]
    CASES += [
        broken(
            no_code,
            soort,
            old,
            put(f"{one}/{end}", "2021-01-01"),
            drop(f"{one}/Product/Code"),
            f"{no_code} {one}/Omvang",
        ),
        broken(per_day, soort, old, put(f"{one}/{end}", "2021-01-01"), daily, f"{per_day} {one}/Omvang"),
    ]

CASES += [
    broken(
        "TR101", "JW301", put(f"{R301}[2]/ToewijzingNummer", "0003"), *(f"TR101 {R301}[{i}]" for i in (2, 3))
    ),
    broken(
        "TR134", "JW301", put(f"{R301}[2]/Toewijzingsdatum", TOMORROW), f"TR134 {R301}[2]/Toewijzingsdatum"
    ),
    broken("CS335", "JW301", put(f"{R301}[2]/RedenWijziging", "13"), f"CS335 {R301}[2]/RedenWijziging"),
    broken(
        "CS335",
        "JW301",
        put(f"{R301}[4]/Omvang", OMVANG),
        drop(f"{R301}[4]/Einddatum"),
        put(f"{R301}[4]/Ingangsdatum", "2028-01-01"),
        f"CS335 {R301}[4]/RedenWijziging",
    ),
    broken("CS336", "JW301", put(f"{R301}[2]/RedenWijziging", "01"), f"CS336 {R301}[2]/RedenWijziging"),
    # Once it is not deleted any more, its days count.
    broken("TR302", "JW301", drop(f"{R301}[4]/RedenWijziging"), f"TR302 {R301}[1]", f"TR302 {R301}[4]"),
    # Both requests have the same key and the same reference.
    broken(
        "TR101",
        "JW315",
        put(f"{R315}[3]/ReferentieAanbieder", "R1"),
        f"TR101 {R315}[1]",
        f"TR383 {R315}[1]/ReferentieAanbieder",
        f"TR101 {R315}[3]",
        f"TR383 {R315}[3]/ReferentieAanbieder",
    ),
    broken(
        "TR383",
        "JW315",
        put(f"{R315}[2]/ReferentieAanbieder", "R1"),
        f"TR101 {R315}[1]",
        f"TR383 {R315}[1]/ReferentieAanbieder",
        f"TR101 {R315}[2]",
        f"TR383 {R315}[2]/ReferentieAanbieder",
    ),
    broken(
        "CD043", "JW315", drop(f"{R315}[1]/BeschikkingNummer"), f"CD043 {R315}[1]/BeschikkingIngangsdatum"
    ),
    broken(
        "CD043",
        "JW315",
        drop(f"{R315}[1]/BeschikkingIngangsdatum"),
        f"CD043 {R315}[1]/BeschikkingIngangsdatum",
    ),
    broken(
        "CD067", "JW315", drop(f"{R315}[1]/Verwijzer/ZorgverlenerCode"), f"CD067 {R315}[1]/Verwijzer/Naam"
    ),
]
for kind in ("02", "03", "04", "05"):
    known = {"Type": kind, "ZorgverlenerCode": "01999999"}
    CASES += [
        broken(
            "CD066",
            "JW315",
            put(f"{R315}[1]/Verwijzer", known | {"Naam": "X"}),
            f"CD066 {R315}[1]/Verwijzer/Naam",
        ),
        broken(
            "CD067", "JW315", put(f"{R315}[2]/Verwijzer", {"Type": kind}), f"CD067 {R315}[2]/Verwijzer/Naam"
        ),
    ]
    FINE += [
        broken("CD066", "JW315", put(f"{R315}[1]/Verwijzer", known)),
        broken("CD067", "JW315", put(f"{R315}[1]/Verwijzer", {"Type": kind, "Naam": "X"})),
    ]
for kind in ("01", "06", "08"):
    code = put(f"{R315}[3]/Verwijzer", {"Type": kind, "ZorgverlenerCode": "01999999"})
    named = put(f"{R315}[3]/Verwijzer/Naam", "X")
    CASES += [
        broken("CD068", "JW315", *changes, f"CD068 {R315}[3]/Verwijzer/ZorgverlenerCode")
        for changes in ([code], [code, named])
    ]
    FINE.append(broken("CD068", "JW315", put(f"{R315}[3]/Verwijzer", {"Type": kind})))
FINE += [
    broken("TR134", "JW301", put(f"{R301}[2]/Toewijzingsdatum", DAGTEKENING)),
    broken("CS336", "JW301", put(f"{R301}[2]/RedenWijziging", "14")),
    broken("TR302", "JW301", again(f"{R301}[4]", put("ToewijzingNummer", "5"))),
]


# --- request and answer

CASES += [
    broken("TR101", "JW317", again(f"{SAME}[1]"), f"TR101 {SAME}[1]", f"TR101 {SAME}[2]"),
    broken(
        "TR101",
        "JW317",
        put(f"{CHANGED}[2]/ToewijzingNummer", "02"),
        *(f"TR101 {CHANGED}[{i}]" for i in (1, 2)),
    ),
    # The same product from the same day is an overlap as well.
    broken(
        "TR101",
        "JW317",
        again(f"{NEW}[1]"),
        f"TR101 {NEW}[1]",
        f"TR410 {NEW}[1]",
        f"TR101 {NEW}[4]",
        f"TR410 {NEW}[4]",
    ),
    broken(
        "TR352",
        "JW317",
        drop("Client/Verzoek/OngewijzigdeProducten"),
        drop("Client/Verzoek/TeWijzigenProducten"),
        "TR352 Client/Verzoek",
    ),
    broken(
        "TR353",
        "JW317",
        drop("Client/Verzoek/NieuweProducten"),
        drop("Client/Verzoek/TeWijzigenProducten"),
        "TR353 Client/Verzoek",
    ),
    broken(
        "TR380",
        "JW317",
        put(f"{NEW}[1]/GewensteIngangsdatum", DAGTEKENING),
        f"TR380 {NEW}[1]/GewensteIngangsdatum",
    ),
    broken("CD075", "JW317", drop(f"{CHANGED}[2]/Einddatum"), f"CD075 {CHANGED}[2]/Einddatum"),
    broken("CD076", "JW317", drop(f"{CHANGED}[1]/Einddatum"), f"CD076 {CHANGED}[1]/Einddatum"),
    broken("CS003", "JW317", put(f"{CHANGED}[2]/Einddatum", "2026-04-30"), f"CS003 {CHANGED}[2]/Einddatum"),
    broken(
        "CD077",
        "JW317",
        put(f"{CHANGED}[1]/Budget", "1"),
        f"CD077 {CHANGED}[1]/Omvang",
        f"CD078 {CHANGED}[1]/Budget",
    ),
    broken(
        "CD078",
        "JW317",
        put(f"{CHANGED}[2]/Omvang", OMVANG),
        f"CD077 {CHANGED}[2]/Omvang",
        f"CD078 {CHANGED}[2]/Budget",
    ),
    broken(
        "CS338",
        "JW317",
        put(f"{CHANGED}[1]/Omvang", OMVANG | {"Eenheid": "16", "Frequentie": "1"}),
        f"CS338 {CHANGED}[1]/Omvang",
    ),
    broken(
        "CD085",
        "JW319",
        drop("Antwoord/RedenAfwijzingVerzoek"),
        drop("Antwoord/Woonplaatsbeginsel"),
        "CD085 Antwoord/RedenAfwijzingVerzoek",
    ),
    broken(
        "CD086",
        "JW319",
        put("Antwoord/VerzoekAntwoord", "2"),
        put("Antwoord/RedenAfwijzingVerzoek", "8"),
        "CD086 Antwoord/RedenAfwijzingVerzoek",
    ),
    broken("TR377", "JW319", drop("Antwoord/Woonplaatsbeginsel"), "TR377 Antwoord/Woonplaatsbeginsel"),
    broken("TR409", "JW319", put("Antwoord/RedenAfwijzingVerzoek", "5"), "TR409 Antwoord/Woonplaatsbeginsel"),
    # Without a reason, while it is looked into: the reference check lets this pass.
    broken(
        "TR409",
        "JW319",
        put("Antwoord/VerzoekAntwoord", "2"),
        drop("Antwoord/RedenAfwijzingVerzoek"),
        "TR409 Antwoord/Woonplaatsbeginsel",
    ),
]
FINE += [
    broken("TR101", "JW317", put(f"{CHANGED}[2]/ToewijzingNummer", "1")),
    broken(
        "TR101",
        "JW317",
        again(
            f"{NEW}[1]", put("GewensteIngangsdatum", "2028-01-01"), drop("Einddatum"), put("Omvang", OMVANG)
        ),
    ),
    broken("TR352", "JW317", drop("Client/Verzoek/OngewijzigdeProducten")),
    broken("TR352", "JW317", drop("Client/Verzoek/TeWijzigenProducten")),
    broken("TR353", "JW317", drop("Client/Verzoek/NieuweProducten")),
    broken("TR380", "JW317", put(f"{NEW}[1]/GewensteIngangsdatum", TOMORROW)),
    broken("TR380", "JW317", put(f"{CHANGED}[1]/GewensteIngangsdatum", "2026-01-01")),
    broken(
        "CD085",
        "JW319",
        put("Antwoord/VerzoekAntwoord", "2"),
        drop("Antwoord/RedenAfwijzingVerzoek"),
        drop("Antwoord/Woonplaatsbeginsel"),
    ),
    broken("TR377", "JW319", put("Antwoord/RedenAfwijzingVerzoek", "5"), drop("Antwoord/Woonplaatsbeginsel")),
]


# --- start and stop

for soort, row, date in (("JW305", START, "Begindatum"), ("JW307", STOP, "Einddatum")):
    CASES += [
        broken("TR134", soort, put(f"{row}[2]/{date}", TOMORROW), f"TR134 {row}[2]/{date}"),
        broken("TR381", soort, put(f"{row}[2]/Product/Categorie", "44"), f"TR381 {row}[2]/Product/Code"),
        # Deleting and reporting again with the same key does not fit in one message.
        broken("TR101", soort, put(f"{row}[2]/ToewijzingNummer", "1"), f"TR101 {row}[1]", f"TR101 {row}[2]"),
        broken(
            "TR101",
            soort,
            drop(f"{row}[1]/ToewijzingNummer"),
            drop(f"{row}[2]/ToewijzingNummer"),
            f"TR101 {row}[1]",
            f"TR101 {row}[2]",
        ),
        *(
            broken(
                "CS058", soort, put(f"{row}[2]/StatusAanlevering", wrong), f"CS058 {row}[2]/StatusAanlevering"
            )
            for wrong in "29"
        ),
    ]
    same_number = put(f"{row}[2]/ToewijzingNummer", "1")
    FINE += [
        broken("TR134", soort, put(f"{row}[2]/{date}", DAGTEKENING)),
        broken("TR381", soort, drop(f"{row}[2]/Product/Code")),
        broken("TR101", soort, same_number, put(f"{row}[2]/{date}", "2026-04-03")),
        broken("TR101", soort, same_number, put(f"{row}[2]/Product/Code", "45A05")),
        broken("TR101", soort, drop(f"{row}[2]/ToewijzingNummer")),
    ]
FINE += [
    broken(
        "TR101", "JW307", put(f"{STOP}[2]/ToewijzingNummer", "1"), put(f"{STOP}[2]/RedenBeeindiging", "20")
    ),
    broken("TR018", "JW307", put(f"{STOP}[2]/Einddatum", "2026-04-02")),
]
CASES.append(
    broken("TR018", "JW307", put(f"{STOP}[2]/Einddatum", "2026-04-01"), f"TR018 {STOP}[2]/Einddatum")
)

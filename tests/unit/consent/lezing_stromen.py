"""A second reading of the matrix of flows, written from the fact base and without a look at the table itself.

`READING` has one line per flow of §2: its number, who to whom, the letter of the matrix (D duty, M may, T
toestemming, X bar, ? not settled, - no data of a person), and what it says of a number (R required, A
allowed, F forbidden). What the matrix leaves open, this leaves open.
"""

from __future__ import annotations

from typing import Final

CODES: Final = {
    "SCH": ["onderwijs"],
    "SWV": ["samenwerkingsverband"],
    "JHA": ["jeugdhulp"],
    "GGZ": ["jeugdhulp_ggz"],
    "GI": ["gecertificeerde_instelling"],
    "COLLEGE": ["toegang"],
    "TEAM": ["jeugdteam"],
    "GEM-J": ["toegang", "jeugdteam"],
    "GEM-L": ["leerplicht_rmc"],
    "GEM-W": ["wmo"],
    "GEM-V": ["leerlingenvervoer"],
    "JGZ": ["jgz"],
    "HA": ["huisarts"],
    "SPEC": ["medisch_specialist"],
    "VT": ["veilig_thuis"],
    "RVDK": ["raad_voor_de_kinderbescherming"],
    "OM": ["openbaar_ministerie"],
    "JUS": ["jeugdreclassering", "raad_voor_de_kinderbescherming", "justitiele_jeugdinrichting", "politie"],
    "VGZ": ["volwassenenzorg"],
    "ZORG": ["volwassenenzorg", "zorgverzekeraar"],
    "OC": ["onderwijsconsulent", "geschillencommissie", "steunpunt"],
    "KO": ["kinderopvang"],
    "LR": ["ouder"],
    "LL": ["leerling"],
    "ZONDER": ["ouder_zonder_gezag"],
    "DUO": ["duo"],
    "CBS": ["cbs"],
    "INSP": ["onderwijsinspectie"],
    "VIR": ["verwijsindex"],
    "ZVH": ["zorg_en_veiligheidshuis"],
}
READING: Final = """
V01 SCH>SWV M F
V02 SWV>SCH M F
V02 SWV>SCH X F
V03 SWV>LR D F
V04 SWV>JHA X F
V04 SWV>GGZ X F
V04 SWV>JHA T F
V05 SWV>GEM-J X F
V05 SWV>GEM-J T F
V06 SWV>GEM-L X F
V06 SWV>GEM-L T F
V07 SWV>SWV X F
V07 SWV>SWV T F
V08 SWV>OC X F
V08 SWV>OC T F
V09 SCH>SCH D R
V10 SCH>SCH T A
V11 SCH>SCH T F
V12 SCH>SCH M A
V13 SCH>SCH M A
V13 SCH>SCH T A
V14 SCH>GEM-L D R
V15 SCH>GEM-L D R
V16 SCH>GEM-L D R
V16 SCH>DUO D R
V17 SCH>GEM-L D A
V18 SCH>GEM-L T F
V19 GEM-L>SCH M F
V20 GEM-L>GEM-J ? F
V21 GEM-L>JHA ? F
V21 GEM-L>GGZ ? F
V22 GEM-L>SWV ? F
V23 GEM-L>OM D F
V23 GEM-L>RVDK D F
V24 SCH>JGZ T F
V25 JGZ>SCH T F
V26 JGZ>GEM-J T F
V27 JGZ>JHA T F
V28 JGZ>HA T F
V29 JGZ>JGZ T F
V30 SCH>VT M F
V31 JHA>VT M F
V31 TEAM>VT M F
V32 HA>VT M F
V33 JGZ>VT M F
V34 COLLEGE>VT M F
V35 KO>VT M F
V36 ALL>VT - F
V37 VT>SCH T F
V37 VT>JHA T F
V37 VT>SCH M F
V37 VT>JHA M F
V38 SCH>GI D F
V38 SCH>GI M F
V39 JHA>GI D R
V39 JHA>GI M R
V40 GGZ>GI D R
V40 GGZ>GI M R
V41 PROF>GI D F
V41 PROF>GI M F
V38 SCH>GI X F
V38 JHA>GI X F
V38 GGZ>GI X F
V38 PROF>GI X F
V42 GI>SCH T F
V43 GI>SCH T F
V43 GI>JHA T R
V44 GI>COLLEGE D R
V45 GI>JHA M R
V46 JUS>SCH X F
V46 JUS>SCH T F
V47 RAAD>RVDK M F
V48 COLLEGE>JHA M R
V48 COLLEGE>GGZ M R
V49 JHA>COLLEGE D R
V49 GGZ>COLLEGE D R
V49 JHA>COLLEGE X F
V49 GGZ>COLLEGE X F
V50 JHA>CBS D F
V50 GGZ>CBS D F
V51 JHA>JHA M R
V52 JHA>JHA T R
V52 JHA>TEAM T R
V52 TEAM>JHA T R
V52 TEAM>TEAM T R
V53 JHA>SCH T F
V54 JHA>SWV T F
V54 JHA>OC T F
V55 JHA>GEM-L T F
V56 SCH>JHA T F
V57 SCH>GEM-J T F
V58 COLLEGE>SCH M F
V58 SCH>COLLEGE T F
V59 GEM-J>SCH T F
V60 HA>JHA T F
V60 JGZ>JHA T F
V60 SPEC>JHA T F
V61 HA>SCH T F
V62 JHA>HA T F
V63 GEM-J>GEM-W T F
V64 JHA>VGZ T F
V65 ZORG>GEM-W T F
V65 GEM-W>ZORG T F
V66 SCH>GEM-V T F
V67 KO>SCH T F
V68 SCH>INSP D F
V69 JHA>LL D F
V69 JHA>LR D F
V70 JHA>LR M F
V71 JHA>LR T F
V72 SCH>LR D F
V72 SCH>LL D F
V73 SCH>ZONDER - F
V73 JHA>ZONDER - F
V74 LR>ALL M F
V74 LL>ALL M F
V75 MELDER>VIR M F
V76 ALL>ZVH ? F
"""
PROF: Final = "JGZ HA SPEC VGZ KO GEM-J GEM-L GEM-W VT"
"""Any professional besides school and jeugdhulp who knows something by his work; no SWV (decision 4)."""
SETS: Final = {
    "PROF": PROF,
    "RAAD": f"SCH JHA GGZ GI {PROF}",
    "MELDER": "SCH JHA GGZ GI GEM-J GEM-L JGZ HA VT KO VGZ",
}
EXTRA: Final = {"RAAD": ["jeugdreclassering", "politie"], "MELDER": ["jeugdreclassering", "politie"]}
"""Of justice: whoever has an ambt or beroep that keeps secrets, and who may report a risk."""
NOT_CARRIED: Final = {"V16 DUO", "V23", "V48", "V49", "V50", "V68", "V73"}
"""Decided, or existing beside this line, and not over it (§2 and §5); reports of 21a go to the minister."""
CELLS: Final = {
    "V04 X": "gezondheid jeugdhulp",
    "V04 T": "contact onderwijspositie doelen factoren verzuim",
    "V10 T": "gezondheid jeugdhulp gezin_veiligheid leerlingstem bijlage",
    "V38 D": "contact verzuim jeugdhulp gezin_veiligheid",
    "V75 M": "contact",
}
"""The most, where the fact base names it: K6 and K7; K1 to K5; K7, K8, diagnose reports; the row of §7."""
KOLOM: Final = {
    "onderwijs": "S2J",
    "samenwerkingsverband": "S2J",
    "toegang": "S2J",
    "leerplicht_rmc": "S2J",
    "kinderopvang": "S2J",
    "jeugdreclassering": "S2J",
    "raad_voor_de_kinderbescherming": "S2J",
    "justitiele_jeugdinrichting": "S2J",
    "politie": "S2J",
    "jeugdhulp": "J2S",
    "jeugdhulp_ggz": "J2S",
    "jeugdteam": "J2S",
    "gecertificeerde_instelling": "J2S",
    "jgz": "J2S",
    "huisarts": "J2S",
    "medisch_specialist": "J2S",
    "veilig_thuis": "J2S",
    "volwassenenzorg": "J2S",
    "zorgverzekeraar": "J2S",
    "wmo": "J2S",
}
"""Decision 1: {JW, WGBO, WMO} ask as from jeugdhulp to school, all others as from school to jeugdhulp."""
SIGN: Final = {
    9: {"S2J": {"gezag": "avg"}, "J2S": {"gezag": "avg waiver"}},
    13: {"S2J": {"gezag": "avg", "leerling": "avg"}, "J2S": {"gezag": "avg", "leerling": "waiver"}},
    16: {"S2J": {"leerling": "avg"}, "J2S": {"leerling": "avg waiver"}},
    19: {"S2J": {"leerling": "avg"}, "J2S": {"leerling": "avg waiver"}},
}
"""Table 2.3, for who can weigh his interests."""


def hoedanigheden(code: str, iedereen: list[str]) -> list[str]:
    if code == "ALL":
        return iedereen
    if code in SETS:
        return [h for c in SETS[code].split() for h in CODES[c]] + EXTRA.get(code, [])
    return CODES[code]


def cellen(iedereen: list[str]) -> set[tuple[str, str, str, str, str]]:
    """Every (number, van, aan, letter, number rule) that the matrix has."""
    out = set()
    for line in READING.split("\n"):
        if line:
            number, pair, letter, nummer = line.split()
            van, aan = pair.split(">")
            for v in hoedanigheden(van, iedereen):
                for a in hoedanigheden(aan, iedereen):
                    out.add((number, v, a, letter, nummer))
    return out


WHEN: Final = """
V01 M aangemeld of ingeschreven; nodig
V02 M aangemeld of ingeschreven
V02 X niet aangemeld; niet ingeschreven
V09 D gaat_over; niet vo_naar_mbo
V10 T gaat_over; niet vo_naar_mbo
V11 T aangemeld; niet gaat_over
V12 M zelfde_bevoegd_gezag; nodig
V13 M vo_naar_mbo
V13 T vo_naar_mbo
V14 D leerplichtig; jonger_dan(18); verwijderd of in_of_uitschrijving_buiten_register
V15 D leerplichtig; jonger_dan(18); gevraagd; nodig
V16 D leerplichtig; jonger_dan(18); zestien_uur; niet centraal_gemeld
V16 D leerplichtig; jonger_dan(18); zestien_uur; niet centraal_gemeld; nodig
V16 D leerplichtig; jonger_dan(18); zestien_uur; centraal_gemeld
V17 D niet leerplichtig; jonger_dan(27)
V19 M ingeschreven
V30 M vermoeden; meldcode; nodig
V31 M vermoeden; meldcode; nodig
V32 M vermoeden; meldcode; nodig
V33 M vermoeden; meldcode; nodig
V34 M vermoeden; meldcode; nodig
V35 M vermoeden; meldcode; nodig
V37 T niet medewerking_vereist
V37 M medewerking_vereist; nodig
V38 D ots_loopt; nodig; jonger_dan(18); gevraagd
V38 M ots_loopt; nodig; jonger_dan(18); niet gevraagd
V38 X minstens(18)
V39 D ots_loopt; nodig; jonger_dan(18); gevraagd
V39 M ots_loopt; nodig; jonger_dan(18); niet gevraagd
V40 D ots_loopt; nodig; jonger_dan(18); gevraagd
V40 M ots_loopt; nodig; jonger_dan(18); niet gevraagd
V41 D ots_loopt; nodig; jonger_dan(18); gevraagd
V41 M ots_loopt; nodig; jonger_dan(18); niet gevraagd
V42 T ots_loopt
V43 T gi_is_voogd
V44 D nodig
V45 M direct_betrokken; nodig
V47 M raadsonderzoek; nodig
V48 M bekostiging; nodig
V49 D bekostiging; nodig; niet taakgericht
V49 X bekostiging; taakgericht
V51 M direct_betrokken; nodig
V58 M vraag_van_college; nodig
V63 T minstens(18)
V64 T minstens(18)
V69 D minstens(12); gevraagd
V69 D jonger_dan(12); gevraagd
V70 M minstens(12); jonger_dan(16); goede_zorg
V71 T minstens(16)
V72 D jonger_dan(16)
V72 D minstens(16); jonger_dan(18)
V72 D minstens(16)
V74 M eigen_gegevens
V75 M risico_verwijsindex; jonger_dan(23)
"""
"""Under which conditions, in our names for the predicates of §7; a flow that is not here has none."""
ONLY_TO: Final = {
    "leerplichtambtenaar": "V14 V15 V16",
    "rmc_consulent": "V17",
    "meldpuntmedewerker": "V30 V31 V32 V33 V34 V35",
    "jeugdbeschermer": "V38 V39 V40 V41",
}
"""The function that the matrix names at the recipient (§0 of consent.md for leerplicht; §7 for the GI)."""
EXPLICIT: Final = {"V63": 18, "V65": None}
"""Uitdrukkelijk by law, and since which age it must be said again."""

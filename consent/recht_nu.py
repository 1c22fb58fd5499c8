"""The law as it is today, in the form in which a change to it is applied.

Nothing older is kept: decisions go back no further than the first day here. Nobody of us read an article
without `tekstVan`; an `artikel` that is an "Afspraak van OZlijn" is our own policy, stricter than the law.
Articles, with their titles and what they come to, stand in gateway/explain/normen.toml.
"""

from __future__ import annotations

from typing import Final

from consent.recht import Recht, parse_recht

TEKST: Final = """
# ── ages

[[leeftijd]]    # a leerling has a say of his own beside who represents him
id = "jeugdige_mee"
versie = 1
jaren = 12
wet = [{ artikel = "Jeugdwet 7.3.15", tekstVan = "2021-11-06", gelezenOp = 2026-11-29 }]
geldigVanaf = 2015-01-01

[[leeftijd]]    # he decides alone
id = "zelf"
versie = 1
jaren = 16
wet = [
  { artikel = "UAVG 5(1)", tekstVan = "2020", gelezenOp = 2026-11-29 },
  { artikel = "Jeugdwet 7.3.5(1)", tekstVan = "2021-11-06", gelezenOp = 2026-11-29 },
]
geldigVanaf = 2015-01-01

[[leeftijd]]    # nobody has gezag over him any more
id = "meerderjarig"
versie = 1
jaren = 18
wet = [{ artikel = "BW 1:245", tekstVan = "2023-07", gelezenOp = 2026-11-29 }]
geldigVanaf = 2015-01-01

# ── terms

[[termijn]]     # a statement carries so many months after it was said; 31 July ends it anyhow
id = "toestemming_maanden"
versie = 1
aantal = 12
wet = [{ artikel = "Afspraak van OZlijn over hoe lang toestemming geldt" }]
geldigVanaf = 2015-01-01

[[termijn]]     # and begins at most so many days after it was said
id = "begin_binnen_dagen"
versie = 1
aantal = 60
wet = [{ artikel = "Afspraak van OZlijn over hoe lang toestemming geldt" }]
geldigVanaf = 2015-01-01

[[termijn]]     # a check of gezag counts for so many months
id = "gezag_maanden"
versie = 1
aantal = 12
wet = [{ artikel = "Afspraak van OZlijn over het gezag" }]
geldigVanaf = 2015-01-01

[[termijn]]     # no ground lasts longer: an OTS is ordered for at most a year; for others it is ours
id = "grond_maanden"
versie = 1
aantal = 12
wet = [{ artikel = "BW 1:258" }]
geldigVanaf = 2015-01-01

# ── who signs (consent.md §2.3)

[[ondertekenaars]]    # under 12: who represents the child, in its place
id = "A"
versie = 1
s2j = { vertegenwoordiger = ["avg_basis"] }
j2s = { vertegenwoordiger = ["avg_basis", "secrecy_waiver"] }
wet = [
  { artikel = "UAVG 5(1)", tekstVan = "2020", gelezenOp = 2026-11-29 },
  { artikel = "Jeugdwet 7.3.15", tekstVan = "2021-11-06", gelezenOp = 2026-11-29 },
]
geldigVanaf = 2015-01-01

[[ondertekenaars]]    # 12 to 15 and capable: they and the youth; his ground in S2J is asked by policy
id = "B1"
versie = 1
s2j = { vertegenwoordiger = ["avg_basis"], leerling = ["avg_basis"] }
j2s = { vertegenwoordiger = ["avg_basis"], leerling = ["secrecy_waiver"] }
wet = [
  { artikel = "UAVG 5(1)", tekstVan = "2020", gelezenOp = 2026-11-29 },
  { artikel = "Jeugdwet 7.3.11(1)", tekstVan = "2021-11-06", gelezenOp = 2026-11-29 },
  { artikel = "Afspraak van OZlijn over wie tekent" },
]
geldigVanaf = 2015-01-01

[[ondertekenaars]]    # 12 to 15 and not capable: who represents the child
id = "B2"
versie = 1
s2j = { vertegenwoordiger = ["avg_basis"] }
j2s = { vertegenwoordiger = ["avg_basis", "secrecy_waiver"] }
wet = [{ artikel = "Jeugdwet 7.3.15", tekstVan = "2021-11-06", gelezenOp = 2026-11-29 }]
geldigVanaf = 2015-01-01

[[ondertekenaars]]    # 16 and 17: the youth alone
id = "C1"
versie = 1
s2j = { leerling = ["avg_basis"] }
j2s = { leerling = ["avg_basis", "secrecy_waiver"] }
wet = [
  { artikel = "UAVG 5(1)", tekstVan = "2020", gelezenOp = 2026-11-29 },
  { artikel = "Jeugdwet 7.3.5(1)", tekstVan = "2021-11-06", gelezenOp = 2026-11-29 },
]
geldigVanaf = 2015-01-01

[[ondertekenaars]]    # 16 and 17 and not capable: UAVG 5 names nobody for the ground, so it waits
id = "C2"
versie = 1
s2j = {}
j2s = {}
wet = [{ artikel = "Jeugdwet 7.3.15", tekstVan = "2021-11-06", gelezenOp = 2026-11-29 }]
geldigVanaf = 2015-01-01

[[ondertekenaars]]    # from 18: he himself
id = "D1"
versie = 1
s2j = { leerling = ["avg_basis"] }
j2s = { leerling = ["avg_basis", "secrecy_waiver"] }
wet = [{ artikel = "UAVG 5(1)", tekstVan = "2020", gelezenOp = 2026-11-29 }]
geldigVanaf = 2015-01-01

[[ondertekenaars]]    # from 18 and not capable: who represents him by order; without one it waits
id = "D2"
versie = 1
s2j = { vertegenwoordiger = ["avg_basis"] }
j2s = { vertegenwoordiger = ["avg_basis", "secrecy_waiver"] }
wet = [
  { artikel = "UAVG 5(2)", tekstVan = "2020", gelezenOp = 2026-11-29 },
  { artikel = "Jeugdwet 7.3.15", tekstVan = "2021-11-06", gelezenOp = 2026-11-29 },
]
geldigVanaf = 2015-01-01

# ── grounds other than toestemming

[[grond]]    # on request must, unasked may, breaking secrecy if needed; BW 1:262 speaks of a minor
soort = "ots_gi"
versie = 1
kracht = "plicht"
partij = "gecertificeerde_instelling"
rollen = ["jeugdbeschermer"]
doel = "veiligheid"
onder = 18
categorieen = [
  "contact", "onderwijspositie", "doelen", "factoren", "verzuim",
  "leerresultaten", "besluiten", "gezondheid", "jeugdhulp", "gezin_veiligheid",
]
wet = [
  { artikel = "Jeugdwet 7.3.11(4)", tekstVan = "2021-11-06", gelezenOp = 2026-11-29 },
  { artikel = "BW 1:262", tekstVan = "2023-07", gelezenOp = 2026-11-29 },
  { artikel = "AVG 6(1)(c)" },
]
geldigVanaf = 2015-01-01

[[grond]]    # may, what is necessary to end abuse or have it investigated; the meldcode comes first
soort = "veilig_thuis"
versie = 1
kracht = "mag"
partij = "veilig_thuis"
rollen = ["meldpuntmedewerker"]
doel = "veiligheid"
categorieen = [
  "contact", "onderwijspositie", "doelen", "factoren", "verzuim",
  "leerresultaten", "besluiten", "gezondheid", "jeugdhulp", "gezin_veiligheid",
]
wet = [
  { artikel = "Wmo 2015 5.2.6", tekstVan = "2019-07", gelezenOp = 2026-11-29 },
  { artikel = "AVG 6(1)(e)" },
]
geldigVanaf = 2015-01-01

[[grond]]    # only that one is involved; a jeugdige there is under 23
soort = "verwijsindex"
versie = 1
kracht = "mag"
partij = "verwijsindex"
rollen = ["meldpuntmedewerker", "administratie"]
doel = "veiligheid"
onder = 23
categorieen = ["contact"]
wet = [
  { artikel = "Jeugdwet 7.1.4.1", tekstVan = "2021-11-06", gelezenOp = 2026-11-29 },
  { artikel = "AVG 6(1)(e)" },
]
geldigVanaf = 2015-01-01

[[grond]]    # to the gemeente where the leerling lives, to nobody but its leerplichtambtenaar; until 18.
# Of health what is needed as background, which the profile keeps to "is ill".
soort = "leerplicht"
versie = 1
kracht = "plicht"
partij = "gemeente"
rollen = ["leerplichtambtenaar"]
doel = "verzuim"
onder = 18
vanDeSchool = true
schooljaar = true
categorieen = ["contact", "onderwijspositie", "verzuim", "gezondheid"]
wet = [
  { artikel = "Leerplichtwet 18", tekstVan = "2013", gelezenOp = 2026-11-29 },
  { artikel = "Leerplichtwet 21", tekstVan = "2013", gelezenOp = 2026-11-29 },
  { artikel = "Leerplichtwet 21a", tekstVan = "2013", gelezenOp = 2026-11-29 },
  { artikel = "AVG 6(1)(c)" },
]
geldigVanaf = 2015-01-01

[[grond]]    # onderwijskundig rapport: that he is enrolled there is the evidence, ouders get a copy.
# Up to level 2, for what that report may hold of health was not read.
soort = "overstap"
versie = 1
kracht = "plicht"
partij = "school"
rollen = ["intern_begeleider", "leerkracht", "administratie"]
doel = "overstap"
vanDeSchool = true
categorieen = ["contact", "onderwijspositie", "doelen", "factoren", "verzuim", "leerresultaten", "besluiten"]
wet = [
  { artikel = "WPO 42", tekstVan = "2014", gelezenOp = 2026-11-29 },
  { artikel = "WVO 2020 8.17", tekstVan = "2024-08-01", gelezenOp = 2026-11-29 },
  { artikel = "WEC 43", tekstVan = "2015", gelezenOp = 2026-11-29 },
  { artikel = "AVG 6(1)(c)" },
]
geldigVanaf = 2015-01-01

# ── what a school reports of absence, and which sectors report centrally

[[verzuimmelding]]
soort = "relatief_verzuim_16_uur"
versie = 1
meldplichtig = true
wet = [{ artikel = "Leerplichtwet 21", tekstVan = "2013", gelezenOp = 2026-11-29 }]
geldigVanaf = 2015-01-01

[[verzuimmelding]]
soort = "in_of_uitschrijving"
versie = 1
meldplichtig = true
wet = [{ artikel = "Leerplichtwet 18", tekstVan = "2013", gelezenOp = 2026-11-29 }]
geldigVanaf = 2015-01-01

[[verzuimmelding]]
soort = "ander_verzuim"
versie = 1
meldplichtig = false
wet = [{ artikel = "Leerplichtwet 21", tekstVan = "2013", gelezenOp = 2026-11-29 }]
geldigVanaf = 2015-01-01

[[sector]]
sector = "po"
versie = 1
centraal = false
wet = [{ artikel = "Leerplichtwet 21", tekstVan = "2013", gelezenOp = 2026-11-29 }]
geldigVanaf = 2015-01-01

[[sector]]
sector = "vo"
versie = 1
centraal = true
wet = [{ artikel = "Leerplichtwet 21a", tekstVan = "2013", gelezenOp = 2026-11-29 }]
geldigVanaf = 2015-01-01
"""
HUIDIG: Final[Recht] = parse_recht(TEKST)

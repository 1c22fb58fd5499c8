"""The practices of the scenario cards as arrangements.

A card holds what its source says and nothing else: what the source leaves open is absent here too.
"""

from __future__ import annotations

from typing import Any, Final

from schemas.messages.arrangement import Arrangement
from tests.builders import an_id
from tests.unit.schemas.bouwstenen import (
    AANBIEDER,
    BESCHIKKINGSVRIJ,
    BUUR,
    GEMEENTE,
    OUDER,
    REGELS,
    SCHOOL,
    VERWEG,
    VERZONNEN,
    Json,
    afspraak,
    een_leerling,
    inbreng,
    lees,
    regel,
)


def kaart(nummer: str, vorm: Json, inrichting: Json, **kw: Any) -> Arrangement:
    """A practice as its card tells it: organisation only, no content."""
    data: Json = {
        "kern": {"id": an_id(nummer), "status": "actief"},
        "inrichting": {"praktijk": nummer} | inrichting,
        "scholen": [SCHOOL],
        "partners": [AANBIEDER, GEMEENTE],
    }
    return lees(data | vorm | kw)


def populatie(omvang: int | None = None) -> Json:
    return {"collectief": {"schoolpopulatie": {"scholen": ["p1"]} | ({"omvang": omvang} if omvang else {})}}


def partij(n: int, soort: str, naam: str, *rollen: str, **kw: Any) -> Json:
    return {"sleutel": f"p{n}", "soort": soort, "naam": naam, "rollen": list(rollen)} | kw


VRIJ: Final[Json] = {"besluitvorm": "beschikkingsvrij"}
SCHOOL_EN_THUIS: Final = [{"plaats": "school"}, {"plaats": "thuis"}]
ALLEEN_SCHOOLTIJD: Final = [{"plaats": "school", "alleenSchooltijd": True}]


def kaarten() -> dict[str, Arrangement]:
    """By number of the card. S06 is the programme of a region; S03 to S05 are designs and mostly open."""
    individueel = {"individueel": een_leerling()}
    return {
        "S01": kaart(
            "S01",
            populatie(955),
            {
                "functies": ["versterken"],
                "sectoren": ["sbo", "so", "vso", "pro"],
                "clusters": [3, 4],
                "toeleiding": [BESCHIKKINGSVRIJ],
                "plaatsen": SCHOOL_EN_THUIS,
                "aanbieders": {"model": "hoofdaanbieder", "onderaanbieders": True},
                "geldhouder": "aanbieder",
                "geldstromen": ["jeugdwet"],
                "bekostiging": "populatiebekostiging",
                "uitvoeringsvariant": "taakgericht",
                "rechtsvorm": "subsidie",
                "woonplaatsregels": REGELS,
            },
        ),
        "S02": kaart(
            "S02",
            populatie(839),
            {
                "functies": ["versterken", "aanpassen"],
                "sectoren": ["so", "sbo", "vso", "pro"],
                "toeleiding": [VRIJ],
                "aanbieders": {"model": "team", "aantal": 6},
                "geldhouder": "gemeente",
                "geldstromen": ["jeugdwet"],
                "bekostiging": "functiebekostiging",
                "woonplaatsregels": [
                    regel("alleen_ingezetenen", VERZONNEN),
                    regel("groepsaanbod_voor_allen"),
                ],
            },
        ),
        "S02 klassen": kaart(
            "S02 klassen",
            {"collectief": {"groep": {"scholen": ["p1"]}}},
            {
                "functies": ["aanpassen"],
                "geldstromen": ["jeugdwet"],
                "bekostiging": "functiebekostiging",
                "plaatsen": [{"plaats": "klas"}],
                "woonplaatsregels": [regel("voorfinancieren_en_verrekenen")],
            },
        ),
        "S03": kaart(
            "S03",
            populatie(),
            {
                "functies": ["versterken"],
                "sectoren": ["so"],
                "clusters": [3, 4],
                "aanbieders": {"model": "hoofdaanbieder"},
                "geldstromen": ["jeugdwet"],
                "bekostiging": "functiebekostiging",
            },
        ),
        "S04": kaart(
            "S04",
            populatie(),
            {"functies": ["versterken"], "sectoren": ["so"], "leeftijd": {"vanaf": 4, "totEnMet": 12}},
        ),
        "S05": kaart(
            "S05",
            populatie(),
            {
                "functies": ["versterken", "doorleiden"],
                "sectoren": ["sbo", "pro"],
                "leeftijd": {"vanaf": 4, "totEnMet": 20},
            },
        ),
        "S07": kaart(
            "S07",
            populatie(),
            {
                "functies": ["versterken"],
                "sectoren": ["sbo", "opdc", "pro"],
                "leeftijd": {"vanaf": 4, "totEnMet": 18},
                "toeleiding": [BESCHIKKINGSVRIJ],
                "plaatsen": SCHOOL_EN_THUIS,
                "uitgesloten": ["jeugd_ggz", "verblijf"],
                "aanbieders": {"model": "hoofdaanbieder", "onderaanbieders": True},
                "geldhouder": "integraal_schoolbudget",
                "geldstromen": ["jeugdwet", "lumpsum", "samenwerkingsverband"],
                "bekostiging": "populatiebekostiging",
                "rechtsvorm": "subsidie",
                "woonplaatsregels": [regel("allen_onder_schooltijd")],
            },
        ),
        "S08": kaart(
            "S08",
            populatie(),
            {
                "functies": ["versterken"],
                "sectoren": ["sbo", "opdc"],
                "toeleiding": [
                    BESCHIKKINGSVRIJ | {"voorPlaatsen": ["school"]},
                    {
                        "beslisser": "gemeente",
                        "besluitvorm": "individuele_beschikking",
                        "voorPlaatsen": ["thuis"],
                    },
                ],
                "plaatsen": [*ALLEEN_SCHOOLTIJD, {"plaats": "thuis", "alleenMetBeschikking": True}],
                "uitgesloten": ["hulp_thuis", "jeugd_ggz", "verblijf"],
                "woonplaatsregels": [regel("allen_onder_schooltijd", van="2021-01-01")],
            },
        ),
        "S09": kaart(
            "S09",
            {"collectief": {"groep": {"scholen": ["p1"]}}},
            {
                "functies": ["opbouwen", "terugleiden"],
                "sectoren": ["so", "sbo"],
                "leidend": "jeugdhulp",
                "geldstromen": ["jeugdwet"],
            },
        ),
        "S10": kaart(
            "S10",
            populatie(),
            {
                "functies": ["versterken"],
                "sectoren": ["so", "pro", "tussenvoorziening", "bovenschools"],
                "clusters": [3, 4],
                "toeleiding": [{"beslisser": "school", "besluitvorm": "beschikkingsvrij"}],
                "plaatsen": [*SCHOOL_EN_THUIS, {"plaats": "klas"}],
                "aanbieders": {"model": "raamovereenkomst", "aantal": 16},
                "geldhouder": "gemeente_met_trekkingsrecht",
                "geldstromen": ["jeugdwet"],
                "bekostiging": "functiebekostiging",
                "uitvoeringsvariant": "taakgericht",
                "rechtsvorm": "inkoop",
                "woonplaatsregels": [
                    regel("alleen_ingezetenen", VERZONNEN),
                    regel("voorfinancieren_en_verrekenen"),
                ],
            },
            kern={
                "id": an_id("S10"),
                "status": "actief",
                "ingangsdatum": "2018-08-01",
                "einddatum": "2021-07-31",
            },
        ),
        "S11": kaart(
            "S11",
            individueel,
            {
                "functies": ["versterken"],
                "toeleiding": [{"besluitvorm": "verwijzing"}],
                "geldhouder": "aanbieder",
                "geldstromen": ["jeugdwet"],
                "bekostiging": "functiebekostiging",
                "rechtsvorm": "inkoop",
            },
            kern={"id": an_id("S11"), "status": "actief", "ingangsdatum": "2021-08-01"},
        ),
        "S12": kaart(
            "S12",
            individueel,
            {
                "functies": ["versterken"],
                "sectoren": ["so", "vso", "sbo", "pro", "opdc", "mbo"],
                "toeleiding": [
                    {
                        "beslisser": "specialist_met_mandaat",
                        "besluitvorm": "toekenning_op_mandaat",
                        "mandaat": {"kenmerk": "M-1", "namens": "p3", "van": "2018-01-01"},
                    }
                ],
                "plaatsen": ALLEEN_SCHOOLTIJD,
                "uitgesloten": ["hulp_thuis"],
                "aanbieders": {"model": "percelen", "aantal": 7},
                "geldstromen": ["jeugdwet"],
                "rechtsvorm": "inkoop",
            },
            partners=[AANBIEDER, GEMEENTE, partij(4, "clientondersteuning", "Wegwijs Fictief", "toeleider")],
        ),
        "S13": kaart(
            "S13",
            {"collectief": {"aanwezigheid": {"scholen": ["p1"], "fte": "2"}}},
            {
                "functies": ["versterken"],
                "sectoren": ["so"],
                "clusters": [3],
                "toeleiding": [
                    {"beslisser": "hulpverlener_op_school", "besluitvorm": "beschikkingsvrij"},
                    {"besluitvorm": "individuele_beschikking", "bijTekort": True},
                ],
                "plaatsen": [{"plaats": "school"}],
                "aanbieders": {"model": "stadsbreed", "aantal": 2, "fte": "2"},
                "geldstromen": ["jeugdwet", "wlz"],
                "bekostiging": "functiebekostiging",
                "woonplaatsregels": [regel("geen_onderscheid")],
            },
        ),
        "S14": kaart(
            "S14",
            individueel,
            {"sectoren": ["po", "vo"], "geldstromen": ["anders"]},
            partners=[
                partij(4, "samenwerkingsverband", "Samen Fictief"),
                partij(5, "leerplicht", "Leerplicht Verzonnen"),
                partij(6, "wijkteam", "Buurtteam Fictief"),
                partij(7, "jeugdgezondheidszorg", "Jeugdgezondheid Fictief"),
            ],
        ),
        "S15": kaart(
            "S15",
            populatie(673),
            {
                "functies": ["versterken"],
                "sectoren": ["so", "vso", "sbo"],
                "toeleiding": [{"beslisser": "overleg_met_mandaat", "besluitvorm": "plaatsing"}],
                "aanbieders": {"model": "school_kiest"},
                "leeftijd": {"vanaf": 4, "totEnMet": 18},
                "geldhouder": "school",
                "geldstromen": ["jeugdwet"],
                "bekostiging": "populatiebekostiging",
                "rechtsvorm": "subsidie",
                "woonplaatsregels": [regel("alleen_ingezetenen", VERZONNEN)],
            },
        ),
        "S16": kaart(
            "S16",
            {"individueel": een_leerling(geboortedatum="2013-05-04") | {"aanTafel": True}},
            {
                "sectoren": ["po", "vo", "so", "vso", "mbo", "kinderopvang"],
                "toeleiding": [{"beslisser": "overleg_met_mandaat"}],
            },
            personen=[OUDER],
            beslisoverleg=[
                {"deelnemer": "p9"},
                {
                    "deelnemer": "p4",
                    "mandaat": {"kenmerk": "M-2", "namens": "p4", "van": "2020-01-01"},
                },
            ],
            partners=[partij(4, "jeugdgezondheidszorg", "Jeugdgezondheid Fictief")],
        ),
        "S17": kaart(
            "S17",
            populatie(),
            {
                "woonplaatsregels": [
                    regel("alleen_ingezetenen", VERZONNEN),
                    regel("per_geval", BUUR),
                    regel("per_geval", VERWEG, van="2022-01-01"),
                ]
            },
        ),
        "S28": kaart(
            "S28",
            {"collectief": {"preventief": {"scholen": ["p1"], "vormen": ["observatie", "groepsactiviteit"]}}},
            {"functies": ["versterken"], "sectoren": ["po", "kinderopvang"]},
        ),
        "S34": kaart(
            "S34",
            individueel,
            {
                "sectoren": ["po", "vo"],
                "toeleiding": [{"beslisser": "overleg_met_mandaat"}],
                "geldstromen": ["jeugdwet", "wmo", "wlz"],
            },
        ),
        "S38": kaart(
            "S38",
            {"collectief": {"aanwezigheid": {"scholen": ["p1"], "urenPerWeek": "8"}}},
            {"functies": ["versterken"], "sectoren": ["mbo"], "plaatsen": [{"plaats": "klas"}]},
        ),
        "S39": kaart(
            "S39",
            individueel,
            {
                "functies": ["terugleiden"],
                "sectoren": ["po", "vo", "mbo"],
                "plaatsen": [{"plaats": "voorziening"}],
            },
            partners=[AANBIEDER, GEMEENTE, partij(4, "dagbesteding", "Dagbesteding Fictief")],
            regie=[
                {"regisseur": "p1", "van": "2026-01-05", "totEnMet": "2026-03-01"},
                {"regisseur": "p3", "van": "2026-03-02", "totEnMet": "2026-03-31"},
                {"regisseur": "p4", "van": "2026-04-01", "totEnMet": "2026-09-30"},
                {"regisseur": "p1", "van": "2026-10-01"},
            ],
            fasen=[
                {"naam": "eerdere hulp", "van": "2026-01-05", "totEnMet": "2026-03-01", "regisseur": "p1"},
                {"naam": "instroom", "van": "2026-03-02", "totEnMet": "2026-03-31", "regisseur": "p3"},
                {"naam": "dagbesteding", "van": "2026-04-01", "totEnMet": "2026-09-30", "regisseur": "p4"},
                {"naam": "uitstroom", "van": "2026-10-01", "regisseur": "p1"},
            ],
        ),
        "S42": kaart(
            "S42",
            individueel,
            {"sectoren": ["so"], "clusters": [4], "geldstromen": ["awbz", "pgb"]},
            partners=[AANBIEDER, partij(4, "gecertificeerde_instelling", "Jeugdbescherming Fictief")],
            afspraken=[
                afspraak("p2", uren=inbreng("Begeleiding.", "16", "uur_per_week", hoogstens="19.5")),
                afspraak("p1", uren=inbreng("Begeleiding op school.", "6", "uur_per_week")),
            ],
        ),
        "S43": kaart(
            "S43",
            individueel,
            {
                "functies": ["opbouwen", "terugleiden"],
                "plaatsen": [{"plaats": "voorziening"}],
                "geldstromen": ["wmo"],
            },
            partners=[
                partij(
                    4,
                    "zorgboerderij",
                    "Boerderij Fictief",
                    identificaties=[{"soort": "kvk", "waarde": "99999999"}],
                )
            ],
        ),
        "S44": kaart(
            "S44",
            individueel,
            {"sectoren": ["mbo"], "leeftijd": {"vanaf": 16, "totEnMet": 23}},
        ),
        "S45": kaart(
            "S45",
            individueel,
            {
                "functies": ["doorleiden"],
                "sectoren": ["mbo"],
                "geldstromen": ["jeugdwet", "wmo", "participatiewet", "zvw"],
            },
        ),
        "S46": kaart(
            "S46",
            individueel,
            {
                "functies": ["versterken"],
                "sectoren": ["po"],
                "toeleiding": [
                    {"beslisser": "wijkteam"},
                    {"beslisser": "samenwerkingsverband", "besluitvorm": "toelaatbaarheidsverklaring"},
                ],
            },
        ),
        "S49": kaart(
            "S49",
            individueel,
            {
                "sectoren": ["so"],
                "toeleiding": [{"adviseur": "commissie_voor_de_begeleiding"}],
            },
        ),
        "S51": kaart(
            "S51",
            individueel,
            {
                "sectoren": ["vo"],
                "toeleiding": [
                    {"beslisser": beslisser, "besluitvorm": "verwijzing"}
                    for beslisser in ("wijkteam", "huisarts", "jeugdarts")
                ],
            },
        ),
        "S52": kaart("S52", individueel, {"sectoren": ["vo"], "woonplaatsregels": [regel("per_geval")]}),
        "S55": kaart("S55", individueel, {"sectoren": ["mbo"], "plaatsen": [{"plaats": "online"}]}),
        "S57": kaart("S57", populatie(), {"geldhouder": "school", "bekostiging": "populatiebekostiging"}),
        "S62": kaart(
            "S62",
            {"collectief": {"groep": {"scholen": ["p1"]}, "aanduiding": "autiklas"}},
            {"functies": ["aanpassen"], "niveau": "breedte"},
        ),
        "S82": kaart(
            "S82",
            {"collectief": {"groep": {"scholen": ["p1"], "omvang": 4}}},
            {"functies": ["opbouwen"], "niveau": "opname"},
        ),
        "S86": kaart(
            "S86",
            {"collectief": {"groep": {"scholen": ["p1"], "leeftijd": {"vanaf": 4, "totEnMet": 7}}}},
            {"functies": ["aanpassen", "opbouwen"], "leeftijd": {"vanaf": 4, "totEnMet": 7}},
            opp={"bestemming": "voorlopig"},
        ),
        "D0": kaart("D0", individueel, {"leeftijd": {"vanaf": 2, "vanafMaanden": 6, "totEnMet": 23}}),
    }


KAARTEN: Final = kaarten()

"""One synthetic message of each kind, as content. The same fictional case runs through all of them.

`python -m tests.unit.adapters.ijw.voorbeelden` writes them to tests/data/ijw; a test holds the files to it.
All of them obey the rules, so they serve where a message without findings is needed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import orjson

from adapters import ijw
from adapters.ijw.berichten import schema
from adapters.xml.layout import Part
from adapters.xml.parser import Node
from tests.builders import a_bsn

DATA: Final = Path(__file__).parents[3] / "data" / "ijw"
BSN, ANDER_BSN = a_bsn(0), a_bsn(1)
AGB, GEMEENTE = "99999901", "0363"
ALS_JSON: Final = ("JW301", "JW305", "JW325")
"""Of these the content itself is kept too, so that reading and writing are not only held to each other."""
BERICHTCODE: Final = dict(zip(ijw.SOORTEN, range(436, 442), strict=False)) | {
    "JW315": 446,
    "JW316": 447,
    "JW317": 486,
    "JW318": 487,
    "JW319": 488,
    "JW320": 489,
    "JW323": 490,
    "JW325": 491,
}
_VAN_GEMEENTE: Final = {"JW301", "JW302", "JW319", "JW320", "JW325"}


def header(soort: str, dagtekening: str, **more: Any) -> Node:
    partijen = (GEMEENTE, AGB) if soort in _VAN_GEMEENTE else (AGB, GEMEENTE)
    return {
        "BerichtCode": str(BERICHTCODE[soort]),
        "BerichtVersie": "3",
        "BerichtSubversie": "2",
        "Afzender": partijen[0],
        "Ontvanger": partijen[1],
        "BerichtIdentificatie": {"Identificatie": f"FICTIEF{soort[2:]}", "Dagtekening": dagtekening},
        "XsdVersie": ijw.xsd_versie(),
        **more,
    }


def _retour(heen: str, soort: str, dagtekening: str, header_code: str, codes: dict[str, str]) -> Node:
    """The answer to a message as the standard forms it: all of it repeated, with a code for each class.

    `codes`: the code by name of a class; a class that is not named has no remark (0200).
    """
    content = BERICHTEN[heen]
    top = next(name for name in content if name != "Header")
    answer = content["Header"] | {
        "BerichtCode": str(BERICHTCODE[soort]),
        "IdentificatieRetour": f"FICTIEF{soort[2:]}",
        "DagtekeningRetour": dagtekening,
        "XsdVersieRetour": ijw.xsd_versie(),
        "RetourCodes": {"RetourCode": [header_code]},
    }
    layout = {part.name: part for part in schema(soort).layout.parts or ()}
    return {"Header": answer, top: _with_codes(layout[top], content[top], codes)}


def _with_codes(part: Part, value: Any, codes: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_with_codes(part, item, codes) for item in value]
    if part.parts is None:
        return value
    node = {
        child.name: _with_codes(child, value[child.name], codes)
        for child in part.parts
        if child.name in value
    }
    if any(child.name == "RetourCodes" for child in part.parts):
        node["RetourCodes"] = {"RetourCode": [codes.get(part.name, "0200")]}
    return node


_CLIENT: Final[Node] = {
    "Bsn": BSN,
    "Geboortedatum": {"Datum": "2016-03-14"},
    "Geslacht": "2",
    "Naam": {
        "Geslachtsnaam": {"Achternaam": "Fictief-Groen", "Voorvoegsel": "van"},
        "Voornamen": "Noor",
        "Voorletters": "N",
    },
}
_ADRES: Final[Node] = {
    "Huis": {"Huisnummer": "12", "Huisletter": "a"},
    "Postcode": "9999XX",
    "Straatnaam": "Fictieve Weg",
    "Plaatsnaam": "Nergenshuizen",
    "LandCode": "NL",
}
_PRODUCT: Final[Node] = {"Categorie": "45", "Code": "45A04"}
_OMVANG: Final[Node] = {"Volume": "4", "Eenheid": "04", "Frequentie": "4"}


def _prestatie(nummer: str, **more: Any) -> Node:
    return {
        "ProductReferentie": {"ReferentieNummer": nummer},
        "ToewijzingNummer": "300201",
        "ProductCategorie": "45",
        "ProductCode": "45A04",
        "ProductPeriode": {"Begindatum": "2026-05-01", "Einddatum": "2026-05-31"},
        "GeleverdVolume": "4",
        "Eenheid": "04",
        "ProductTarief": "9250",
        "IngediendBedrag": {"Bedrag": "37000", "DebetCredit": "D"},
    } | more


BERICHTEN: Final[dict[str, Node]] = {
    "JW301": {
        "Header": header("JW301", "2026-04-01"),
        "Client": {
            **_CLIENT,
            "Naam": {**_CLIENT["Naam"], "NaamGebruik": "1"},
            "Communicatie": {"Vorm": "1", "Taal": "Fries"},
            "Commentaar": "Fictief bericht, gemaakt door OZlijn.\nTweede regel: R&D <niet> 'echt'.",
            "Relaties": {
                "Relatie": [
                    {
                        "Nummer": "1",
                        "Volgorde": "1",
                        "Soort": "10",
                        "Geboortedatum": {"Datum": "1984-01-01", "DatumGebruik": "2"},
                        "Geslacht": "1",
                        "Naam": {
                            "Geslachtsnaam": {"Achternaam": "Fictief-Groen", "Voorvoegsel": "van"},
                            "Partnernaam": {"Achternaam": "Fictief-Ångström"},
                            "Voorletters": "ÉD",
                            "NaamGebruik": "4",
                        },
                        "Contact": [
                            {
                                "Soort": "03",
                                "Adres": _ADRES,
                                "Telefoon": {
                                    "Telefoon01": {"Telefoonnummer": "0612345678", "Landnummer": "0031"}
                                },
                                "Emailadres": "fictief@voorbeeld.example",
                            }
                        ],
                    }
                ]
            },
            "Contactgegevens": {
                "Contact": [
                    {"Soort": "01", "Adres": _ADRES},
                    {
                        "Soort": "04",
                        "Adres": _ADRES,
                        "Organisatie": "Fictief logeerhuis",
                        "Periode": {"Begindatum": "2026-07-01", "Einddatum": "2026-07-31"},
                    },
                ]
            },
            "ToegewezenProducten": {
                "ToegewezenProduct": [
                    {
                        "ToewijzingNummer": "300201",
                        "ReferentieAanbieder": "FICTIEF-AANVRAAG-0001",
                        "Product": _PRODUCT,
                        "Toewijzingsdatum": "2026-04-01",
                        "Toewijzingstijd": "09:30:00",
                        "Ingangsdatum": "2026-04-13",
                        "Einddatum": "2027-04-12",
                        "Omvang": _OMVANG,
                    },
                    {
                        "ToewijzingNummer": "300202",
                        "Product": {"Categorie": "41"},
                        "Toewijzingsdatum": "2026-04-01",
                        "Toewijzingstijd": "09:30:00.5",
                        "Ingangsdatum": "2026-04-13",
                        "Einddatum": "2026-12-31",
                        "Budget": "250000",
                        "Commentaar": "Fictief budget",
                    },
                ]
            },
        },
    },
    "JW305": {
        "Header": header("JW305", "2026-04-15"),
        "Client": {
            **_CLIENT,
            "StartProducten": {
                "StartProduct": [
                    {
                        "ToewijzingNummer": "300201",
                        "Product": _PRODUCT,
                        "ToewijzingIngangsdatum": "2026-04-13",
                        "Begindatum": "2026-04-13",
                        "StatusAanlevering": "1",
                    },
                    {"ToewijzingNummer": "300202", "Begindatum": "2026-04-14", "StatusAanlevering": "3"},
                ]
            },
        },
    },
    "JW307": {
        "Header": header("JW307", "2026-09-02"),
        "Client": {
            **_CLIENT,
            "StopProducten": {
                "StopProduct": [
                    {
                        "ToewijzingNummer": "300201",
                        "Product": _PRODUCT,
                        "ToewijzingIngangsdatum": "2026-04-13",
                        "Begindatum": "2026-04-13",
                        "RedenBeeindiging": "31",
                        "Einddatum": "2026-08-31",
                        "StatusAanlevering": "1",
                    }
                ]
            },
        },
    },
    "JW315": {
        "Header": header("JW315", "2026-03-20"),
        "Client": {
            **_CLIENT,
            "GezagsdragerBekend": "1",
            "Commentaar": "Fictief verzoek",
            "AangevraagdeProducten": {
                "AangevraagdProduct": [
                    {
                        "ReferentieAanbieder": "FICTIEF-AANVRAAG-0001",
                        "BeschikkingNummer": "8001",
                        "Product": _PRODUCT,
                        "BeschikkingIngangsdatum": "2026-03-01",
                        "ToewijzingIngangsdatum": "2026-04-13",
                        "ToewijzingEinddatum": "2027-04-12",
                        "Omvang": _OMVANG,
                        "Verwijzer": {"Type": "02", "ZorgverlenerCode": "99999911"},
                        "Raamcontract": "1",
                    },
                    {
                        "ReferentieAanbieder": "FICTIEF-AANVRAAG-0002",
                        "Product": {"Categorie": "41"},
                        "ToewijzingIngangsdatum": "2026-04-13",
                        "ToewijzingEinddatum": "2026-12-31",
                        "Budget": "250000",
                        "Verwijzer": {"Type": "03", "Naam": "Fictief, jeugdarts"},
                        "Commentaar": "Fictief budget",
                    },
                ]
            },
        },
    },
    "JW317": {
        "Header": header("JW317", "2026-06-01"),
        "Client": {
            "Bsn": BSN,
            "Verzoek": {
                "ReferentieAanbieder": "FICTIEF-WIJZIGING-0001",
                "RedenVerzoek": "1",
                "OngewijzigdeProducten": {"OngewijzigdProduct": [{"ToewijzingNummer": "300203"}]},
                "TeWijzigenProducten": {
                    "TeWijzigenProduct": [
                        {
                            "ToewijzingNummer": "300201",
                            "GewensteIngangsdatum": "2026-07-01",
                            "Einddatum": "2027-04-12",
                            "Omvang": {**_OMVANG, "Volume": "8"},
                        },
                        {
                            "ToewijzingNummer": "300202",
                            "GewensteIngangsdatum": "2026-07-01",
                            "Einddatum": "2026-12-31",
                            "Budget": "300000",
                        },
                    ]
                },
                "NieuweProducten": {
                    "NieuwProduct": [
                        {
                            "Product": {"Categorie": "41", "Code": "41A03"},
                            "GewensteIngangsdatum": "2026-07-01",
                            "Einddatum": "2026-12-31",
                            "Omvang": {"Volume": "2", "Eenheid": "16", "Frequentie": "2"},
                        }
                    ]
                },
            },
        },
    },
    "JW319": {
        "Header": header("JW319", "2026-06-10"),
        "Antwoord": {
            "ReferentieAanbieder": "FICTIEF-WIJZIGING-0001",
            "VerzoekAntwoord": "1",
            "RedenAfwijzingVerzoek": "8",
            "Woonplaatsbeginsel": {"Gemeente": "0344"},
        },
    },
    "JW323": {
        "Header": header("JW323", "2026-06-05"),
        "Declaratie": {
            "DeclaratieNummer": "FICTIEF2605",
            "DeclaratiePeriode": {"Begindatum": "2026-05-01", "Einddatum": "2026-05-31"},
            "DeclaratieDagtekening": "2026-06-05",
            "TotaalIngediendBedrag": {"TotaalBedrag": "67000", "DebetCredit": "D"},
            "Clienten": {
                "Client": [
                    {
                        "Bsn": BSN,
                        "Prestaties": {
                            "Prestatie": [
                                _prestatie("FICTIEF0001"),
                                _prestatie(
                                    "FICTIEF0002",
                                    ProductReferentie={
                                        "ReferentieNummer": "FICTIEF0002",
                                        "VorigReferentieNummer": "FICTIEF0000",
                                    },
                                    ProductPeriode={"Begindatum": "2026-04-13", "Einddatum": "2026-04-30"},
                                    IngediendBedrag={"Bedrag": "7000", "DebetCredit": "C"},
                                ),
                            ]
                        },
                    },
                    {
                        "Bsn": ANDER_BSN,
                        "Prestaties": {"Prestatie": [_prestatie("FICTIEF0003", ToewijzingNummer="300301")]},
                    },
                ]
            },
        },
    },
}
_RETOURS: Final[dict[str, Node]] = {
    "JW302": _retour("JW301", "JW302", "2026-04-02", "0200", {"ToegewezenProduct": "9332"}),
    "JW306": _retour("JW305", "JW306", "2026-04-16", "0200", {"StartProduct": "9063"}),
    "JW308": {
        "Header": header(
            "JW308",
            "2026-09-02",
            IdentificatieRetour="FICTIEF308R",
            DagtekeningRetour="2026-09-03",
            XsdVersieRetour=ijw.xsd_versie(),
        )
    },
    "JW316": _retour("JW315", "JW316", "2026-03-21", "0200", {"AangevraagdProduct": "9347"}),
    "JW318": _retour("JW317", "JW318", "2026-06-02", "0200", {"Verzoek": "9349", "NieuwProduct": "0233"}),
    "JW320": _retour("JW319", "JW320", "2026-06-11", "0200", {"Antwoord": "9360"}),
    "JW325": {
        "Header": header(
            "JW325",
            "2026-06-12",
            DeclaratieIdentificatie=BERICHTEN["JW323"]["Header"]["BerichtIdentificatie"],
            XsltVersie="2.10.5",
            XsdVersieDeclaratie=ijw.xsd_versie(),
            RetourCodes={"RetourCode": ["0200"]},
        ),
        "DeclaratieAntwoord": {
            "DeclaratieNummer": "FICTIEF2605",
            "TotaalIngediendBedrag": {"TotaalBedrag": "67000", "DebetCredit": "D"},
            "TotaalToegekendBedrag": {"TotaalBedrag": "30000", "DebetCredit": "D"},
            "Clienten": {
                "Client": [
                    {
                        "Bsn": ANDER_BSN,
                        "Prestaties": {
                            "Prestatie": [
                                _prestatie(
                                    "FICTIEF0003",
                                    ToewijzingNummer="300301",
                                    RetourCodes={"RetourCode": ["9338", "9307"]},
                                )
                            ]
                        },
                        "RetourCodes": {"RetourCode": ["0200"]},
                    }
                ]
            },
            "RetourCodes": {"RetourCode": ["0200"]},
        },
    },
}
BERICHTEN.update(_RETOURS)


def bericht(soort: str) -> ijw.JwBericht:
    return ijw.JwBericht(soort, BERICHTEN[soort])


def golden(soort: str) -> bytes:
    """The file as it is kept."""
    return (DATA / f"{soort}.xml").read_bytes()


def as_json(soort: str) -> bytes:
    return orjson.dumps(
        BERICHTEN[soort], option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    )


if __name__ == "__main__":
    for name in ijw.SOORTEN:
        (DATA / f"{name}.xml").write_bytes(ijw.write(bericht(name)))
    for name in ALS_JSON:
        (DATA / f"{name}.json").write_bytes(as_json(name))

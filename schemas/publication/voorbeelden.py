"""One example per published document. All people and organisations are fictional."""

from __future__ import annotations

from typing import Any, Final

_ID: Final = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
_ANDER_ID: Final = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
_LEERLING: Final = {
    "naamdelen": {"voornamen": ["Noor"], "achternaam": "Fictief"},
    "geboortedatum": "2017-03-14",
}
_SCHOOL: Final = {"naam": "Basisschool De Verzinning", "brin": "99ZZ", "vestigingscode": "00"}
_CONTACT: Final = {"naam": "J. Verzonnen", "functie": "intern_begeleider", "telefoon": "000-0000000"}
_HULPVERLENER: Final = {"naam": "P. Bedacht", "functie": "jeugdhulpverlener", "telefoon": "000-0000000"}
_DOEL: Final = {"nummer": 1, "leefgebied": "school", "omschrijving": "Blijft een hele ochtend in de klas."}
_LOOPT: Final = {"wat": "Elke ochtend een korte startbespreking.", "van": "2026-09-14"}
_ARRANGEMENT: Final = "jeugdhulp-op-school-2026"
_HIER: Final = f"/v1/uitwisselingen/{_ID}"
_MOMENT: Final = "2026-10-15T10:00:00.000Z"
_STAND: Final = {
    "id": _ANDER_ID,
    "ontvanger": "agb:99999901",
    "rol": "jeugdhulpverlener",
    "status": "klaar",
    "sinds": _MOMENT,
    "uitleg": "De levering staat klaar in de postbus van de ontvanger.",
}
_GELDIG: Final = {
    "code": "CONSENT_VALID",
    "uitleg": "De toestemming die nodig is, is er.",
    "volgendeStap": "",
}

VOORBEELDEN: Final[dict[str, dict[str, Any]]] = {
    "ontwikkelingsperspectief": {
        "plan": {"soort": "opp_po", "status": "vastgesteld", "ingangsdatum": "2026-09-01"},
        "school": _SCHOOL,
        "leerling": _LEERLING,
        "perspectief": {"belemmerendeFactoren": ["Raakt snel afgeleid in een volle klas."]},
        "handelingsdeel": {
            "doelen": [{"leefgebied": "school", "omschrijving": "Leest elke dag een kwartier."}]
        },
        "herkomst": {"standaard": "oso", "versie": "2019.1", "bron": "fictief systeem"},
    },
    "arrangement": {
        "kern": {"id": _ID, "status": "actief", "ingangsdatum": "2026-09-14", "herzienOp": "2027-02-01"},
        "individueel": {"leerling": _LEERLING},
        "inrichting": {"functies": ["versterken"], "leidend": "school"},
        "scholen": [{"sleutel": "p1", "soort": "school", "naam": "Basisschool De Verzinning"}],
        "partners": [{"sleutel": "p2", "soort": "jeugdhulpaanbieder", "naam": "Jeugdhulp De Fictie"}],
        "auteurs": [{"sleutel": "a1", "naam": "J. Verzonnen"}],
        "regie": [{"regisseur": "p1", "van": "2026-09-14"}],
        "afspraken": [{"deelnemer": "p2", "bijdrage": "Kijkt elke week mee in de klas."}],
        "doelen": [
            {
                "sleutel": "o1",
                "soort": "doel",
                "leefgebied": "school",
                "omschrijving": "Blijft een hele ochtend in de klas.",
                "eigenaar": "p1",
                "datum": "2026-09-14",
            }
        ],
    },
    "hulpvraag": {
        "leerling": _LEERLING,
        "school": _SCHOOL,
        "vraag": "Wat helpt om na een conflict weer rustig te worden?",
        "urgentie": "gewoon",
        "contactpersoon": _CONTACT,
        "thuisIngelicht": ["ouders"],
        "gezin": {"telefoon": "06-00000000"},
        "gezag": "gezamenlijk",
        "ouders": [{"naamdelen": {"achternaam": "Voorbeeld"}, "hoedanigheid": "ouder"}],
    },
    "opp_uittreksel": {
        "leerling": _LEERLING,
        "school": _SCHOOL,
        "perspectief": {"bevorderendeFactoren": ["Werkt graag met de handen."]},
        "handelingsdeel": {"begeleiding": [_LOOPT]},
    },
    "terugkoppeling": {
        "status": "gestart",
        "sinds": "2026-10-01",
        "contactpersoon": _HULPVERLENER,
        "adviezen": ["vaste_plek", "rustmomenten"],
        "adviezenVoor": "leerkracht",
        "volgendContact": "2026-11-02",
    },
    "gezamenlijk_plan": {
        "zaak": _ID,
        "planversie": 2,
        "leerling": _LEERLING,
        "doelen": [_DOEL],
        "afspraken": [{"wie": "school", "wat": "Houdt een rustige plek vrij.", "doel": 1}],
        "regisseur": "school",
        "herzienOp": "2027-02-01",
    },
    "overlegset": {
        "zaak": _ID,
        "overlegsoort": "zorgteam",
        "overlegdatum": "2026-11-10",
        "partner": "jeugdgezondheidszorg",
        "vraag": "Kunt u meedenken over de opbouw van de schooldag?",
        "contactpersoon": _CONTACT,
        "leerling": _LEERLING,
        "doelen": [_DOEL],
    },
    "overleguitkomst": {
        "zaak": _ID,
        "overlegdatum": "2026-11-10",
        "beslissingen": ["De dag wordt in kleine stappen opgebouwd."],
        "acties": [{"wie": "school", "wat": "Maakt een rooster.", "gereedOp": "2026-11-17"}],
        "afwijkend": [{"wie": "ouders", "standpunt": "Willen dat de dag sneller wordt opgebouwd."}],
    },
    "toeleidingsbesluit": {
        "zaak": _ID,
        "leerling": _LEERLING,
        "arrangement": _ARRANGEMENT,
        "functies": ["versterken"],
        "besluitvorm": "toekenning_op_mandaat",
        "beslotenDoor": "gemeente:9999",
        "beslotenOp": "2026-10-20",
        "mandaat": "mandaatbesluit 2026-3",
        "uitvoerder": "agb:99999901",
        "ingangsdatum": "2026-11-01",
        "einddatum": "2027-07-31",
    },
    "woonplaatsvraag": {
        "gemeente": "9999",
        "peildatum": "2026-10-15",
        "brin": "99ZZ",
        "vestigingscode": "00",
        "arrangement": _ARRANGEMENT,
        "aanbod": "individueel",
        "plaats": "school_in_schooltijd",
    },
    "woonplaatsantwoord": {
        "gemeente": "9999",
        "peildatum": "2026-10-15",
        "arrangement": _ARRANGEMENT,
        "route": "individueel",
        "regel": "niet-ingezetenen-individueel",
        "regelversie": 1,
    },
    "aanvraag_voorziening": {
        "zaak": _ID,
        "leerling": _LEERLING,
        "voorziening": {"code": "45", "stelsel": "iJw productcategorie"},
        "aanvrager": "school",
        "contactpersoon": _CONTACT,
    },
    "aanvraag_antwoord": {
        "zaak": _ID,
        "uitkomst": "in_onderzoek",
        "beantwoordDoor": "gemeente:9999",
        "beantwoordOp": "2026-10-15",
        "verwijzing": "verzoek 17",
    },
    "onderaanneming": {
        "zaak": _ID,
        "leerling": _LEERLING,
        "vraag": "Hoe kan de leerling leren om hulp te vragen?",
        "taak": "Zes gesprekken op school.",
        "taakTot": "2027-02-01",
        "contactpersoon": _HULPVERLENER,
    },
    "verrekening": {
        "arrangement": _ARRANGEMENT,
        "uitvoeringsvariant": "taakgericht",
        "totalen": [
            {"gemeente": "9999", "van": "2026-08-01", "tot": "2026-12-31", "bedragCent": 1_250_000},
        ],
    },
    "populatiemeting": {
        "schooljaar": "2026-2027",
        "peildatum": "2026-10-01",
        "cellen": [
            {
                "gemeente": "9999",
                "brin": "99ZZ",
                "leeftijdsgroep": "4-11",
                "jeugdhulp": False,
                "aantal": 180,
            },
            {"gemeente": "9999", "brin": "99ZZ", "leeftijdsgroep": "4-11", "jeugdhulp": True},
        ],
    },
    "verzuimtelling": {
        "van": "2026-08-01",
        "totEnMet": "2026-10-31",
        "tellingen": [
            {"brin": "99ZZ", "leeftijdsgroep": "12-15", "verzuimsoort": "ongeoorloofd", "aantal": 14},
            {"brin": "99ZZ", "leeftijdsgroep": "12-15", "verzuimsoort": "thuiszitter"},
        ],
    },
    "overstapset": {
        "leerling": _LEERLING,
        "school": _SCHOOL,
        "nieuweSchool": {"naam": "Scholengemeenschap Het Verzinsel", "brin": "99ZY", "vestigingscode": "01"},
        "watWerkt": ["Een vast aanspreekpunt."],
        "ondersteuning": [_LOOPT],
        "regisseur": "school",
        "nieuweRegisseur": "school",
    },
    "overgang_volwassenheid": {
        "leerling": {"naamdelen": {"achternaam": "Fictief"}, "geboortedatum": "2009-03-14"},
        "overgangsdatum": "2027-03-14",
        "ondersteuning": [_LOOPT],
        "nieuweVerantwoordelijke": "wmo",
        "eigenBesluit": "akkoord",
        "contactpersoon": _HULPVERLENER,
    },
    "verzuimsignaal": {
        "leerling": _LEERLING,
        "school": _SCHOOL,
        "verzuimVan": "2026-09-28",
        "verzuimsoort": "thuiszitter",
        "ondernomen": ["gesprek_ouders", "melding_leerplicht"],
        "dagenZonderAanbod": 14,
        "contactpersoon": _CONTACT,
    },
    "voortgangsbericht": {
        "zaak": _ID,
        "planversie": 2,
        "evaluatiedatum": "2027-02-01",
        "doelstanden": [{"doel": 1, "stand": "deels_bereikt"}],
        "bijdragen": [{"wie": "school", "gedaan": "ja"}],
        "vervolg": "doorgaan",
        "deelgenomen": ["ouders", "leerling", "school"],
        "volgendeEvaluatie": "2027-06-01",
    },
    "inzageoverzicht": {
        "levering": _ANDER_ID,
        "fase": "wordt_verstuurd",
        "moment": "2026-10-15T10:00:00Z",
        "gebruiksdoel": "toeleiding",
        "aan": {"organisatie": "Jeugdhulp De Fictie", "rol": "jeugdhulpverlener"},
        "categorieen": ["contact", "factoren"],
        "velden": ["vraag", "urgentie"],
    },
    "inzagereactie": {
        "levering": _ANDER_ID,
        "hoedanigheid": "ouder",
        "reactie": "opmerking",
        "toelichting": "De middag gaat juist goed.",
    },
    "terugkeer": {
        "leerling": _LEERLING,
        "terugkeerOp": "2026-11-02",
        "opbouw": "stap_voor_stap",
        "urenPerWeek": 8,
        "adviezen": ["rustmomenten"],
        "ondersteuningMee": True,
        "contactpersoon": _HULPVERLENER,
    },
    "voorwaarden": {
        "leerling": _LEERLING,
        "leerplicht": {"vrijgesteld": False, "urenPerWeek": 12, "van": "2026-11-02", "tot": "2027-01-31"},
        "leerlingenvervoer": {"vervoer": True, "begeleiding": True, "van": "2026-11-02"},
    },
    "escalatie": {
        "zaak": _ID,
        "knelpunten": ["geen_passend_aanbod"],
        "vastSinds": "2026-06-15",
        "betrokkenPartijen": ["brin:99ZZ00", "gemeente:9999"],
    },
    "deling_zonder_toestemming": {
        "zaak": _ID,
        "grond": "noodsituatie",
        "afweging": {
            "zorg": "Fictief: de leerkracht zag op 14 oktober dat het thuis niet veilig is.",
            "toestemmingGevraagd": "Fictief: niet gevraagd, want vragen maakt het gevaar groter.",
            "schadeZonderDelen": "Fictief: binnen enkele dagen kan het misgaan.",
            "doelmatigheid": "Fictief: deze ontvanger kan vandaag gaan kijken.",
            "subsidiariteit": "Fictief: anoniem overleg gaf geen uitweg.",
            "proportionaliteit": "Fictief: alleen naam en vraag, om te kunnen handelen.",
            "nietGedeeld": "Fictief: alles over school.",
            "visieLeerling": "Fictief: wil hulp, en dat woog zwaar.",
        },
        "gedeeldMet": {"partij": "agb:99999901", "rol": "jeugdhulpverlener"},
        "gedeeldeCategorieen": ["contact", "gezin_veiligheid"],
        "gedeeldeVelden": ["leerling.naamdelen.achternaam", "vraag"],
        "opsteller": "medewerker een",
        "goedkeurder": "medewerker twee",
        "goedkeurderFunctie": "aandachtsfunctionaris",
        "vensterVan": "2026-10-15T10:00:00Z",
        "vensterTot": "2026-10-17T10:00:00Z",
        "oudersInformeren": "achteraf",
        "oudersInformerenOp": "2026-10-19",
    },
    "anonieme_vraag": {
        "onderwerp": "gedrag_in_de_klas",
        "vraag": "Wat werkt als een kind van een jaar of acht bij elke overgang boos wordt?",
    },
    "verzending": {
        "doel": "afstemming",
        "ontvangers": [{"partij": "brin:99ZZ00", "rol": "intern_begeleider"}],
        "categorieen": ["contact", "doelen", "jeugdhulp"],
        "inAntwoordOp": _ANDER_ID,
        "terugkoppeling": {"status": "ontvangen"},
    },
    "aanname": {
        "uitwisselingId": _ID,
        "ontvangenOp": _MOMENT,
        "leveringen": [{"id": _ANDER_ID, "ontvanger": "agb:99999901", "rol": "jeugdhulpverlener"}],
        "bevindingen": [],
        "ontvangstbewijs": {"soort": "ontvangstbewijs", "jws": "eyJ.ZmljdGllZg.ZmljdGllZg"},
        "links": {"zelf": _HIER, "leveringen": f"{_HIER}/leveringen", "bewijs": f"{_HIER}/bewijs"},
    },
    "ontvangstbewijs": {
        "soort": "ontvangstbewijs",
        "uitwisselingId": _ID,
        "afzender": "brin:99ZZ00",
        "ontvangenOp": "2026-10-15T10:00:00Z",
        "bladHash": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "logNaam": "ozlijn.example/2026",
    },
    "uitwisseling": {
        "id": _ID,
        "soort": "ontwikkelingsperspectief",
        "doel": "arrangement",
        "richting": "S2J",
        "categorieen": ["doelen"],
        "allesOfNiets": False,
        "ontvangenOp": _MOMENT,
        "inAntwoordOp": None,
        "leveringen": [_STAND],
        "links": {"zelf": _HIER, "leveringen": f"{_HIER}/leveringen", "bewijs": f"{_HIER}/bewijs"},
    },
    "levering": {
        **_STAND,
        "uitwisselingId": _ID,
        "volgendeStap": "U hoeft niets te doen. De ontvanger haalt het op.",
        "uitkomst": "PERMIT",
        "redenen": [_GELDIG],
        "categorieen": [{"categorie": "doelen", "redenen": ["CONSENT_VALID"]}],
        "meegegeven": ["handelingsdeel.doelen[].omschrijving"],
        "achtergehouden": [],
        "ondertekenaars": [
            {
                "persoonId": _ANDER_ID,
                "hoedanigheid": "ouder",
                "standpunt": "toegestemd",
                "uitleg": "Heeft toestemming gegeven.",
                "zonder": [],
            }
        ],
        "opgehaald": 0,
        "leaseTot": None,
        "vervaltOp": "2026-11-14T10:00:00.000Z",
        "intrekkingen": [],
        "geschiedenis": [
            {
                "volgnummer": 1,
                "op": _MOMENT,
                "gebeurtenis": "besloten",
                "tekst": "Er is besloten.",
                "status": "klaar",
                "redenen": [_GELDIG],
            }
        ],
        "links": {"zelf": f"{_HIER}/leveringen/{_ANDER_ID}"},
    },
    "uitleg": {
        "lezer": "afzender",
        "uitkomst": "HOLD",
        "tekst": "Dit wacht: er mist nog iets voordat er gedeeld mag worden.",
        "status": "aangehouden",
        "statusTekst": "De levering wacht: er mist nog iets voordat dit gedeeld mag worden.",
        "beslistOp": _MOMENT,
        "grond": "none",
        "grondTekst": "Er is nu geen grond om te delen.",
        "categorieen": [
            {
                "categorie": "doelen",
                "naam": "waar school en leerling aan werken",
                "stand": "wacht",
                "tekst": "wacht",
                "redenen": ["CONSENT_PARTIAL_SIGNERS"],
                "ontbreekt": [{"wie": "ouder", "tekst": "een ouder met gezag", "aantal": 1}],
            }
        ],
        "redenen": [
            {
                "code": "CONSENT_PARTIAL_SIGNERS",
                "tekst": "Een van de mensen die moeten tekenen, heeft nog geen toestemming gegeven.",
                "normen": ["BW boek 1 artikel 251 en 252"],
                "partijen": [],
            }
        ],
        "meegegeven": [],
        "achtergehouden": [
            {
                "naam": "Waaraan wordt gewerkt",
                "categorie": "doelen",
                "reden": "FIELD_NOT_CONSENTED",
                "velden": [
                    {"pad": "handelingsdeel.doelen[].omschrijving", "naam": "Het doel, in gewone woorden"}
                ],
            }
        ],
        "stappen": [
            {"wie": "afzender", "tekst": "Vraag de ander ook om toestemming en leg die vast."},
        ],
        "normen": [
            {
                "naam": "BW boek 1 artikel 251 en 252",
                "soort": "wet",
                "gelezen": True,
                "tekst": "Ouders met gezamenlijk gezag beslissen samen over hun kind.",
            }
        ],
        "besluit": None,
        "toen": {"op": _MOMENT, "rechtVan": "2026-10-15"},
        "nu": {
            "op": "2026-10-19T08:15:00.000Z",
            "rechtVan": "2026-10-19",
            "zelfde": False,
            "uitkomst": "PERMIT",
            "tekst": "Alles wat is gevraagd, mag naar de ontvanger.",
            "grond": "consent",
            "grondTekst": "Er is toestemming.",
            "categorieen": [],
            "redenen": [],
            "meegegeven": [],
            "achtergehouden": [],
            "stappen": [],
            "normen": [],
            "besluit": None,
        },
    },
    "postbus": {
        "leveringen": [
            {
                "leveringId": _ANDER_ID,
                "soort": "ontwikkelingsperspectief",
                "doel": "arrangement",
                "rol": "jeugdhulpverlener",
                "afzender": "brin:99ZZ00",
                "klaarSinds": _MOMENT,
                "links": {"neem": f"/v1/leveringen/{_ANDER_ID}/_neem"},
            }
        ],
        "na": None,
    },
    "postbuslevering": {
        "leveringId": _ANDER_ID,
        "status": "klaar",
        "sinds": _MOMENT,
        "opgehaald": 1,
        "leaseTot": "2026-10-15T10:15:00.000Z",
    },
    "intrekkingsbericht": {
        "soort": "toestemming-ingetrokken",
        "intrekkingId": _ID,
        "leveringId": _ANDER_ID,
        "afzender": "brin:99ZZ00",
        "ontvanger": "agb:99999901",
        "rol": "jeugdhulpverlener",
        "doel": "arrangement",
        "richting": "S2J",
        "categorieen": ["doelen"],
        "velden": ["handelingsdeel.doelen[].omschrijving"],
        "ingetrokkenOp": "2026-10-19T08:15:00Z",
        "gemeldOp": "2026-10-19T09:00:00Z",
        "antwoordVoor": "2026-10-26T23:00:00Z",
        "logNaam": "ozlijn.example/2026",
    },
    "intrekkingsantwoord": {
        "soort": "intrekkingsantwoord",
        "intrekkingId": _ID,
        "uitkomst": "gehouden_op_andere_grond",
        "grond": "jeugdhulpdossier",
        "wetsartikel": {"wet": "jeugdwet", "artikel": "7.3.8 lid 3"},
        "beantwoordOp": "2026-10-21T09:00:00Z",
    },
}

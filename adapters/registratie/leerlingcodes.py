"""The code lists of EDEXML, which UWLR has too, and what of its objects is not taken over."""

from __future__ import annotations

from typing import Final

from schemas.messages.onderdelen import Code


def _codes(stelsel: str, listed: dict[str, str]) -> dict[str, Code]:
    return {code: Code(code=code, stelsel=stelsel, omschrijving=text) for code, text in listed.items()}


GESLACHT: Final = _codes(
    "iso-5218", {"0": "onbekend", "1": "jongen", "2": "meisje", "9": "niet gespecificeerd"}
)
"""1 and 2 are the other way round in OSO (list 14): a code is nothing without its stelsel."""
JAARGROEP: Final = _codes(
    "edexml-jaargroep",
    {
        "B": "baby",
        "D": "dreumes",
        "0": "peuter",
        **{str(n): f"groep {n}" for n in range(1, 9)},
        **{str(10 + n): f"voortgezet onderwijs leerjaar {n}" for n in range(1, 7)},
        "S": "speciaal (basis)onderwijs",
        "V": "voortgezet speciaal onderwijs",
        "C": "combinatiegroep",
        "N": "geen primair of voortgezet onderwijs",
        "H": "historisch",
    },
)
"""Not OSO's list: V stands apart from S here."""
ROL: Final = _codes(
    "edexml-rol",
    {
        "ADJ": "adjunct-directeur",
        "ADM": "administratie",
        "CON": "conciërge",
        "DIR": "directeur",
        "IB": "intern begeleider",
        "ICT": "ICT-coördinator",
        "KLA": "klassenassistent",
        "LOC": "locatieleider",
        "LOS": "lerarenondersteuner",
        "LRK": "leerkracht",
        "OUD": "ouder",
        "OWA": "onderwijsassistent",
        "RT": "remedial teacher",
        "SMW": "schoolmaatschappelijk werk",
        "STA": "stagiair",
        "VAK": "vakleerkracht",
    },
) | {"TAL": Code(code="TAL", stelsel="edexml-rol")}
"""TAL is in EDEXML 2.1 and not in UWLR 2.2; what it is short for is not in what we have of the standard."""

_NUMMER: Final = "Nummers van personen neemt OZlijn uit deze bron niet over"
_GEVOELIG: Final = "OZlijn neemt dit gegeven niet over"
_ONNODIG: Final = "OZlijn heeft dit gegeven niet nodig en neemt het niet over"
DROPPED: Final[dict[str, tuple[str, str]]] = {
    "sofinummer": ("nummer.weggelaten", _NUMMER),
    "bsn": ("nummer.weggelaten", _NUMMER),
    "onderwijsnummer": ("nummer.weggelaten", _NUMMER),
    "bsn_ondwnr-4": ("nummer.weggelaten", _NUMMER),
    "rijksregisternummer": ("nummer.weggelaten", _NUMMER),
    "etniciteit": ("gegeven.weggelaten", _GEVOELIG),
    "land": ("gegeven.weggelaten", _GEVOELIG),
    "land_vader": ("gegeven.weggelaten", _GEVOELIG),
    "land_moeder": ("gegeven.weggelaten", _GEVOELIG),
    "gewicht_nieuw": ("gegeven.weggelaten", _GEVOELIG),
    "gewicht": ("gegeven.weggelaten", _GEVOELIG),
    "fotourl": ("gegeven.weggelaten", _GEVOELIG),
    "gebruikersnaam": ("gegeven.weggelaten", _GEVOELIG),
    "emailadres": ("gegeven.niet_overgenomen", _ONNODIG),
    "postcodenl": ("gegeven.niet_overgenomen", _ONNODIG),
    "postnummerbe": ("gegeven.niet_overgenomen", _ONNODIG),
    "postcodeoverig": ("gegeven.niet_overgenomen", _ONNODIG),
    "toevoegingen": ("toevoegingen.weggelaten", "Toevoegingen van een leverancier neemt OZlijn niet over"),
}
"""(code, why) by element of a leerling or leerkracht."""

"""Each of the fourteen messages as short JSON in the words of the shared schema, for the command line.

For who holds the message and wants to read it, or to test. Without the number, name, date of birth or address
of anybody, and without free text: those stay in the message. It is no Bericht: nothing of it can be released.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from adapters.ijw.antwoord import antwoord
from adapters.ijw.bericht import JwBericht
from adapters.ijw.berichten import RETOURS
from adapters.ijw.gelezen import Declaratieantwoord, Declaratiebericht, codes, lees
from adapters.ijw.lezer import Lezer, code, getal, nummer, partijen, rijen
from adapters.ijw.retour import ANSWERS
from adapters.ijw.retourcodes import ACCEPTED, REDENEN
from adapters.ijw.toewijzing import omvang, toewijzingen
from adapters.ijw.verloop import aanvaard
from adapters.ijw.verrekening import EENHEID, Sommen, tel_op
from adapters.ijw.voortgang import starts_en_stops, vervalt
from adapters.xml.nodes import sub, text
from adapters.xml.parser import Node
from schemas.messages.bericht import Inhoud
from schemas.messages.onderdelen import Code

Data = dict[str, Any]
_HEEN: Final = {retour: heen for heen, retour in ANSWERS.items()}
_NIETS_AAN_DE_HAND: Final = (ACCEPTED,)


def gedeeld(bericht: JwBericht) -> Inhoud:
    """What a message says. Raises InvalidMessage with every value that our types do not hold.

    Every form has `gemeente`, `aanbieder`, `identificatie` and `dagtekening` of the message itself.
    """
    soort, lezer = bericht.soort, Lezer()
    gemeente, aanbieder = partijen(bericht)
    eigen = sub(sub(bericht.inhoud, "Header"), "BerichtIdentificatie")
    kop = {
        "gemeente": gemeente,
        "aanbieder": aanbieder,
        "identificatie": text(eigen, "Identificatie"),
        "dagtekening": _dag(lezer, eigen, "Dagtekening", "/Bericht/Header/BerichtIdentificatie"),
    }
    naam, maak = ("retour", _retour) if soort in RETOURS else _VORMEN[soort]
    data = maak(bericht, lezer)
    lezer.sluit()
    return Inhoud(naam, kop | _gevuld(data))


def _toewijzingen(bericht: JwBericht, _: Lezer) -> Data:
    return {"toewijzingen": [t.model_dump(mode="json", exclude_defaults=True) for t in toewijzingen(bericht)]}


def _meldingen(bericht: JwBericht, lezer: Lezer) -> Data:
    return {
        "meldingen": [
            {
                "toewijzing": nummer(row),
                **_product(row),
                **stap.model_dump(mode="json", exclude_defaults=True),
                "vervalt": vervalt(row) or None,
            }
            for _, row, stap in starts_en_stops(bericht, lezer)
        ]
    }


def _verzoek_toewijzing(bericht: JwBericht, lezer: Lezer) -> Data:
    client = sub(bericht.inhoud, "Client")
    found = rijen(bericht.inhoud, "Client", "AangevraagdeProducten", "AangevraagdProduct")
    return {
        "gezagsdragerBekend": _ja(client, "GezagsdragerBekend"),
        "producten": [
            {
                "referentieAanbieder": row.get("ReferentieAanbieder"),
                "beschikkingsnummer": getal(row, "BeschikkingNummer"),
                "beschikkingVanaf": _dag(lezer, row, "BeschikkingIngangsdatum", place),
                **_product(row),
                "ingangsdatum": _dag(lezer, row, "ToewijzingIngangsdatum", place),
                "einddatum": _dag(lezer, row, "ToewijzingEinddatum", place),
                **_hoeveel(row),
                "verwijzer": _code(code(sub(row, "Verwijzer"), "Type")),
                "raamcontract": _ja(row, "Raamcontract"),
            }
            for place, row in found
        ],
    }


def _verzoek_wijziging(bericht: JwBericht, lezer: Lezer) -> Data:
    verzoek, inhoud = sub(sub(bericht.inhoud, "Client"), "Verzoek"), bericht.inhoud

    def gewenst(row: Node, place: str) -> Data:
        return {
            "gewensteIngangsdatum": _dag(lezer, row, "GewensteIngangsdatum", place),
            "einddatum": _dag(lezer, row, "Einddatum", place),
            **_hoeveel(row),
        }

    above = "Client", "Verzoek"
    return {
        "referentieAanbieder": verzoek.get("ReferentieAanbieder"),
        "reden": _code(code(verzoek, "RedenVerzoek")),
        "ongewijzigd": [
            nummer(row) for _, row in rijen(inhoud, *above, "OngewijzigdeProducten", "OngewijzigdProduct")
        ],
        "teWijzigen": [
            {"toewijzing": nummer(row), **gewenst(row, place)}
            for place, row in rijen(inhoud, *above, "TeWijzigenProducten", "TeWijzigenProduct")
        ],
        "nieuw": [
            _product(row) | gewenst(row, place)
            for place, row in rijen(inhoud, *above, "NieuweProducten", "NieuwProduct")
        ],
    }


def _antwoord(bericht: JwBericht, _: Lezer) -> Data:
    gegeven = antwoord(bericht, zaak="0" * 32)
    return {
        "referentieAanbieder": gegeven.verwijzing,
        "uitkomst": gegeven.uitkomst,
        "andereGemeente": gegeven.andere_gemeente,
    }


def _retour(bericht: JwBericht, _: Lezer) -> Data:
    return {
        "antwoordOp": _HEEN[bericht.soort],
        "aanvaard": aanvaard(bericht),
        "bevindingen": _bevindingen(bericht.inhoud, "/Bericht"),
    }


def _declaratie(bericht: JwBericht, _: Lezer) -> Data:
    gelezen = lees(bericht, str)
    assert isinstance(gelezen, Declaratiebericht)
    return {
        "nummer": gelezen.nummer,
        "van": gelezen.begin,
        "tot": gelezen.eind,
        "ingediendCent": _bedrag(sub(bericht.inhoud, "Declaratie"), "TotaalIngediendBedrag"),
        "totalen": _totalen(tel_op(gelezen.rijen)),
    }


def _declaratieantwoord(bericht: JwBericht, _: Lezer) -> Data:
    gelezen = lees(bericht, str)
    assert isinstance(gelezen, Declaratieantwoord)
    gegeven = sub(bericht.inhoud, "DeclaratieAntwoord")
    return {
        "antwoordOp": _HEEN[bericht.soort],
        "aanvaard": not gelezen.alles_afgewezen,
        "bevindingen": _bevindingen(bericht.inhoud, "/Bericht"),
        "declaratie": gelezen.declaratie,
        "nummer": gelezen.nummer,
        "ingediendCent": _bedrag(gegeven, "TotaalIngediendBedrag"),
        "toegekendCent": _bedrag(gegeven, "TotaalToegekendBedrag"),
        "afgewezen": _totalen(tel_op(gelezen.rijen)),
    }


_VORMEN: Final[dict[str, tuple[str, Callable[[JwBericht, Lezer], Data]]]] = {
    "JW301": ("toewijzingen", _toewijzingen),
    "JW305": ("voortgang", _meldingen),
    "JW307": ("voortgang", _meldingen),
    "JW315": ("verzoek_toewijzing", _verzoek_toewijzing),
    "JW317": ("verzoek_wijziging", _verzoek_wijziging),
    "JW319": ("antwoord", _antwoord),
    "JW323": ("declaratie", _declaratie),
    "JW325": ("declaratie_antwoord", _declaratieantwoord),
}


def _dag(lezer: Lezer, node: Node, name: str, place: str) -> str | None:
    found = lezer.datum(node, name, place)
    return None if found is None else found.isoformat()


def _ja(node: Node, name: str) -> bool | None:
    value = text(node, name)
    return None if value is None else value == "1"


def _code(found: Code | None) -> Data | None:
    return None if found is None else found.model_dump(mode="json", exclude_defaults=True)


def _product(row: Node) -> Data:
    product = sub(row, "Product")
    return {
        "productcategorie": _code(code(product, "Categorie")),
        "product": _code(code(product, "Code")),
    }


def _hoeveel(row: Node) -> Data:
    found = omvang(sub(row, "Omvang"))
    return {"omvang": found and found.model_dump(mode="json"), "budget": getal(row, "Budget")}


def _bedrag(node: Node, name: str) -> int | None:
    found = sub(node, name)
    cent = getal(found, "TotaalBedrag")
    return -cent if cent and text(found, "DebetCredit") == "C" else cent


def _totalen(sommen: Sommen) -> list[Data]:
    return [
        {
            "maand": f"{maand:%Y-%m}",
            "eenheid": EENHEID.get(eenheid),
            "aantal": som.aantal if eenheid in EENHEID else None,
            "bedragCent": som.bedrag_cent,
        }
        for (maand, eenheid), som in sommen.items()
    ]


def _bevindingen(node: Node, place: str) -> list[Data]:
    """Every class with something to say about it, in the order of the message: place, codes, words."""
    found = []
    here = codes(node)
    if here and here != _NIETS_AAN_DE_HAND:
        words = [REDENEN[code] for code in here if code in REDENEN]
        found.append({"plaats": place, "codes": list(here), "redenen": words})
    for name, value in node.items():
        if isinstance(value, dict):
            found += _bevindingen(value, f"{place}/{name}")
        elif isinstance(value, list):
            for i, item in enumerate(value, 1):
                if isinstance(item, dict):
                    found += _bevindingen(item, f"{place}/{name}[{i}]")
    return found


def _gevuld(value: Any) -> Any:
    """The value without what is absent, which is how messages in the shared schema are written."""
    if isinstance(value, dict):
        return {name: _gevuld(v) for name, v in value.items() if v is not None and v != []}
    return [_gevuld(v) for v in value] if isinstance(value, list) else value

"""The heenberichten as the rules over several messages need them: typed, and without the number of a person.

The client is a pseudonym from here on. What a message leaves out, or writes so that it is no date or number,
is None. Dates stay text (`2026-04-15`), which compares as it should; numbers become numbers, because
`000300201` and `300201` are the same allocation. Places name the class that carries a retourcode.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from adapters.ijw.bericht import JwBericht
from adapters.ijw.waarden import whole
from adapters.xml.nodes import sub, text, texts
from adapters.xml.parser import Node

Pseudonym = Callable[[str], str]
"""A keyed hash of a BSN: equal for equal numbers, and of no use to who has not the key."""

VAN_GEMEENTE: Final = frozenset({"JW301", "JW302", "JW319", "JW320", "JW325"})
"""The messages whose Afzender is the gemeente. A retour copies the header, so the 306 is not among them."""
KOP: Final = "/Bericht/Header"


class Kop(NamedTuple):
    soort: str
    afzender: str
    gemeente: str
    aanbieder: str
    identificatie: str
    dagtekening: str
    basisschema: str | None
    xsd: str | None


class Regierij(NamedTuple):
    """A StartProduct or StopProduct; `reden` and `eind` are None in a start."""

    place: str
    nummer: int | None
    categorie: str | None
    code: str | None
    begin: str | None
    reden: str | None
    eind: str | None
    status: str | None

    @property
    def vervalt(self) -> bool:
        """Whether this row takes back one that was sent before."""
        return self.status == "3"


@dataclass(frozen=True, slots=True)
class Regiebericht:
    kop: Kop
    client: str
    rijen: tuple[Regierij, ...]


class Versie(NamedTuple):
    """One version of an allocation."""

    aanbieder: str
    client: str
    nummer: int | None
    categorie: str | None
    code: str | None
    datum: str
    tijd: str
    ingang: str | None
    eind: str | None
    reden: str | None
    volume: int | None
    eenheid: str | None
    frequentie: str | None
    budget: int | None
    referentie: str | None

    @property
    def verwijderd(self) -> bool:
        """Counts as never sent. 01 did the same in earlier releases, with equal dates."""
        return self.reden == "13" or (
            self.reden == "01" and self.eind is not None and self.eind == self.ingang
        )


@dataclass(frozen=True, slots=True)
class Toewijzingsbericht:
    kop: Kop
    client: str
    rijen: tuple[tuple[str, Versie], ...]


class TeWijzigen(NamedTuple):
    place: str
    nummer: int | None
    gewenst: str | None
    eind: str | None
    omvang: bool
    volume: int | None
    eenheid: str | None
    frequentie: str | None
    budget: int | None


class Nieuw(NamedTuple):
    place: str
    categorie: str | None
    code: str | None
    begin: str | None
    eind: str | None


@dataclass(frozen=True, slots=True)
class Verzoekbericht:
    """A 315 or a 317. A 315 has a reference per product and none of the rows below it."""

    kop: Kop
    client: str
    client_place: str
    verzoek_place: str
    referenties: tuple[tuple[str, str], ...]
    ongewijzigd: tuple[tuple[str, int | None], ...] = ()
    te_wijzigen: tuple[TeWijzigen, ...] = ()
    nieuw: tuple[Nieuw, ...] = ()


@dataclass(frozen=True, slots=True)
class Antwoordbericht:
    kop: Kop
    place: str
    referentie: str
    antwoord: str | None


class Prestatie(NamedTuple):
    gemeente: str
    aanbieder: str
    declaratie: str
    """Identificatie of the 323 it stands in."""
    client: str
    referentie: str
    vorig: str | None
    nummer: int | None
    categorie: str | None
    code: str | None
    begin: str | None
    eind: str | None
    volume: int | None
    eenheid: str | None
    tarief: int | None
    bedrag: int | None
    richting: str | None

    @property
    def credit(self) -> bool:
        return self.richting == "C"


class Prestatierij(NamedTuple):
    place: str
    prestatie: Prestatie


class Clientrij(NamedTuple):
    place: str
    client: str
    codes: tuple[str, ...]
    """Retourcodes; only an answer has them."""
    prestaties: tuple[Prestatierij, ...]


@dataclass(frozen=True, slots=True)
class Declaratiebericht:
    kop: Kop
    place: str
    nummer: str
    begin: str | None
    eind: str | None
    dagtekening: str
    clienten: tuple[Clientrij, ...]

    @property
    def rijen(self) -> Iterator[Prestatierij]:
        return (rij for client in self.clienten for rij in client.prestaties)


@dataclass(frozen=True, slots=True)
class Declaratieantwoord:
    """A 325. `nummer` is None when the message has a Header only."""

    kop: Kop
    declaratie: str
    basisschema: str | None
    xsd: str | None
    codes: tuple[str, ...]
    place: str
    nummer: str | None
    antwoordcodes: tuple[str, ...]
    clienten: tuple[Clientrij, ...]

    @property
    def rijen(self) -> Iterator[Prestatierij]:
        return (rij for client in self.clienten for rij in client.prestaties)

    @property
    def alles_afgewezen(self) -> bool:
        """Whether the whole 323 was refused, and so counts as not sent (OP286)."""
        return any(code not in _GOED for code in (*self.codes, *self.antwoordcodes))


Gelezen = (
    Regiebericht
    | Toewijzingsbericht
    | Verzoekbericht
    | Antwoordbericht
    | Declaratiebericht
    | Declaratieantwoord
)
_GOED: Final = frozenset({"0200", "8001"})


def lees(bericht: JwBericht, pseudonym: Pseudonym) -> Gelezen | None:
    """A heenbericht as one of the classes above; None for a retour, or what is no message of iJw."""
    lezer = _LEZERS.get(bericht.soort)
    return None if lezer is None else lezer(bericht, pseudonym)


def kop(bericht: JwBericht) -> Kop:
    header = sub(bericht.inhoud, "Header")
    afzender, ontvanger = text(header, "Afzender") or "", text(header, "Ontvanger") or ""
    gemeente, aanbieder = (afzender, ontvanger) if bericht.soort in VAN_GEMEENTE else (ontvanger, afzender)
    eigen, schema = sub(header, "BerichtIdentificatie"), sub(header, "XsdVersie")
    return Kop(
        bericht.soort,
        afzender,
        gemeente,
        aanbieder,
        text(eigen, "Identificatie") or "",
        datum(eigen, "Dagtekening") or "",
        text(schema, "BasisschemaXsdVersie"),
        text(schema, "BerichtXsdVersie"),
    )


def datum(node: Node, name: str) -> str | None:
    value = text(node, name)
    if value is None:
        return None
    try:
        return dt.date.fromisoformat(value).isoformat()
    except ValueError:
        return None


def _children(node: Node, place: str, name: str) -> Iterator[tuple[str, Node]]:
    """The children of that name and their places: numbered when the message has them as a list."""
    value = node.get(name)
    if type(value) is list:
        for position, child in enumerate(value, 1):
            yield f"{place}/{name}[{position}]", child if type(child) is dict else {}
    elif type(value) is dict:
        yield f"{place}/{name}", value


def _rows(node: Node, place: str, container: str, name: str) -> Iterator[tuple[str, Node]]:
    for at, child in _children(node, place, container):
        yield from _children(child, at, name)


def _only(node: Node, place: str, name: str) -> tuple[str, Node]:
    return next(_children(node, place, name), (f"{place}/{name}", {}))


def _client(bericht: JwBericht, pseudonym: Pseudonym) -> tuple[str, Node, str]:
    place, node = _only(bericht.inhoud, "/Bericht", "Client")
    return place, node, pseudonym(text(node, "Bsn") or "")


def _regie(bericht: JwBericht, pseudonym: Pseudonym) -> Regiebericht:
    names = (
        ("StartProducten", "StartProduct") if bericht.soort == "JW305" else ("StopProducten", "StopProduct")
    )
    at, node, client = _client(bericht, pseudonym)
    rijen = tuple(
        Regierij(
            place,
            whole(row, "ToewijzingNummer"),
            text(sub(row, "Product"), "Categorie"),
            text(sub(row, "Product"), "Code"),
            datum(row, "Begindatum"),
            text(row, "RedenBeeindiging"),
            datum(row, "Einddatum"),
            text(row, "StatusAanlevering"),
        )
        for place, row in _rows(node, at, *names)
    )
    return Regiebericht(kop(bericht), client, rijen)


def _toewijzing(bericht: JwBericht, pseudonym: Pseudonym) -> Toewijzingsbericht:
    at, node, client = _client(bericht, pseudonym)
    head = kop(bericht)
    rijen = tuple(
        (place, _versie(row, head.aanbieder, client))
        for place, row in _rows(node, at, "ToegewezenProducten", "ToegewezenProduct")
    )
    return Toewijzingsbericht(head, client, rijen)


def _versie(row: Node, aanbieder: str, client: str) -> Versie:
    product, omvang = sub(row, "Product"), sub(row, "Omvang")
    return Versie(
        aanbieder,
        client,
        whole(row, "ToewijzingNummer"),
        text(product, "Categorie"),
        text(product, "Code"),
        datum(row, "Toewijzingsdatum") or "",
        text(row, "Toewijzingstijd") or "",
        datum(row, "Ingangsdatum"),
        datum(row, "Einddatum"),
        text(row, "RedenWijziging"),
        whole(omvang, "Volume"),
        text(omvang, "Eenheid"),
        text(omvang, "Frequentie"),
        whole(row, "Budget"),
        text(row, "ReferentieAanbieder"),
    )


def _vot(bericht: JwBericht, pseudonym: Pseudonym) -> Verzoekbericht:
    at, node, client = _client(bericht, pseudonym)
    referenties = tuple(
        (place, text(row, "ReferentieAanbieder") or "")
        for place, row in _rows(node, at, "AangevraagdeProducten", "AangevraagdProduct")
    )
    return Verzoekbericht(kop(bericht), client, at, at, referenties)


def _vow(bericht: JwBericht, pseudonym: Pseudonym) -> Verzoekbericht:
    client_at, node, client = _client(bericht, pseudonym)
    at, verzoek = _only(node, client_at, "Verzoek")
    return Verzoekbericht(
        kop(bericht),
        client,
        client_at,
        at,
        ((at, text(verzoek, "ReferentieAanbieder") or ""),),
        tuple(
            (place, whole(row, "ToewijzingNummer"))
            for place, row in _rows(verzoek, at, "OngewijzigdeProducten", "OngewijzigdProduct")
        ),
        tuple(
            _te_wijzigen(place, row)
            for place, row in _rows(verzoek, at, "TeWijzigenProducten", "TeWijzigenProduct")
        ),
        tuple(
            Nieuw(
                place,
                text(sub(row, "Product"), "Categorie"),
                text(sub(row, "Product"), "Code"),
                datum(row, "GewensteIngangsdatum"),
                datum(row, "Einddatum"),
            )
            for place, row in _rows(verzoek, at, "NieuweProducten", "NieuwProduct")
        ),
    )


def _te_wijzigen(place: str, row: Node) -> TeWijzigen:
    omvang = sub(row, "Omvang")
    return TeWijzigen(
        place,
        whole(row, "ToewijzingNummer"),
        datum(row, "GewensteIngangsdatum"),
        datum(row, "Einddatum"),
        "Omvang" in row,
        whole(omvang, "Volume"),
        text(omvang, "Eenheid"),
        text(omvang, "Frequentie"),
        whole(row, "Budget"),
    )


def _antwoord(bericht: JwBericht, _: Pseudonym) -> Antwoordbericht:
    place, node = _only(bericht.inhoud, "/Bericht", "Antwoord")
    return Antwoordbericht(
        kop(bericht), place, text(node, "ReferentieAanbieder") or "", text(node, "VerzoekAntwoord")
    )


def _declaratie(bericht: JwBericht, pseudonym: Pseudonym) -> Declaratiebericht:
    at, node = _only(bericht.inhoud, "/Bericht", "Declaratie")
    head, periode = kop(bericht), sub(node, "DeclaratiePeriode")
    return Declaratiebericht(
        head,
        at,
        text(node, "DeclaratieNummer") or "",
        datum(periode, "Begindatum"),
        datum(periode, "Einddatum"),
        datum(node, "DeclaratieDagtekening") or "",
        _clienten(node, at, head, head.identificatie, pseudonym),
    )


def _declaratieantwoord(bericht: JwBericht, pseudonym: Pseudonym) -> Declaratieantwoord:
    at, node = _only(bericht.inhoud, "/Bericht", "DeclaratieAntwoord")
    head, header = kop(bericht), sub(bericht.inhoud, "Header")
    schema = sub(header, "XsdVersieDeclaratie")
    declaratie = text(sub(header, "DeclaratieIdentificatie"), "Identificatie") or ""
    return Declaratieantwoord(
        head,
        declaratie,
        text(schema, "BasisschemaXsdVersie"),
        text(schema, "BerichtXsdVersie"),
        codes(header),
        at,
        text(node, "DeclaratieNummer"),
        codes(node),
        _clienten(node, at, head, declaratie, pseudonym),
    )


def codes(node: Node) -> tuple[str, ...]:
    """The retourcodes of one class."""
    holder = sub(node, "RetourCodes")
    single = text(holder, "RetourCode")
    return tuple(texts(holder, "RetourCode")) if single is None else (single,)


def _clienten(node: Node, at: str, head: Kop, declaratie: str, pseudonym: Pseudonym) -> tuple[Clientrij, ...]:
    found = []
    for place, row in _rows(node, at, "Clienten", "Client"):
        client = pseudonym(text(row, "Bsn") or "")
        prestaties = tuple(
            Prestatierij(below, _prestatie(prestatie, head, declaratie, client))
            for below, prestatie in _rows(row, place, "Prestaties", "Prestatie")
        )
        found.append(Clientrij(place, client, codes(row), prestaties))
    return tuple(found)


def _prestatie(row: Node, head: Kop, declaratie: str, client: str) -> Prestatie:
    referentie, periode = sub(row, "ProductReferentie"), sub(row, "ProductPeriode")
    bedrag = sub(row, "IngediendBedrag")
    return Prestatie(
        head.gemeente,
        head.aanbieder,
        declaratie,
        client,
        text(referentie, "ReferentieNummer") or "",
        text(referentie, "VorigReferentieNummer"),
        whole(row, "ToewijzingNummer"),
        text(row, "ProductCategorie"),
        text(row, "ProductCode"),
        datum(periode, "Begindatum"),
        datum(periode, "Einddatum"),
        whole(row, "GeleverdVolume"),
        text(row, "Eenheid"),
        whole(row, "ProductTarief"),
        whole(bedrag, "Bedrag"),
        text(bedrag, "DebetCredit"),
    )


_LEZERS: Final[dict[str, Callable[[JwBericht, Pseudonym], Gelezen]]] = {
    "JW301": _toewijzing,
    "JW305": _regie,
    "JW307": _regie,
    "JW315": _vot,
    "JW317": _vow,
    "JW319": _antwoord,
    "JW323": _declaratie,
    "JW325": _declaratieantwoord,
}

"""What an accepted message adds to what is known: small facts under a key, each put or taken back.

A fact is never changed. What a message takes back (StatusAanlevering 3, a claim that was refused as a whole)
is the same fact with the opposite sign, and a fact holds while it was put more often than taken back. So the
order in which messages arrive makes no difference to what holds (OP080), and a key that was taken back may
be used again, as section 2 of the standard wants.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from adapters.ijw.gelezen import (
    Antwoordbericht,
    Declaratiebericht,
    Gelezen,
    Kop,
    Prestatie,
    Regiebericht,
    Regierij,
    Toewijzingsbericht,
    Verzoekbericht,
)

Sleutel = tuple[str | int | None, ...]
Waarde = tuple[str | int | None, ...]


class Feit(NamedTuple):
    soort: str
    sleutel: Sleutel
    waarde: Waarde
    teken: int
    """+1 puts it, -1 takes it back."""


# What the facts are about, and so the first part of their key.
BERICHT: Final = "bericht"
CLIENT: Final = "client"
TOEWIJZING: Final = "toewijzing"
TOEWIJZINGEN: Final = "toewijzingen"
TOEGEWEZEN: Final = "toegewezen"
VERZOEK: Final = "verzoek"
VERZOEKEN: Final = "verzoeken"
ANTWOORD: Final = "antwoord"
START: Final = "start"
STOP: Final = "stop"
LEVERINGEN: Final = "leveringen"
DECLARATIE: Final = "declaratie"
DECLARATIENUMMER: Final = "declaratienummer"
DECLARATIEPERIODE: Final = "declaratieperiode"
DECLARATIEREGEL: Final = "declaratieregel"
PRESTATIE: Final = "prestatie"
CREDIT: Final = "credit"
GEDECLAREERD: Final = "gedeclareerd"
OORDEEL: Final = "oordeel"
OORDELEN: Final = "oordelen"
CLAIMANTWOORD: Final = "claimantwoord"


class Declaratie(NamedTuple):
    """A claim as a whole."""

    gemeente: str
    nummer: str
    begin: str | None
    dagtekening: str
    basisschema: str | None
    xsd: str | None


class Leveringssleutel(NamedTuple):
    """What a start and its stop belong to: the allocation, or in the taakgericht variant the product."""

    gemeente: str
    aanbieder: str
    client: str
    nummer: int | None
    categorie: str | None
    code: str | None


def leveringssleutel(head: Kop, client: str, rij: Regierij) -> Leveringssleutel:
    if rij.nummer is None:
        return Leveringssleutel(head.gemeente, head.aanbieder, client, None, rij.categorie, rij.code)
    return Leveringssleutel(head.gemeente, head.aanbieder, client, rij.nummer, None, None)


def feiten(gelezen: Gelezen) -> Iterator[Feit]:
    """The facts of one accepted heenbericht, the 325 excepted: that one needs what is known of its 323."""
    head = gelezen.kop
    if isinstance(gelezen, Declaratiebericht):
        yield from _declaratie(gelezen)
        return
    yield Feit(BERICHT, (head.soort, head.afzender, head.identificatie), (), 1)
    if isinstance(gelezen, Toewijzingsbericht | Regiebericht | Verzoekbericht):
        yield Feit(CLIENT, (head.gemeente, head.aanbieder, gelezen.client), (), 1)
    if isinstance(gelezen, Regiebericht):
        yield from _regie(gelezen)
    elif isinstance(gelezen, Toewijzingsbericht):
        yield from _toewijzing(gelezen)
    elif isinstance(gelezen, Verzoekbericht):
        for _, referentie in gelezen.referenties:
            yield Feit(VERZOEK, (head.aanbieder, referentie), (head.soort, head.gemeente, gelezen.client), 1)
            yield Feit(VERZOEKEN, (head.aanbieder, gelezen.client), (referentie,), 1)
    elif isinstance(gelezen, Antwoordbericht):
        yield Feit(ANTWOORD, (head.aanbieder, gelezen.referentie), (gelezen.antwoord,), 1)


def _declaratie(gelezen: Declaratiebericht) -> Iterator[Feit]:
    head = gelezen.kop
    yield from declaratiefeiten(
        head.aanbieder,
        head.identificatie,
        Declaratie(
            head.gemeente, gelezen.nummer, gelezen.begin, gelezen.dagtekening, head.basisschema, head.xsd
        ),
        (rij.prestatie for rij in gelezen.rijen),
    )


def _regie(gelezen: Regiebericht) -> Iterator[Feit]:
    for rij in gelezen.rijen:
        sleutel, teken = leveringssleutel(gelezen.kop, gelezen.client, rij), -1 if rij.vervalt else 1
        if gelezen.kop.soort == "JW305":
            yield Feit(START, sleutel, (rij.categorie, rij.code, rij.begin), teken)
        else:
            yield Feit(STOP, sleutel, (rij.categorie, rij.code, rij.begin, rij.reden, rij.eind), teken)
        yield Feit(LEVERINGEN, (gelezen.client,), sleutel, 1)


def _toewijzing(gelezen: Toewijzingsbericht) -> Iterator[Feit]:
    head = gelezen.kop
    for _, versie in gelezen.rijen:
        yield Feit(TOEWIJZING, (head.gemeente, versie.nummer), versie, 1)
        yield Feit(TOEWIJZINGEN, (head.gemeente, head.aanbieder, gelezen.client), (versie.nummer,), 1)
        if versie.referentie is not None:
            yield Feit(TOEGEWEZEN, (head.aanbieder, versie.referentie), (head.gemeente, versie.nummer), 1)


def declaratiefeiten(
    aanbieder: str,
    identificatie: str,
    declaratie: Declaratie,
    prestaties: Iterator[Prestatie],
    teken: int = 1,
) -> Iterator[Feit]:
    """All that one 323 adds; with `teken` -1 all that its refusal takes back."""
    yield Feit(BERICHT, ("JW323", aanbieder, identificatie), (), teken)
    yield Feit(DECLARATIE, (aanbieder, identificatie), declaratie, teken)
    yield Feit(DECLARATIENUMMER, (aanbieder, declaratie.nummer), (declaratie.gemeente, identificatie), teken)
    yield Feit(
        DECLARATIEPERIODE,
        (declaratie.gemeente, aanbieder),
        (declaratie.begin, declaratie.dagtekening, identificatie),
        teken,
    )
    for prestatie in prestaties:
        yield Feit(DECLARATIEREGEL, (aanbieder, identificatie), prestatie, teken)
        yield Feit(PRESTATIE, (aanbieder, prestatie.referentie), prestatie, teken)
        yield Feit(GEDECLAREERD, (declaratie.gemeente, prestatie.nummer), prestatie, teken)
        if prestatie.vorig is not None:
            yield Feit(CREDIT, (aanbieder, prestatie.vorig), prestatie, teken)

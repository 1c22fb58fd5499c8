"""Rules on the answer to a claim (325). It has no retour, so some have no retourcode.

The 323 must be applied before its answer is checked. When it is not known here, and messages are missing,
there is nothing to hold the answer against, and no rule speaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from adapters.ijw.gelezen import KOP, Clientrij, Declaratieantwoord, Prestatie
from adapters.ijw.verloop import Verloop
from adapters.ijw.verloopregels.verloopregel import Verloopregel

_325: Final = frozenset({"JW325"})


def declaratie_onbekend(m: Declaratieantwoord, verloop: Verloop) -> Iterator[str]:
    """DeclaratieIdentificatie is that of a 323 which this provider sent this gemeente (TR337)."""
    known = verloop.declaratie(m.kop.aanbieder, m.declaratie)
    if known is None:
        wrong = verloop.volledig(m.kop.gemeente, m.kop.aanbieder)
    else:
        wrong = known.gemeente != m.kop.gemeente
    if wrong:
        yield KOP


def andere_xsd_versie(m: Declaratieantwoord, verloop: Verloop) -> Iterator[str]:
    """XsdVersieDeclaratie repeats the XsdVersie of the 323 (TR371)."""
    known = verloop.declaratie(m.kop.aanbieder, m.declaratie)
    if known is not None and (known.basisschema, known.xsd) != (m.basisschema, m.xsd):
        yield KOP


def nummer_onbekend(m: Declaratieantwoord, verloop: Verloop) -> Iterator[str]:
    """DeclaratieNummer is that of a claim this gemeente received (TR376)."""
    if m.nummer is None:
        return
    gemeenten = verloop.declaratienummer(m.kop.aanbieder, m.nummer)
    if m.kop.gemeente not in gemeenten and (gemeenten or verloop.volledig(m.kop.gemeente, m.kop.aanbieder)):
        yield m.place


def client_onbekend(m: Declaratieantwoord, verloop: Verloop) -> Iterator[str]:
    """The clients of an answer, and whose row is whose, are as in the 323 (TR304)."""
    if verloop.declaratie(m.kop.aanbieder, m.declaratie) is None:
        return
    regels = verloop.declaratieregels(m.kop.aanbieder, m.declaratie)
    clienten = {p.client for p in regels}
    van_wie = {_key(p): p.client for p in regels}
    for client in m.clienten:
        if client.client not in clienten or _holds_of_another(client, van_wie):
            yield client.place


def _holds_of_another(client: Clientrij, van_wie: dict[tuple[str, str | None], str]) -> bool:
    return any(van_wie.get(_key(p), client.client) != client.client for _, p in client.prestaties)


def prestatie_onbekend(m: Declaratieantwoord, verloop: Verloop) -> Iterator[str]:
    """Every row of an answer is a row of the 323, by ProductReferentie (TR366)."""
    if verloop.declaratie(m.kop.aanbieder, m.declaratie) is None:
        return
    known = {_key(p) for p in verloop.declaratieregels(m.kop.aanbieder, m.declaratie)}
    for place, p in m.rijen:
        if _key(p) not in known:
            yield place


def andere_waarde(m: Declaratieantwoord, verloop: Verloop) -> Iterator[str]:
    """A row of an answer repeats every value of that row in the 323 (TR367). Numbers compare as numbers."""
    known = {_key(p): p for p in verloop.declaratieregels(m.kop.aanbieder, m.declaratie)}
    for place, p in m.rijen:
        claimed = known.get(_key(p))
        if claimed is not None and _values(claimed) != _values(p):
            yield place


def _key(p: Prestatie) -> tuple[str, str | None]:
    return p.referentie, p.vorig


def _values(p: Prestatie) -> tuple[str | int | None, ...]:
    return (
        p.nummer,
        p.categorie,
        p.code,
        p.begin,
        p.eind,
        p.volume,
        p.eenheid,
        p.tarief,
        p.bedrag,
        p.richting,
    )


DECLARATIEANTWOORD: Final[tuple[Verloopregel[Declaratieantwoord], ...]] = (
    Verloopregel(
        "TR304", "8187", _325, "Deze client of prestatie hoort niet bij de declaratie.", client_onbekend
    ),
    Verloopregel(
        "TR337",
        None,
        _325,
        "DeclaratieIdentificatie is niet van een eerdere declaratie.",
        declaratie_onbekend,
    ),
    Verloopregel(
        "TR366", "9366", _325, "ProductReferentie komt niet voor in de declaratie.", prestatie_onbekend
    ),
    Verloopregel("TR367", "9367", _325, "Een waarde is anders dan in de declaratie.", andere_waarde),
    Verloopregel(
        "TR371", None, _325, "XsdVersieDeclaratie is niet de XsdVersie van de declaratie.", andere_xsd_versie
    ),
    Verloopregel(
        "TR376", None, _325, "DeclaratieNummer is niet van een eerdere declaratie.", nummer_onbekend
    ),
)

"""The four rules that need more than the message: the clock, a contract, and two lists (level 4)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from adapters.ijw.regel import EXTERNAL, Omgeving, Regel, regel
from adapters.ijw.regels_product import begin
from adapters.ijw.waarden import day, filled, ordinal, whole
from adapters.xml.nodes import sub, subs, text
from adapters.xml.parser import Node

_FUTURE = "De dagtekening ligt in de toekomst."


@regel("TR135", "/BerichtIdentificatie/Dagtekening", _FUTURE, level=EXTERNAL, retourcode="8848")
def dagtekening_niet_in_toekomst(header: Node, omgeving: Omgeving) -> bool:
    """TR135: a message is not dated after the day it is received."""
    return (day(sub(header, "BerichtIdentificatie"), "Dagtekening") or 0) <= omgeving.today


@regel("TR135", "/DeclaratieIdentificatie/Dagtekening", _FUTURE, level=EXTERNAL, retourcode="8848")
def declaratie_niet_in_toekomst(header: Node, omgeving: Omgeving) -> bool:
    """TR135: nor is the claim that an answer is about."""
    return (day(sub(header, "DeclaratieIdentificatie"), "Dagtekening") or 0) <= omgeving.today


# --- TR378


def gemeente_bestaat(element: str) -> Regel:
    """TR378: a municipality in that element exists.

    It must be in the list that holds on the first day of an allocation (JW301, JW315). For the other messages
    the standard names no day; there it is the dagtekening. A day outside the list proves nothing.
    """
    *path, name = element.removeprefix("/").split("/")

    def holds(node: Node, omgeving: Omgeving) -> bool:
        for step in path:
            node = sub(node, step)
        code = text(node, name)
        if code is None or code in omgeving.gemeenten.codes:
            return True
        since, until = ordinal(omgeving.gemeenten.since), ordinal(omgeving.gemeenten.until)
        return not any(since <= date < until for date in _reference_days(omgeving))

    return Regel(
        "TR378",
        element,
        "Deze gemeentecode staat niet in de lijst van gemeenten.",
        holds,
        EXTERNAL,
        "S300",
    )


def _reference_days(omgeving: Omgeving) -> Iterator[int]:
    client = sub(omgeving.inhoud, "Client")
    rows = {
        "JW301": ("ToegewezenProducten", "ToegewezenProduct"),
        "JW315": ("AangevraagdeProducten", "AangevraagdProduct"),
    }.get(omgeving.soort)
    if rows is None:
        dates = [omgeving.dagtekening]
    else:
        dates = [begin(row) for row in subs(sub(client, rows[0]), rows[1])]
    yield from (date for date in dates if date is not None)


# --- TR381

_NOT_IN_CATEGORY = "Deze productcode hoort niet bij de productcategorie."


@regel("TR381", "/Product/Code", _NOT_IN_CATEGORY, level=EXTERNAL, retourcode="S329")
def code_hoort_bij_categorie(row: Node, omgeving: Omgeving) -> bool:
    """TR381: a product code is one of its category."""
    product = sub(row, "Product")
    return _fits(omgeving, product, "Code", text(product, "Categorie"))


@regel("TR381", "/ProductCode", _NOT_IN_CATEGORY, level=EXTERNAL, retourcode="S329")
def productcode_hoort_bij_productcategorie(prestatie: Node, omgeving: Omgeving) -> bool:
    """TR381: the same in a prestatie."""
    return _fits(omgeving, prestatie, "ProductCode", text(prestatie, "ProductCategorie"))


def _fits(omgeving: Omgeving, node: Node, name: str, category: str | None) -> bool:
    if not filled(node, name):
        return True
    known = omgeving.producten.categories.get(text(node, name) or "")
    return not omgeving.producten.complete if known is None else known == category


# --- TR346


@regel(
    "TR346",
    "/IngediendBedrag",
    "Het bedrag is niet het volume maal het tarief van het contract.",
    level=EXTERNAL,
    retourcode="9346",
)
def bedrag_is_volume_maal_tarief(prestatie: Node, omgeving: Omgeving) -> bool:
    """TR346: the amount is what was delivered times the tariff that the contract has, not rounded before.

    Minutes go by an hourly tariff too, the result rounded to whole cents, half a cent up. Without a contract
    for the product, or with units that do not go together (TR341), nothing can be said.
    """
    tarief = omgeving.contract.get(text(prestatie, "ProductCode") or "")
    eenheid = text(prestatie, "Eenheid")
    volume = whole(prestatie, "GeleverdVolume")
    bedrag = whole(sub(prestatie, "IngediendBedrag"), "Bedrag")
    if tarief is None or volume is None or bedrag is None or eenheid == "83":
        return True
    if eenheid == tarief.eenheid:
        cents = volume * tarief.cent
    elif (eenheid, tarief.eenheid) == ("01", "04"):
        cents = volume * tarief.cent / 60
    else:
        return True
    return bedrag == (cents + Fraction(1, 2)) // 1

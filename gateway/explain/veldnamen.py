"""What a person calls the fields of a message: the texts of the published schemas, by field path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Final

from pydantic import BaseModel

from schemas.base import Gegevenscategorie, unwrap
from schemas.decision.decision import Reden
from schemas.exchange.uitwisseling import Levering
from schemas.messages.berichten import BERICHTEN
from schemas.messages.onderdelen import Code
from schemas.publication.publicatie import omschrijving
from schemas.shown.uitleg import Veldgroep, Veldnaam

_ORDER: Final = {r: i for i, r in enumerate(Reden)}


@cache
def labels(bericht: str) -> Mapping[str, Gegevenscategorie]:
    """The category of each field path, in the order of the message; empty for an unknown type."""
    return {b.pad: b.categorie for b in BERICHTEN[bericht].bladen} if bericht in BERICHTEN else {}


def gedeelde_soorten(v: Levering) -> tuple[Gegevenscategorie, ...]:
    """Of which kinds of data something went. What was asked and stayed home is not among them."""
    known = labels(v.berichtsoort)
    went = {known.get(p) for p in (v.besluit.released if v.overgedragen is None else v.overgedragen)}
    return tuple(c for c in Gegevenscategorie if c in went)


@dataclass(frozen=True, slots=True)
class Plek:
    """Where a field stands, in words. A code with its list and its meaning counts as one field to a
    person.
    """

    deel: str
    """The path of the part of the message in which it stands."""
    deelnaam: str
    naam: str


@cache
def plek(bericht: str, pad: str) -> Plek:
    """The words for a field. A field without a text is called by its path."""
    if pad not in labels(bericht):
        return Plek("", "Onbekend", pad)
    model: type[BaseModel] = BERICHTEN[bericht]
    above, told = [""], [_short(omschrijving(model))]
    for step in pad.split("."):
        alias = step.removesuffix("[]")
        field = next(
            f for n, f in model.model_fields.items() if (f.serialization_alias or f.alias or n) == alias
        )
        above.append(f"{above[-1]}.{step}")
        told.append(_short(omschrijving(model, alias)))
        inner = unwrap(field.annotation)[0]
        if inner is Code:
            break
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            model = inner
    return Plek(above[-2], told[-2], told[-1])


def _short(text: str) -> str:
    """The text without the number of the exchange in front and the explanation behind it."""
    said = re.split(r"[.:;]", re.sub(r"^X\d+( \w+)?: ", "", text), maxsplit=1)[0]
    return said[:1].upper() + said[1:]


def groepen(bericht: str, paden: Mapping[str, Reden | None]) -> tuple[Veldgroep, ...]:
    """Fields with one part, category and reason together, by reason and then in the order of the message."""
    known = labels(bericht)
    order = {pad: i for i, pad in enumerate(known)}

    def place(pad: str) -> tuple[int, str, str]:
        reden = paden[pad]
        return (_ORDER[reden] if reden else -1, known.get(pad, ""), plek(bericht, pad).deel)

    in_order = sorted(paden, key=lambda p: (order.get(p, len(order)), p))
    first: dict[tuple[int, str, str], int] = {}
    for pad in in_order:
        first.setdefault(place(pad), len(first))
    in_order.sort(key=lambda p: (place(p)[0], first[place(p)]))
    out = []
    for _, found in groupby(in_order, key=place):
        velden = tuple(found)
        out.append(
            Veldgroep(
                naam=plek(bericht, velden[0]).deelnaam,
                categorie=known.get(velden[0]),
                reden=paden[velden[0]],
                velden=tuple(Veldnaam(pad=p, naam=plek(bericht, p).naam) for p in velden),
            )
        )
    return tuple(out)

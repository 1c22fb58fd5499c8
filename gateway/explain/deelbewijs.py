"""Deelbewijs: what somebody gets of what was shared because he agreed, in plain words and signed by the log.

It says to whom, for what, when and which kinds of data, and no value. Of the leaf it holds the hash alone:
the leaf of a sharing also says what others stated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from consent.leeftijd import day
from gateway.explain import teksten
from gateway.explain.toestemmingsbewijs import Deel, Toestemmingsbewijs, find_plaats, ondertekend
from gateway.explain.veldnamen import gedeelde_soorten
from gateway.explain.views import moment
from gateway.ports.keys import LeafMaker, LedgerSigner
from gateway.ports.storage import Storage
from gateway.register.regels import Regels
from schemas.errors import RecordUnavailable
from schemas.exchange.uitwisseling import Levering

SOORT: Final = "deelbewijs"


async def make_deelbewijs(
    levering: Levering,
    eigen: frozenset[str],
    regels: Regels,
    storage: Storage,
    leaves: LeafMaker,
    signer: LedgerSigner,
) -> Toestemmingsbewijs | None:
    """None until a checkpoint covers it. `eigen`: the statements of who asks, and nobody else's are named."""
    found = await storage.uitwisseling(levering.uitwisseling)
    if found is None or not found[1]:
        raise RecordUnavailable("a levering without its uitwisseling")
    plaats = await find_plaats(found[1][0], storage, leaves)
    if plaats is None:
        return None
    inhoud = {
        "id": levering.id,
        "afzender": levering.afzender,
        "ontvanger": levering.ontvanger,
        "ontvangerRol": levering.rol,
        "doel": levering.doel,
        "categorieen": gedeelde_soorten(levering),
        "toestemmingen": sorted(eigen.intersection(levering.besluit.consent_event_ids)),
        "moment": moment(levering.sinds),
    }
    delen = tuple(_delen(levering, regels, plaats.hash))
    return ondertekend(
        SOORT, inhoud, teksten.uitleg("bewijs", "gedeeldTitel"), delen, plaats, leaves, signer, whole=False
    )


def _delen(v: Levering, regels: Regels, bladhash: str) -> Iterator[Deel]:
    def deel(kop: str, *lines: str) -> Deel:
        return Deel(teksten.uitleg("bewijs", kop), lines)

    def naam(partij: str) -> str:
        found = regels.partijen.get(partij)
        return partij if found is None else found.naam

    yield deel("gedeeld", teksten.uitleg("bewijs_zin", "gedeeld"))
    yield deel("dag", teksten.datum(day(v.sinds)))
    yield deel("van", naam(v.afzender))
    yield deel("ontvangers", f"{naam(v.ontvanger)}: {teksten.uitleg('rol', v.rol)}")
    yield deel("doelen", teksten.uitleg("doel", v.doel))
    yield deel("categorieen", *(teksten.uitleg("categorie", c) for c in gedeelde_soorten(v)))
    yield deel("inhoud", teksten.uitleg("bewijs_zin", "inhoud"))
    yield deel("nummer", v.id)
    yield deel("blad", bladhash)
    yield deel("nakijken", teksten.uitleg("bewijs_zin", "nakijken"))

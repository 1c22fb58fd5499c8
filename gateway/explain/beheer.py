"""What an operator sees: how every levering stands, and what is set up. Ids and codes only.

No name and no value of a person stands here, whoever asks: who runs the line reads nothing of what goes over
it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterable
from typing import Any, Final

from consent.beleid import Beleid
from consent.inrichting import inrichting_hash, stored_inrichting
from gateway.explain import teksten, views
from gateway.ports.storage import Storage
from gateway.register.partijen import Partijen
from gateway.register.regels import inrichting_text
from schemas.errors import NotFound
from schemas.exchange.uitwisseling import OPEN, Gebeurtenissoort, Levering, Leveringstatus

_PAGE: Final = 500
"""This many rows are read at a time, however many are shown."""


async def leveringen(
    storage: Storage, status: frozenset[Leveringstatus], na: str | None, aantal: int
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of the leveringen with one of these statuses, and the `na` of the next.

    What is open comes by its term, and with what is over everything comes as it was accepted. Raises NotFound
    for a `na` that no such page gave.
    """
    found = _open(storage, na) if status <= OPEN else _all(storage, na)
    page, more = await _page(found, status, aantal)
    histories = await storage.histories([v.id for v in page])
    return [_shown(v, histories[v.id][-1].soort) for v in page], more


def register(partijen: Partijen, beleid: Beleid, today: dt.date) -> dict[str, Any]:
    """What was applied last, by id: partijen, clients, keys, profiles, agreements and the region."""
    return {
        "versie": partijen.version,
        "partijen": [
            {
                "id": p.id,
                "soort": p.soort,
                "hoedanigheid": p.hoedanigheid,
                "rollen": list(p.rollen),
                "aflevering": None if p.aflevering is None else p.aflevering.soort,
                "clients": [c.client_id for c in p.clients],
            }
            for p in _by_id(partijen.by_id.values())
        ],
        "clients": [
            {
                "clientId": name,
                "partijen": [p.id for p in entry.partijen],
                "scopes": sorted(entry.client.scopes),
                "sleutels": [{"kid": k.kid, "kty": k.kty, "crv": k.crv} for k in entry.client.sleutels],
            }
            for name, entry in sorted(partijen.by_client.items())
        ],
        "profielen": sorted(p.id for of_case in beleid.profielen.values() for p in of_case),
        "convenanten": [
            {
                "id": c.id,
                "versie": c.versie,
                "geldigVan": c.geldig_van.isoformat(),
                "geldigTotEnMet": c.geldig_tot_en_met.isoformat(),
                "geldt": c.holds_on(today),
                "partijen": sorted(c.partijen),
            }
            for c in sorted(beleid.afspraken.convenanten.values(), key=lambda c: (c.id, c.versie))
        ],
        "regio": _regio(partijen),
    }


def _regio(partijen: Partijen) -> dict[str, Any] | None:
    text = inrichting_text(partijen.beleid)
    if text is None:
        return None
    regio = stored_inrichting(text)
    return {"id": regio.id, "versie": regio.versie, "hash": inrichting_hash(text)}


def _by_id(found: Iterable[Any]) -> list[Any]:
    return sorted(found, key=lambda p: p.id)


async def _page(
    found: AsyncIterator[tuple[str, Levering]], asked: frozenset[Leveringstatus], most: int
) -> tuple[list[Levering], str | None]:
    """The first `most` with one of these statuses, and where the rest begins; None when that was the end."""
    page: list[Levering] = []
    last = None
    async for cursor, v in found:
        if v.status not in asked:
            continue
        if len(page) == most:
            return page, last
        page.append(v)
        last = cursor
    return page, None


async def _open(storage: Storage, na: str | None) -> AsyncIterator[tuple[str, Levering]]:
    """What is open by its term, after the levering that `na` names. Raises NotFound."""
    after = None
    if na is not None:
        found = await storage.levering(na)
        if found is None:
            raise NotFound
        after = found.vervalt_op, found.id
    while page := await storage.open_by_term(after, _PAGE):
        for v in page:
            yield v.id, v
        after = page[-1].vervalt_op, page[-1].id


async def _all(storage: Storage, na: str | None) -> AsyncIterator[tuple[str, Levering]]:
    """Everything in order of acceptance, after the number `na`. Raises NotFound."""
    if na is not None and not (na.isascii() and na.isdecimal() and len(na) < 19):  # noqa: PLR2004 - fits 64 bits
        raise NotFound
    after = int(na or 0)
    while page := await storage.all_leveringen(after, _PAGE):
        for after, v in page:
            yield str(after), v


def _shown(v: Levering, last: Gebeurtenissoort) -> dict[str, Any]:
    situation = views.situation(v)
    # A levering that failed did not fail because of its decision.
    redenen = v.redenen or (() if v.status is Leveringstatus.MISLUKT else v.besluit.codes)
    steps = [s for r in redenen if (s := teksten.stap(r))] if v.status in views.WAITING else []
    return {
        "leveringId": v.id,
        "uitwisselingId": v.uitwisseling,
        "status": v.status,
        "sinds": views.moment(v.sinds),
        "vervaltOp": views.moment(v.vervalt_op),
        "afzender": v.afzender,
        "ontvanger": v.ontvanger,
        "rol": v.rol,
        "opgehaald": v.opgehaald,
        "gebeurtenis": last,
        "tekst": teksten.gebeurtenis(last),
        "redenen": list(redenen),
        "volgendeStap": steps[0] if steps else teksten.status_stap(situation),
    }

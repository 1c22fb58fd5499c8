"""Questions 10 to 13: what went without toestemming, and what was done about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from consent.afwegen import same_person
from consent.leeftijd import AMSTERDAM, age, day
from gateway.case.case import Case
from gateway.explain import views
from gateway.explain.toezicht import Gezien
from gateway.obligations.verzoeken import SAID_NO
from gateway.obligations.zonder_toestemming import NABEOORDELEN_BINNEN
from gateway.toezicht.bron import Bron, Telling, beurten
from gateway.toezicht.vraag import Gevraagd, Rij
from gateway.toezicht.wie import levering, medewerker, sent, velden
from schemas.decision.decision import Ground, Standpunt
from schemas.people.afweging import Afweging, Vrijgave
from schemas.people.gronden import Grondverklaring
from schemas.people.omstandigheden import Omstandigheid
from schemas.people.toestemming import Gebeurtenis, Hoedanigheid, Toestemming

_NO: Final = frozenset({Standpunt.GEWEIGERD, Standpunt.INGETROKKEN})


async def zonder_toestemming(bron: Bron, _vraag: Gevraagd, seen: Sequence[Gezien]) -> list[Rij]:
    """10. Everything that went without toestemming, with its ground and the record on which it went."""
    found = [g for g in sent(seen) if g.zonder_toestemming]
    cases = await bron.cases(g.levering.leerling for g in found)
    rijen = []
    async for g in beurten(found):
        b, case = g.levering.besluit, cases.get(g.levering.leerling)
        rijen.append(
            levering(g)
            | {
                "grond": g.uitleg.grond,
                "afwegingId": next((a.id for a in _weighings(case, b.ground_ids)), None),
                "verklaringId": next(_stated(case, b.ground_ids), None),
                "redenen": [r.code for r in g.uitleg.redenen],
                "normen": list(dict.fromkeys(n for r in g.uitleg.redenen for n in r.normen)),
                "velden": list(velden(g)),
            }
        )
    return rijen


def _weighings(case: Case | None, ids: Sequence[str]) -> Iterator[Afweging]:
    if case is not None:
        yield from (a for a in case.gewogen.afwegingen if a.id in ids)


def _stated(case: Case | None, ids: Sequence[str]) -> Iterator[str]:
    if case is not None:
        stated: tuple[Grondverklaring | Omstandigheid, ...] = (*case.gronden, *case.omstandigheden)
        yield from (s.id for s in stated if s.id in ids)


async def gewogen(bron: Bron, seen: Sequence[Gezien]) -> list[tuple[Gezien, Case, Afweging, Vrijgave]]:
    """Every use of a weighing by a levering of this period, with what is recorded about it."""
    maybe = [g for g in sent(seen) if g.zonder_toestemming]
    cases = await bron.cases(g.levering.leerling for g in maybe)
    found = []
    for g in maybe:
        case = cases.get(g.levering.leerling)
        for used in () if case is None else case.gewogen.vrijgaven:
            if case is not None and used.levering == g.levering.id:
                found += [(g, case, a, used) for a in _weighings(case, (used.afweging,))]
    return found


async def afweging_niet_in_orde(bron: Bron, _vraag: Gevraagd, seen: Sequence[Gezien]) -> list[Rij]:
    """11. Weighings that were used and of which a second look, a review or the informing lacks, is late or is
    of the same people.
    """
    now = bron.ports.clock.now()
    grenzen = (await bron.regels()).beleid.grenzen
    rijen = []
    for g, case, a, used in await gewogen(bron, seen):
        rijen += [
            {
                "op": views.moment(g.op),
                "afwegingId": a.id,
                "leveringId": g.levering.id,
                "partij": g.partij,
                "ontvanger": a.ontvanger.partij,
                "wat": wat,
            }
            for wat in _wrong(case, a, used, grenzen.tweede_blik, now)
        ]
    return rijen


def _wrong(
    case: Case, a: Afweging, used: Vrijgave, tweede_blik: dt.timedelta, now: dt.datetime
) -> Iterator[str]:
    blikken = [b for b in case.gewogen.blikken if b.afweging == a.id]
    if a.acuut is not None and a.beoordelaar is None:
        term = a.moment + tweede_blik
        first = min((b.vastgelegd_op for b in blikken), default=None)
        if first is None and now >= term:
            yield "tweede blik ontbreekt"
        if first is not None and first >= term:
            yield "tweede blik te laat"
    if any(same_person(b.door, a.opsteller) for b in blikken) or (
        a.beoordelaar is not None and same_person(a.beoordelaar, a.opsteller)
    ):
        yield "tweede blik van dezelfde persoon"
    reviews = [n for n in case.gewogen.nabeoordelingen if n.afweging == a.id]
    until = used.vastgelegd_op + NABEOORDELEN_BINNEN
    first_review = min((n.vastgelegd_op for n in reviews), default=None)
    if first_review is None and now >= until:
        yield "nabeoordeling ontbreekt"
    if first_review is not None and first_review >= until:
        yield "nabeoordeling te laat"
    if any(n.vastgelegd_door == a.vastgelegd_door for n in reviews):
        yield "nabeoordeling door dezelfde organisatie"
    for _, informeren in case.informeren((a.id,)):
        if informeren.wanneer == "uitgesteld" and day(now) >= informeren.op:
            yield "uitstel van informeren voorbij"


async def hoe_vaak_gewogen(bron: Bron, _vraag: Gevraagd, seen: Sequence[Gezien]) -> list[Rij]:
    """12. Per month how often something went after a weighing, by organisation and by who weighed, beside all
    that went.
    """
    all_, by_partij, by_person = Telling(), Telling(), Telling()
    async for g in beurten(sent(seen)):
        all_.add(g.levering.afzender, _month(g))
    for g, _, a, _ in await gewogen(bron, seen):
        by_partij.add(g.levering.afzender, _month(g))
        by_person.add(
            g.levering.afzender, _month(g), medewerker(bron, a.vastgelegd_door, a.opsteller.medewerker)
        )
    rijen: list[Rij] = []
    for (partij, maand), n in all_.n.items():
        row = {"afzender": partij, "maand": maand, "leveringen": n}
        rijen.append(row | {"medewerker": None, "afwegingen": by_partij[partij, maand]})
        rijen += [
            row | {"medewerker": who, "afwegingen": times}
            for (p, m, who), times in by_person.n.items()
            if (p, m) == (partij, maand)
        ]
    return rijen


def _month(g: Gezien) -> str:
    return g.op.astimezone(AMSTERDAM).strftime("%Y-%m")


async def na_een_nee(bron: Bron, _vraag: Gevraagd, seen: Sequence[Gezien]) -> list[Rij]:
    """13. What went although somebody who was asked said no, as far as the sender recorded that no itself.

    The last decision says it, where it still is the one by which it went. Where it is not, the statements of
    then do: a ground that ended since does not undo that somebody was overruled.
    """
    went = [g for g in sent(seen) if g.zonder_toestemming]
    cases = await bron.cases(g.levering.leerling for g in went if g.uitleg.grond not in _WITHOUT)
    rijen = []
    for g in went:
        v = g.levering
        codes = {r.code for r in g.uitleg.redenen} & {r.value for r in SAID_NO}
        who = [] if views.rests_on_others(v.besluit, g.partij) else v.besluit.signers
        said = {s.hoedanigheid for s in who if s.standpunt in _NO and s.hoedanigheid is not None}
        if v.leerling in cases:
            said |= set(_said_no(cases[v.leerling], g))
        if codes or said:
            van = sorted(said)
            rijen.append(
                levering(g)
                | {"grond": g.uitleg.grond, "nee": sorted(codes), "van": van, "velden": list(velden(g))}
            )
    return rijen


def _said_no(case: Case, g: Gezien) -> Iterator[Hoedanigheid]:
    """Who had last said no to this, of those whom the law asked on that day."""
    born, v = case.authorities.births, g.levering
    years = age(born[0], day(g.op)) if born else 0
    last: dict[str, Toestemming] = {}
    for c in sorted(case.consents, key=lambda c: c.moment):
        over = c.bereik
        fits = v.doel in over.doelen and v.richting is over.richting
        if fits and c.vastgelegd_door == g.partij and c.moment <= g.op and v.aan in over.ontvangers:
            last[c.ondertekenaar] = c
    for c in last.values():
        himself = c.hoedanigheid is Hoedanigheid.LEERLING
        asked = years >= _MEE if himself else years < _ALLEEN
        if asked and c.gebeurtenis is not Gebeurtenis.GEGEVEN:
            yield c.hoedanigheid


_MEE: Final = 12
_ALLEEN: Final = 16
"""From these ages the leerling is asked along, and alone (UAVG 5)."""
_WITHOUT: Final = frozenset({Ground.STATUTORY, Ground.BREAK_GLASS})

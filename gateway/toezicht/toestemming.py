"""Questions 14 to 18: does what went on toestemming still hold, and did it hold at that instant."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from consent.leeftijd import day, turns
from consent.rules import carries_until
from gateway.case.case import Case, opened
from gateway.explain import naspelen, views
from gateway.explain.toezicht import Gezien
from gateway.register.regels import Regels
from gateway.toezicht.bron import TURN, Bron, Leaf, beurten
from gateway.toezicht.vraag import Gevraagd, Rij
from gateway.toezicht.wie import held, levering, sent
from schemas.errors import RecordUnavailable
from schemas.exchange.uitwisseling import OPEN
from schemas.people.toestemming import Gebeurtenis, Toestemming
from schemas.shown.toezicht import Kant

AGES: Final = (12, 16, 18)
AHEAD: Final = dt.timedelta(days=60)


# ── 14


async def toestemming_gold_niet(bron: Bron, _vraag: Gevraagd, seen: Sequence[Gezien]) -> list[Rij]:
    """14. What was handed over on a statement that was withdrawn, expired or without gezag at that instant.

    The account says on which statements it went, and after how many facts. What those say is read from these
    facts and from every other fact whose line stands before it: what the gateway believed to know does not
    count, but what was on record. There must be none.
    """
    regels = await bron.regels()
    lines = await bron.intents(sent(seen))
    rijen = []
    async for g in beurten(sent(seen)):
        for leaf in lines[g.levering.id][:1]:
            named = leaf.get("consentEventIds", ())
            if not named:
                continue
            case = await _case_of_then(bron, g, leaf)
            await asyncio.sleep(0)
            if case is None:
                rijen.append(levering(g) | {"wat": "niet na te gaan", "toestemmingId": None})
                continue
            rijen += [
                levering(g) | {"wat": wat, "toestemmingId": ident}
                for ident in named
                for wat in _does_not_hold(case, ident, g.op, regels)
            ]
    return rijen


async def _case_of_then(bron: Bron, g: Gezien, leaf: Leaf) -> Case | None:
    (row,) = await bron.ports.storage.leerlingen_by_id([g.levering.leerling]) or (None,)
    if row is None:
        return None
    facts = await bron.ports.storage.facts(row.id)
    known, later = facts[: leaf["consentEpoch"]], facts[leaf["consentEpoch"] :]
    try:
        return opened(bron.ports.vault, row, (*known, *await bron.on_record_before(leaf, later)))
    except RecordUnavailable:
        return None


def _does_not_hold(case: Case, ident: str, at: dt.datetime, regels: Regels) -> Iterator[str]:
    said = {c.id: c for c in case.consents}
    given = said.get(ident)
    if given is None:
        yield "onbekend"
        return
    record = [c for c in said.values() if c.record == given.record]
    if any(c.gebeurtenis is Gebeurtenis.INGETROKKEN for c in record):
        yield "ingetrokken"
    law = regels.beleid.law(at)
    if not given.geldig_vanaf <= day(at) <= carries_until(given, regels.beleid, law):
        yield "verlopen"
    if not _may(case, given):
        yield "zonder gezag"


def _may(case: Case, given: Toestemming) -> bool:
    """Whether a side that recorded gezag says that this signer may sign: as the leerling himself, with gezag,
    or by a court.
    """
    for who in (case.authorities, *case.authorities.others):
        snapshot = who.snapshot
        if snapshot is None:
            continue
        if given.ondertekenaar == snapshot.leerling:
            return True
        if any(p.persoon == given.ondertekenaar and p.gezag for p in snapshot.personen):
            return True
        if any(o.persoon == given.ondertekenaar for o in who.orders):
            return True
    return False


# ── 15


async def hoe_snel_na_intrekken(bron: Bron, _vraag: Gevraagd, seen: Sequence[Gezien]) -> list[Rij]:
    """15. What recipients were told of a withdrawal, of what was handed over in this period, and how fast
    they answered.
    """
    own = sent(seen)
    notices = await bron.intrekkingen.known_to_sender([g.levering for g in own])
    now = bron.ports.clock.now()
    rijen = []
    async for g in beurten(own):
        for t in notices[g.levering.id]:
            answered = t.sinds if t.antwoord is not None else None
            took = None if answered is None else (answered - t.ontstaan_op)
            rijen.append(
                {
                    "op": views.moment(t.ontstaan_op),
                    "leveringId": g.levering.id,
                    "partij": g.partij,
                    "ontvanger": t.partij,
                    "velden": len(t.velden),
                    "antwoordVoor": views.moment(t.uiterlijk),
                    "beantwoordOp": None if answered is None else views.moment(answered),
                    "uren": None if took is None else int(took.total_seconds() // 3600),
                    "uitkomst": None if t.antwoord is None else t.antwoord.uitkomst,
                    "teLaat": (answered or now) >= t.uiterlijk,
                }
            )
    return rijen


# ── 16 and 17


async def wie_jarig_wordt(bron: Bron, _vraag: Gevraagd, seen: Sequence[Gezien]) -> list[Rij]:
    """16. Leerlingen who become 12, 16 or 18 within sixty days while something about them still waits."""
    waits: dict[str, list[Gezien]] = {}
    async for g in beurten(held(seen)):
        if g.kant is Kant.AFZENDER and g.levering.status in OPEN:
            waits.setdefault(g.levering.leerling, []).append(g)
    today = day(bron.ports.clock.now())
    rijen = []
    for leerling, case in (await bron.cases(waits)).items():
        born = case.authorities.births
        if not case.over_leerling or not born:
            continue
        for age in AGES:
            first = turns(born[0], age)
            if first is not None and today <= first < today + AHEAD:
                (g, *_) = waits[leerling]
                rijen.append(
                    {
                        "leerlingId": case.row.owner_ref if case.row.owner == g.partij else None,
                        "partij": g.partij,
                        "wordt": age,
                        "op": first.isoformat(),
                        "leveringen": len(waits[leerling]),
                    }
                )
    return rijen


async def oudste_gezagscontroles(bron: Bron, _vraag: Gevraagd, seen: Sequence[Gezien]) -> list[Rij]:
    """17. Of everybody about whom something went or waits: when gezag was last checked, the longest ago
    first.
    """
    about: dict[str, list[Gezien]] = {}
    async for g in beurten(held(seen)):
        if g.kant is Kant.AFZENDER and (g.levering.overgedragen is not None or g.levering.status in OPEN):
            about.setdefault(g.levering.leerling, []).append(g)
    today = day(bron.ports.clock.now())
    rijen = []
    for leerling, case in (await bron.cases(about)).items():
        (g, *_) = about[leerling]
        check = case.authorities.snapshot
        if not case.over_leerling or case.row.owner != g.partij:
            continue
        rijen.append(
            {
                "leerlingId": case.row.owner_ref,
                "partij": g.partij,
                "gecontroleerdOp": None if check is None else check.gecontroleerd_op.isoformat(),
                "bron": None if check is None else check.bron,
                "dagen": None if check is None else (today - check.gecontroleerd_op).days,
                "leveringen": len(about[leerling]),
            }
        )
    return sorted(rijen, key=lambda r: -(r["dagen"] if r["dagen"] is not None else 10**6))


# ── 18


async def nu_anders_beslist(bron: Bron, _vraag: Gevraagd, seen: Sequence[Gezien]) -> list[Rij]:
    """18. Decisions that come out differently under the rules of today, on the facts of then."""
    regels = await bron.regels()
    ports = bron.ports
    nakijker = naspelen.Nakijker(ports.storage, ports.vault, regels)
    rijen = []
    for n, g in enumerate(g for g in held(seen) if g.kant is Kant.AFZENDER):
        again = await nakijker.again(g.levering)
        if n % TURN == 0:
            await asyncio.sleep(0)
        if again.verschil is naspelen.Verschil.GELIJK or views.rests_on_others(g.levering.besluit, g.partij):
            continue
        erbij, weg = again.velden
        rijen.append(
            levering(g)
            | {
                "verschil": again.verschil,
                "waarom": again.waarom,
                "toen": again.toen.outcome,
                "nu": None if again.nu is None else again.nu.outcome,
                "erbij": list(erbij),
                "weg": list(weg),
            }
        )
    return rijen

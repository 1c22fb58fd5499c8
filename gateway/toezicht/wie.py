"""Questions 1 to 4: who received what, who of the own organisation did it, and what came in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from gateway.account.leaves import label
from gateway.explain import views
from gateway.explain.toezicht import Gezien
from gateway.toezicht.bron import Bron, Leaf, Telling, beurten, told_at
from gateway.toezicht.vraag import Deel, Gevraagd, Rij
from schemas.account.verantwoording import EventType
from schemas.exchange.uitwisseling import Leveringstatus
from schemas.shown.toezicht import Kant

MOST_LINES: Final = 20_000
"""So many lines of the account are looked at in one call."""
_MOST_ROWS: Final = 500
_SIGNED: Final = frozenset({Leveringstatus.AFGELEVERD, Leveringstatus.BEVESTIGD})
DOOR_AFZENDER: Final = frozenset(
    {
        EventType.EXCHANGE_REQUESTED,
        EventType.CONSENT_RECORDED,
        EventType.CONSENT_WITHDRAWN,
        EventType.AUTHORITY_CHANGED,
        EventType.CAPACITY_RECORDED,
        EventType.OBJECTION_RECORDED,
        EventType.VETO_RECORDED,
        EventType.GROUND_ASSERTED,
        EventType.CIRCUMSTANCE_STATED,
        EventType.WEIGHING_RECORDED,
        EventType.WEIGHING_SEEN,
        EventType.INFORMING_DEFERRED,
        EventType.REGISTRATION_RECORDED,
        EventType.TRANSFER_OFFERED,
        EventType.TRANSFER_ACCEPTED,
        EventType.TRANSFER_REFUSED,
        EventType.TRANSFER_UNDONE,
        EventType.ABSENCE_RECORDED,
        EventType.TASK_DONE,
    }
)
"""What somebody of the afzender did."""
DOOR_ONTVANGER: Final = frozenset(
    {EventType.EXCHANGE_RELEASE_INTENT, EventType.EXCHANGE_DELIVERED, EventType.WITHDRAWAL_ANSWERED}
)
"""What somebody of the ontvanger did."""


def levering(g: Gezien) -> Rij:
    """What every row about a levering begins with."""
    v = g.levering
    return {
        "op": views.moment(g.op),
        "leveringId": v.id,
        "partij": g.partij,
        "kant": g.kant,
        "afzender": v.afzender,
        "ontvanger": v.ontvanger,
        "rol": v.rol,
        "doel": v.doel,
    }


def velden(g: Gezien) -> tuple[str, ...]:
    """The paths of the fields that went, or of what would go. What went the partij knows, whatever was
    decided since and on whose facts.
    """
    if g.levering.overgedragen is not None:
        return g.levering.overgedragen
    return tuple(f.pad for groep in g.uitleg.meegegeven for f in groep.velden)


def held(seen: Sequence[Gezien]) -> list[Gezien]:
    """Those that are as the gateway wrote them: of the others nothing is told but that they are not."""
    return [g for g in seen if g.klopt is not False]


def sent(seen: Sequence[Gezien]) -> list[Gezien]:
    """What the partij itself sent and what was handed over."""
    return [g for g in held(seen) if g.kant is Kant.AFZENDER and g.levering.overgedragen is not None]


async def wie_kreeg_wat(_bron: Bron, _vraag: Gevraagd, seen: Sequence[Gezien]) -> list[Rij]:
    """1. Everything that was handed over about one leerling."""
    return [
        levering(g)
        | {
            "grond": g.uitleg.grond,
            "zonderToestemming": g.zonder_toestemming,
            "categorieen": list(g.soorten),
            "velden": list(velden(g)),
        }
        for g in held(seen)
        if g.levering.overgedragen is not None
    ]


async def wie_deed_wat(bron: Bron, vraag: Gevraagd) -> Deel:
    """2. What people and systems of the partijen under toezicht did, from the account and its sealed
    details.
    """
    p = vraag.periode
    size = (await bron.ports.storage.head()).size
    start = await bron.start(p.van) if vraag.vanaf is None else vraag.vanaf
    found: list[tuple[int, Leaf, str]] = []
    at = start
    async for position, leaf in bron.lines(
        start, min(size, start + MOST_LINES), DOOR_AFZENDER | DOOR_ONTVANGER
    ):
        at = position + 1
        if leaf is not None and (partij := _actor(leaf, p.partijen)) is not None:
            if p.van <= told_at(leaf) < p.tot:
                found.append((position, leaf, partij))
            elif told_at(leaf) >= p.tot and position > start + MOST_LINES:
                break
        if len(found) == _MOST_ROWS:
            break
    rijen = await _acts(bron, [(leaf, partij) for _, leaf, partij in found])
    return Deel(rijen, at - start, str(at) if at < size and not await past(bron, at, p.tot) else None)


async def past(bron: Bron, at: int, tot: Any) -> bool:
    """Whether everything from this position on is later than the period."""
    first = max(0, at - 512)
    async for _, leaf in bron.lines(first, at):
        if leaf is not None and told_at(leaf) < tot:
            return False
    return at > 0


def _actor(leaf: Leaf, partijen: Sequence[str]) -> str | None:
    """Which of these partijen did it; None when somebody else did."""
    soort = EventType(leaf["soort"])
    who = leaf.get("afzender") if soort in DOOR_AFZENDER else leaf.get("ontvanger")
    return who if who in partijen else None


async def _acts(bron: Bron, acts: Sequence[tuple[Leaf, str]]) -> list[Rij]:
    about = await _leerlingen(bron, [leaf for leaf, _ in acts])
    told = await bron.who([(leaf, about[leaf["eventId"]]) for leaf, _ in acts if leaf["eventId"] in about])
    rijen = []
    for leaf, partij in acts:
        who = told.get(leaf["eventId"], {})
        rijen.append(
            {
                "op": leaf["vastgelegdOp"],
                "partij": partij,
                "wat": leaf["soort"],
                "client": who.get("client"),
                "persoon": leaf.get("persoon"),
                "medewerker": medewerker(bron, partij, who.get("gebruiker")),
                "opMachtiging": leaf.get("opMachtiging", False),
                "leveringId": leaf.get("levering"),
                "uitwisselingId": leaf.get("uitwisseling"),
                "feitId": leaf.get("feit"),
            }
        )
    return rijen


def medewerker(bron: Bron, partij: str, naam: str | None) -> str | None:
    """An employee as a mark that is the same each time, and that nobody can turn back into his name."""
    if naam is None:
        return None
    keyed = bron.ports.vault.blind_index(partij, f"\0medewerker\0{naam}")
    return hashlib.sha256(keyed).hexdigest()[:12]


async def _leerlingen(bron: Bron, leaves: Sequence[Leaf]) -> dict[str, str]:
    """About which leerling each line is, by our internal id: through its levering, uitwisseling or fact."""
    storage = bron.ports.storage
    by_levering = {
        v.id: v.leerling
        for v in await storage.leveringen_by_id([leaf["levering"] for leaf in leaves if "levering" in leaf])
    }
    found: dict[str, str] = {}
    for leaf in leaves:
        if leaf.get("levering") in by_levering:
            found[leaf["eventId"]] = by_levering[leaf["levering"]]
        elif "uitwisseling" in leaf:
            u = await storage.uitwisseling(leaf["uitwisseling"])
            if u is not None:
                found[leaf["eventId"]] = u[0].leerling
        elif "feit" in leaf:
            fact = await storage.fact(leaf["feit"])
            if fact is not None:
                found[leaf["eventId"]] = fact.leerling
        elif "leerlingRef" in leaf and "afzender" in leaf:
            row = await storage.leerling_by_ref(leaf["afzender"], leaf["leerlingRef"])
            if row is not None:
                found[leaf["eventId"]] = row.id
    return found


async def wat_kwam_binnen(bron: Bron, vraag: Gevraagd, seen: Sequence[Gezien]) -> list[Rij]:
    """3. What was received, whether the account says that its sender sent just that, and whether was signed
    for it.
    """
    received = [
        g
        for g in held(seen)
        if g.levering.ontvanger in vraag.periode.partijen and g.levering.overgedragen is not None
    ]
    lines = await bron.intents(received)
    rijen = []
    async for g in beurten(received):
        v = g.levering
        told = [set(leaf.get("veldenVrijgegeven", ())) for leaf in lines[v.id]]
        assert v.overgedragen is not None
        rijen.append(
            levering(g)
            | {
                "partij": v.ontvanger,
                "kant": Kant.ONTVANGER,
                "velden": len(v.overgedragen),
                "doorAfzenderVastgelegd": bool(told),
                "zelfdeVelden": set(v.overgedragen) in told,
                "getekend": v.status in _SIGNED,
            }
        )
    return rijen


async def welke_velden(_bron: Bron, vraag: Gevraagd, seen: Sequence[Gezien]) -> list[Rij]:
    """4. How often each field went to each recipient."""
    keren = Telling()
    async for g in beurten(sent(seen)):
        v = g.levering
        if vraag.ontvanger in (None, v.ontvanger):
            for veld in velden(g):
                keren.add(v.ontvanger, v.rol, v.berichtsoort, veld)
    return [
        {
            "ontvanger": ontvanger,
            "rol": rol,
            "soort": soort,
            "veld": veld,
            "categorie": label(soort, veld),
            "keren": n,
        }
        for (ontvanger, rol, soort, veld), n in keren.n.items()
    ]

"""Questions 19 to 23: can the account itself be trusted."""

from __future__ import annotations

import base64
from typing import Final

from gateway.explain import views
from gateway.toezicht.bron import Bron, Telling, told_at
from gateway.toezicht.vraag import Deel, Gevraagd, Rij
from gateway.toezicht.wie import MOST_LINES, past
from schemas.account.verantwoording import EventType
from schemas.errors import InvalidMessage, NotAuthenticated
from schemas.people.toezicht import Inzage, Nagekeken

_GEWIST: Final = frozenset(
    {
        EventType.CONSENT_WITHDRAWN,
        EventType.EXCHANGE_CONTENT_LOST,
        EventType.EXCHANGE_RECALLED,
        EventType.WITHDRAWAL_ANSWERED,
        EventType.REGISTRATION_RECORDED,
        EventType.TRANSFER_UNDONE,
        EventType.STATE_ADOPTED,
    }
)
"""What takes back, erases or replaces something that stood."""
_MOST_ROWS: Final = 500


async def sinds_mijn_laatste_keer(bron: Bron, vraag: Gevraagd) -> Deel:
    """19. Whether the account of now begins with the account as this FG last knew it."""
    regels = await bron.regels()
    last: dict[str, Nagekeken] = {}
    for partij in (regels.partijen[p] for p in vraag.periode.partijen if p in regels.partijen):
        for jaar in {vraag.periode.van.year, vraag.periode.tot.year, bron.ports.clock.now().year}:
            for f in await bron.boek.read(partij, jaar):
                if isinstance(f, Nagekeken) and f.vastgelegd_door == vraag.fg:
                    known = last.get(partij.id)
                    if known is None or f.vastgelegd_op > known.vastgelegd_op:
                        last[partij.id] = f
    head = await bron.ports.storage.head()
    rijen = []
    for partij_id, f in last.items():
        whole = f.grootte <= head.size
        same = whole and _text(await bron.ports.storage.root(f.grootte)) == f.wortel
        proof = await bron.ports.storage.consistency_proof(f.grootte, head.size) if same and f.grootte else ()
        rijen.append(
            {
                "partij": partij_id,
                "nagekekenOp": views.moment(f.vastgelegd_op),
                "grootteToen": f.grootte,
                "wortelToen": f.wortel,
                "grootteNu": head.size,
                "wortelNu": _text(head.root),
                "klopt": same,
                "bewijs": [_text(h) for h in proof],
            }
        )
    return Deel(rijen, len(rijen))


async def is_dit_alles(bron: Bron, vraag: Gevraagd) -> Deel:
    """20. How many lines of each kind the account has about these partijen in this period, counted in the
    account itself.

    Beside it a full recount without us: `ozlijn ledger verify` on a copy.
    """
    p = vraag.periode
    size = (await bron.ports.storage.head()).size
    start = await bron.start(p.van) if vraag.vanaf is None else vraag.vanaf
    n, at = Telling(), start
    async for position, leaf in bron.lines(start, min(size, start + MOST_LINES), frozenset(EventType)):
        at = position + 1
        if leaf is None or not p.van <= told_at(leaf) < p.tot:
            continue
        for partij in p.partijen:
            if leaf.get("afzender") == partij:
                n.add(partij, leaf["soort"], "afzender")
            elif leaf.get("ontvanger") == partij and leaf["soort"] in _TOLD_TO_BOTH:
                n.add(partij, leaf["soort"], "ontvanger")
    more = at < size and not await past(bron, at, p.tot)
    rijen = [
        {"partij": partij, "soort": soort, "kant": kant, "regels": times}
        for (partij, soort, kant), times in n.n.items()
    ]
    return Deel(rijen, at - start, str(at) if more else None)


_TOLD_TO_BOTH: Final = frozenset(
    {
        EventType.EXCHANGE_RELEASE_INTENT.value,
        EventType.EXCHANGE_DELIVERED.value,
        EventType.WITHDRAWAL_NOTIFIED.value,
        EventType.WITHDRAWAL_ANSWERED.value,
        EventType.LOG_READ.value,
        EventType.LOG_CHECKED.value,
        EventType.SAMPLE_DRAWN.value,
        EventType.SAMPLE_JUDGED.value,
        EventType.CHANGE_PROPOSED.value,
    }
)
"""Of these lines the ontvanger knows as well; of a decision that let nothing go he may not."""


async def gat_of_splitsing(bron: Bron, vraag: Gevraagd) -> Deel:
    """21. Whether lines lack, and whether the tree passes through every point that was signed or that this FG
    checked.
    """
    storage = bron.ports.storage
    head = await storage.head()
    waiting = await storage.waiting()
    rijen: list[Rij] = [
        _punt("laatste regel", head.size, head.size == 0 or bool(await storage.entries(head.size - 1, 1))),
        _punt("niets achter de laatste regel", head.size, not await storage.entries(head.size, 1)),
        _punt("regels die wachten op hun plaats", head.size, waiting is None),
    ]
    signed = await storage.last_checkpoint()
    if signed is not None:
        rijen.append(
            _punt("laatste ondertekende controlepunt", signed.size, await _signed(bron, signed.note))
        )
    regels = await bron.regels()
    seen: set[tuple[int, str]] = set()
    for partij in (regels.partijen[p] for p in vraag.periode.partijen if p in regels.partijen):
        for f in await bron.boek.between(partij, vraag.periode.van, vraag.periode.tot):
            if isinstance(f, Nagekeken) and (f.grootte, f.wortel) not in seen:
                seen.add((f.grootte, f.wortel))
                same = f.grootte <= head.size and _text(await storage.root(f.grootte)) == f.wortel
                rijen.append(_punt("door een fg nagekeken", f.grootte, same))
    return Deel(rijen, len(rijen))


def _punt(wat: str, grootte: int, klopt: bool) -> Rij:  # noqa: FBT001 - a cell of the row
    return {"wat": wat, "grootte": grootte, "klopt": klopt}


async def _signed(bron: Bron, note: str) -> bool:
    try:
        head = bron.read_note(note)
    except (InvalidMessage, NotAuthenticated):
        return False
    now = await bron.ports.storage.head()
    return head.size <= now.size and await bron.ports.storage.root(head.size) == head.root


async def gewist_of_verbeterd(bron: Bron, vraag: Gevraagd) -> Deel:
    """22. What took back, erased or replaced something that stood, by which partij under toezicht."""
    p = vraag.periode
    size = (await bron.ports.storage.head()).size
    start = await bron.start(p.van) if vraag.vanaf is None else vraag.vanaf
    at, rijen = start, []
    async for position, leaf in bron.lines(start, min(size, start + MOST_LINES), _GEWIST):
        at = position + 1
        if leaf is None or not p.van <= told_at(leaf) < p.tot:
            continue
        soort = EventType(leaf["soort"])
        answered = soort is EventType.WITHDRAWAL_ANSWERED
        who = leaf.get("ontvanger") if answered else leaf.get("afzender")
        if who not in p.partijen or (soort is EventType.REGISTRATION_RECORDED and "over" not in leaf):
            continue
        rijen.append(
            {
                "op": leaf["vastgelegdOp"],
                "partij": who,
                "wat": leaf["soort"],
                "bladId": leaf["eventId"],
                "leveringId": leaf.get("levering"),
                "feitId": leaf.get("feit"),
                "over": leaf.get("over") or leaf.get("record") or leaf.get("intrekking"),
                "uitkomst": leaf.get("uitkomst"),
                "redenen": leaf.get("redenen", []) if not answered else [],
            }
        )
        if len(rijen) == _MOST_ROWS:
            break
    more = at < size and not await past(bron, at, p.tot)
    return Deel(rijen, at - start, str(at) if more else None)


async def wie_las(bron: Bron, vraag: Gevraagd) -> Deel:
    """23. Who looked at a person of these partijen, and for what."""
    regels = await bron.regels()
    rijen = []
    for partij in (regels.partijen[p] for p in vraag.periode.partijen if p in regels.partijen):
        rijen += [
            {
                "op": views.moment(f.vastgelegd_op),
                "partij": partij.id,
                "door": f.vastgelegd_door,
                "client": f.client,
                "persoon": f.persoon,
                "kijkdoel": f.kijkdoel,
                "wat": f.soort,
                "over": f.over,
                "leerlingId": f.leerling,
            }
            for f in await bron.boek.between(partij, vraag.periode.van, vraag.periode.tot)
            if isinstance(f, Inzage)
        ]
    return Deel(sorted(rijen, key=lambda r: str(r["op"])), len(rijen))


def _text(hashed: bytes) -> str:
    return base64.b64encode(hashed).decode()

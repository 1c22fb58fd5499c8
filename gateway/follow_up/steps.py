"""A levering goes on to its next state without a new decision, in a commit of its own."""

from __future__ import annotations

from typing import Final

from gateway.exchange.levering import STATUS_WITH_CONTENT, event
from gateway.exchange.ports import Ports
from gateway.obligations.niet_aangekomen import not_arrived
from schemas.account.verantwoording import EventType, Leaf
from schemas.decision.decision import Reden
from schemas.exchange.uitwisseling import Gebeurtenissoort, Levering, Leveringstatus, Weigergrond
from schemas.storage.storage import (
    Change,
    Committed,
    Expectation,
    LeerlingRow,
    LeveringWrite,
    Moved,
    TaakWrite,
    Under,
)

_NOT_ARRIVED: Final = frozenset({Leveringstatus.MISLUKT, Leveringstatus.GEWEIGERD})


async def step(
    ports: Ports,
    levering: Levering,
    status: Leveringstatus,
    soort: Gebeurtenissoort,
    leaf_soort: EventType,
    redenen: tuple[Reden, ...] = (),
    detail: dict[str, str] | None = None,
    grond: Weigergrond | None = None,
    geopend: tuple[str, ...] | None = None,
) -> Levering | Moved:
    """Change the state without a new decision. In a state that has no content, the content is destroyed.

    When the levering did not arrive, its sender gets a taak in the same commit, with what the recipient said
    (`grond`). `geopend` is what he says he used. Raises StateBroken, because a version that somebody else
    wrote gets no stamp of ours.
    """
    ports.stamps.check_levering(levering)
    row = await ports.leerling(levering.leerling)
    now = ports.clock.now()
    keeps = status in STATUS_WITH_CONTENT or status is Leveringstatus.MISLUKT
    next_version = levering.model_copy(
        update={
            "status": status,
            "redenen": redenen,
            "sinds": now,
            "gestaged": levering.inhoudsvelden if keeps else None,
            "positie": levering.positie if status is Leveringstatus.KLAAR else None,
            "lease_tot": None,
            "geopend": levering.geopend if geopend is None else geopend,
            "versie": levering.versie + 1,
        }
    )
    next_version = ports.stamps.levering(next_version)
    write = LeveringWrite(
        next_version, event(next_version, soort, now), levering.versie, drop_content=not keeps
    )
    leaf = ports.account.happened(
        next_version,
        row,
        leaf_soort,
        detail=detail,
        redenen=redenen or None,
        velden_geopend=geopend,
    )
    asked = levering.status in (Leveringstatus.AANGEHOUDEN, Leveringstatus.MISLUKT)
    taken = await ports.verzoeken.ended(next_version, now) if asked else ()
    if status in _NOT_ARRIVED:
        taken = (*taken, not_arrived(next_version, grond, now))
    return await commit(ports, write, leaf, row, taken)


async def commit(
    ports: Ports,
    write: LeveringWrite,
    leaf: Leaf,
    row: LeerlingRow,
    taken: tuple[TaakWrite, ...] = (),
    under: Under | None = None,
) -> Levering | Moved:
    """Commit one written levering with its leaf. `under` is given when the write carries a decision."""
    result = await ports.storage.commit(
        Change(
            leaves=(leaf,),
            expect=Expectation(row.id, row.epoch),
            under=under,
            leveringen=(write,),
            taken=taken,
        )
    )
    return write.levering if isinstance(result, Committed) else Moved()

"""What would be decided now on a levering that was decided before: worked out, and not done.

An explanation tells what was decided, under the facts and the law of then. Who reads it later also wants to
know whether that still is so. Nothing is written, sent or counted by asking.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import replace

from gateway.case.case import Case, opened
from gateway.exchange.deciding import decide_again
from gateway.explain.naspelen import alike_of, decided_at, message_of
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from gateway.register.regels import Regels
from schemas.decision.decision import Decision
from schemas.errors import RecordUnavailable
from schemas.exchange.uitwisseling import OPEN, Levering
from schemas.storage.storage import LeerlingRow

Load = Callable[[LeerlingRow], Awaitable[Case]]
"""Opens what is recorded about a leerling. Raises RecordUnavailable."""


async def decided_now(
    storage: Storage, load: Load, regels: Regels, levering: Levering, now: dt.datetime
) -> Decision | None:
    """The decision that would be taken now, under what is recorded now. None when that cannot be read.

    What waits or is ready is decided on the fields it still holds. What has ended is decided as if the
    message of then were sent again: as far as the decision of then tells which fields that had.
    """
    found = await storage.uitwisseling(levering.uitwisseling)
    row = await storage.leerling(levering.leerling)
    if found is None or row is None:
        return None
    try:
        case = await load(row)
    except RecordUnavailable:
        return None
    if levering.status in OPEN:
        was = levering.status
        velden = levering.inhoudsvelden
        home = {p: r for r, paden in levering.besluit.withheld.items() for p in paden if p not in velden}
        return decide_again(levering, found[0], case, regels, now, velden, home, was)
    moment = decided_at(levering, await storage.history(levering.id))
    before = None if moment is None else moment[1]
    velden, home = message_of(levering, first=before is None)
    return decide_again(levering, found[0], case, regels, now, velden, home, before)


def beside(storage: Storage, vault: Vault, now: dt.datetime) -> Load:
    """How a tool opens a leerling beside a gateway, or in a copy."""

    async def load(row: LeerlingRow) -> Case:
        case = opened(vault, row, await storage.facts(row.id))
        return replace(case, lookalikes=await alike_of(storage, vault, case, now))

    return load

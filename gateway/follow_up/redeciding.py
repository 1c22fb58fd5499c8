"""Open leveringen, decided again: under facts that were just recorded, or under the day it has become."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from gateway.case.case import Case
from gateway.exchange.deciding import redecide
from gateway.exchange.levering import changed
from gateway.exchange.ports import Ports
from gateway.follow_up.steps import commit
from gateway.register.regels import Regels
from schemas.account.verantwoording import Leaf
from schemas.decision.decision import Decision, Outcome
from schemas.exchange.uitwisseling import Gebeurtenissoort, Levering, Leveringstatus
from schemas.storage.storage import LeveringWrite, Moved


async def redecide_open(
    ports: Ports, leveringen: tuple[Levering, ...], case: Case, regels: Regels, now: dt.datetime
) -> tuple[tuple[LeveringWrite, ...], tuple[Leaf, ...]]:
    """What the facts of `case` change for the open leveringen of that leerling."""
    writes, leaves = [], []
    for levering in leveringen:
        found = await _redecided(ports, levering, case, regels, now)
        if found is not None:
            writes.append(found[0])
            leaves.append(found[1])
    return tuple(writes), tuple(leaves)


async def _redecided(
    ports: Ports, levering: Levering, case: Case, regels: Regels, now: dt.datetime
) -> tuple[LeveringWrite, Leaf] | None:
    """The new version of a levering under the facts of `case`, or None when nothing is different."""
    decision = await redecide(ports, levering, case, regels, now)
    mislukt = levering.status is Leveringstatus.MISLUKT
    if mislukt and decision.outcome is not Outcome.DENY:
        return None  # a person replays it, and then it is decided again
    if _told(decision) == _told(levering.besluit):
        return None
    write, leaf = changed(ports.account, levering, case.row, decision, now, Gebeurtenissoort.OPNIEUW_BESLOTEN)
    return write, leaf


async def redecide_one(ports: Ports, levering: Levering) -> bool:
    row = await ports.leerling(levering.leerling)
    case, regels, now = await ports.cases.load(row), await ports.regels.current(), ports.clock.now()
    found = await _redecided(ports, levering, case, regels, now)
    if found is None:
        return False
    taken = await ports.verzoeken.of(found[0].levering, case, regels, now)
    return not isinstance(await commit(ports, found[0], found[1], row, taken), Moved)


def as_written(before: Iterable[Levering], writes: Iterable[LeveringWrite]) -> tuple[Levering, ...]:
    """Those leveringen as they will be."""
    after = {w.levering.id: w.levering for w in writes}
    return tuple(after.get(v.id, v) for v in before)


def _told(decision: Decision) -> tuple[Any, ...]:
    """What people read of a decision: when this is the same, nothing has happened for them."""
    return (
        decision.outcome,
        decision.codes,
        decision.released,
        decision.signers,
        decision.per_category,
    )

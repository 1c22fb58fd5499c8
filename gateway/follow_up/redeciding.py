"""Open leveringen, decided again: under facts that were just recorded, or under the day it has become."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gateway.case.case import Case
from gateway.exchange.deciding import redecide
from gateway.exchange.levering import changed
from gateway.exchange.ports import Ports
from gateway.follow_up.steps import commit
from gateway.obligations.andere_regels import less_by_rules, told_of_rules
from gateway.register.regels import Regels
from schemas.account.verantwoording import Leaf
from schemas.decision.decision import Decision, Outcome
from schemas.exchange.uitwisseling import Gebeurtenissoort, Levering, Leveringstatus
from schemas.people.toestemming import Richting
from schemas.storage.storage import Change, Committed, Expectation, LeveringWrite, Moved, Unchanged, Under


@dataclass(frozen=True, slots=True)
class Again:
    """Open leveringen of one leerling that were decided again: what is written of them, and those that stay
    as they are.
    """

    writes: tuple[LeveringWrite, ...]
    leaves: tuple[Leaf, ...]
    unchanged: tuple[Unchanged, ...]


async def redecide_open(
    ports: Ports, leveringen: tuple[Levering, ...], case: Case, regels: Regels, now: dt.datetime
) -> Again:
    """Decide again the open leveringen of the leerling of `case`, under the facts in it."""
    writes, leaves, unchanged = [], [], []
    for levering in leveringen:
        await asyncio.sleep(0)  # there may be many, and others have a turn in between
        found = await _redecided(ports, levering, case, regels, now)
        if found is None:
            unchanged.append(Unchanged(levering.id, levering.versie))
        else:
            writes.append(found[0])
            leaves.append(found[1])
    return Again(tuple(writes), tuple(leaves), tuple(unchanged))


async def _redecided(
    ports: Ports, levering: Levering, case: Case, regels: Regels, now: dt.datetime
) -> tuple[LeveringWrite, Leaf] | None:
    """The new version of a levering under the facts of `case`, or None when nothing is different."""
    decision = await redecide(ports, levering, case, regels, now)
    mislukt = levering.status is Leveringstatus.MISLUKT
    if mislukt and decision.outcome is not Outcome.DENY:
        return None  # a person must offer it again, and then it is decided again
    if _told(decision) == _told(levering.besluit):
        return None
    write, leaf = changed(ports.account, levering, case.row, decision, now, Gebeurtenissoort.OPNIEUW_BESLOTEN)
    return write, leaf


@dataclass(frozen=True, slots=True)
class Same:
    """A held levering that stays as it is, and what that was decided under. It is not marked yet."""

    under: Under
    unchanged: Unchanged


async def redecide_one(ports: Ports, ident: str) -> Same | bool:
    """Decide one held levering again.

    True when it changed, which is then on record. False when it is not held any more, or somebody else just
    changed something about it. `Same` when it stays as it is.
    """
    levering = await ports.storage.levering(ident)
    if levering is None or levering.status is not Leveringstatus.AANGEHOUDEN:
        return False
    row = await ports.leerling(levering.leerling)
    case, regels, now = await ports.cases.load(row), await ports.regels.current(), ports.clock.now()
    found = await _redecided(ports, levering, case, regels, now)
    if found is None:
        if levering.richting is Richting.S2J:
            return Same(regels.under(now), Unchanged(levering.id, levering.versie))
        return await _asked_again(ports, levering, case, regels, now)
    taken = await ports.verzoeken.of(found[0].levering, case, regels, now)
    taken += await told_of_rules(ports.storage, _less(((levering, found[0]),)), taken, now)
    done = await commit(ports, found[0], found[1], row, taken, under=regels.under(now))
    return not isinstance(done, Moved)


async def _asked_again(
    ports: Ports, levering: Levering, case: Case, regels: Regels, now: dt.datetime
) -> Same | bool:
    """It stays as it is; whom jeugdhulp asks about it may not, for that changed with a release before."""
    unchanged = Unchanged(levering.id, levering.versie)
    taken = await ports.verzoeken.of(levering, case, regels, now)
    if not taken:
        return Same(regels.under(now), unchanged)
    change = Change(under=regels.under(now), unchanged=(unchanged,), taken=taken)
    return isinstance(await ports.storage.commit(change), Committed)


async def look_at(ports: Ports, leerling: str) -> int | Moved:
    """Look at everything about one leerling as of now; gives how many leveringen changed.

    Moved when somebody else just changed something about him.
    """
    row = await ports.leerling(leerling)
    case, regels, now = await ports.cases.load(row), await ports.regels.current(), ports.clock.now()
    open_now = await ports.open_leveringen(row.id)
    again = await redecide_open(ports, open_now, case, regels, now)
    plan = await ports.verzoeken.plan(case, as_written(open_now, again.writes), regels, now)
    of = {v.id: v for v in open_now}
    changed_now = ((of[w.levering.id], w) for w in again.writes)
    told = await told_of_rules(ports.storage, _less(changed_now), plan.taken, now)
    result = await ports.storage.commit(
        Change(
            leaves=again.leaves,
            expect=Expectation(row.id, row.epoch, accepted=row.accepted),
            under=regels.under(now),
            leveringen=again.writes,
            unchanged=again.unchanged,
            taken=(*plan.taken, *told),
            kijk_op=plan.kijk_op,
        )
    )
    return len(again.writes) if isinstance(result, Committed) else Moved()


def _less(changes: Iterable[tuple[Levering, LeveringWrite]]) -> tuple[Levering, ...]:
    """Those of which other rules let less go, as they will be. Nothing was recorded with these changes."""
    return tuple(w.levering for v, w in changes if less_by_rules(v.besluit, w.levering.besluit))


def as_written(before: Iterable[Levering], writes: Iterable[LeveringWrite]) -> tuple[Levering, ...]:
    """These leveringen as they will be after the writes."""
    after = {w.levering.id: w.levering for w in writes}
    return tuple(after.get(v.id, v) for v in before)


def _told(decision: Decision) -> tuple[Any, ...]:
    """What people can read of a decision. When this is the same, nothing has happened for them."""
    return (
        decision.outcome,
        decision.codes,
        decision.released,
        decision.signers,
        decision.per_category,
    )

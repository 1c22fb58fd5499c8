"""What a change of the rules does to leveringen that exist: one taak for each of which now less goes.

Who records a fact knows what it does, and a day that comes is announced. A change of the rules (a release, a
register, a law on its first day) is neither: nobody at the sender did anything, and a levering that waited or
was ready is suddenly another one. Who sent it hears so, once (docs/decisions/0039).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

from gateway.account.leaves import new_id
from gateway.obligations.niet_aangekomen import WERKDAGEN
from gateway.obligations.werkdagen import einde_van_werkdag
from gateway.ports.storage import Storage
from schemas.decision.decision import Decision, Outcome
from schemas.exchange.taak import Taak, Taaksoort, Taakstatus
from schemas.exchange.uitwisseling import Levering
from schemas.storage.storage import TaakWrite

_SOORT: Final = Taaksoort.BESLUIT_BEKIJKEN


def less_by_rules(before: Decision, after: Decision) -> bool:
    """Whether another policy lets less go: fields stay home that went, or what waited is refused."""
    if before.policy_hash == after.policy_hash:
        return False
    ended = before.outcome is Outcome.HOLD and after.outcome is Outcome.DENY
    return ended or not frozenset(before.released) <= frozenset(after.released)


async def told_of_rules(
    storage: Storage,
    leveringen: Iterable[Levering],
    written: Sequence[TaakWrite],
    now: dt.datetime,
) -> tuple[TaakWrite, ...]:
    """One taak for the sender of each of these leveringen, which the rules changed, as they will be.

    `written`: the other taken of the same commit. Not for a levering of which its sender has something to do
    already: that is its one taak.
    """
    out = []
    for v in leveringen:
        open_now = {t.id: t for t in await storage.taken_of(v.leerling)} | {
            w.taak.id: w.taak for w in written
        }
        has_one = any(
            t.levering == v.id and t.partij == v.afzender and t.status is Taakstatus.OPEN
            for t in open_now.values()
        )
        sleutel = f"{_SOORT}:{v.id}:{v.besluit.policy_hash[:16]}"
        if not has_one and await storage.taak_by_sleutel(v.afzender, sleutel) is None:
            out.append(TaakWrite(_taak(v, sleutel, now)))
    return tuple(out)


def _taak(v: Levering, sleutel: str, now: dt.datetime) -> Taak:
    """Without the reasons: which of them its sender may know stands with the levering."""
    return Taak(
        id=new_id(),
        soort=_SOORT,
        partij=v.afzender,
        leerling=v.leerling,
        sleutel=sleutel,
        ontstaan_op=now,
        sinds=now,
        uiterlijk=einde_van_werkdag(now, WERKDAGEN),
        levering=v.id,
        doel=v.doel,
        richting=v.richting,
        ontvanger=v.aan,
    )

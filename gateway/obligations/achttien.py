"""The eighteenth birthday, asked ahead: from that day the leerling alone decides, and other law holds.

What must be said anew then can only be recorded from that day (Wmo 2015 5.1.1(4) wants it uitdrukkelijk, of
an adult). So before it each partij that recorded who decides for him is told to talk with him, and after it
the taak stays until that partij says that it did. Each by the birth date of its own record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from consent.agenda import ASK_DAYS
from consent.leeftijd import day, midnight, turns
from gateway.account.leaves import new_id
from gateway.case.case import Case
from schemas.exchange.taak import Taak, Taaksoort

VOLWASSEN: Final = 18
VOORAF: Final = dt.timedelta(days=ASK_DAYS[0])
NADIEN: Final = dt.timedelta(days=ASK_DAYS[1])
"""So long after the birthday it must be done."""
BLIJFT: Final = dt.timedelta(days=ASK_DAYS[0])
"""So long after it the taak is kept open."""


def taken(case: Case, now: dt.datetime) -> Iterator[Taak]:
    for partij, op in _dagen(case):
        if op - VOORAF <= day(now) < op + BLIJFT:
            yield Taak(
                id=new_id(),
                soort=Taaksoort.ACHTTIEN,
                partij=partij,
                leerling=case.row.id,
                sleutel=f"{Taaksoort.ACHTTIEN}:{case.row.id}",
                ontstaan_op=now,
                sinds=now,
                uiterlijk=midnight(op + NADIEN),
            )


def volgende_dag(case: Case, now: dt.datetime) -> dt.date | None:
    """The next day on which a taak comes or goes."""
    days = (d for _, op in _dagen(case) for d in (op - VOORAF, op + BLIJFT))
    return min((d for d in days if d > day(now)), default=None)


def _dagen(case: Case) -> Iterator[tuple[str, dt.date]]:
    """Per partij his eighteenth birthday, the earliest that it may be."""
    for partij in sorted({g.vastgelegd_door for g in case.authorities.elders} | {case.row.owner}):
        who = case.authorities if partij == case.row.owner else case.authorities.side(partij)
        op = turns(who.births[0], VOLWASSEN) if who is not None and who.births else None
        if op is not None:
            yield partij, op

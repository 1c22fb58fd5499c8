"""The steps for a leerling who sits at home: each becomes a taak of his school on the day that it is due.

The file of the region says which steps there are. The counter is the school's own: a step makes nobody else
see it, and what the school then sends is an exchange like any other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from consent.leeftijd import day
from gateway.account.leaves import new_id
from gateway.case.case import Case
from gateway.obligations.werkdagen import einde_van_werkdag, is_werkdag
from gateway.register.regels import Regels
from schemas.exchange.taak import Taak, Taaksoort
from schemas.people.partijcodes import Partijhoedanigheid
from schemas.people.regio_delen import Thuiszitterstap
from schemas.people.thuiszitten import Thuisstand, thuisstand

WERKDAGEN: Final = 5
"""A step is done within so many working days after the day that it is due."""


def elke_dag(_: dt.date) -> bool:
    return True


TELT: Final[dict[str, Callable[[dt.date], bool]]] = {
    "schooldagen": is_werkdag,
    "kalenderdagen": elke_dag,
}
"""Which days count. A day of school is a working day: holidays of school are in no register of ours."""


@dataclass(frozen=True, slots=True)
class Stap:
    """A step of the region for this leerling, and the day on which it is due; None while he has an aanbod, or
    is back before it.
    """

    regel: Thuiszitterstap
    op: dt.date | None


def stappen(stand: Thuisstand, regels: Regels) -> tuple[Stap, ...]:
    """Those that a school takes for this kind of absence, in the order of the region."""
    regio = regels.inrichting
    return tuple(
        Stap(regel, stand.bereikt(regel.dag, TELT[regel.telt]))
        for regel in (() if regio is None else regio.thuiszitters)
        if regel.van is Partijhoedanigheid.ONDERWIJS
        and (not regel.verzuim or stand.verzuimsoort in regel.verzuim)
    )


def taken(case: Case, regels: Regels, now: dt.datetime) -> Iterator[Taak]:
    """One per step that is due, while he sits at home."""
    for stand, stap in _lopend(case, regels):
        if stap.op is None or stap.op > day(now):
            continue
        yield Taak(
            id=new_id(),
            soort=Taaksoort.THUISZITTERSTAP,
            partij=case.row.owner,
            leerling=case.row.id,
            sleutel=f"{Taaksoort.THUISZITTERSTAP}:{stand.melding}:{stap.regel.code}",
            ontstaan_op=now,
            sinds=now,
            uiterlijk=einde_van_werkdag(dt.datetime.combine(stap.op, dt.time(12), dt.UTC), WERKDAGEN),
            over=stand.melding,
            stap=stap.regel.code,
            doel=stap.regel.doel,
        )


def volgende_dag(case: Case, now: dt.datetime) -> dt.date | None:
    """Who sits at home is looked at every day: a step may be due, or the region may have other steps."""
    stand = thuisstand(case.thuiszitten)
    return None if stand is None or stand.tot is not None else day(now) + dt.timedelta(1)


def _lopend(case: Case, regels: Regels) -> Iterator[tuple[Thuisstand, Stap]]:
    stand = thuisstand(case.thuiszitten)
    if stand is not None and stand.tot is None:
        for stap in stappen(stand, regels):
            yield stand, stap

"""A leerling sits at home: what his school recorded of it, and how many days it counts. One definition.

The first day is the first on which he is absent in that way. A day counts when it has passed: on the first
day the counter is at nought. A day does not count while he has a passend aanbod, nor from the day he is back.
So everybody who counts from these facts comes to the same number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Literal

from schemas.identifiers import Id
from schemas.people.toestemming import Vastgelegd

Telt = Callable[[dt.date], bool]
"""Whether a day counts: every day, or only days of school."""
_DAG: Final = dt.timedelta(1)
LANGST: Final = 40_000
"""No counter is walked for more days than this, about a hundred years."""


class Verzuimsoort(StrEnum):
    GEOORLOOFD = "geoorloofd"
    ONGEOORLOOFD = "ongeoorloofd"
    THUISZITTER = "thuiszitter"
    NIET_INGESCHREVEN = "niet_ingeschreven"


class Thuisgebeurtenis(StrEnum):
    BEGONNEN = "begonnen"
    AANBOD = "aanbod"
    """From this day he has a passend aanbod, whether he takes it or not."""
    AANBOD_WEG = "aanbod_weg"
    TERUG = "terug"
    """From this day he is at school again, or somewhere else where he learns."""
    HERROEPEN = "herroepen"
    """It was recorded by mistake, all of it."""


class Thuiszitten(Vastgelegd):
    """One event. The first has its own id as `melding`; every later one names that."""

    feit: Literal["thuiszitten"] = "thuiszitten"
    melding: Id
    gebeurtenis: Thuisgebeurtenis
    op: dt.date
    verzuimsoort: Verzuimsoort


Periode = tuple[dt.date, dt.date | None]
"""From a day to a day that is itself not in it; None: it runs."""


@dataclass(frozen=True, slots=True)
class Thuisstand:
    """One time at home. `zonder` are the periods without a passend aanbod, in order."""

    melding: Id
    verzuimsoort: Verzuimsoort
    sinds: dt.date
    laatst: dt.date
    """The day of its last event."""
    zonder: tuple[Periode, ...]
    tot: dt.date | None = None

    @property
    def zonder_aanbod(self) -> bool:
        return self.tot is None and self.zonder[-1][1] is None

    def dagen_thuis(self, op: dt.date, telt: Telt) -> int:
        return sum(map(telt, _dagen(((self.sinds, self.tot),), op)))

    def dagen_zonder_aanbod(self, op: dt.date, telt: Telt) -> int:
        """How many days that count passed before `op`, on which he had none."""
        return sum(map(telt, _dagen(self.zonder, op)))

    def bereikt(self, dagen: int, telt: Telt) -> dt.date | None:
        """The first day on which the counter without aanbod stands at `dagen`, when nothing else happens.
        None: it stops before that.
        """
        if dagen == 0:
            return self.sinds
        for n, dag in enumerate(filter(telt, _dagen(self.zonder, self.sinds + LANGST * _DAG)), 1):
            if n == dagen:
                return dag + _DAG
        return None


def _dagen(perioden: Iterable[Periode], op: dt.date) -> Iterator[dt.date]:
    """Every day of these periods before `op`."""
    for van, tot in perioden:
        dag, einde = van, op if tot is None else min(tot, op)
        while dag < einde:
            yield dag
            dag += _DAG


def thuisstand(feiten: Iterable[Thuiszitten]) -> Thuisstand | None:
    """The last time at home that was not recorded by mistake. None: there is none."""
    standen: list[Thuisstand] = []
    for f in feiten:
        match f.gebeurtenis:
            case Thuisgebeurtenis.BEGONNEN:
                standen.append(Thuisstand(f.melding, f.verzuimsoort, f.op, f.op, ((f.op, None),)))
            case Thuisgebeurtenis.HERROEPEN:
                standen.pop()
            case _:
                standen[-1] = _verder(standen[-1], f)
    return standen[-1] if standen else None


def volgt(stand: Thuisstand | None, gebeurtenis: Thuisgebeurtenis, op: dt.date) -> bool:
    """Whether this can happen after what was recorded: in order of days, and nothing twice."""
    if gebeurtenis is Thuisgebeurtenis.BEGONNEN:
        return stand is None or (stand.tot is not None and op >= stand.tot)
    if stand is None:
        return False
    if gebeurtenis is Thuisgebeurtenis.HERROEPEN:
        return True
    wants = {Thuisgebeurtenis.AANBOD: True, Thuisgebeurtenis.AANBOD_WEG: False}
    fits = wants.get(gebeurtenis, stand.zonder_aanbod) is stand.zonder_aanbod
    return stand.tot is None and op >= stand.laatst and fits


def _verder(stand: Thuisstand, f: Thuiszitten) -> Thuisstand:
    open_now = stand.zonder[-1][1] is None
    if f.gebeurtenis is Thuisgebeurtenis.AANBOD_WEG:
        return replace(stand, laatst=f.op, zonder=(*stand.zonder, (f.op, None)))
    zonder = (*stand.zonder[:-1], (stand.zonder[-1][0], f.op)) if open_now else stand.zonder
    back = f.op if f.gebeurtenis is Thuisgebeurtenis.TERUG else None
    return replace(stand, laatst=f.op, zonder=zonder, tot=back)

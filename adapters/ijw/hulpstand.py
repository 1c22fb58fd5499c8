"""What a school may hear of the help, as one coded state: derived from all starts and stops that hold.

Never from a single message: messages can arrive in another order than they were sent (OP080), and what was
taken back counts as never sent. The state is of one jeugdige over all deliveries that the caller counts in,
so that it shows neither how many there are nor of what, by whom or why: a status, a month, and when help
ended how, in five coarse words. No raw reason leaves here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from adapters.ijw.feiten import Leveringssleutel
from adapters.ijw.verloop import TIJDELIJK, Hulplevering, Stop, Verloop


class Hulpstadium(StrEnum):
    GEEN = "geen"
    GESTART = "gestart"
    ONDERBROKEN = "onderbroken"
    HERVAT = "hervat"
    BEEINDIGD = "beeindigd"


class Einde(StrEnum):
    """How help ended. When there are several ends on one day, the first in this list counts."""

    MENS_BESLIST = "mens_beslist"
    """Nothing may be sent before a person decided."""
    NOG_NIETS = "nog_niets"
    """Nothing is sent yet, because help usually goes on under another allocation.

    The caller decides how long to wait. After that it is an end of which nothing more is known.
    """
    VOORTIJDIG = "voortijdig"
    ELDERS = "elders"
    VOLTOOID = "voltooid"


class Hulpstand(NamedTuple):
    """`maand` is the first day of the month in which the status began; None without help.

    `gecorrigeerd`: something was taken back. When the state is then not what was told before, what was told
    must be withdrawn; with GEEN there never was help.
    """

    status: Hulpstadium
    maand: dt.date | None = None
    einde: Einde | None = None
    gecorrigeerd: bool = False


EINDEN: Final = {
    "31": Einde.VOLTOOID,
    "32": Einde.VOORTIJDIG,
    "33": Einde.VOORTIJDIG,
    "34": Einde.VOORTIJDIG,
    "35": Einde.VOORTIJDIG,
    "38": Einde.ELDERS,
    "39": Einde.ELDERS,
    "36": Einde.NOG_NIETS,
    "37": Einde.NOG_NIETS,
    "02": Einde.MENS_BESLIST,
}
"""Every definitive RedenBeeindiging of JZ588. One that is not in it is for a person too."""
_ERNST: Final = list(Einde)
_DAY: Final = re.compile(r"(?!0000)\d{4}-\d\d-\d\d", re.ASCII)


def stand_van(
    verloop: Verloop, client: str, meetellen: Callable[[Leveringssleutel], bool] = lambda _: True
) -> Hulpstand:
    """The state of one jeugdige, by pseudonym, over the deliveries that `meetellen` lets count."""
    return hulpstand(verloop.levering(key) for key in verloop.leveringen(client) if meetellen(key))


def hulpstand(leveringen: Iterable[Hulplevering]) -> Hulpstand:
    """The state over all these deliveries together; their order makes no difference.

    Help runs while one delivery runs, and has ended when the last did. HERVAT is only said when all that
    runs was interrupted before: beside a delivery that never paused, the pause was never seen. A death is
    for a person at once, also while another delivery seems to run.
    """
    known = list(leveringen)
    gecorrigeerd = any(levering.gecorrigeerd for levering in known)
    standen = [stand for levering in known if (stand := _stand(levering)) is not None]
    if not standen:
        return Hulpstand(Hulpstadium.GEEN, gecorrigeerd=gecorrigeerd)
    status, dag, einde = _together(standen)
    return Hulpstand(status, _month(dag), einde, gecorrigeerd)


class _Stand(NamedTuple):
    """The state of one delivery, and since which day. Days are ISO text, which sorts as days do."""

    status: Hulpstadium
    dag: str
    einde: Einde | None = None


class _Periode(NamedTuple):
    """What belongs to one Begindatum: `eind` is None while it runs, `reden` is of the stop that counts."""

    begin: str
    eind: str | None
    reden: str | None

    @property
    def onderbroken(self) -> bool:
        return self.eind is not None and self.reden == TIJDELIJK


def _stand(levering: Hulplevering) -> _Stand | None:
    perioden = sorted(_perioden(levering), key=lambda p: p.begin)
    if not perioden:
        return None
    for periode in perioden:
        if periode.eind is not None and _einde(periode) is Einde.MENS_BESLIST:
            return _Stand(Hulpstadium.BEEINDIGD, periode.eind, Einde.MENS_BESLIST)
    for before, periode in zip([None, *perioden], perioden, strict=False):
        if periode.eind is None:
            again = before is not None and before.onderbroken
            return _Stand(Hulpstadium.HERVAT if again else Hulpstadium.GESTART, periode.begin)
    last = max(perioden, key=lambda p: (p.eind or "", p.begin))
    if last.onderbroken:
        return _Stand(Hulpstadium.ONDERBROKEN, last.eind or "")
    return _Stand(Hulpstadium.BEEINDIGD, last.eind or "", _einde(last))


def _perioden(levering: Hulplevering) -> Iterator[_Periode]:
    """One per Begindatum. A stop without its start, from before this gateway, makes one too.

    A definitive stop counts above a temporary one; of two definitive ones, which no rule lets through, the
    later, and of one day the more serious.
    """
    by_begin: defaultdict[str | None, list[Stop]] = defaultdict(list)
    for start in levering.starts:
        by_begin[start.begin] = []
    for stop in levering.stops:
        by_begin[stop.begin].append(stop)
    for begin, stops in by_begin.items():
        if not stops:
            yield _Periode(begin or "", None, None)
            continue
        definitief = [s for s in stops if not s.tijdelijk]
        last = max(definitief or stops, key=lambda s: (s.eind or "", -_rang(s.reden), s.reden or ""))
        yield _Periode(begin or "", last.eind or "", last.reden)


def _rang(reden: str | None) -> int:
    return _ERNST.index(EINDEN.get(reden or "", Einde.MENS_BESLIST))


def _einde(periode: _Periode) -> Einde | None:
    return None if periode.onderbroken else EINDEN.get(periode.reden or "", Einde.MENS_BESLIST)


def _together(standen: list[_Stand]) -> _Stand:
    mens = [s for s in standen if s.einde is Einde.MENS_BESLIST]
    if mens:
        return max(mens, key=lambda s: s.dag)
    loopt = [s for s in standen if s.status in (Hulpstadium.GESTART, Hulpstadium.HERVAT)]
    if loopt:
        gestart = [s for s in loopt if s.status is Hulpstadium.GESTART]
        return min(gestart or loopt, key=lambda s: s.dag)
    if any(s.status is Hulpstadium.ONDERBROKEN for s in standen):
        return _Stand(Hulpstadium.ONDERBROKEN, max(s.dag for s in standen))
    dag = max(s.dag for s in standen)
    return min(
        (s for s in standen if s.dag == dag), key=lambda s: _ERNST.index(s.einde or Einde.MENS_BESLIST)
    )


def _month(dag: str) -> dt.date | None:
    """None also for a day that the schema allows and a calendar does not: a year of five digits."""
    return dt.date.fromisoformat(dag).replace(day=1) if _DAY.fullmatch(dag) else None

"""What a school may hear of help, from how all of it stands. Only makes the message.

Whether it goes is decided elsewhere: a toestemming for it, the profile of who reads, a do-not-exchange flag
(OP003) that comes before everything. The message is made from the state and never from one message, because
messages come in out of order; and all deliveries become one status, because how many there are shows how
complex it is. The category of an end is coarser than the code on purpose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from schemas.arrangement import Arrangement
from schemas.terugkoppeling import Afloop, Hulpstatus, Terugkoppeling
from schemas.toewijzing import Leveringstand, Toewijzingstatus, Voortgang

AFLOOP: Final[dict[str, Afloop]] = {
    "31": Afloop.AFGEROND,
    "32": Afloop.EERDER_GESTOPT,
    "33": Afloop.EERDER_GESTOPT,
    "34": Afloop.EERDER_GESTOPT,
    "35": Afloop.EERDER_GESTOPT,
    "38": Afloop.GAAT_ELDERS_VERDER,
    "39": Afloop.GAAT_ELDERS_VERDER,
}
"""How an end is told, by RedenBeeindiging."""
WACHTEN: Final = frozenset({"36", "37"})
"""Mostly a changed allocation, followed by a new start: nothing is told yet."""
NOOIT_VANZELF: Final = frozenset({"02"})
"""A person decides what is told, when and by whom."""


_LOPEND: Final = frozenset({Hulpstatus.GESTART, Hulpstatus.LOOPT})
_STIL: Final = frozenset({Hulpstatus.GEPAUZEERD, Hulpstatus.GESTOPT})


@dataclass(frozen=True, slots=True)
class Leveringstoestand:
    """How one delivery stands after every start and stop that was accepted, and none that was not.

    The days are those of its last start and the stop after it. `reden` is the RedenBeeindiging of that stop.
    `hervat`: before its last start it was interrupted.
    """

    stand: Leveringstand
    begonnen_op: dt.date | None = None
    gestopt_op: dt.date | None = None
    reden: str | None = None
    hervat: bool = False


def toestanden(arrangement: Arrangement) -> tuple[Leveringstoestand, ...]:
    """How the help of an arrangement stands, for one whose voortgang was made of accepted messages only."""
    return tuple(
        _toestand(t.voortgang)
        for t in arrangement.toewijzingen
        if t.status is not Toewijzingstatus.VERWIJDERD
    )


def terugkoppeling(
    leveringen: Iterable[Leveringstoestand],
    *,
    verteld: Terugkoppeling | None = None,
    lang_genoeg_gewacht: bool = False,
) -> Terugkoppeling | None:
    """What is to be told now; None when there is nothing new to tell, or nothing that may go by itself.

    `leveringen` holds what an empty JW306 or JW308 has accepted: a message without its retour, or with a
    retour that refuses it, does not count. `verteld` is what the school heard last. When that does not hold
    any more the answer is `herroepen`; ask again with that as `verteld` for what holds instead.
    `lang_genoeg_gewacht`: no new start came after an end with reason 36 or 37, so now it is told as an end
    without category. How long that is, the standard does not say.

    `sinds` is the first day of the month it happened in: a day, or even a week, is not told. Someone's death
    (02), in any of the deliveries, gives None always.
    """
    standen = [s for s in leveringen if s.stand is not Leveringstand.NIET_GESTART]
    if any(s.reden in NOOIT_VANZELF for s in standen):
        return None
    nieuw = _stand_van_zaken(standen)
    afwachten = not lang_genoeg_gewacht and _afwachten(standen, nieuw)
    if verteld is not None and (
        _vervallen(verteld, nieuw) or (afwachten and verteld.status is Hulpstatus.GESTOPT)
    ):
        return Terugkoppeling(status=Hulpstatus.HERROEPEN)
    if nieuw is None or afwachten or (verteld is not None and _zelfde(nieuw, verteld)):
        return None
    return nieuw


def _stand_van_zaken(standen: list[Leveringstoestand]) -> Terugkoppeling | None:
    """One status for all deliveries together, whether it may be told yet or not."""
    lopend = [s for s in standen if s.stand is Leveringstand.GESTART]
    stil = [s for s in standen if s.stand is Leveringstand.TIJDELIJK_GESTOPT]
    if lopend:
        hervat = all(s.hervat for s in lopend)
        return _bericht(Hulpstatus.LOOPT if hervat else Hulpstatus.GESTART, _begin(lopend, standen))
    if stil:
        return _bericht(Hulpstatus.GEPAUZEERD, _laatste(stil))
    if not standen:
        return None
    afloop = {AFLOOP.get(reden) for reden in _redenen(standen)}
    # Two ends on one day that differ: which of them counts for the school, nobody said.
    return _bericht(Hulpstatus.GESTOPT, _laatste(standen), afloop.pop() if len(afloop) == 1 else None)


def _vervallen(verteld: Terugkoppeling, nieuw: Terugkoppeling | None) -> bool:
    """Whether what was told has been deleted: no help at all, or help that runs through the end it told.

    In months: an end told for the month in which help began cannot be told apart from a new start in it.
    """
    if nieuw is None:
        return verteld.status in _LOPEND | _STIL
    return (
        verteld.status in _STIL
        and nieuw.status in _LOPEND
        and (nieuw.sinds or dt.date.min) < (verteld.sinds or dt.date.min)
    )


def _zelfde(nieuw: Terugkoppeling, verteld: Terugkoppeling) -> bool:
    """Nothing new for a school. Help that runs, runs: which of several was interrupted is not told."""
    lopend = nieuw.status in _LOPEND and verteld.status in _LOPEND
    return (lopend or nieuw.status is verteld.status) and (nieuw.sinds, nieuw.afloop) == (
        verteld.sinds,
        verteld.afloop,
    )


def _afwachten(standen: list[Leveringstoestand], nieuw: Terugkoppeling | None) -> bool:
    if nieuw is None or nieuw.status is not Hulpstatus.GESTOPT:
        return False
    return not WACHTEN.isdisjoint(_redenen(standen))


def _redenen(standen: list[Leveringstoestand]) -> set[str]:
    """Why help ended on its last day."""
    laatste = _laatste(standen)
    return {s.reden or "" for s in standen if s.gestopt_op == laatste}


def _laatste(standen: list[Leveringstoestand]) -> dt.date | None:
    return max((s.gestopt_op for s in standen if s.gestopt_op is not None), default=None)


def _begin(lopend: list[Leveringstoestand], standen: list[Leveringstoestand]) -> dt.date | None:
    """Since when there is help without a gap, so that one of several that ends is no news."""
    begin = min((s.begonnen_op for s in lopend if s.begonnen_op is not None), default=None)
    for s in sorted(standen, key=lambda s: s.gestopt_op or dt.date.max, reverse=True):
        if begin is not None and s.begonnen_op is not None and s.begonnen_op < begin:
            begin = s.begonnen_op if (s.gestopt_op or dt.date.max) >= begin else begin
    return begin


def _bericht(status: Hulpstatus, dag: dt.date | None, afloop: Afloop | None = None) -> Terugkoppeling:
    return Terugkoppeling(status=status, sinds=dag and dag.replace(day=1), afloop=afloop)


def _toestand(voortgang: tuple[Voortgang, ...]) -> Leveringstoestand:
    if not voortgang:
        return Leveringstoestand(Leveringstand.NIET_GESTART)
    laatste = voortgang[-1]
    if laatste.stand is Leveringstand.GESTART:
        eerder = voortgang[-2].stand if len(voortgang) > 1 else None
        return Leveringstoestand(laatste.stand, laatste.op, hervat=eerder is Leveringstand.TIJDELIJK_GESTOPT)
    reden = laatste.reden.code if laatste.reden else None
    return Leveringstoestand(laatste.stand, laatste.begonnen_op, laatste.op, reden)
